package synthetic_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// These tests call the functions of the header on a system that logs every call, byte for byte.

// tableRow is what a row of any table says; what it does not is the zero value.
type tableRow struct {
	State         tcpmib.State
	Local, Remote netip.AddrPort
	PID           uint32
	Created       time.Time
}

// wantRows are the rows 0 to 4 of the synthetic DLL, one of each of these states.
func wantRows(family tcpmib.Family, pid, created bool) (rows []tableRow) {
	addr := func(last4 string) netip.Addr {
		if family == tcpmib.IPv6 {
			return netip.AddrFrom16([16]byte(append([]byte{0x20, 0x01, 0x0d, 0xb8, 11: 0}, last4...)))
		}
		return netip.AddrFrom4([4]byte([]byte(last4)))
	}
	for i, state := range []tcpmib.State{tcpmib.StateListen, tcpmib.StateEstab, tcpmib.StateEstab, tcpmib.StateTimeWait, tcpmib.StateCloseWait} {
		r := tableRow{State: state, Local: netip.AddrPortFrom(addr("\x0a\x00\x00\x00"), uint16(1024+i))}
		if state != tcpmib.StateListen {
			r.Remote = netip.AddrPortFrom(addr("\xc6\x12\x00"+string(rune(i))), uint16(443+i))
		}
		if pid {
			r.PID = uint32(1000 + 4*i)
		}
		if created {
			r.Created = time.Date(2024, 1, 17, 21, 20, i, 0, time.UTC)
		}
		rows = append(rows, r)
	}
	return rows
}

func rowsOf[Row any](rows []Row, err error, one func(*Row) tableRow) (out []tableRow, _ error) {
	for i := range rows {
		out = append(out, one(&rows[i]))
	}
	return out, err
}

func basic4(r *tcpmib.TCPRow) tableRow {
	return tableRow{State: r.State, Local: r.Local(), Remote: r.Remote()}
}

func basic6(r *tcpmib.TCP6Row) tableRow {
	return tableRow{State: r.State, Local: r.Local(), Remote: r.Remote()}
}

func pid4(r *tcpmib.TCPRowOwnerPID) tableRow {
	return tableRow{r.State, r.Local(), r.Remote(), r.OwningPid, time.Time{}}
}

func pid6(r *tcpmib.TCP6RowOwnerPID) tableRow {
	return tableRow{r.State, r.Local(), r.Remote(), r.OwningPid, time.Time{}}
}

func module4(r *tcpmib.TCPRowOwnerModule) tableRow {
	return tableRow{r.State, r.Local(), r.Remote(), r.OwningPid, r.CreateTime()}
}

func module6(r *tcpmib.TCP6RowOwnerModule) tableRow {
	return tableRow{r.State, r.Local(), r.Remote(), r.OwningPid, r.CreateTime()}
}

var extended = []struct {
	name   string
	get    func(rows tcpmib.Rows, order bool) ([]tableRow, error)
	family tcpmib.Family
	class  int // of the listeners
	offset int
	stride int
	pid    bool
	time   bool
}{
	{"TCPRow", func(rows tcpmib.Rows, order bool) ([]tableRow, error) {
		r, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRow](rows, order)
		return rowsOf(r, err, basic4)
	}, tcpmib.IPv4, 0, 4, 20, false, false},
	{"TCPRowOwnerPID", func(rows tcpmib.Rows, order bool) ([]tableRow, error) {
		r, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerPID](rows, order)
		return rowsOf(r, err, pid4)
	}, tcpmib.IPv4, 3, 4, 24, true, false},
	{"TCP6RowOwnerPID", func(rows tcpmib.Rows, order bool) ([]tableRow, error) {
		r, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerPID](rows, order)
		return rowsOf(r, err, pid6)
	}, tcpmib.IPv6, 3, 4, 56, true, false},
	{"TCPRowOwnerModule", func(rows tcpmib.Rows, order bool) ([]tableRow, error) {
		r, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerModule](rows, order)
		return rowsOf(r, err, module4)
	}, tcpmib.IPv4, 6, 8, 160, true, true},
	{"TCP6RowOwnerModule", func(rows tcpmib.Rows, order bool) ([]tableRow, error) {
		r, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerModule](rows, order)
		return rowsOf(r, err, module6)
	}, tcpmib.IPv6, 6, 8, 192, true, true},
}

var addressFamilies = map[tcpmib.Family]int{tcpmib.IPv4: 2, tcpmib.IPv6: 23}

func TestGetExtendedTcpTable(t *testing.T) {
	subsets := []struct {
		rows     tcpmib.Rows
		class    int
		from, to int
	}{{tcpmib.Listeners, 0, 0, 1}, {tcpmib.Connections, 1, 1, 5}, {tcpmib.AllRows, 2, 0, 5}}
	for _, c := range extended {
		for _, s := range subsets {
			t.Run(fmt.Sprint(c.name, " ", s.rows), func(t *testing.T) {
				log := synthetic.NewLog(t)
				synthetic.Scenario(t, "rows=5 garbage=1", log.Word())
				got, err := c.get(s.rows, true)
				require.NoError(t, err)
				want := wantRows(c.family, c.pid, c.time)[s.from:s.to]
				assert.Empty(t, gocmp.Diff(want, got, compareEndpoints))
				af := addressFamilies[c.family]
				assert.Equal(t, []string{fmt.Sprintf(
					"GetExtendedTcpTable family=%d filter=%d table=buffer size=32768 order=1 af=%d class=%d reserved=0 code=0 told=%d",
					af, s.class, af, c.class+s.class, c.offset+len(want)*c.stride)}, log.Calls(t))
			})
		}
	}
}

var compareEndpoints = gocmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })

// Windows has no basic classes for IPv6.
func TestGetExtendedTcpTableBasicIPv6(t *testing.T) {
	for _, rows := range []tcpmib.Rows{tcpmib.AllRows, tcpmib.Listeners, tcpmib.Connections} {
		got, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6Row](rows, false)
		assert.Empty(t, got)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
	}
}

func TestGetTcpTable(t *testing.T) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, "rows=5 garbage=1", log.Word())
	rows4, err := tcpmib.GetTcpTable(true)
	got, err := rowsOf(rows4, err, basic4)
	require.NoError(t, err)
	assert.Empty(t, gocmp.Diff(wantRows(tcpmib.IPv4, false, false), got, compareEndpoints))
	rows4, err = tcpmib.GetTcpTable(false)
	require.NoError(t, err)
	assert.Equal(t, got[0].Local, rows4[4].Local(), "not sorted is backwards")
	assert.Equal(t, []string{
		"GetTcpTable family=2 filter=2 table=buffer size=32768 order=1 code=0 told=104",
		"GetTcpTable family=2 filter=2 table=buffer size=32768 order=0 code=0 told=104",
	}, log.Calls(t))
}

func TestGetTcp6Table(t *testing.T) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, "rows=5 garbage=1", log.Word())
	rows6, err := tcpmib.GetTcp6Table(true)
	got, err := rowsOf(rows6, err, basic6)
	require.NoError(t, err)
	assert.Empty(t, gocmp.Diff(wantRows(tcpmib.IPv6, false, false), got, compareEndpoints))
	rows6, err = tcpmib.GetTcp6Table(false)
	require.NoError(t, err)
	assert.Equal(t, got[0].Local, rows6[4].Local(), "not sorted is backwards")
	assert.Equal(t, []string{
		"GetTcp6Table family=23 filter=2 table=buffer size=32768 order=1 code=0 told=264",
		"GetTcp6Table family=23 filter=2 table=buffer size=32768 order=0 code=0 told=264",
	}, log.Calls(t))
}

// The tables of all functions grow as those of GetTcpTable2 do, in the same loop.
func TestExtendedTablesGrow(t *testing.T) {
	for _, c := range extended {
		synthetic.Scenario(t, "rows=10000 grow=500")
		rows, err := c.get(tcpmib.AllRows, true)
		require.NoError(t, err, c.name)
		assert.Len(t, rows, 10_500, c.name)
	}
}

func TestGetOwnerModuleFromTcpEntry(t *testing.T) {
	const name, path = "synthetic service", "C:\\Windows\\System32\\s\u00fdnthetic.dll"
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, "rows=5", log.Word())
	rows4, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerModule](tcpmib.AllRows, true)
	require.NoError(t, err)
	rows6, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerModule](tcpmib.AllRows, true)
	require.NoError(t, err)

	module, err := tcpmib.GetOwnerModuleFromTcpEntry(&rows4[1])
	require.NoError(t, err)
	assert.Equal(t, tcpmib.OwnerModule{Name: name, Path: path}, module)
	module, err = tcpmib.GetOwnerModuleFromTcp6Entry(&rows6[1])
	require.NoError(t, err)
	assert.Equal(t, tcpmib.OwnerModule{Name: name, Path: path}, module)

	// State, endpoints, PID, time, and the first of 16 numbers.
	row4 := "05000000" + "0a000000" + "04010000" + "c6120001" + "01bc0000" + "ec030000" + "80561cee8a49da01" + "ec03000000000000"
	row6 := "20010db80000000000000000" + "0a000000" + "00000000" + "04010000" +
		"20010db80000000000000000" + "c6120001" + "00000000" + "01bc0000" + "05000000" + "ec030000" + "80561cee8a49da01" + "ec03000000000000"
	zeros := hex.EncodeToString(make([]byte, 15*8))
	told := fmt.Sprint(" class=0 buffer=buffer size=2048 code=0 told=", 104+2*unsafe.Sizeof(uintptr(0))) // two pointers and the strings
	assert.Equal(t, []string{
		"GetOwnerModuleFromTcpEntry row=" + row4 + zeros + told,
		"GetOwnerModuleFromTcp6Entry row=" + row6 + zeros + told,
	}, log.Calls(t)[2:])
}

func TestGetOwnerModuleFromTcpEntryRefusesPointersOutside(t *testing.T) {
	header := int(2 * unsafe.Sizeof(uintptr(0)))
	for scenario, want := range map[string]string{
		"module=before":                  "pModuleName points to",
		"module=behind":                  "pModulePath points to",
		"module=endless":                 "pModuleName points to a string without a terminating zero",
		fmt.Sprintf("tell=%d", header-1): fmt.Sprintf("needs %d bytes, got %d", header, header-1),
		"codes=0xC0000001":               "no answer after 10 attempts",
		"codes=1168":                     "ERROR_NOT_FOUND",
		"codes=299":                      "GetOwnerModuleFromTcpEntry",
		"codes=122 ask=1000000":          "outgrew its buffer",
	} {
		synthetic.Scenario(t, scenario)
		_, err := tcpmib.GetOwnerModuleFromTcpEntry(&tcpmib.TCPRowOwnerModule{})
		assert.ErrorContains(t, err, want, scenario)
	}
	synthetic.Scenario(t, "module=null")
	module, err := tcpmib.GetOwnerModuleFromTcpEntry(&tcpmib.TCPRowOwnerModule{})
	require.NoError(t, err)
	assert.Zero(t, module)
}

func TestSetTcpEntry(t *testing.T) {
	conn := tcpmib.Conn{
		Local:  netip.MustParseAddrPort("10.1.2.3:49152"),
		Remote: netip.MustParseAddrPort("192.0.2.7:443"),
		State:  tcpmib.StateEstab,
		PID:    1234,
	}
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, log.Word())
	require.NoError(t, tcpmib.Close(conn))
	// DELETE_TCB, then addresses and ports in network byte order.
	const row = "row=0c000000" + "0a010203" + "c0000000" + "c0000207" + "01bb0000"
	assert.Equal(t, []string{"SetTcpEntry " + row + " code=0"}, log.Calls(t))

	for code, want := range map[int]error{5: fs.ErrPermission, 50: errors.ErrUnsupported, 65: fs.ErrPermission, 317: fs.ErrNotExist} {
		synthetic.Scenario(t, fmt.Sprint("codes=", code))
		assert.ErrorIs(t, tcpmib.Close(conn), want, code)
	}
	synthetic.Scenario(t, "codes=317")
	assert.ErrorContains(t, tcpmib.Close(conn), "SetTcpEntry: no such connection")

	// A refused call does not reach Windows.
	synthetic.Scenario(t, log.Word())
	conn.State = tcpmib.StateListen
	require.ErrorIs(t, tcpmib.Close(conn), fs.ErrInvalid)
	assert.Len(t, log.Calls(t), 1)
}

// wantStats are the synthetic counters: the number of their field in the hundreds
// of their address family.
func wantStats(family tcpmib.Family, wide bool) tcpmib.Stats {
	n := uint64(addressFamilies[family]) * 100
	s := tcpmib.Stats{
		RTOAlgorithm: tcpmib.RTOAlgorithmVanj, RTOMin: time.Duration(n+1) * time.Millisecond, RTOMax: time.Duration(n+2) * time.Millisecond,
		MaxConns: -1, Opened: n + 4, Accepted: n + 5, Failed: n + 6, Reset: n + 7, Established: n + 8,
		SegmentsIn: n + 9, SegmentsOut: n + 10, Retransmitted: n + 11, ErrorsIn: n + 12, ResetsOut: n + 13, Conns: n + 14, Wide: wide,
	}
	if wide {
		s.SegmentsIn += 1 << 40
		s.SegmentsOut += 1 << 41
	}
	return s
}

func TestGetTcpStatistics(t *testing.T) {
	const (
		ex2   = "GetTcpStatisticsEx2 stats=buffer family=%d code=%d"
		ex    = "GetTcpStatisticsEx stats=buffer family=%d code=%d"
		plain = "GetTcpStatistics stats=buffer code=%[2]d"
	)
	cases := []struct {
		codes    string
		family   tcpmib.Family
		wide     bool
		is       error
		calls    []string
		returned []int
	}{
		{"0", tcpmib.IPv4, true, nil, []string{ex2}, []int{0}},
		{"0", tcpmib.IPv6, true, nil, []string{ex2}, []int{0}},
		{"127,0", tcpmib.IPv4, false, nil, []string{ex2, ex}, []int{127, 0}},
		{"127,0", tcpmib.IPv6, false, nil, []string{ex2, ex}, []int{127, 0}},
		{"127,127,0", tcpmib.IPv4, false, nil, []string{ex2, ex, plain}, []int{127, 127, 0}},
		{"127,127", tcpmib.IPv6, false, errors.ErrUnsupported, []string{ex2, ex}, []int{127, 127}},
		{"127,127,127", tcpmib.IPv4, false, errors.ErrUnsupported, []string{ex2, ex, plain}, []int{127, 127, 127}},
		{"50,0", tcpmib.IPv6, false, nil, []string{ex2, ex}, []int{50, 0}},
		{"5", tcpmib.IPv4, false, fs.ErrPermission, []string{ex2}, []int{5}},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.family, " ", c.codes), func(t *testing.T) {
			log := synthetic.NewLog(t)
			synthetic.Scenario(t, "codes="+c.codes, log.Word())
			got, err := tcpmib.ReadStats(c.family)
			if c.is == nil {
				require.NoError(t, err)
				assert.Empty(t, gocmp.Diff(wantStats(c.family, c.wide), got))
			} else {
				require.ErrorIs(t, err, c.is)
				assert.Zero(t, got)
			}
			var want []string
			for i, format := range c.calls {
				want = append(want, fmt.Sprintf(format, addressFamilies[c.family], c.returned[i]))
			}
			assert.Equal(t, want, log.Calls(t))
		})
	}
}

// The header layer: one function, one call.
func TestGetTcpStatisticsOneByOne(t *testing.T) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, log.Word())
	plain, err := tcpmib.GetTcpStatistics()
	require.NoError(t, err)
	assert.EqualValues(t, 211, plain.RetransSegs)
	ex, err := tcpmib.GetTcpStatisticsEx(tcpmib.IPv6)
	require.NoError(t, err)
	assert.EqualValues(t, 2314, ex.NumConns)
	ex2, err := tcpmib.GetTcpStatisticsEx2(tcpmib.IPv6)
	require.NoError(t, err)
	assert.Equal(t, uint64(1<<41+2310), ex2.OutSegs)
	assert.EqualValues(t, 2311, ex2.RetransSegs)
	assert.Equal(t, []string{
		"GetTcpStatistics stats=buffer code=0",
		"GetTcpStatisticsEx stats=buffer family=23 code=0",
		"GetTcpStatisticsEx2 stats=buffer family=23 code=0",
	}, log.Calls(t))
}

// Whatever a warm Reader reads, it makes no garbage.
func TestFunctionsMakeNoGarbage(t *testing.T) {
	synthetic.Scenario(t, "rows=100")
	var r tcpmib.Reader
	for name, read := range map[string]func() error{
		"TCPTable":  func() error { _, err := r.TCPTable(true); return err },
		"TCP6Table": func() error { _, err := r.TCP6Table(true); return err },
		"TCPTableBasic": func() error {
			_, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCPRow](&r, tcpmib.Listeners, true)
			return err
		},
		"TCPTableOwnerPID": func() error {
			_, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerPID](&r, tcpmib.AllRows, true)
			return err
		},
		"TCP6TableOwnerPID": func() error {
			_, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerPID](&r, tcpmib.AllRows, true)
			return err
		},
		"TCPTableOwnerModule": func() error {
			_, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.Connections, true)
			return err
		},
		"TCP6TableOwnerModule": func() error {
			_, err := tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerModule](&r, tcpmib.Connections, true)
			return err
		},
		"Stats": func() error { _, err := r.Stats(tcpmib.IPv6); return err },
	} {
		require.NoError(t, read(), name)
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			if read() != nil {
				panic(name)
			}
		}), name)
	}
}
