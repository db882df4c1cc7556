package ports

import (
	"io/fs"
	"net/netip"
	"testing"

	gopsutil "github.com/shirou/gopsutil/v4/net"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// packetbeat itself cannot be imported. Its endpoints and processes are those of gopsutil's rows.
func TestSyntheticPacketbeat(t *testing.T) {
	for _, words := range scenarios {
		t.Run(words, func(t *testing.T) {
			scenario(t, words)
			comparePacketbeat(t)
		})
	}
	_, err := LocalPortToPIDMapping("sctp")
	assert.Error(t, err)
}

func TestLivePacketbeat(t *testing.T) {
	own := withOwners(sockets(t))
	eventually(t, func(t *assert.CollectT) {
		pids := comparePacketbeat(t)
		for _, local := range own {
			require.Contains(t, pids[plain(local)], int(windows.GetCurrentProcessId()), local)
		}
	})
}

// comparePacketbeat returns the processes of both transports by endpoint.
func comparePacketbeat(t require.TestingT) map[netip.AddrPort][]int {
	all := map[netip.AddrPort][]int{}
	for _, transport := range []string{"tcp", "udp"} {
		stats, err := gopsutil.Connections(transport)
		require.NoError(t, err)
		want := map[netip.AddrPort]int{}
		for _, c := range stats {
			if c.Pid != 0 {
				want[plain(c.Laddr)] = int(c.Pid)
			}
		}
		pids, err := LocalPortToPIDMapping(transport)
		require.NoError(t, err)
		got := map[netip.AddrPort]int{}
		for local, pid := range pids {
			key := netip.AddrPortFrom(local.Addr().WithZone("").Unmap(), local.Port()) // the defects of gopsutil
			got[key] = pid
			all[key] = append(all[key], pid)
		}
		require.Equal(t, want, got)
	}
	return all
}

func plain(a gopsutil.Addr) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(a.IP).Unmap(), uint16(a.Port))
}

// The original returns an error alone.
func TestSyntheticPacketbeatOneFamily(t *testing.T) {
	scenario(t, "codes6=5")
	for _, transport := range []string{"tcp", "udp"} {
		pids, err := LocalPortToPIDMapping(transport)
		assert.ErrorIs(t, err, fs.ErrPermission)
		assert.Equal(t, map[netip.AddrPort]int{
			netip.MustParseAddrPort("10.0.0.0:1024"): 1000,
			netip.MustParseAddrPort("10.0.0.0:1025"): 1004,
			netip.MustParseAddrPort("10.0.0.0:1026"): 1008,
		}, pids)
	}
}
