//go:build unix

package capture_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// Opening a pipe to which nobody writes would wait forever.
func TestOpenPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.zip")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	_, err := capture.Open(path)
	assert.ErrorIs(t, err, tcpmib.ErrMalformed)
	assert.ErrorContains(t, err, path)
}
