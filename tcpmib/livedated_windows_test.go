package tcpmib_test

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
)

// AppendDatedConns has the connections of AppendConns, with creation times where the system has them.
func TestLiveAppendDatedConns(t *testing.T) {
	for address, family := range loopbacks {
		l := listen(t, address)
		var r tcpmib.Reader
		conns, err := r.AppendConns(nil, family)
		require.NoError(t, err)
		owned, err := r.AppendDatedConns(nil, family)
		require.NoError(t, err)
		local := addrPort(l.Addr())
		i := slices.IndexFunc(conns, func(c tcpmib.Conn) bool { return withoutWineZone(c.Local) == local })
		j := slices.IndexFunc(owned, func(o tcpmib.DatedConn) bool { return withoutWineZone(o.Local) == local })
		require.GreaterOrEqual(t, i, 0)
		require.GreaterOrEqual(t, j, 0)
		assert.Equal(t, conns[i].Endpoints(), owned[j].Endpoints())
		assert.Equal(t, conns[i].PID, owned[j].PID)
		if !onWine() {
			assert.WithinDuration(t, time.Now(), owned[j].Created, time.Minute)
		}
	}
}

// A socket that is bound, and no more, is in AppendBound; one that listens is not.
func TestLiveAppendBound(t *testing.T) {
	fd, err := windows.Socket(windows.AF_INET, windows.SOCK_STREAM, 0)
	require.NoError(t, err)
	defer windows.Closesocket(fd)
	require.NoError(t, windows.Bind(fd, &windows.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	name, err := windows.Getsockname(fd)
	require.NoError(t, err)
	bound := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(name.(*windows.SockaddrInet4).Port))
	listening := addrPort(listen(t, "127.0.0.1:0").Addr())

	var r tcpmib.Reader
	conns, err := r.AppendBound(nil, tcpmib.IPv4)
	if errors.Is(err, errors.ErrUnsupported) {
		require.True(t, onWine(), "Windows has the function since 10 version 1809")
		return
	}
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(conns, func(c tcpmib.Conn) bool {
		return c.Local == bound && c.State == tcpmib.StateReserved && c.PID == windows.GetCurrentProcessId()
	}), "%v is not in %v", bound, conns)
	assert.False(t, slices.ContainsFunc(conns, func(c tcpmib.Conn) bool { return c.Local == listening }))
}
