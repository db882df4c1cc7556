package owner_test

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib/owner"
)

// Real sockets of this process, asked for in every way.
func TestLiveFind(t *testing.T) {
	self := uint32(os.Getpid())
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			l, err := net.Listen("tcp", address)
			require.NoError(t, err)
			defer l.Close()
			raw, err := l.(*net.TCPListener).SyscallConn()
			require.NoError(t, err)
			require.NoError(t, raw.Control(shownToWine))
			client, err := net.Dial("tcp", l.Addr().String())
			require.NoError(t, err)
			defer client.Close()
			server, err := l.Accept()
			require.NoError(t, err)
			defer server.Close()
			packets := udpSocket(t, l.Addr().(*net.TCPAddr).AddrPort().Addr())

			// Wine 8 does not know the owners of IPv6 sockets.
			own := func(p owner.Process, err error) {
				t.Helper()
				if address[0] == '[' && onWine() && errors.Is(err, fs.ErrNotExist) {
					return
				}
				require.NoError(t, err)
				assert.Equal(t, self, p.PID)
				assert.NotEmpty(t, p.Name)
			}
			p, err := owner.Find("tcp", l.Addr().(*net.TCPAddr).AddrPort(), netip.AddrPort{})
			own(p, err)
			p, err = owner.FindPeer(server)
			own(p, err)
			p, err = owner.FindConn(client)
			own(p, err)
			p, err = owner.Find("udp", packets, netip.AddrPort{})
			own(p, err)

			sockets, err := owner.ReadSockets()
			require.NoError(t, err)
			p, err = sockets.FindPeer(server)
			own(p, err)
			p, err = sockets.Find("udp", packets, netip.AddrPort{})
			own(p, err)
		})
	}
}

// shownToWine sets options: Wine looks for owners among the open files of its processes, and a socket
// gets there with the first.
func shownToWine(socket uintptr) {
	windows.SetsockoptInt(windows.Handle(socket), windows.IPPROTO_TCP, windows.TCP_NODELAY, 1)
	windows.SetsockoptInt(windows.Handle(socket), windows.SOL_SOCKET, windows.SO_BROADCAST, 1)
}

// udpSocket is a UDP socket on a free port. Package net cannot make one under Wine 8.
func udpSocket(t *testing.T, addr netip.Addr) netip.AddrPort {
	t.Helper()
	family, local := windows.AF_INET6, windows.Sockaddr(&windows.SockaddrInet6{Addr: addr.As16()})
	if addr.Is4() {
		family, local = windows.AF_INET, &windows.SockaddrInet4{Addr: addr.As4()}
	}
	socket, err := windows.Socket(family, windows.SOCK_DGRAM, windows.IPPROTO_UDP)
	require.NoError(t, err)
	t.Cleanup(func() { windows.Closesocket(socket) })
	shownToWine(uintptr(socket))
	require.NoError(t, windows.Bind(socket, local))
	name, err := windows.Getsockname(socket)
	require.NoError(t, err)
	if four, ok := name.(*windows.SockaddrInet4); ok {
		return netip.AddrPortFrom(addr, uint16(four.Port))
	}
	return netip.AddrPortFrom(addr, uint16(name.(*windows.SockaddrInet6).Port))
}
