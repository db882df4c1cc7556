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
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// udpRow is what a row of any UDP table says; what it does not is the zero value.
type udpRow struct {
	Local    netip.AddrPort
	PID      uint32
	Created  time.Time
	Specific bool
}

// wantUDPRows are the rows of the synthetic DLL, which numbers TCP's and UDP's alike. Every other
// socket has a port that its program chose.
func wantUDPRows(family tcpmib.Family, pid, module bool) (rows []udpRow) {
	for i, r := range wantRows(family, pid, module) {
		rows = append(rows, udpRow{r.Local, r.PID, r.Created, module && i%2 == 1})
	}
	return rows
}

func udpRows[Row any](one func(*Row) udpRow) func(rows []Row, err error) ([]udpRow, error) {
	return func(rows []Row, err error) (out []udpRow, _ error) {
		for i := range rows {
			out = append(out, one(&rows[i]))
		}
		return out, err
	}
}

var (
	udpBasic4 = udpRows(func(r *udpmib.UDPRow) udpRow { return udpRow{Local: r.Local()} })
	udpBasic6 = udpRows(func(r *udpmib.UDP6Row) udpRow { return udpRow{Local: r.Local()} })
	udpPID4   = udpRows(func(r *udpmib.UDPRowOwnerPID) udpRow { return udpRow{Local: r.Local(), PID: r.OwningPid} })
	udpPID6   = udpRows(func(r *udpmib.UDP6RowOwnerPID) udpRow { return udpRow{Local: r.Local(), PID: r.OwningPid} })
	udpMod4   = udpRows(func(r *udpmib.UDPRowOwnerModule) udpRow {
		return udpRow{r.Local(), r.OwningPid, r.CreateTime(), r.SpecificPortBind()}
	})
	udpMod6 = udpRows(func(r *udpmib.UDP6RowOwnerModule) udpRow {
		return udpRow{r.Local(), r.OwningPid, r.CreateTime(), r.SpecificPortBind()}
	})
)

// udpTables are all tables of UDP. Each takes offset + rows * stride bytes.
var udpTables = []struct {
	name   string
	get    func(order bool) ([]udpRow, error)
	family tcpmib.Family
	call   string // in the log
	offset int
	stride int
	pid    bool
	module bool
}{
	{"UDPRow of GetUdpTable", func(order bool) ([]udpRow, error) { return udpBasic4(udpmib.GetUdpTable(order)) },
		tcpmib.IPv4, "GetUdpTable family=2%s", 4, 8, false, false},
	{"UDP6Row of GetUdp6Table", func(order bool) ([]udpRow, error) { return udpBasic6(udpmib.GetUdp6Table(order)) },
		tcpmib.IPv6, "GetUdp6Table family=23%s", 4, 24, false, false},
	{"UDPRow", func(order bool) ([]udpRow, error) { return udpBasic4(udpmib.GetExtendedUdpTable[udpmib.UDPRow](order)) },
		tcpmib.IPv4, "GetExtendedUdpTable family=2%s af=2 class=0 reserved=0", 4, 8, false, false},
	{"UDP6Row", func(order bool) ([]udpRow, error) {
		return udpBasic6(udpmib.GetExtendedUdpTable[udpmib.UDP6Row](order))
	},
		tcpmib.IPv6, "GetExtendedUdpTable family=23%s af=23 class=0 reserved=0", 4, 24, false, false},
	{"UDPRowOwnerPID", func(order bool) ([]udpRow, error) {
		return udpPID4(udpmib.GetExtendedUdpTable[udpmib.UDPRowOwnerPID](order))
	},
		tcpmib.IPv4, "GetExtendedUdpTable family=2%s af=2 class=1 reserved=0", 4, 12, true, false},
	{"UDP6RowOwnerPID", func(order bool) ([]udpRow, error) {
		return udpPID6(udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerPID](order))
	},
		tcpmib.IPv6, "GetExtendedUdpTable family=23%s af=23 class=1 reserved=0", 4, 28, true, false},
	{"UDPRowOwnerModule", func(order bool) ([]udpRow, error) {
		return udpMod4(udpmib.GetExtendedUdpTable[udpmib.UDPRowOwnerModule](order))
	},
		tcpmib.IPv4, "GetExtendedUdpTable family=2%s af=2 class=2 reserved=0", 8, 160, true, true},
	{"UDP6RowOwnerModule", func(order bool) ([]udpRow, error) {
		return udpMod6(udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerModule](order))
	},
		tcpmib.IPv6, "GetExtendedUdpTable family=23%s af=23 class=2 reserved=0", 8, 176, true, true},
}

// Every field of every row arrives, and the call is what it should be.
func TestUDPTables(t *testing.T) {
	for _, c := range udpTables {
		t.Run(c.name, func(t *testing.T) {
			log := synthetic.NewLog(t)
			synthetic.Scenario(t, "rows=5 garbage=1", log.Word())
			want := wantUDPRows(c.family, c.pid, c.module)
			got, err := c.get(true)
			require.NoError(t, err)
			assert.Empty(t, gocmp.Diff(want, got, compareEndpoints))
			got, err = c.get(false)
			require.NoError(t, err)
			require.Len(t, got, 5)
			assert.Equal(t, want[0], got[4], "not sorted is backwards")
			size := c.offset + 5*c.stride
			assert.Equal(t, []string{
				fmt.Sprintf(c.call, " filter=2 table=buffer size=32768 order=1") + fmt.Sprintf(" code=0 told=%d", size),
				fmt.Sprintf(c.call, " filter=2 table=buffer size=32768 order=0") + fmt.Sprintf(" code=0 told=%d", size),
			}, log.Calls(t))
		})
	}
}

// What a cold read makes of tables that change and systems that lie.
func TestUDPFaults(t *testing.T) {
	for _, test := range []struct {
		scenario string
		rows     int
		is       error
		text     string
	}{
		{"rows=0", 0, nil, ""},
		{"codes=232", 0, nil, ""},
		{"rows=10000 grow=500", 10_500, nil, ""},
		{"rows=10000 grow=5000", 20_000, nil, ""},
		{"rows=10000 grow=-3000", 7000, nil, ""},
		{"codes=0xC0000001,0", 3, nil, ""},
		{"codes=0xC0000001", 0, nil, "no answer after 10 attempts"},
		{"rows=10000 ask=100", 10_000, nil, ""},
		{"rows=10000 ask=0xFFFFFFFF", 0, tcpmib.ErrTooLarge, "asks for 4294967295 bytes"},
		{"entries=4", 0, tcpmib.ErrMalformed, "with 4 rows needs"},
		{"entries=0xFFFFFFFF", 0, tcpmib.ErrMalformed, "wrote nothing"},
		{"entries=0xFFFFFFFE", 0, tcpmib.ErrMalformed, "with 4294967294 rows needs"},
		{"entries=2", 2, nil, ""},
		{"tell=3", 0, tcpmib.ErrMalformed, "got 3"},
		{"tell=-1", 0, tcpmib.ErrMalformed, "with 3 rows needs"},
		{"tell=0xFFFFFFFF", 0, tcpmib.ErrMalformed, "4294967295 bytes in a buffer of"},
		{"blank=1", 0, tcpmib.ErrMalformed, "wrote nothing"},
		{"codes=5", 0, fs.ErrPermission, "access is denied"},
		{"codes=50", 0, errors.ErrUnsupported, "not supported"},
		{"codes=87", 0, nil, "an argument is not valid (ERROR_INVALID_PARAMETER, 87)"},
	} {
		for _, c := range udpTables {
			t.Run(test.scenario+" "+c.name, func(t *testing.T) {
				synthetic.Scenario(t, test.scenario)
				rows, err := c.get(true)
				// A buffer has room for more small rows than large ones, so tables grow less often.
				if test.rows == 20_000 {
					assert.Contains(t, []int{15_000, 20_000, 25_000}, len(rows))
				} else if c.stride*test.rows < 32<<10 && test.rows > 100 {
					assert.NotEmpty(t, rows)
				} else {
					assert.Len(t, rows, test.rows)
				}
				if test.text == "" {
					assert.NoError(t, err)
					return
				}
				assert.ErrorContains(t, err, test.text)
				if test.is != nil {
					assert.ErrorIs(t, err, test.is)
				}
			})
		}
	}
}

// AppendEndpoints has the rows of both families, and no garbage once warm.
func TestAppendEndpoints(t *testing.T) {
	const rows = 2000 // more than the first buffer has room for
	synthetic.Scenario(t, word("rows", rows), "zones=12 garbage=1")
	var r udpmib.Reader
	var endpoints []udpmib.Endpoint
	read := func() {
		var err error
		endpoints, err = r.AppendEndpoints(endpoints[:0], tcpmib.Both)
		if err != nil || len(endpoints) != 2*rows {
			t.Fatal(len(endpoints), err)
		}
	}
	read()
	for i := range rows { // not sorted is backwards
		e4, e6 := endpoints[rows-1-i], endpoints[2*rows-1-i]
		created := time.Date(2024, 1, 17, 21, 20, 0, 0, time.UTC).Add(time.Duration(i) * time.Second)
		local := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10}), uint16(1024+i))
		require.Equal(t, udpmib.Endpoint{Local: local, PID: uint32(1000 + i%50*4), Created: created}, e4)
		zone := fmt.Sprintf("fe80::a00:0%%%d", 1+i%12)
		local = netip.AddrPortFrom(netip.MustParseAddr(zone), uint16(1024+i))
		require.Equal(t, udpmib.Endpoint{Local: local, PID: uint32(1000 + i%50*4), Created: created}, e6)
	}
	if !raced {
		assert.Zero(t, testing.AllocsPerRun(10, read))
	}
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, word("rows", rows), log.Word())
	read()
	assert.Len(t, log.Calls(t), 2, "a warm Reader asks once a family")
}

func TestGetOwnerModuleFromUdpEntry(t *testing.T) {
	const name, path = "synthetic service", "C:\\Windows\\System32\\s\u00fdnthetic.dll"
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, "rows=5", log.Word())
	rows4, err := udpmib.GetExtendedUdpTable[udpmib.UDPRowOwnerModule](true)
	require.NoError(t, err)
	rows6, err := udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerModule](true)
	require.NoError(t, err)

	module, err := udpmib.GetOwnerModuleFromUdpEntry(&rows4[1])
	require.NoError(t, err)
	assert.Equal(t, tcpmib.OwnerModule{Name: name, Path: path}, module)
	module, err = udpmib.GetOwnerModuleFromUdp6Entry(&rows6[1])
	require.NoError(t, err)
	assert.Equal(t, tcpmib.OwnerModule{Name: name, Path: path}, module)

	// Endpoint, PID, padding, time, flags, padding, and the first of 16 numbers.
	tail := "ec030000" + "00000000" + "80561cee8a49da01" + "ffffffff" + "00000000" + "ec03000000000000"
	row4 := "0a000000" + "04010000" + tail
	row6 := "20010db80000000000000000" + "0a000000" + "00000000" + "04010000" + tail
	zeros := hex.EncodeToString(make([]byte, 15*8))
	told := fmt.Sprintf(" class=0 buffer=buffer size=2048 code=0 told=%d", 2*int(unsafe.Sizeof(uintptr(0)))+2*len(name+"\x00")+2*len([]rune(path+"\x00")))
	assert.Equal(t, []string{
		"GetOwnerModuleFromUdpEntry row=" + row4 + zeros + told,
		"GetOwnerModuleFromUdp6Entry row=" + row6 + zeros + told,
	}, log.Calls(t)[2:])

	for scenario, want := range map[string]string{
		"module=before":  "pModuleName points to",
		"module=behind":  "pModulePath points to",
		"module=endless": "pModuleName points to a string without",
		"codes=1168":     "GetOwnerModuleFromUdpEntry: no module owns it",
	} {
		synthetic.Scenario(t, scenario)
		_, err := udpmib.GetOwnerModuleFromUdpEntry(&udpmib.UDPRowOwnerModule{})
		assert.ErrorContains(t, err, want, scenario)
	}
	synthetic.Scenario(t, "codes=1168")
	_, err = udpmib.GetOwnerModuleFromUdp6Entry(&udpmib.UDP6RowOwnerModule{})
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestGetUdpStatistics(t *testing.T) {
	log := synthetic.NewLog(t)
	synthetic.Scenario(t, log.Word())
	narrow, err := udpmib.GetUdpStatistics()
	require.NoError(t, err)
	assert.Equal(t, udpmib.UDPStats{InDatagrams: 200, NoPorts: 201, InErrors: 202, OutDatagrams: 203, NumAddrs: 204}, narrow)
	narrow, err = udpmib.GetUdpStatisticsEx(tcpmib.IPv6)
	require.NoError(t, err)
	assert.Equal(t, udpmib.UDPStats{InDatagrams: 2300, NoPorts: 2301, InErrors: 2302, OutDatagrams: 2303, NumAddrs: 2304}, narrow)
	wide, err := udpmib.GetUdpStatisticsEx2(tcpmib.IPv4)
	require.NoError(t, err)
	assert.Equal(t, udpmib.UDPStats2{InDatagrams: 1<<40 + 200, NoPorts: 201, InErrors: 202, OutDatagrams: 1<<41 + 203, NumAddrs: 204}, wide)
	assert.Equal(t, []string{
		"GetUdpStatistics stats=buffer code=0",
		"GetUdpStatisticsEx stats=buffer family=23 code=0",
		"GetUdpStatisticsEx2 stats=buffer family=2 code=0",
	}, log.Calls(t))

	for code, want := range map[int]error{50: errors.ErrUnsupported, 127: errors.ErrUnsupported, 5: fs.ErrPermission} {
		synthetic.Scenario(t, fmt.Sprint("codes=", code))
		_, err := udpmib.GetUdpStatistics()
		assert.ErrorIs(t, err, want)
		_, err = udpmib.GetUdpStatisticsEx(tcpmib.IPv4)
		assert.ErrorIs(t, err, want)
		_, err = udpmib.GetUdpStatisticsEx2(tcpmib.IPv6)
		assert.ErrorIs(t, err, want)
	}
}
