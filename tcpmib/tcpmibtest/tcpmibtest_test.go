package tcpmibtest_test

import (
	"fmt"
	"io/fs"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

var (
	at      = netip.MustParseAddrPort
	noon    = time.Date(2024, 5, 6, 12, 0, 0, 100, time.UTC)
	addrs   = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
	listen4 = tcpmib.Conn{Local: at("0.0.0.0:443"), PID: 7, State: tcpmib.StateListen}
	conn4   = tcpmib.Conn{Local: at("10.0.0.1:443"), Remote: at("10.0.0.2:50000"), PID: 7, State: tcpmib.StateEstab, Offload: tcpmib.OffloadStateOffloaded}
	listen6 = tcpmib.Conn{Local: at("[::]:443"), PID: 7, State: tcpmib.StateListen}
	conn6   = tcpmib.Conn{Local: at("[fe80::1%70000]:443"), Remote: at("[fe80::2%70000]:50000"), PID: 8, State: tcpmib.StateCloseWait}
)

func machine() *tcpmibtest.Machine {
	return &tcpmibtest.Machine{
		Conns: []tcpmib.Conn{conn4, listen4},
		Dated: []tcpmib.DatedConn{{Conn: conn6, Created: noon}, {Conn: listen6}},
		Bound: []tcpmib.Conn{{Local: at("0.0.0.0:5000"), PID: 9}, {Local: at("[::]:5000"), PID: 9}},
		UDP:   []udpmib.Endpoint{{Local: at("0.0.0.0:53"), PID: 4, Created: noon}, {Local: at("[fe80::1%3]:53"), PID: 4}},
		Answers: map[tcpmib.Query][]byte{
			{Func: "GetTcpStatisticsEx2", Family: tcpmib.AFInet}: tcpmibtest.Struct(tcpmib.TCPStats2{InSegs: 1 << 40, NumConns: 3}),
		},
	}
}

// What goes in comes out of every table that can hold it.
func TestMachine(t *testing.T) {
	r := tcpmib.Reader{Source: machine()}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff([]tcpmib.Conn{conn4, listen4, conn6, listen6}, conns, addrs))

	dated, err := r.AppendDatedConns(nil, tcpmib.IPv6)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff([]tcpmib.DatedConn{{Conn: conn6, Created: noon}, {Conn: listen6}}, dated, addrs))

	bound, err := r.AppendBound(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Equal(t, "[0.0.0.0:5000 BOUND pid 9 [::]:5000 BOUND pid 9]", fmt.Sprint(bound))

	udp := udpmib.Reader{Source: machine()}
	endpoints, err := udp.AppendEndpoints(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(machine().UDP, endpoints, addrs))

	stats, err := r.Stats(tcpmib.IPv4)
	require.NoError(t, err)
	assert.Equal(t, uint64(1<<40), stats.SegmentsIn)
	_, err = r.Stats(tcpmib.IPv6)
	assert.ErrorContains(t, err, "the source has no answer")
}

func TestEveryTable(t *testing.T) {
	r := tcpmib.Reader{Source: machine()}
	rows, err := r.TCPTable(true)
	require.NoError(t, err)
	assert.Equal(t, "[0.0.0.0:443 LISTEN 10.0.0.1:443 -> 10.0.0.2:50000 ESTABLISHED]", fmt.Sprint(rows))
	rows6, err := r.TCP6Table(false)
	require.NoError(t, err)
	assert.Len(t, rows6, 2)

	more := machine() // two connections and one listener in each family
	more.Conns = append(more.Conns, tcpmib.Conn{Local: at("10.0.0.1:444"), Remote: at("10.0.0.2:50001"), State: tcpmib.StateTimeWait},
		tcpmib.Conn{Local: at("[::1]:444"), Remote: at("[::1]:50001"), State: tcpmib.StateTimeWait})
	r.Source = more
	for rows, want := range map[tcpmib.Rows]int{tcpmib.AllRows: 3, tcpmib.Listeners: 1, tcpmib.Connections: 2} {
		assert.Equal(t, want, count[tcpmib.TCPRow](t, &r, rows))
		assert.Equal(t, want, count[tcpmib.TCPRowOwnerPID](t, &r, rows))
		assert.Equal(t, want, count[tcpmib.TCP6RowOwnerPID](t, &r, rows))
		assert.Equal(t, want, count[tcpmib.TCPRowOwnerModule](t, &r, rows))
		assert.Equal(t, want, count[tcpmib.TCP6RowOwnerModule](t, &r, rows))
	}
	_, err = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6Row](&r, tcpmib.AllRows, false)
	assert.Error(t, err, "Windows refuses it, too")

	m := machine()
	for _, q := range []tcpmib.Query{
		{Func: "GetUdpTable"}, {Func: "GetUdp6Table"},
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet}, {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6},
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: 1}, {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: 1},
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: 2}, {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: 2},
	} {
		buf := make([]byte, 1000)
		size, code := m.Ask(q, buf)
		require.NoError(t, q.Err(code), q)
		assert.EqualValues(t, 1, buf[0], q)
		size2, code := m.Ask(q, buf[:size-1])
		assert.EqualValues(t, tcpmib.CodeInsufficientBuffer, code)
		assert.Equal(t, size, size2)
		size2, code = m.Ask(q, buf[:size])
		assert.EqualValues(t, tcpmib.CodeSuccess, code)
		assert.Equal(t, size, size2)
	}
	for _, q := range []tcpmib.Query{
		{Func: "GetIfTable"}, {Func: "GetExtendedTcpTable"}, {Func: "GetExtendedTcpTable", Family: tcpmib.AFInet, Class: 9},
		{Func: "GetExtendedUdpTable"}, {Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: 3},
	} {
		size, code := m.Ask(q, make([]byte, 1000))
		assert.EqualValues(t, tcpmib.CodeNoAnswer, code, q)
		assert.Zero(t, size)
	}
}

// Rows are sorted where the query asks for it, and come as they were put in where it does not.
func TestOrder(t *testing.T) {
	m := &tcpmibtest.Machine{
		Conns: []tcpmib.Conn{{Local: at("10.0.0.2:1"), State: tcpmib.StateListen}, {Local: at("10.0.0.1:1"), State: tcpmib.StateListen}},
		UDP:   []udpmib.Endpoint{{Local: at("10.0.0.2:1")}, {Local: at("10.0.0.1:1")}},
	}
	for order, want := range map[bool][2]byte{false: {2, 1}, true: {1, 2}} {
		buf := make([]byte, 1000)
		_, code := m.Ask(tcpmib.Query{Func: "GetTcpTable", Order: order}, buf)
		require.Zero(t, code)
		tcp, err := tcpmib.DecodeTCPTable(buf)
		require.NoError(t, err)
		assert.Equal(t, want, [2]byte{tcp[0].LocalAddr[3], tcp[1].LocalAddr[3]})
		_, code = m.Ask(tcpmib.Query{Func: "GetUdpTable", Order: order}, buf)
		require.Zero(t, code)
		udp, err := udpmib.DecodeUDPTable(buf)
		require.NoError(t, err)
		assert.Equal(t, want, [2]byte{udp[0].LocalAddr[3], udp[1].LocalAddr[3]})
	}
}

func count[Row tcpmib.ExtendedRow](t *testing.T, r *tcpmib.Reader, rows tcpmib.Rows) int {
	got, err := tcpmib.ReadExtendedTcpTable[Row](r, rows, true)
	require.NoError(t, err)
	return len(got)
}

// Tables that Windows does not have are not made up either.
func TestNoSuchTable(t *testing.T) {
	const noFamily = 99
	m := &tcpmibtest.Machine{}
	for class := range uint32(20) {
		for family, classes := range map[uint32][2]uint32{ // how many of TCP and of UDP there are
			tcpmib.AFInet: {9, 3}, tcpmib.AFInet6: {9, 3}, 0: {}, noFamily: {},
		} {
			for i, function := range []string{"GetExtendedTcpTable", "GetExtendedUdpTable"} {
				exists := class < classes[i]
				if i == 0 && family == tcpmib.AFInet6 && class < 3 { // the basic classes, of IPv4 alone
					exists = false
				}
				_, code := m.Ask(tcpmib.Query{Func: function, Family: family, Class: class}, make([]byte, 100))
				want := uint32(tcpmib.CodeNoAnswer)
				if exists {
					want = tcpmib.CodeSuccess
				}
				assert.Equal(t, want, code, "%s, family %d, class %d", function, family, class)
			}
		}
	}
}

func TestFail(t *testing.T) {
	m := machine()
	m.Before = tcpmibtest.Fail(5, "GetTcp6Table2")
	r := tcpmib.Reader{Source: m}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.Len(t, conns, 2)
	m.Before = tcpmibtest.Fail(5)
	conns, err = r.AppendConns(nil, tcpmib.Both)
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.Empty(t, conns)
}

// A table that grows at each call, until it fits.
func TestGrowth(t *testing.T) {
	m := machine()
	asked := 0
	m.Before = func(tcpmib.Query) uint32 {
		if asked++; asked < 4 {
			for range 2000 {
				m.Conns = append(m.Conns, conn4)
			}
		}
		if asked == 5 {
			return tcpmib.CodeUnsuccessful
		}
		return tcpmib.CodeSuccess
	}
	r := tcpmib.Reader{Source: m}
	conns, err := r.AppendConns(nil, tcpmib.IPv4)
	require.NoError(t, err)
	assert.Len(t, conns, 6002)
	assert.Greater(t, asked, 2)
}

func TestPanics(t *testing.T) {
	mixed := tcpmib.Conn{Local: at("10.0.0.1:1"), Remote: at("[::1]:1"), State: tcpmib.StateEstab}
	m := &tcpmibtest.Machine{Conns: []tcpmib.Conn{mixed}}
	assert.Panics(t, func() { m.Ask(tcpmib.Query{Func: "GetTcpTable2"}, nil) })
	assert.Panics(t, func() { tcpmibtest.Table(1, 2) })
	assert.Panics(t, func() { tcpmibtest.Table(struct{ A int64 }{1}) })
}

// Rows go in, and their table comes out.
func ExampleTable() {
	table := tcpmibtest.Table(tcpmib.TCPRow2{
		State: tcpmib.StateListen, LocalAddr: [4]byte{127, 0, 0, 1}, LocalPort: [4]byte{0, 80}, OwningPid: 7,
	})
	rows, err := tcpmib.DecodeTCPTable2(table)
	fmt.Println(rows[0], err)
	// Output: 127.0.0.1:80 LISTEN pid 7 <nil>
}

// A machine that one program listens on, and what a Reader makes of it.
func ExampleMachine() {
	machine := &tcpmibtest.Machine{Conns: []tcpmib.Conn{{Local: netip.MustParseAddrPort("127.0.0.1:80"), PID: 7, State: tcpmib.StateListen}}}
	reader := tcpmib.Reader{Source: machine}

	conns, err := reader.AppendConns(nil, tcpmib.IPv4)
	fmt.Println(conns, err)

	machine.Before = tcpmibtest.Fail(50, "GetTcpTable2")
	_, err = reader.AppendConns(nil, tcpmib.IPv4)
	fmt.Println(err)
	// Output:
	// [127.0.0.1:80 LISTEN pid 7] <nil>
	// GetTcpTable2: not supported: the protocol is not installed (ERROR_NOT_SUPPORTED, 50)
}
