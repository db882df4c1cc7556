package ports

import (
	"io/fs"
	"strings"
	"testing"

	gopsutil "github.com/shirou/gopsutil/v4/net"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// witr itself cannot be imported, and Wine's netstat prints no process IDs. The sockets are gopsutil's.
func TestSyntheticWitr(t *testing.T) {
	for _, words := range scenarios {
		for _, pid := range []int{1000, 1004, 7} {
			t.Run(words, func(t *testing.T) {
				scenario(t, words)
				compareWitr(t, pid)
			})
		}
	}
}

func TestLiveWitr(t *testing.T) {
	own := withOwners(sockets(t))
	eventually(t, func(t *assert.CollectT) {
		var locals []gopsutil.Addr
		for _, s := range compareWitr(t, int(windows.GetCurrentProcessId())) {
			locals = append(locals, gopsutil.Addr{IP: s.Address, Port: uint32(s.Port)})
		}
		require.Subset(t, locals, own)
	})
}

func compareWitr(t require.TestingT, pid int) []Socket {
	stats, err := gopsutil.ConnectionsPid("all", int32(pid))
	require.NoError(t, err)
	type row struct { // sockets of the two families may look the same to gopsutil
		family uint32
		socket Socket
	}
	seen := map[row]bool{}
	var want []Socket
	for _, c := range asGopsutil(stats) {
		s := Socket{int(c.Laddr.Port), c.Laddr.IP, "TCP", strings.Replace(c.Status, "DELETE", "DELETE_TCB", 1)}
		if c.Type == windows.SOCK_DGRAM {
			s.Protocol, s.State = "UDP", "OPEN"
		}
		if !seen[row{c.Family, s}] {
			seen[row{c.Family, s}] = true
			want = append(want, s)
		}
	}
	rows, err := GetSocketsForPID(pid)
	require.NoError(t, err)
	var got []Socket
	for _, s := range rows {
		s.Address = withoutZone(gopsutil.Addr{IP: s.Address}).IP
		if strings.HasPrefix(s.State, "State(") || s.State == "BOUND" {
			s.State = "" // as gopsutil has unknown states
		}
		got = append(got, s)
	}
	require.Empty(t, diff(want, got))
	return rows
}

// Two sockets of one process that share an endpoint are one row.
func TestLiveWitrOnce(t *testing.T) {
	local := &windows.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	for range 2 {
		socket, err := windows.Socket(windows.AF_INET, windows.SOCK_DGRAM, windows.IPPROTO_UDP)
		require.NoError(t, err)
		defer windows.Closesocket(socket)
		shownToWine(uintptr(socket))
		require.NoError(t, windows.SetsockoptInt(socket, windows.SOL_SOCKET, windows.SO_REUSEADDR, 1))
		require.NoError(t, windows.Bind(socket, local))
		name, err := windows.Getsockname(socket)
		require.NoError(t, err)
		local.Port = name.(*windows.SockaddrInet4).Port
	}
	self := windows.GetCurrentProcessId()
	eventually(t, func(t *assert.CollectT) {
		stats, err := gopsutil.ConnectionsPid("udp4", int32(self))
		require.NoError(t, err)
		require.Len(t, stats, 2)
		require.Equal(t, stats[0], stats[1])
		rows, err := GetSocketsForPID(int(self))
		require.NoError(t, err)
		require.Equal(t, []Socket{{local.Port, "127.0.0.1", "UDP", "OPEN"}}, rows)
	})
}

func TestSyntheticWitrOneFamily(t *testing.T) {
	scenario(t, "codes6=5 states=2")
	rows, err := GetSocketsForPID(1004)
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.Equal(t, []Socket{{1025, "10.0.0.0", "TCP", "LISTEN"}, {1025, "10.0.0.0", "UDP", "OPEN"}}, rows)
}
