package native_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cgo accepts a function without its directives, and then lets its arguments escape to the heap.
func TestEveryFunctionHasItsDirectives(t *testing.T) {
	header, err := os.ReadFile("shim.h")
	require.NoError(t, err)
	directives, err := os.ReadFile("cgo_windows.go")
	require.NoError(t, err)
	functions := regexp.MustCompile(`winmib_\w+`).FindAllString(string(header), -1)
	assert.NotEmpty(t, functions)
	for _, f := range functions {
		assert.Regexp(t, `#cgo noescape `+f+`\r?\n`, string(directives))
		assert.Regexp(t, `#cgo nocallback `+f+`\r?\n`, string(directives))
	}
}
