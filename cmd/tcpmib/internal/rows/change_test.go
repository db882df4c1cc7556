package rows

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestShrinkStates(t *testing.T) {
	const both = "SYN-SENT -> ESTABLISHED"
	for width, want := range map[int]string{
		22: "-> ESTABLISHED", 14: "-> ESTABLISHED", 13: "ESTABLISHED", 11: "ESTABLISHED", 10: "ESTABLISH…",
	} {
		assert.Equal(t, want, shrinkStates(both, width), width)
	}
	assert.Equal(t, "ESTABLISH…", shrinkStates("ESTABLISHED", 10))
}
