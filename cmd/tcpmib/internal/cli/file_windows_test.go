package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// NUL is a device, which is written to and leaves no file behind.
func TestWriteFileNUL(t *testing.T) {
	wrote := false
	require.NoError(t, WriteFile(&bytes.Buffer{}, "NUL", func(w io.Writer) error {
		wrote = true
		_, err := w.Write([]byte("nothing"))
		return err
	}))
	assert.True(t, wrote)
	left, err := filepath.Glob("NUL.*")
	require.NoError(t, err)
	assert.Empty(t, left)
	info, err := os.Stat("NUL")
	require.NoError(t, err)
	assert.False(t, info.Mode().IsRegular())
}
