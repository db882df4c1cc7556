//go:build !windows

package machine

import (
	"net"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// Pipes, sockets and devices are not read by their names: to open one may take forever.
func TestOpenWhatIsNoFile(t *testing.T) {
	dir := fixture.TempDir(t)
	pipe, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	for _, name := range []string{pipe, socket, "/dev/null"} {
		_, err := Open(name, 0)
		assert.ErrorContains(t, err, name+" is no file: use - for standard input")
	}
}
