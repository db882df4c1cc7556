package tcpmib_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// These tests call the functions of the header on this machine: Windows, or Linux under Wine where
// that has the function.

// onlyWindows skips a test of what Wine does not do.
func onlyWindows(t *testing.T, lacks string) {
	t.Helper()
	if onWine() {
		t.Skip("Wine " + lacks + "; this test is for Windows")
	}
}

// elevated says whether this program runs as administrator. Those of the jobs in .github do; what
// is refused to others is tested wherever somebody runs the tests in a plain window.
func elevated() bool { return windows.GetCurrentProcessToken().IsElevated() }

// found is a row as any of the functions reports it.
type found struct {
	local, remote netip.AddrPort
	pid           uint32
	created       time.Time
	module        func() (tcpmib.OwnerModule, error)
}

func liveRows[Row any](rows []Row, err error, one func(*Row) found) (out []found, _ error) {
	for i := range rows {
		f := one(&rows[i])
		f.local, f.remote = withoutWineZone(f.local), withoutWineZone(f.remote)
		out = append(out, f)
	}
	return out, err
}

func extendedPID4(rows tcpmib.Rows) ([]found, error) {
	got, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerPID](rows, true)
	return liveRows(got, err, func(r *tcpmib.TCPRowOwnerPID) found {
		return found{local: r.Local(), remote: r.Remote(), pid: r.OwningPid}
	})
}

func extendedPID6(rows tcpmib.Rows) ([]found, error) {
	got, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerPID](rows, true)
	return liveRows(got, err, func(r *tcpmib.TCP6RowOwnerPID) found {
		return found{local: r.Local(), remote: r.Remote(), pid: r.OwningPid}
	})
}

func extendedModule4(rows tcpmib.Rows) ([]found, error) {
	got, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerModule](rows, true)
	return liveRows(got, err, func(r *tcpmib.TCPRowOwnerModule) found {
		return found{r.Local(), r.Remote(), r.OwningPid, r.CreateTime(), func() (tcpmib.OwnerModule, error) { return tcpmib.GetOwnerModuleFromTcpEntry(r) }}
	})
}

func extendedModule6(rows tcpmib.Rows) ([]found, error) {
	got, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerModule](rows, true)
	return liveRows(got, err, func(r *tcpmib.TCP6RowOwnerModule) found {
		return found{r.Local(), r.Remote(), r.OwningPid, r.CreateTime(), func() (tcpmib.OwnerModule, error) { return tcpmib.GetOwnerModuleFromTcp6Entry(r) }}
	})
}

func basic4(rows tcpmib.Rows) ([]found, error) {
	got, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRow](rows, true)
	return liveRows(got, err, func(r *tcpmib.TCPRow) found { return found{local: r.Local(), remote: r.Remote()} })
}

func plain4() ([]found, error) {
	got, err := tcpmib.GetTcpTable(true)
	return liveRows(got, err, func(r *tcpmib.TCPRow) found { return found{local: r.Local(), remote: r.Remote()} })
}

func plain6() ([]found, error) {
	got, err := tcpmib.GetTcp6Table(true)
	return liveRows(got, err, func(r *tcpmib.TCP6Row) found { return found{local: r.Local(), remote: r.Remote()} })
}

// pair is a listener and a connection to it, of this process.
type pair struct {
	listener       netip.AddrPort
	client, server *net.TCPConn
	local, remote  netip.AddrPort // the client's
}

func newPair(t *testing.T, family tcpmib.Family) pair {
	t.Helper()
	address := map[tcpmib.Family]string{tcpmib.IPv4: "127.0.0.1:0", tcpmib.IPv6: "[::1]:0"}[family]
	l := listen(t, address)
	client, server := connect(t, l)
	return pair{addrPort(l.Addr()), client, server, addrPort(client.LocalAddr()), addrPort(client.RemoteAddr())}
}

func (p pair) isListener(f found) bool { return f.local == p.listener && !f.remote.IsValid() }
func (p pair) isClient(f found) bool   { return f.local == p.local && f.remote == p.remote }

// require finds out whether the listener and the client are among the rows.
func (p pair) require(t *testing.T, rows []found, err error, listener, client bool) {
	t.Helper()
	require.NoError(t, err)
	assert.Equal(t, listener, slices.ContainsFunc(rows, p.isListener), "the listener %v is there", p.listener)
	assert.Equal(t, client, slices.ContainsFunc(rows, p.isClient), "the connection %v -> %v is there", p.local, p.remote)
}

func TestLiveGetTcpTable(t *testing.T) {
	p := newPair(t, tcpmib.IPv4)
	rows, err := plain4()
	p.require(t, rows, err, true, true)
}

func TestLiveGetTcp6Table(t *testing.T) {
	p := newPair(t, tcpmib.IPv6)
	rows, err := plain6()
	p.require(t, rows, err, true, true)
}

func TestLiveGetExtendedTcpTable(t *testing.T) {
	for _, table := range []struct {
		name   string
		family tcpmib.Family
		get    func(tcpmib.Rows) ([]found, error)
	}{
		{"TCPRow", tcpmib.IPv4, basic4},
		{"TCPRowOwnerPID", tcpmib.IPv4, extendedPID4},
		{"TCP6RowOwnerPID", tcpmib.IPv6, extendedPID6},
		{"TCPRowOwnerModule", tcpmib.IPv4, extendedModule4},
		{"TCP6RowOwnerModule", tcpmib.IPv6, extendedModule6},
	} {
		t.Run(table.name, func(t *testing.T) {
			began := time.Now()
			p := newPair(t, table.family)
			rows, err := table.get(tcpmib.AllRows)
			p.require(t, rows, err, true, true)
			listeners, err := table.get(tcpmib.Listeners)
			p.require(t, listeners, err, true, false)
			connections, err := table.get(tcpmib.Connections)
			p.require(t, connections, err, false, true)

			f := connections[slices.IndexFunc(connections, p.isClient)]
			if table.name == "TCPRow" {
				return
			}
			// Wine 8 does not know the owners of IPv6 sockets.
			if !onWine() || onStandin() || table.family == tcpmib.IPv4 {
				assert.EqualValues(t, os.Getpid(), f.pid)
			}
			if strings.HasSuffix(table.name, "OwnerModule") && !onWine() {
				assert.WithinRange(t, f.created, began.Add(-time.Second), time.Now().Add(time.Second))
			}
		})
	}
}

// Windows does not answer the basic classes for IPv6; Wine does.
func TestLiveGetExtendedTcpTableBasicIPv6(t *testing.T) {
	p := newPair(t, tcpmib.IPv6)
	rows, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6Row](tcpmib.AllRows, false)
	if !onWine() {
		assert.Empty(t, rows)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		return
	}
	all, err := liveRows(rows, err, func(r *tcpmib.TCP6Row) found { return found{local: r.Local(), remote: r.Remote()} })
	p.require(t, all, err, true, true)
}

func TestLiveGetTcpStatistics(t *testing.T) {
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		t.Run(family.String(), func(t *testing.T) {
			before, err := tcpmib.ReadStats(family)
			require.NoError(t, err)
			p := newPair(t, family)
			_, err = p.client.Write([]byte("hello"))
			require.NoError(t, err)
			_, err = io.ReadFull(p.server, make([]byte, 5))
			require.NoError(t, err)
			after, err := tcpmib.ReadStats(family)
			require.NoError(t, err)
			t.Logf("%+v", after)
			// Wine 8 does not have GetTcpStatisticsEx2, and Linux names its algorithm and counts
			// its segments otherwise.
			if !onWine() {
				assert.True(t, after.Wide, "this Windows has GetTcpStatisticsEx2")
				assert.Equal(t, tcpmib.RTOAlgorithmVanj, after.RTOAlgorithm)
				assert.Greater(t, after.SegmentsOut, before.SegmentsOut)
			}
			// Linux, which Wine asks, counts both families as one.
			assert.Greater(t, after.Opened, before.Opened)
			assert.Greater(t, after.Accepted, before.Accepted)
			assert.GreaterOrEqual(t, after.Established, uint64(2))
		})
	}
	plain, err := tcpmib.GetTcpStatistics()
	require.NoError(t, err)
	assert.NotZero(t, plain.ActiveOpens)
	ex, err := tcpmib.GetTcpStatisticsEx(tcpmib.IPv4)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, ex.ActiveOpens, plain.ActiveOpens)
}

func TestLiveGetTcpStatisticsEx2(t *testing.T) {
	onlyWindows(t, "8 does not have GetTcpStatisticsEx2")
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		narrow, err := tcpmib.GetTcpStatisticsEx(family)
		require.NoError(t, err)
		wide, err := tcpmib.GetTcpStatisticsEx2(family)
		require.NoError(t, err)
		// Both are the same struct but for two counters: the fields are where they are said to be.
		assert.Equal(t, narrow.RtoAlgorithm, wide.RtoAlgorithm)
		assert.Equal(t, narrow.RtoMin, wide.RtoMin)
		assert.Equal(t, narrow.RtoMax, wide.RtoMax)
		assert.Equal(t, narrow.MaxConn, wide.MaxConn)
		assert.GreaterOrEqual(t, wide.ActiveOpens, narrow.ActiveOpens)
		assert.GreaterOrEqual(t, wide.InSegs, uint64(narrow.InSegs))
		assert.GreaterOrEqual(t, wide.OutSegs, uint64(narrow.OutSegs))
		assert.GreaterOrEqual(t, wide.OutRsts, narrow.OutRsts)
	}
}

// GetTcpStatisticsEx2 is looked up at run time: where it is missing, as in Wine 8, the program runs
// and says so.
func TestLiveMissingFunction(t *testing.T) {
	_, err := tcpmib.GetTcpStatisticsEx2(tcpmib.IPv4)
	if err == nil {
		t.Skip("this Windows has GetTcpStatisticsEx2; this test is for Wine")
	}
	require.ErrorIs(t, err, errors.ErrUnsupported)
	require.ErrorContains(t, err, "ERROR_PROC_NOT_FOUND")
}

func TestLiveGetOwnerModuleFromTcpEntry(t *testing.T) {
	testOwnerModule(t, tcpmib.IPv4, extendedModule4)
}
func TestLiveGetOwnerModuleFromTcp6Entry(t *testing.T) {
	testOwnerModule(t, tcpmib.IPv6, extendedModule6)
}

func testOwnerModule(t *testing.T, family tcpmib.Family, get func(tcpmib.Rows) ([]found, error)) {
	onlyWindows(t, "8 does not have GetOwnerModuleFromTcpEntry")
	self, err := os.Executable()
	require.NoError(t, err)
	p := newPair(t, family)
	rows, err := get(tcpmib.AllRows)
	p.require(t, rows, err, true, true)
	module, err := rows[slices.IndexFunc(rows, p.isClient)].module()
	require.NoError(t, err)
	assert.Equal(t, strings.ToLower(filepath.Base(self)), strings.ToLower(module.Name))
	assert.Equal(t, strings.ToLower(filepath.Base(self)), strings.ToLower(filepath.Base(module.Path)))
	// Others are named too, services among them, or are nameless; none is an error but those that
	// are gone or closed to us, and, in a 32-bit program, those of 64-bit ones.
	for _, r := range rows {
		if _, err := r.module(); err != nil {
			expected := errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) ||
				strconv.IntSize == 32 && errors.Is(err, errors.ErrUnsupported)
			assert.True(t, expected, "%v of %d: %v", r.local, r.pid, err)
		}
	}
}

func TestLiveClose(t *testing.T) {
	onlyWindows(t, "does not close connections: its SetTcpEntry does nothing")
	p := newPair(t, tcpmib.IPv4)
	conn := eventually(t, tcpmib.IPv4, p.local, p.remote, tcpmib.StateEstab)
	if !elevated() {
		err := tcpmib.Close(conn)
		// 317 is documented for this too: see Close.
		require.True(t, errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist), "%v", err)
		t.Log(err)
		_, err = p.client.Write([]byte{1})
		require.NoError(t, err)
		_, err = io.ReadFull(p.server, make([]byte, 1))
		require.NoError(t, err, "the connection is as it was")
		return
	}
	require.NoError(t, tcpmib.Close(conn))
	_, err := p.client.Read(make([]byte, 1))
	assert.Error(t, err, "the connection is broken")
	soon(t, func(t *assert.CollectT) {
		require.ErrorIs(t, tcpmib.Close(conn), fs.ErrNotExist, "closing a connection that has gone")
	})
}

func TestLiveCloseIPv6(t *testing.T) {
	p := newPair(t, tcpmib.IPv6)
	assert.ErrorIs(t, tcpmib.Close(tcpmib.Conn{Local: p.local, Remote: p.remote, State: tcpmib.StateEstab}), errors.ErrUnsupported)
}

func TestLiveGetPerTcpConnectionEStats(t *testing.T)  { testEStats(t, tcpmib.IPv4) }
func TestLiveGetPerTcp6ConnectionEStats(t *testing.T) { testEStats(t, tcpmib.IPv6) }

func testEStats(t *testing.T, family tcpmib.Family) {
	onlyWindows(t, "8 does not have GetPerTcpConnectionEStats, and its SetPerTcpConnectionEStats does nothing")
	p := newPair(t, family)
	conn := eventually(t, family, p.local, p.remote, tcpmib.StateEstab)
	if !elevated() {
		require.ErrorIs(t, tcpestats.Enable[tcpestats.Data](conn), fs.ErrPermission)
		require.ErrorIs(t, tcpestats.Disable[tcpestats.Data](conn), fs.ErrPermission)
		// Whether reading is refused too is not documented.
		if _, err := tcpestats.Get[tcpestats.Data](conn); err != nil {
			require.ErrorIs(t, err, fs.ErrPermission)
		}
		return
	}

	// Every kind can be read.
	check := func(name string, err error) {
		t.Helper()
		assert.NoError(t, err, name)
	}
	_, err := tcpestats.Get[tcpestats.SynOpts](conn)
	check("SynOpts", err)
	_, err = tcpestats.Get[tcpestats.SndCong](conn)
	check("SndCong", err)
	_, err = tcpestats.Get[tcpestats.Path](conn)
	check("Path", err)
	_, err = tcpestats.Get[tcpestats.SendBuff](conn)
	check("SendBuff", err)
	_, err = tcpestats.Get[tcpestats.Rec](conn)
	check("Rec", err)
	_, err = tcpestats.Get[tcpestats.ObsRec](conn)
	check("ObsRec", err)
	_, err = tcpestats.Get[tcpestats.Bandwidth](conn)
	check("Bandwidth", err)
	_, err = tcpestats.Get[tcpestats.FineRtt](conn)
	check("FineRtt", err)

	// It counts while it is enabled.
	require.NoError(t, tcpestats.Enable[tcpestats.Data](conn))
	const n = 100_000
	go p.client.Write(make([]byte, n))
	_, err = io.ReadFull(p.server, make([]byte, n))
	require.NoError(t, err)
	data, err := tcpestats.Get[tcpestats.Data](conn)
	require.NoError(t, err)
	assert.EqualValues(t, 1, data.RW.EnableCollection)
	assert.GreaterOrEqual(t, data.DataBytesOut, uint64(n))
	require.NoError(t, tcpestats.Disable[tcpestats.Data](conn))
	data, err = tcpestats.Get[tcpestats.Data](conn)
	require.NoError(t, err)
	assert.Zero(t, data.RW.EnableCollection)
}

func TestLiveWatch(t *testing.T) {
	l := listen(t, "127.0.0.1:0")
	var p netip.AddrPort
	var client *net.TCPConn
	deadline := time.After(3 * time.Minute) // Wine takes a second for a few hundred rows
	present := false
	for c, err := range tcpmib.Watch(t.Context(), 50*time.Millisecond, tcpmib.Both) {
		select {
		case <-deadline:
			require.Fail(t, "the watch did not see the connection open and close")
		default:
		}
		if missed := (*tcpmib.MissedError)(nil); errors.As(err, &missed) {
			continue // the machine is busy
		}
		require.NoError(t, err)
		switch local := withoutWineZone(c.Conn.Local); {
		case c.Kind == tcpmib.Present && local == addrPort(l.Addr()) && !present:
			present = true
			client, _ = connect(t, l)
			p = addrPort(client.LocalAddr())
		case c.Kind == tcpmib.Opened && p.IsValid() && local == p && c.Conn.State == tcpmib.StateEstab:
			require.NoError(t, client.SetLinger(0)) // a reset leaves nothing in TIME-WAIT
			require.NoError(t, client.Close())
		case c.Kind == tcpmib.Closed && p.IsValid() && local == p:
			require.True(t, present)
			return
		}
	}
}

// One Reader reads tables and statistics of every kind into its one buffer.
func TestLiveReaderReadsEverything(t *testing.T) {
	var r tcpmib.Reader
	for range 2 {
		_, err := r.TCPTable(false)
		require.NoError(t, err)
		_, err = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, false)
		require.NoError(t, err)
		_, err = r.Stats(tcpmib.IPv4)
		require.NoError(t, err)
		_, err = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerPID](&r, tcpmib.Connections, false)
		require.NoError(t, err)
	}
}
