//go:build !windows

package owner_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/owner"
)

func TestNotWindows(t *testing.T) {
	_, err := owner.Snapshot()
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = owner.Find("tcp", netip.AddrPort{}, netip.AddrPort{})
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	c, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	for _, find := range []func(net.Conn) (owner.Process, error){owner.FindConn, owner.FindPeer} {
		p, err := find(c)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		assert.Equal(t, owner.Process{}, p)
	}
	_, err = owner.ReadSockets()
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	assert.False(t, owner.Elevated())
	_, err = owner.Services()
	assert.ErrorIs(t, err, errors.ErrUnsupported)
	p := owner.Process{PID: 1}
	for what, ask := range map[string]func() (string, error){"path": p.Path, "command line": p.CommandLine, "user": p.User} {
		_, err = ask()
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		assert.ErrorContains(t, err, what+" of process 1")
	}
	_, errs := owner.Processes{1: p}.Details(1)
	assert.Len(t, errs[1], 3)
}
