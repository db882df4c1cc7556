package ports

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	gopsutil "github.com/shirou/gopsutil/v4/net"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
	"tailscale.com/net/netstat"
)

// These tests read this machine: Windows, or Linux under Wine. Others on the machine open and close
// sockets too: both reads have to fall into a moment of peace.

func TestLiveGopsutil(t *testing.T) {
	own := sockets(t)
	for _, test := range []struct {
		kind string
		pid  int32
	}{{"all", 0}, {"all", int32(windows.GetCurrentProcessId())}, {"tcp4", 0}, {"udp6", 0}} {
		eventually(t, func(t *assert.CollectT) {
			want, err := gopsutil.ConnectionsPid(test.kind, test.pid)
			require.NoError(t, err)
			got, err := ConnectionsPid(test.kind, test.pid)
			require.NoError(t, err)
			require.Empty(t, diff(asGopsutil(want), asGopsutil(got)))
			if test.kind == "all" && test.pid == 0 {
				require.Subset(t, locals(got), own)
			}
		})
	}
}

func TestLiveTailscale(t *testing.T) {
	sockets(t)
	eventually(t, func(t *assert.CollectT) {
		want, err := netstat.Get()
		require.NoError(t, err)
		got, err := Get()
		require.NoError(t, err)
		require.NotEmpty(t, got.Entries)
		require.Empty(t, diff(compared(want), asTailscale(got)))
	})
}

func TestLivePortmaster(t *testing.T) {
	sockets(t)
	eventually(t, func(t *assert.CollectT) { comparePortmaster(t) })
}

func TestLiveVelociraptor(t *testing.T) {
	own := sockets(t)
	eventually(t, func(t *assert.CollectT) {
		rows := compareVelociraptor(t)
		var stats []gopsutil.ConnectionStat
		for _, row := range rows {
			stats = append(stats, gopsutil.ConnectionStat{Laddr: withoutZone(row.Laddr)})
			// Wine has no creation times.
			if !row.Timestamp.IsZero() {
				require.WithinRange(t, row.Timestamp, time.Now().AddDate(-1, 0, 0), time.Now().Add(time.Minute))
			}
		}
		require.Subset(t, locals(stats), own)
	})
}

// eventually is EventuallyWithT, with the time that a busy Wine takes.
func eventually(t *testing.T, condition func(t *assert.CollectT)) {
	t.Helper()
	if onSynthetic() {
		t.Skip("reads this machine")
	}
	require.EventuallyWithT(t, condition, 2*time.Minute, 50*time.Millisecond)
}

func locals(stats []gopsutil.ConnectionStat) []gopsutil.Addr {
	var list []gopsutil.Addr
	for _, c := range stats {
		list = append(list, c.Laddr)
	}
	return list
}

// sockets opens a listener and a connection of each family, and UDP sockets on one address and on
// all, one of them connected. It returns their local endpoints.
func sockets(t *testing.T) []gopsutil.Addr {
	t.Helper()
	var own []gopsutil.Addr
	add := func(a net.Addr) {
		tcp := a.(*net.TCPAddr)
		own = append(own, gopsutil.Addr{IP: tcp.IP.String(), Port: uint32(tcp.Port)})
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0"} {
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() })
		show(t, l.(*net.TCPListener))
		add(l.Addr())
		to := l.Addr().String()
		if address == "0.0.0.0:0" {
			to = fmt.Sprint("127.0.0.1:", l.Addr().(*net.TCPAddr).Port)
		}
		c, err := net.Dial("tcp", to)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close() })
		add(c.LocalAddr())
	}
	return append(own, udpSockets(t)...)
}

// udpSockets opens UDP sockets. (Package net cannot: Wine 8 refuses SIO_UDP_NETRESET.)
func udpSockets(t *testing.T) []gopsutil.Addr {
	t.Helper()
	var own []gopsutil.Addr
	four, six := &windows.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}, &windows.SockaddrInet6{Addr: [16]byte{15: 1}}
	for _, s := range []struct {
		family      int
		local, peer windows.Sockaddr
	}{
		{windows.AF_INET, four, nil},
		{windows.AF_INET, &windows.SockaddrInet4{}, nil},
		{windows.AF_INET6, six, nil},
		{windows.AF_INET6, &windows.SockaddrInet6{}, nil},
		{windows.AF_INET, four, &windows.SockaddrInet4{Addr: four.Addr, Port: 9}},
	} {
		socket, err := windows.Socket(s.family, windows.SOCK_DGRAM, windows.IPPROTO_UDP)
		require.NoError(t, err)
		t.Cleanup(func() { windows.Closesocket(socket) })
		shownToWine(uintptr(socket))
		require.NoError(t, windows.Bind(socket, s.local))
		if s.peer != nil {
			require.NoError(t, windows.Connect(socket, s.peer))
		}
		name, err := windows.Getsockname(socket)
		require.NoError(t, err)
		switch name := name.(type) {
		case *windows.SockaddrInet4:
			own = append(own, gopsutil.Addr{IP: net.IP(name.Addr[:]).String(), Port: uint32(name.Port)})
		case *windows.SockaddrInet6:
			own = append(own, gopsutil.Addr{IP: net.IP(name.Addr[:]).String(), Port: uint32(name.Port)})
		}
	}
	return own
}

// show is shownToWine for a socket of package net.
func show(t *testing.T, socket syscall.Conn) {
	t.Helper()
	raw, err := socket.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(shownToWine))
}

// shownToWine sets an option: Wine looks for owners among the open files of its processes, and a
// socket gets there with the first.
func shownToWine(socket uintptr) {
	windows.SetsockoptInt(windows.Handle(socket), windows.SOL_SOCKET, windows.SO_BROADCAST, 1)
	windows.SetsockoptInt(windows.Handle(socket), windows.IPPROTO_TCP, windows.TCP_NODELAY, 1)
}

// withOwners leaves IPv6 sockets out under Wine, which does not know their owners.
func withOwners(own []gopsutil.Addr) []gopsutil.Addr {
	return slices.DeleteFunc(own, func(a gopsutil.Addr) bool {
		return os.Getenv("WINMIB_WINE") != "" && strings.Contains(a.IP, ":")
	})
}
