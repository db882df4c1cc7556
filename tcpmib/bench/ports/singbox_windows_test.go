package ports

import (
	"io/fs"
	"net/netip"
	"os"
	"testing"

	"github.com/sagernet/sing/common/winiphlpapi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// What sing-box looks up is in a module of its own, whose FindPid these tests call. The path of the
// process is Windows' answer.

func TestSyntheticSingBox(t *testing.T) {
	for _, words := range []string{
		"rows=40", "rows4=5 rows6=0", "rows=40 garbage=1", "rows=40 states=all", "rows=40 zones=12", "rows=40 mapped=1",
	} {
		t.Run(words, func(t *testing.T) {
			scenario(t, words)
			conns, err := tcpmib.Conns(tcpmib.Both)
			require.NoError(t, err)
			for _, c := range conns {
				if c.State != tcpmib.StateListen {
					compareSingBox(t, "tcp", c.Local)
				}
			}
			endpoints, err := udpmib.Endpoints(tcpmib.Both)
			require.NoError(t, err)
			for _, e := range endpoints {
				compareSingBox(t, "udp", e.Local)
			}
		})
	}
}

// The processes of the DLL's rows do not exist: the port finds that out, as the original does when
// it opens one.
func compareSingBox(t *testing.T, network string, source netip.AddrPort) {
	source = netip.AddrPortFrom(source.Addr().WithZone(""), source.Port())
	want, err := winiphlpapi.FindPid(network, source)
	require.NoError(t, err)
	got, err := FindProcessInfo(network, source)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.Equal(t, &ConnectionOwner{ProcessID: want}, got, "%s %v", network, source)
}

func TestSyntheticSingBoxNotFound(t *testing.T) {
	for _, network := range []string{"tcp", "udp"} {
		for _, source := range []string{"10.0.0.0:1", "10.9.9.9:1024", "[2001:db8::1]:1024"} {
			scenario(t, "states=5")
			_, want := winiphlpapi.FindPid(network, netip.MustParseAddrPort(source))
			require.Error(t, want)
			info, err := FindProcessInfo(network, netip.MustParseAddrPort(source))
			assert.ErrorIs(t, err, fs.ErrNotExist)
			assert.Nil(t, info)
		}
	}
	_, err := winiphlpapi.FindPid("sctp", netip.AddrPort{})
	require.Error(t, err)
	_, err = FindProcessInfo("sctp", netip.AddrPort{})
	assert.ErrorIs(t, err, fs.ErrInvalid)
}

func TestSyntheticSingBoxDefects(t *testing.T) {
	for name, defect := range map[string]struct {
		words, source string
		pid           uint32
	}{
		"a listener":                  {"", "10.0.0.0:1024", 1000},
		"a source with a zone":        {"states=5 zones=1", "[fe80::a00:0%1]:1025", 1004},
		"an IPv4 source in IPv6 form": {"states=5", "[::ffff:10.0.0.0]:1025", 1004},
	} {
		t.Run("sing-box does not find "+name, func(t *testing.T) {
			scenario(t, defect.words)
			source := netip.MustParseAddrPort(defect.source)
			_, err := winiphlpapi.FindPid("tcp", source)
			assert.Error(t, err)
			info, err := FindProcessInfo("tcp", source)
			assert.ErrorIs(t, err, fs.ErrNotExist, "there is no such process")
			assert.Equal(t, &ConnectionOwner{ProcessID: defect.pid}, info)
		})
	}
	t.Run("sing-box panics on an empty table of 4 bytes", func(t *testing.T) {
		scenario(t, "rows=0")
		for _, network := range []string{"tcp", "udp"} {
			source := netip.MustParseAddrPort("10.0.0.0:1024")
			assert.Panics(t, func() { winiphlpapi.FindPid(network, source) })
			_, err := FindProcessInfo(network, source)
			assert.ErrorIs(t, err, fs.ErrNotExist)
		}
	})
}

// Sockets on all addresses are found by any address.
func TestLiveSingBox(t *testing.T) {
	local := withOwners(sockets(t))
	program, err := os.Executable()
	require.NoError(t, err)
	self := &ConnectionOwner{windows.GetCurrentProcessId(), program}
	eventually(t, func(t *assert.CollectT) {
		own, err := ConnectionsPid("all", int32(self.ProcessID))
		require.NoError(t, err)
		require.Subset(t, locals(own), local)
		for _, c := range own {
			network, source := "tcp", netip.AddrPortFrom(netip.MustParseAddr(c.Laddr.IP).WithZone(""), uint16(c.Laddr.Port))
			if c.Type == windows.SOCK_DGRAM {
				network = "udp"
				switch source.Addr() {
				case netip.IPv4Unspecified():
					source = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), source.Port())
				case netip.IPv6Unspecified():
					source = netip.AddrPortFrom(netip.IPv6Loopback(), source.Port())
				}
			}
			if c.Status != "LISTEN" {
				want, err := winiphlpapi.FindPid(network, source)
				require.NoError(t, err, source)
				require.Equal(t, self.ProcessID, want)
			}
			got, err := FindProcessInfo(network, source)
			require.NoError(t, err)
			require.Equal(t, self, got)
		}
	})
}
