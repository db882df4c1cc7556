package mib

import (
	"encoding/binary"
	"math"
	"structs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type row struct {
	_ structs.HostLayout
	N uint32
	B [4]byte
}

type wideRow struct {
	_ structs.HostLayout
	N uint64
	P uint32
	_ [4]byte
}

type rowTable struct {
	NumEntries uint32
	Table      [1]row
}

type wideTable struct {
	NumEntries uint32
	_          [4]byte
	Table      [1]wideRow
}

var (
	rowsOf  = TableOf[rowTable, row]("pkg", "TABLE")
	widesOf = TableOf[wideTable, wideRow]("pkg", "WIDE")
)

func TestTable(t *testing.T) {
	rows := []row{{N: 1, B: [4]byte{1, 2}}, {N: math.MaxUint32}, {B: [4]byte{3: 9}}}
	b := Encode(rows)
	assert.Len(t, b, 4+3*8)
	assert.Equal(t, []byte{3, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0}, b[:12])
	wide := []wideRow{{N: 1 << 40, P: 7}, {P: 8}}
	w := Encode(wide)
	assert.Len(t, w, 8+2*16, "rows of 64-bit integers are aligned to 8 bytes")
	for range 2 { // aligned, and not
		got, err := rowsOf.Decode(b)
		require.NoError(t, err)
		assert.Equal(t, rows, got)
		gotWide, err := widesOf.Decode(w)
		require.NoError(t, err)
		assert.Equal(t, wide, gotWide)
		b, w = append(make([]byte, 1, 100), b...)[1:], append(make([]byte, 1, 100), w...)[1:]
	}

	// Bytes behind the rows do not count; a byte too few does.
	got, err := rowsOf.Decode(append(b, 1, 2, 3))
	require.NoError(t, err)
	assert.Equal(t, rows, got)
	_, err = rowsOf.Decode(b[:len(b)-1])
	require.ErrorIs(t, err, ErrMalformed)
	assert.EqualError(t, err, "pkg: malformed table: TABLE with 3 rows needs 28 bytes, got 27")
	_, err = rowsOf.Decode(b[:3])
	assert.EqualError(t, err, "pkg: malformed table: TABLE needs 4 bytes for its number of rows, got 3")
	got, err = rowsOf.Decode(Encode[row](nil))
	require.NoError(t, err)
	assert.Empty(t, got)
	for _, n := range []uint32{4, math.MaxUint32, math.MaxUint32/8 + 1} {
		lying := append([]byte{}, b...)
		binary.LittleEndian.PutUint32(lying, n)
		_, err := rowsOf.Decode(lying)
		assert.ErrorIs(t, err, ErrMalformed, n)
	}
	assert.PanicsWithValue(t, "tcpmibtest: struct { N uint32 } is not a row of the headers", func() { Encode([]struct{ N uint32 }{{}}) })
	assert.PanicsWithValue(t, "tcpmibtest: uint32 is not a row of the headers", func() { Encode([]uint32{1}) })
	assert.PanicsWithValue(t, "tcpmibtest: struct {} is not a row of the headers", func() { Encode([]struct{}{{}}) })
}

// Rows are a view of bytes that are aligned, so that nothing is copied.
func TestTableIsAView(t *testing.T) {
	b := Encode([]row{{N: 1}})
	rows, err := rowsOf.Decode(b)
	require.NoError(t, err)
	b[4] = 2
	assert.EqualValues(t, 2, rows[0].N)
}

func TestStruct(t *testing.T) {
	s := StructOf[row]("pkg", "ROW")
	want := row{N: 7, B: [4]byte{1, 2, 3, 4}}
	for _, b := range [][]byte{Bytes(&want), append(append([]byte{}, Bytes(&want)...), 9)} {
		got, err := s.Decode(b)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err := s.Decode(Bytes(&want)[:7])
	require.ErrorIs(t, err, ErrMalformed)
	assert.EqualError(t, err, "pkg: malformed table: ROW needs 8 bytes, got 7")
}
