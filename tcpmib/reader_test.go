package tcpmib_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

var compareAddrPorts = cmpopts.EquateComparable(netip.AddrPort{})

func TestAppendConns(t *testing.T) {
	listening := table4(1)
	binary.LittleEndian.PutUint32(listening[4:], uint32(tcpmib.StateListen))
	both := families(whole(listening), whole(table6(1)))
	conn4 := tcpmib.Conn{Local: netip.MustParseAddrPort("10.1.2.3:443"), PID: 1000,
		State: tcpmib.StateListen, Offload: tcpmib.OffloadStateOffloaded}
	conn6 := tcpmib.Conn{Local: netip.MustParseAddrPort("[fe80::1%7]:443"), Remote: netip.MustParseAddrPort("[fe80::2%7]:0"),
		PID: 1000, State: tcpmib.StateEstab}
	before := tcpmib.Conn{PID: 1}
	denied := "GetTcp6Table2: access is denied (ERROR_ACCESS_DENIED, 5)"

	for _, test := range []struct {
		name   string
		source fake
		family tcpmib.Family
		want   []tcpmib.Conn
		err    string
	}{
		{"both", both, tcpmib.Both, []tcpmib.Conn{before, conn4, conn6}, ""},
		{"IPv4", both, tcpmib.IPv4, []tcpmib.Conn{before, conn4}, ""},
		{"IPv6", both, tcpmib.IPv6, []tcpmib.Conn{before, conn6}, ""},
		{"IPv6 down", families(whole(listening), fails(5)), tcpmib.Both, []tcpmib.Conn{before, conn4}, denied},
		{"IPv4 down", families(fails(5), whole(table6(1))), tcpmib.Both, []tcpmib.Conn{before, conn6}, "GetTcpTable2: access is denied"},
		{"both down", fails(5), tcpmib.Both, []tcpmib.Conn{before}, denied},
		{"empty", families(whole(table4(0)), whole(table6(0))), tcpmib.Both, []tcpmib.Conn{before}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := tcpmib.Reader{Source: test.source}
			got, err := r.AppendConns([]tcpmib.Conn{before}, test.family)
			assert.Empty(t, cmp.Diff(test.want, got, compareAddrPorts))
			if test.err == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.err)
				assert.ErrorIs(t, err, fs.ErrPermission)
			}
		})
	}
}

func TestAppendConnsDoesNotAllocateWhenWarm(t *testing.T) {
	if tcpmib.Raced {
		t.Skip("the race detector and checkptr allocate, too")
	}
	for name, source := range map[string]fake{
		"IPv4":            families(whole(table4(1000)), whole(table6(0))),
		"IPv6 with zones": families(whole(table4(0)), whole(table6(1000))),
		"IPv6 with zones whose numbers end alike": families(whole(table4(0)), whole(scoped(1000,
			func(i int) (local, remote uint32, state tcpmib.State) {
				return uint32(1 + 64*(i%64)), uint32(1 + 64*(i*7%64)), tcpmib.StateEstab
			}))),
		"IPv6, garbage where LISTEN has no other side": families(whole(table4(0)), whole(scoped(1000,
			func(i int) (local, remote uint32, state tcpmib.State) { return 0, uint32(i), tcpmib.StateListen }))),
	} {
		t.Run(name, func(t *testing.T) {
			r := tcpmib.Reader{Source: source}
			var conns []tcpmib.Conn
			allocs := testing.AllocsPerRun(10, func() {
				var err error
				conns, err = r.AppendConns(conns[:0], tcpmib.Both)
				if err != nil || len(conns) != 1000 {
					t.Fatal(len(conns), err)
				}
			})
			assert.Zero(t, allocs)
		})
	}
}

// A cold reading takes the first buffer, the one that fits, and the slice that is returned. netip
// takes up to eight allocations for a zone that no address has.
func TestColdReadingAllocatesThreeTimes(t *testing.T) {
	if tcpmib.Raced {
		t.Skip("the race detector allocates too")
	}
	const zones = 12
	zoned := func(n int) []byte {
		return scoped(n, func(i int) (local, remote uint32, state tcpmib.State) {
			return uint32(1 + i%zones), 7, tcpmib.StateEstab
		})
	}
	for _, test := range []struct {
		family tcpmib.Family
		table  func(n int) []byte
		most   float64
	}{
		{tcpmib.IPv4, table4, 3},
		{tcpmib.IPv6, zoned, 3 + 8*zones},
	} {
		for _, n := range []int{1, 1000, 100_000} {
			source := whole(test.table(n))
			allocs := testing.AllocsPerRun(10, func() { // once before it counts
				runtime.GC()
				runtime.GC()
				r := tcpmib.Reader{Source: source}
				if conns, err := r.AppendConns(nil, test.family); err != nil || len(conns) != n {
					t.Fatal(len(conns), err)
				}
			})
			t.Logf("%s, %d rows: %v allocations", test.family, n, allocs)
			assert.LessOrEqual(t, allocs, test.most, "%s, %d rows", test.family, n)
		}
	}
}

func TestConnCompare(t *testing.T) {
	conn := func(local, remote string, pid uint32) tcpmib.Conn {
		return tcpmib.Conn{Local: netip.MustParseAddrPort(local), Remote: netip.MustParseAddrPort(remote), PID: pid}
	}
	listener := tcpmib.Conn{Local: netip.MustParseAddrPort("10.0.0.1:80"), State: tcpmib.StateListen}
	sorted := []tcpmib.Conn{
		listener,
		conn("10.0.0.1:80", "10.0.0.2:9", 4),
		conn("10.0.0.1:80", "10.0.0.2:9", 5),
		conn("10.0.0.1:80", "10.0.0.2:10", 4),
		conn("10.0.0.1:443", "10.0.0.2:9", 4),
		conn("[::1]:80", "[::1]:9", 4),
	}
	shuffled := []tcpmib.Conn{sorted[4], sorted[5], sorted[2], sorted[0], sorted[3], sorted[1]}
	slices.SortFunc(shuffled, tcpmib.Conn.Compare)
	assert.Empty(t, cmp.Diff(sorted, shuffled, compareAddrPorts))

	assert.Equal(t, tcpmib.IPv4, sorted[0].Family())
	assert.Equal(t, tcpmib.IPv6, sorted[5].Family())
	mapped := conn("[::ffff:10.0.0.1]:80", "[::ffff:10.0.0.2]:9", 4)
	assert.Equal(t, tcpmib.IPv6, mapped.Family())
	for family, name := range map[tcpmib.Family]string{tcpmib.IPv4: "ipv4", tcpmib.IPv6: "ipv6", tcpmib.Both: "both", 0: "Family(0)"} {
		assert.Equal(t, name, family.String())
	}
}

// The IPv4 and IPv6 rows of a Reader do not share a buffer: those of both are valid together, as
// AppendConns needs them, and each asks once when warm.
func TestReaderHasABufferForEachFamily(t *testing.T) {
	asked := 0
	both := families(whole(table4(10_000)), whole(table6(5000)))
	r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
		asked++
		return both(q, buf)
	})}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	asked = 0
	rows4, err4 := r.TCPTable2(false)
	rows6, err6 := r.TCP6Table2(false)
	require.NoError(t, errors.Join(err4, err6))
	assert.Equal(t, 2, asked)
	require.Len(t, conns, len(rows4)+len(rows6))
	for i := range rows4 {
		require.Equal(t, conns[i].Remote, rows4[i].Remote())
	}
}

// The zones that a Reader caches never change its Conns, which are those of the rows.
func TestZonesAreNotMixedUp(t *testing.T) {
	const n = 1000
	table := scoped(n, func(i int) (local, remote uint32, state tcpmib.State) {
		return uint32(i % 3), uint32(1 + 64*(i%100)), []tcpmib.State{tcpmib.StateEstab, tcpmib.StateListen}[i%7/6]
	})
	for i := range n { // the same zone comes with other addresses
		table[4+60*i+15], table[4+60*i+39] = byte(i%5), byte(i%11)
	}
	rows, err := tcpmib.DecodeTCP6Table2(table)
	require.NoError(t, err)
	r := tcpmib.Reader{Source: whole(table)}
	conns, err := r.AppendConns(nil, tcpmib.IPv6)
	require.NoError(t, err)
	require.Len(t, conns, n)
	for i := range rows {
		require.Equal(t, rows[i].Local(), conns[i].Local, i)
		require.Equal(t, rows[i].Remote(), conns[i].Remote, i)
	}
}

// A ceiling that is lowered holds from then on.
func TestLowerCeiling(t *testing.T) {
	r := tcpmib.Reader{Source: whole(table4(10_000))}
	_, err := r.TCPTable2(false)
	require.NoError(t, err)
	r.MaxBytes = 1000
	_, err = r.TCPTable2(false)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
}

func TestNoFamily(t *testing.T) {
	r := tcpmib.Reader{Source: families(whole(table4(1)), whole(table6(1)))}
	for _, family := range []tcpmib.Family{0, 4, 255} {
		_, err := r.AppendConns(nil, family)
		assert.ErrorIs(t, err, fs.ErrInvalid)
		assert.ErrorContains(t, err, "want IPv4, IPv6 or Both")
		for _, err := range r.Watch(t.Context(), time.Second, family) {
			assert.ErrorIs(t, err, fs.ErrInvalid)
		}
	}
}
