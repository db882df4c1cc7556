package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"näme e\u0301 👨‍👩‍👧":     "näme e\u0301 👨‍👩‍👧",
		"\u0646\u200c\u0645":     "\u0646\u200c\u0645",
		"\x1b[31m\r\n\t":         "�[31m���",
		"a\u202eb\u2066c\ufeffd": "a�b�c�d", // would turn what follows round, or is not seen
		"\xff":                   "�",
	} {
		assert.Equal(t, want, Printable(text))
	}
}
