package tcpmib_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table in the package's documentation has the functions of the C shim, all of
// them and in their order.
func TestFunctionsAreDocumented(t *testing.T) {
	names := func(file, pattern string) (names []string) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
		return names
	}
	shim := names("../native/shim.h", `(?m)^    WINMIB_[A-Z0-9]+\((\w+)\)`)
	assert.Len(t, shim, 15)
	assert.Equal(t, shim, names("doc.go", `(?m)^//\t(\w*Tcp\w*) `))
}
