package tcpmib_test

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
)

// These tests read the machine that they run on: Windows, or Linux under Wine.

func requireLive(t *testing.T, err error) {
	t.Helper()
	require.NoError(t, err)
}

var loopbacks = map[string]tcpmib.Family{"127.0.0.1:0": tcpmib.IPv4, "[::1]:0": tcpmib.IPv6}

func listen(t *testing.T, address string) *net.TCPListener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener)
}

// connect returns the two ends of one connection.
func connect(t *testing.T, l *net.TCPListener) (client, server *net.TCPConn) {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	s, err := l.AcceptTCP()
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return c.(*net.TCPConn), s
}

func addrPort(a net.Addr) netip.AddrPort { return a.(*net.TCPAddr).AddrPort() }

// soon waits until a condition holds, with room for a busy machine. If it never does, the test fails
// with what the last attempt saw.
func soon(t *testing.T, condition func(t *assert.CollectT)) {
	t.Helper()
	require.EventuallyWithT(t, condition, 2*time.Minute, 50*time.Millisecond)
}

// eventually waits until the connection between two endpoints is in a state, as the system moves
// there in its own time, and returns it.
func eventually(t *testing.T, family tcpmib.Family, local, remote netip.AddrPort, state tcpmib.State) tcpmib.Conn {
	t.Helper()
	var found tcpmib.Conn
	soon(t, func(t *assert.CollectT) {
		conns, err := tcpmib.Conns(family)
		require.NoError(t, err)
		i := slices.IndexFunc(conns, func(c tcpmib.Conn) bool {
			return withoutWineZone(c.Local) == local && withoutWineZone(c.Remote) == remote
		})
		require.GreaterOrEqual(t, i, 0, "%v -> %v is not in the table of %d rows", local, remote, len(conns))
		found = conns[i]
		require.Equal(t, state, found.State, "%v", found)
	})
	return found
}

// withoutWineZone drops the zone under Wine, whose scope IDs are the kind of an address (loopback,
// link-local), not an interface.
func withoutWineZone(a netip.AddrPort) netip.AddrPort {
	if !onWine() || onStandin() || !a.IsValid() {
		return a
	}
	return netip.AddrPortFrom(a.Addr().WithZone(""), a.Port())
}

// assertOwner asserts that a socket belongs to this process. Wine before version 10 knows the
// owners of IPv4 sockets only, and not of accepted ones: there 0 is an answer too.
func assertOwner(t *testing.T, c tcpmib.Conn, accepted bool) {
	t.Helper()
	want := []uint32{uint32(os.Getpid())}
	if onWine() && !onStandin() && (accepted || c.Family() == tcpmib.IPv6) {
		want = append(want, 0)
	}
	assert.Contains(t, want, c.PID, "PID of %v", c)
}

// ownedByWine makes Wine know the owner of a listening socket: it looks for sockets among the
// open files of its processes, and opens one there when an option is set. Accepted sockets never
// get there.
func ownedByWine(t *testing.T, l *net.TCPListener) {
	t.Helper()
	raw, err := l.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		err = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_TCP, windows.TCP_NODELAY, 1)
	}))
	require.NoError(t, err)
}

func TestLiveStates(t *testing.T) {
	for address, family := range loopbacks {
		t.Run(family.String(), func(t *testing.T) {
			l := listen(t, address)
			ownedByWine(t, l)
			assertOwner(t, eventually(t, family, addrPort(l.Addr()), netip.AddrPort{}, tcpmib.StateListen), false)

			// The side that closes first waits in FIN-WAIT-2 and TIME-WAIT, the other is in CLOSE-WAIT. Once
			// it is the client, once the server, so that each state is seen on an end whose owner
			// Wine knows.
			for _, first := range []string{"client", "server"} {
				t.Run(first+" closes first", func(t *testing.T) {
					client, server := connect(t, l)
					here, there := addrPort(client.LocalAddr()), addrPort(client.RemoteAddr())
					ofClient := func(state tcpmib.State) {
						t.Helper()
						assertOwner(t, eventually(t, family, here, there, state), false)
					}
					ofServer := func(state tcpmib.State) {
						t.Helper()
						assertOwner(t, eventually(t, family, there, here, state), true)
					}
					ofClient(tcpmib.StateEstab)
					ofServer(tcpmib.StateEstab)
					closer, other := client, server
					ofCloser, ofOther := ofClient, ofServer
					local, remote := here, there
					if first == "server" {
						closer, other = server, client
						ofCloser, ofOther = ofServer, ofClient
						local, remote = there, here
					}
					require.NoError(t, closer.CloseWrite())
					_, err := io.ReadAll(other)
					require.NoError(t, err)
					ofCloser(tcpmib.StateFinWait2)
					ofOther(tcpmib.StateCloseWait)

					require.NoError(t, other.Close())
					_, err = io.ReadAll(closer)
					require.NoError(t, err)
					require.NoError(t, closer.Close())
					timeWait := eventually(t, family, local, remote, tcpmib.StateTimeWait)
					assert.Zero(t, timeWait.PID, "TIME-WAIT has no owner")
				})
			}
		})
	}
}

// The rows of the header layer are the connections of the Go layer. Those of others come and go
// between two reads, so only this test's own count.
func TestLiveLayersAgree(t *testing.T) {
	own := map[uint16]bool{}
	for address := range loopbacks {
		l := listen(t, address)
		connect(t, l)
		own[addrPort(l.Addr()).Port()] = true
	}
	isOthers := func(c tcpmib.Conn) bool { return !own[c.Local.Port()] && !own[c.Remote.Port()] }
	soon(t, func(t *assert.CollectT) {
		conns, err := tcpmib.Conns(tcpmib.Both)
		require.NoError(t, err)
		rows4, err := tcpmib.GetTcpTable2(true)
		require.NoError(t, err)
		rows6, err := tcpmib.GetTcp6Table2(true)
		require.NoError(t, err)
		var fromRows []tcpmib.Conn
		for _, r := range rows4 {
			fromRows = append(fromRows, tcpmib.Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State, Offload: r.OffloadState})
		}
		for _, r := range rows6 {
			fromRows = append(fromRows, tcpmib.Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State, Offload: r.OffloadState})
		}
		conns, fromRows = slices.DeleteFunc(conns, isOthers), slices.DeleteFunc(fromRows, isOthers)
		slices.SortFunc(conns, tcpmib.Conn.Compare)
		slices.SortFunc(fromRows, tcpmib.Conn.Compare)
		require.Empty(t, cmp.Diff(conns, fromRows, compareAddrPorts))
		require.GreaterOrEqual(t, len(conns), 6)
	})
}

// A scope ID is the index of an interface, in host byte order: a listener on a link-local address
// has that interface's index as its zone.
func TestLiveZoneIsTheInterface(t *testing.T) {
	if onWine() && !onStandin() {
		t.Skip("Wine's scope IDs are not interfaces; this test is for Windows and the stand-in")
	}
	address, index := linkLocal(t)
	l := listen(t, fmt.Sprintf("[%s%%%d]:0", address, index))
	want := netip.AddrPortFrom(address.WithZone(fmt.Sprint(index)), addrPort(l.Addr()).Port())
	eventually(t, tcpmib.IPv6, want, netip.AddrPort{}, tcpmib.StateListen)
}

func linkLocal(t *testing.T) (netip.Addr, int) {
	t.Helper()
	interfaces, err := net.Interfaces()
	if err != nil && onWine() {
		t.Skipf("this Wine does not list its interfaces: %v", err) // Wine 10: GetAdaptersAddresses fails
	}
	require.NoError(t, err)
	for _, i := range interfaces {
		addresses, err := i.Addrs()
		require.NoError(t, err)
		for _, a := range addresses {
			prefix, err := netip.ParsePrefix(a.String())
			if err == nil && prefix.Addr().Is6() && prefix.Addr().IsLinkLocalUnicast() && i.Flags&net.FlagUp != 0 {
				return prefix.Addr().WithZone(""), i.Index
			}
		}
	}
	t.Skip("no interface of this machine has a link-local address")
	return netip.Addr{}, 0
}

// A warm Reader makes no garbage, also where GetTcpStatisticsEx2 is missing, as under Wine.
func TestLiveStatsMakeNoGarbage(t *testing.T) {
	if tcpmib.Raced {
		t.Skip("the race detector allocates too")
	}
	var r tcpmib.Reader
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		if _, err := r.Stats(tcpmib.IPv4); err != nil {
			t.Fatal(err)
		}
	}))
}
