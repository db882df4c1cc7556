package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

func writeText(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// A file is replaced at once when all is written, and stays as it was otherwise. Nothing else is left.
func TestWriteFile(t *testing.T) {
	dir := fixture.TempDir(t)
	path := filepath.Join(dir, "file")
	read := func(path string) string {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(text)
	}
	var stdout bytes.Buffer
	require.NoError(t, WriteFile(&stdout, "-", writeText("dash")))
	assert.Equal(t, "dash", stdout.String())

	require.NoError(t, WriteFile(nil, path, writeText("one")))
	assert.Equal(t, "one", read(path))
	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, WriteFile(nil, path, writeText("two")))
	assert.Equal(t, "two", read(path))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), "it keeps its mode")
	}

	broken := errors.New("broken")
	err := WriteFile(nil, path, func(w io.Writer) error { io.WriteString(w, "half"); return broken })
	assert.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, path)
	assert.NotContains(t, err.Error(), ".tmp", "the name that the user gave")
	assert.Equal(t, "two", read(path))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)

	err = WriteFile(nil, filepath.Join(dir, "missing", "file"), writeText("x"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.NotContains(t, err.Error(), ".tmp")

	require.NoError(t, os.Chmod(path, 0o400))
	assert.ErrorContains(t, WriteFile(nil, path, writeText("x")), "is read-only")
	require.NoError(t, os.Chmod(path, 0o600))
	assert.Error(t, WriteFile(nil, dir, writeText("x")), "a folder")

	if runtime.GOOS == "windows" {
		return // symlinks need a right there
	}
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(path, link))
	require.NoError(t, WriteFile(nil, link, writeText("through")))
	assert.Equal(t, "through", read(path))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&fs.ModeSymlink, "it is still one")
	require.NoError(t, os.Remove(path))
	require.NoError(t, WriteFile(nil, link, writeText("made")), "to a file that is still to be made")
	assert.Equal(t, "made", read(path))
}
