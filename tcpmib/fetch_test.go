package tcpmib_test

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

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
		{"churn, then an answer", churns(4), many, 5, ""},
		{"churn without end", churns(math.MaxInt), 0, 10,
			"tcpmib: the table outgrew its buffer 10 times in a row, try again: GetTcpTable2: the table changed while it was read (STATUS_UNSUCCESSFUL, 0xC0000001)"},
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
