package tcpmib_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// counted says how often a source was asked.
func counted(calls *int, f fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		*calls++
		return f(q, buf)
	}
}

func TestFetch(t *testing.T) {
	const many = 10_000
	grows := func() fake { // by a thousand rows at each call
		n := many
		return func(q tcpmib.Query, buf []byte) (size, code uint32) {
			n += 1000
			return whole(table4(n))(q, buf)
		}
	}
	churns := func(times int) fake { // before it answers
		return func(q tcpmib.Query, buf []byte) (size, code uint32) {
			if times--; times >= 0 {
				return math.MaxUint32, unsuccessful
			}
			return whole(table4(many))(q, buf)
		}
	}
	asksForLess := func() fake { // than it has been given
		times := 3
		return func(q tcpmib.Query, buf []byte) (size, code uint32) {
			if times--; times >= 0 {
				return 0, insufficientBuffer
			}
			return whole(table4(3))(q, buf)
		}
	}
	for _, test := range []struct {
		name   string
		source fake
		rows   int
		calls  int
		err    string
	}{
		{"success on the first question", whole(table4(3)), 3, 1, ""},
		{"an empty table", whole(table4(0)), 0, 1, ""},
		{"no data", fails(232), 0, 1, ""},
		{"two questions when the first buffer is too small", whole(table4(many)), many, 2, ""},
		{"growth at each call", grows(), many + 2000, 2, ""},
		{"churn, then an answer", churns(4), many, 6, ""},
		{"churn without end", churns(math.MaxInt), 0, 10,
			"tcpmib: no answer after 10 attempts, try again: GetTcpTable2: the table changed while it was read (STATUS_UNSUCCESSFUL, 0xC0000001)"},
		{"asks for less than it was given", asksForLess(), 3, 4, ""},
		{"a liar who always wants one byte more", func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
			return uint32(len(buf)) + 1, insufficientBuffer
		}, 0, 10, "outgrew its buffer 10 times"},
		{"a liar who wants all memory", fails(insufficientBuffer), 0, 1,
			"tcpmib: table is too large: GetTcpTable2 asks for 4294967295 bytes, the limit (Reader.MaxBytes) is 16777216"},
		{"an error", fails(5), 0, 1, "GetTcpTable2: access is denied"},
		{"success without a table", func(tcpmib.Query, []byte) (uint32, uint32) { return 4, 0 }, 0, 1,
			"tcpmib: malformed table: GetTcpTable2 reported success and wrote nothing"},
		{"more rows than bytes", func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
			copy(buf, table4(3))
			binary.LittleEndian.PutUint32(buf, 4)
			return uint32(len(table4(3))), 0
		}, 0, 1, "tcpmib: malformed table: MIB_TCPTABLE2 with 4 rows needs 116 bytes, got 88"},
		{"success with a size beyond the buffer", func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
			copy(buf, table4(3))
			return math.MaxUint32, 0
		}, 0, 1, "tcpmib: malformed table: GetTcpTable2 reported success and 4294967295 bytes in a buffer of 32768"},
		{"success with a size of nothing", func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
			copy(buf, table4(3))
			return 0, 0
		}, 0, 1, "malformed table"},
	} {
		t.Run(test.name, func(t *testing.T) {
			calls := 0
			r := tcpmib.Reader{Source: counted(&calls, test.source), MaxBytes: 16 << 20}
			rows, err := r.TCPTable2(true)
			if test.err == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.err)
			}
			assert.Len(t, rows, test.rows)
			assert.Equal(t, test.calls, calls)
		})
	}
}

func TestFetchAsksOnceWhenWarm(t *testing.T) {
	calls := 0
	r := tcpmib.Reader{Source: counted(&calls, whole(table4(10_000)))}
	for range 5 {
		rows, err := r.TCPTable2(false)
		require.NoError(t, err)
		require.Len(t, rows, 10_000)
	}
	assert.Equal(t, 2+4, calls, "two questions the first time, then one each")
}

func TestFetchHandsTheOrderOn(t *testing.T) {
	var queries []tcpmib.Query
	r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (uint32, uint32) {
		queries = append(queries, q)
		return whole(table4(0))(q, buf)
	})}
	for _, order := range []bool{true, false} {
		_, err := r.TCPTable2(order)
		require.NoError(t, err)
		_, err = r.TCP6Table2(order)
		require.NoError(t, err)
	}
	assert.Equal(t, []tcpmib.Query{
		{Func: "GetTcpTable2", Order: true}, {Func: "GetTcp6Table2", Order: true},
		{Func: "GetTcpTable2"}, {Func: "GetTcp6Table2"},
	}, queries)

	queries = nil
	_, err := r.AppendConns(nil, tcpmib.Both) // in the order that Windows has
	require.NoError(t, err)
	_, err = r.AppendDatedConns(nil, tcpmib.Both)
	require.NoError(t, err)
	_, err = r.AppendBound(nil, tcpmib.Both)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(queries), 6)
	for _, q := range queries {
		assert.False(t, q.Order, q)
	}

	for _, created := range []bool{false, true} { // a tracker needs sorted rows
		queries = nil
		tracker := tcpmib.Tracker{Created: created}
		for _, err := range tracker.Changes(&r, tcpmib.Both, time.Time{}) {
			require.NoError(t, err)
		}
		require.Len(t, queries, 2)
		for _, q := range queries {
			assert.True(t, q.Order, q)
		}
	}
}

func TestFetchKeepsUnderTheCeiling(t *testing.T) {
	const limit = 100 << 10
	largest := 0
	liar := fake(func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
		largest = max(largest, len(buf))
		return limit, insufficientBuffer
	})
	r := tcpmib.Reader{Source: liar, MaxBytes: limit}
	_, err := r.TCPTable2(false)
	assert.Error(t, err)
	assert.Equal(t, limit, largest)

	r = tcpmib.Reader{Source: whole(table4(10_000)), MaxBytes: limit}
	_, err = r.TCPTable2(false)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)

	var e *tcpmib.Error
	r = tcpmib.Reader{Source: fails(87)}
	_, err = r.TCPTable2(false)
	require.True(t, errors.As(err, &e))
	assert.Equal(t, tcpmib.Error{Query: tcpmib.Query{Func: "GetTcpTable2"}, Code: 87}, *e)
}

// How buffers grow: what was asked for and a 1 KiB, with headroom of an eighth, then a quarter, a
// half and the whole again; half as much again where what was asked for should have fitted; not for
// STATUS_UNSUCCESSFUL; never
// past the limit.
func TestFetchGrows(t *testing.T) {
	const kib = 1 << 10
	for _, test := range []struct {
		name     string
		maxBytes int
		asks     []uint32 // for how much, at each attempt; 0 is STATUS_UNSUCCESSFUL
		want     []int    // the buffers
	}{
		{"as asked for", 0, []uint32{64 * kib}, []int{32 * kib, 73 * kib}},
		{"more headroom each time", 0, []uint32{64 * kib, 128 * kib, 256 * kib, 512 * kib, 2048 * kib},
			[]int{32 * kib, 73 * kib, 161 * kib, 385 * kib, 1025 * kib, 4097 * kib}},
		{"a multiple of 8", 0, []uint32{100_001}, []int{32 * kib, (100_001 + 100_001/8 + kib + 7) &^ 7}},
		{"asked for what there is", 0, []uint32{32 * kib}, []int{32 * kib, 48*kib + 6*kib + kib}},
		{"asked for a byte more than there is", 0, []uint32{32*kib + 1}, []int{32 * kib, 36*kib + kib + 8}},
		{"churn asks for nothing", 0, []uint32{0, 0}, []int{32 * kib, 32 * kib, 32 * kib}},
		{"up to the limit", 40 * kib, []uint32{40 * kib, 40 * kib}, []int{32 * kib, 40 * kib, 40 * kib}},
		{"a limit below the first buffer", 8 * kib, []uint32{8 * kib}, []int{8 * kib, 8 * kib}},
		{"a limit of nothing useful", 1, []uint32{1}, []int{4, 4}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			r := tcpmib.Reader{MaxBytes: test.maxBytes, Source: fake(func(_ tcpmib.Query, buf []byte) (size, code uint32) {
				got = append(got, len(buf))
				if len(got) > len(test.asks) {
					return 0, 5
				}
				if ask := test.asks[len(got)-1]; ask != 0 {
					return ask, insufficientBuffer
				}
				return 1, unsuccessful
			})}
			_, err := r.TCPTable2(false)
			assert.ErrorIs(t, err, fs.ErrPermission)
			assert.Equal(t, test.want, got)
		})
	}
}

// A buffer of exactly the limit is used, and the last attempt's answer counts.
func TestFetchAtTheEdges(t *testing.T) {
	table := table4(1170) // 32,764 bytes
	r := tcpmib.Reader{Source: whole(table), MaxBytes: len(table)}
	rows, err := r.TCPTable2(false)
	require.NoError(t, err)
	assert.Len(t, rows, 1170)
	r = tcpmib.Reader{Source: whole(table), MaxBytes: len(table) - 1}
	_, err = r.TCPTable2(false)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)

	calls := 0
	r = tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
		if calls++; calls < 10 {
			return uint32(len(buf)) + 1, insufficientBuffer
		}
		return whole(table4(1))(q, buf)
	})}
	rows, err = r.TCPTable2(false)
	require.NoError(t, err)
	assert.Len(t, rows, 1)

	assert.Equal(t, map[bool]int{true: 256 << 20, false: 64 << 20}[math.MaxInt > math.MaxInt32], tcpmib.DefaultMaxBytes)
}

// A buffer that the limits allow is kept.
func TestFetchKeepsItsBuffer(t *testing.T) {
	for _, n := range []int{0, 100} {
		table := table4(n)
		r := tcpmib.Reader{Source: whole(table), MaxBytes: len(table)}
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			if _, err := r.TCPTable2(false); err != nil {
				t.Fatal(err)
			}
		}), "%d rows", n)
	}
}
