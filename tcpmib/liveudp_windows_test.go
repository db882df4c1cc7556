package tcpmib_test

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// These tests call package udpmib on this machine: Windows, or Linux under Wine.

// udpSockets opens sockets of every kind and returns their local endpoints: on one interface and on
// all, connected and not. (Package net cannot: Wine 8 refuses SIO_UDP_NETRESET.)
func udpSockets(t *testing.T) (locals []netip.AddrPort) {
	t.Helper()
	require.NoError(t, windows.WSAStartup(0x202, new(windows.WSAData)))
	t.Cleanup(func() { windows.WSACleanup() })
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
		{windows.AF_INET6, six, &windows.SockaddrInet6{Addr: six.Addr, Port: 9}},
	} {
		socket, err := windows.Socket(s.family, windows.SOCK_DGRAM, windows.IPPROTO_UDP)
		require.NoError(t, err)
		t.Cleanup(func() { windows.Closesocket(socket) })
		require.NoError(t, windows.Bind(socket, s.local))
		if s.peer != nil {
			require.NoError(t, windows.Connect(socket, s.peer))
		}
		name, err := windows.Getsockname(socket)
		require.NoError(t, err)
		switch name := name.(type) {
		case *windows.SockaddrInet4:
			locals = append(locals, netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(name.Port)))
		case *windows.SockaddrInet6:
			locals = append(locals, netip.AddrPortFrom(netip.AddrFrom16(name.Addr), uint16(name.Port)))
		}
	}
	return locals
}

func udpLocal(e udpmib.Endpoint) netip.AddrPort { return withoutWineZone(e.Local) }

func TestLiveUDPEndpointsAreThoseOfProcNet(t *testing.T) {
	if !onWine() {
		t.Skip("Windows has no /proc/net; this test is for Wine")
	}
	own := udpSockets(t)
	sockets := func(t require.TestingT) []netip.AddrPort {
		return slices.Concat(procNet(t, "udp", "01", "07"), procNet(t, "udp6", "01", "07"))
	}
	soon(t, func(t *assert.CollectT) {
		before := sockets(t)
		endpoints, err := udpmib.Endpoints(tcpmib.Both)
		require.NoError(t, err)
		var got []netip.AddrPort
		for _, e := range endpoints {
			got = append(got, netip.AddrPortFrom(e.Local.Addr().WithZone(""), e.Local.Port()))
		}
		requireBetween(t, before, got, sockets(t))
		for _, local := range own {
			require.Contains(t, got, local)
		}
	})
}

// This test's own sockets are in every table, with this process as their owner, and with the time
// they were bound.
func TestLiveUDPTables(t *testing.T) {
	start := time.Now()
	own := udpSockets(t)
	endpoints, err := udpmib.Endpoints(tcpmib.Both)
	require.NoError(t, err)
	for _, local := range own {
		i := slices.IndexFunc(endpoints, func(e udpmib.Endpoint) bool { return udpLocal(e) == local })
		require.GreaterOrEqual(t, i, 0, "%v is not in the table", local)
		e := endpoints[i]
		pids := []uint32{uint32(os.Getpid())}
		if onWine() && !onStandin() {
			pids = append(pids, 0) // it does not know every owner
		}
		assert.Contains(t, pids, e.PID, "PID of %v", local)
		if !onWine() {
			assert.WithinDuration(t, start, e.Created, 30*time.Second, "%v", local)
		}
	}

	contains := func(table string, want []netip.AddrPort, got []netip.AddrPort, err error) {
		t.Helper()
		require.NoError(t, err, table)
		for _, local := range want {
			assert.Contains(t, got, local, table)
		}
	}
	own4, own6 := []netip.AddrPort{own[0], own[1], own[4]}, []netip.AddrPort{own[2], own[3], own[5]}
	basic4, err := udpmib.GetUdpTable(true)
	contains("GetUdpTable", own4, udpLocals(basic4, (*udpmib.UDPRow).Local), err)
	basic6, err := udpmib.GetUdp6Table(true)
	contains("GetUdp6Table", own6, udpLocals(basic6, (*udpmib.UDP6Row).Local), err)
	basic4, err = udpmib.GetExtendedUdpTable[udpmib.UDPRow](true)
	contains("UDPRow", own4, udpLocals(basic4, (*udpmib.UDPRow).Local), err)
	pid4, err := udpmib.GetExtendedUdpTable[udpmib.UDPRowOwnerPID](true)
	contains("UDPRowOwnerPID", own4, udpLocals(pid4, (*udpmib.UDPRowOwnerPID).Local), err)
	pid6, err := udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerPID](true)
	contains("UDP6RowOwnerPID", own6, udpLocals(pid6, (*udpmib.UDP6RowOwnerPID).Local), err)
	module4, err := udpmib.GetExtendedUdpTable[udpmib.UDPRowOwnerModule](true)
	contains("UDPRowOwnerModule", own4, udpLocals(module4, (*udpmib.UDPRowOwnerModule).Local), err)
	module6, err := udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerModule](true)
	contains("UDP6RowOwnerModule", own6, udpLocals(module6, (*udpmib.UDP6RowOwnerModule).Local), err)
}

func udpLocals[Row any](rows []Row, local func(*Row) netip.AddrPort) (locals []netip.AddrPort) {
	for i := range rows {
		locals = append(locals, withoutWineZone(local(&rows[i])))
	}
	return locals
}

// The basic class for IPv6 is documented; whether Windows answers it is logged.
func TestLiveGetExtendedUdpTableBasicIPv6(t *testing.T) {
	own := udpSockets(t)
	rows, err := udpmib.GetExtendedUdpTable[udpmib.UDP6Row](true)
	if err != nil {
		require.ErrorIs(t, err, errors.ErrUnsupported)
		t.Log(err)
		return
	}
	assert.Contains(t, udpLocals(rows, (*udpmib.UDP6Row).Local), own[2])
}

// Datagrams that this test sends are counted.
func TestLiveGetUdpStatistics(t *testing.T) {
	own := udpSockets(t)
	socket, err := windows.Socket(windows.AF_INET, windows.SOCK_DGRAM, windows.IPPROTO_UDP)
	require.NoError(t, err)
	defer windows.Closesocket(socket)
	before, err := udpmib.GetUdpStatistics()
	require.NoError(t, err)
	for range 10 {
		to := &windows.SockaddrInet4{Addr: own[0].Addr().As4(), Port: int(own[0].Port())}
		require.NoError(t, windows.Sendto(socket, []byte{1}, 0, to))
	}
	plain, err := udpmib.GetUdpStatistics()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, plain.OutDatagrams-before.OutDatagrams, uint32(10))
	ex, err := udpmib.GetUdpStatisticsEx(tcpmib.IPv4)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, ex.OutDatagrams-before.OutDatagrams, uint32(10))
	ex, err = udpmib.GetUdpStatisticsEx(tcpmib.IPv6)
	require.NoError(t, err)
	assert.NotZero(t, ex.NumAddrs)
}

func TestLiveGetUdpStatisticsEx2(t *testing.T) {
	onlyWindows(t, "8 does not have GetUdpStatisticsEx2")
	narrow, err := udpmib.GetUdpStatisticsEx(tcpmib.IPv4)
	require.NoError(t, err)
	wide, err := udpmib.GetUdpStatisticsEx2(tcpmib.IPv4)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, wide.InDatagrams, uint64(narrow.InDatagrams))
	assert.GreaterOrEqual(t, wide.OutDatagrams, uint64(narrow.OutDatagrams))
	assert.NotZero(t, wide.NumAddrs)
}

func TestLiveGetOwnerModuleFromUdpEntry(t *testing.T) {
	onlyWindows(t, "8 does not have GetOwnerModuleFromUdpEntry")
	own := udpSockets(t)
	self, err := os.Executable()
	require.NoError(t, err)
	rows4, err := udpmib.GetExtendedUdpTable[udpmib.UDPRowOwnerModule](true)
	require.NoError(t, err)
	i := slices.IndexFunc(rows4, func(r udpmib.UDPRowOwnerModule) bool { return r.Local() == own[0] })
	require.GreaterOrEqual(t, i, 0)
	module, err := udpmib.GetOwnerModuleFromUdpEntry(&rows4[i])
	require.NoError(t, err)
	assert.Equal(t, strings.ToLower(filepath.Base(self)), strings.ToLower(module.Name))

	rows6, err := udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerModule](true)
	require.NoError(t, err)
	i = slices.IndexFunc(rows6, func(r udpmib.UDP6RowOwnerModule) bool { return r.Local() == own[2] })
	require.GreaterOrEqual(t, i, 0)
	module, err = udpmib.GetOwnerModuleFromUdp6Entry(&rows6[i])
	require.NoError(t, err)
	assert.Equal(t, strings.ToLower(filepath.Base(self)), strings.ToLower(module.Name))
}

func TestLivePersistentTcpPortReservations(t *testing.T) {
	onlyWindows(t, "8 does not have persistent port reservations")
	testLiveReservations(t, "tcp", tcpmib.CreatePersistentTcpPortReservation,
		tcpmib.LookupPersistentTcpPortReservation, tcpmib.DeletePersistentTcpPortReservation)
}

func TestLivePersistentUdpPortReservations(t *testing.T) {
	onlyWindows(t, "8 does not have persistent port reservations")
	testLiveReservations(t, "udp", udpmib.CreatePersistentUdpPortReservation,
		udpmib.LookupPersistentUdpPortReservation, udpmib.DeletePersistentUdpPortReservation)
}

// testLiveReservations reserves a port outside of the dynamic range, with an even number, so that a
// wrong byte order asks for another port: 0x5BA2.
func testLiveReservations(t *testing.T, network string, create, lookup func(start, ports uint16) (uint64, error),
	delete func(start, ports uint16) error) {
	const port, address = 0x5BA2, "127.0.0.1:23458"
	_, err := lookup(port, 2)
	require.ErrorIs(t, err, fs.ErrNotExist)
	created, err := create(port, 2)
	if !elevated() {
		require.ErrorIs(t, err, fs.ErrPermission)
		return
	}
	require.NoError(t, err)
	defer func() { assert.NoError(t, delete(port, 2)) }()
	found, err := lookup(port, 2)
	require.NoError(t, err)
	assert.Equal(t, created, found)
	_, err = create(port+1, 1)
	var e *tcpmib.Error
	require.ErrorAs(t, err, &e)
	assert.EqualValues(t, 32, e.Code)
	// Nobody else can bind the port.
	if network == "tcp" {
		_, err = net.Listen(network, address)
	} else {
		_, err = net.ListenPacket(network, address)
	}
	assert.Error(t, err)
}

// Where Wine lacks the functions, they are missing like those that an older Windows lacks.
func TestLiveReservationsThatWineLacks(t *testing.T) {
	if !onWine() {
		t.Skip("this test is for Wine")
	}
	_, errTCP := tcpmib.LookupPersistentTcpPortReservation(8080, 1)
	_, errUDP := udpmib.LookupPersistentUdpPortReservation(8080, 1)
	assert.ErrorIs(t, errTCP, errors.ErrUnsupported)
	assert.ErrorIs(t, errUDP, errors.ErrUnsupported)
}
