package tcpmib_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every test that CONTRIBUTING.md names for a promise exists.
func TestPromisesNameTests(t *testing.T) {
	contributing, err := os.ReadFile(filepath.Join("..", "CONTRIBUTING.md"))
	require.NoError(t, err)
	_, promises, found := strings.Cut(string(contributing), "## Which test proves what")
	require.True(t, found)

	var tests strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(entry.Name(), ".") && entry.IsDir() && entry.Name() != ".." {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		tests.Write(text)
		return err
	}))
	named := regexp.MustCompile("`(?:\\w+\\.)?((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(promises, -1)
	require.Greater(t, len(named), 10)
	for _, m := range named {
		assert.Contains(t, tests.String(), "func "+m[1]+"(", "CONTRIBUTING.md names %s", m[1])
	}
}
