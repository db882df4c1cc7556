package mib

import (
	"encoding/binary"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A buffer grows by an eighth more than was asked for, then by more at each attempt, and never past its
// limit.
func TestLarger(t *testing.T) {
	const limit = 1 << 30
	assert.Equal(t, 80_000+10_000+1<<10, larger(100, 80_000, limit, 0))
	assert.Equal(t, 80_000+20_000+1<<10, larger(100, 80_000, limit, 1))
	assert.Equal(t, 80_000+40_000+1<<10, larger(100, 80_000, limit, 2))
	for attempt := 3; attempt < maxAttempts; attempt++ {
		assert.Equal(t, 80_000+80_000+1<<10, larger(100, 80_000, limit, attempt))
	}
	// An answer that should have fitted gets half as much again.
	assert.Equal(t, 120_000+15_000+1<<10, larger(80_000, 80_000, limit, 0))
	assert.Equal(t, 80_008+10_001+1<<10+7, larger(80_000, 80_008, limit, 0), "rounded up to 8 bytes")
	assert.Equal(t, 90_000, larger(100, 80_000, 90_000, 0))
	assert.Equal(t, 200, larger(200, 300, 100, 0), "never smaller than it is")

	for n, want := range map[uint64]int{0: 0, 1: 8, 7: 8, 8: 8, 9: 16, 100: 100, 101: 100, 1 << 40: 100} {
		assert.Equal(t, want, bufferSize(n, 100), n)
	}
	assert.Equal(t, 64<<20*map[int]int{32: 1, 64: 4}[bits.UintSize], DefaultMaxBytes)
}

// The first buffer is what the limit allows, but room for a number of rows.
func TestFirstBuffer(t *testing.T) {
	for limit, want := range map[int]int{0: firstBytes, 1: 4, 4: 4, 5: 5, 100: 100, firstBytes: firstBytes, 1 << 20: firstBytes} {
		var buf Buffer
		_, _, err := Fetch(&buf, question{}, limit, table(4))
		require.NoError(t, err)
		assert.Len(t, buf.b, want, "limit %d", limit)
	}
	// A buffer from a time with a higher limit is not used.
	buf := Buffer{b: make([]byte, 1000)}
	_, _, err := Fetch(&buf, question{}, 100, table(4))
	require.NoError(t, err)
	assert.Len(t, buf.b, 100)
	// 64 KiB are kept, whatever is needed, and more is not.
	for size, want := range map[int]int{64 << 10: 64 << 10, 64<<10 + 8: firstBytes} {
		buf := Buffer{b: make([]byte, size)}
		_, _, err := Fetch(&buf, question{}, 0, table(4))
		require.NoError(t, err)
		assert.Len(t, buf.b, want)
	}
	// A table of exactly the limit fits, a byte more does not.
	buf = Buffer{}
	answer, _, err := Fetch(&buf, question{}, 80_000, table(80_000))
	require.NoError(t, err)
	assert.Len(t, answer, 80_000)
	_, _, err = Fetch(&buf, question{}, 80_000, table(80_001))
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestRead(t *testing.T) {
	b := Encode([]row{{N: 1}, {N: 2}})
	answers := func(code uint32) func(buf []byte) (uint32, uint32) {
		return func(buf []byte) (uint32, uint32) { return uint32(copy(buf, b)), code }
	}
	var buf Buffer
	rows, err := Read(&buf, question{}, rowsOf, 0, answers(CodeSuccess))
	require.NoError(t, err)
	assert.Equal(t, []row{{N: 1}, {N: 2}}, rows)
	rows, err = Read(&buf, question{}, rowsOf, 0, answers(CodeNoData))
	require.NoError(t, err)
	assert.Empty(t, rows)
	rows, err = Read(&buf, question{}, rowsOf, 0, answers(5))
	assert.ErrorContains(t, err, "ERROR_ACCESS_DENIED")
	assert.Nil(t, rows)
	rows, err = Read(&buf, question{}, rowsOf, -1, answers(0))
	assert.Error(t, err)
	assert.Nil(t, rows)

	s, code, err := ReadStruct(&buf, question{}, StructOf[row]("pkg", "ROW"), 0, answers(CodeSuccess))
	require.NoError(t, err)
	assert.EqualValues(t, CodeSuccess, code)
	assert.Equal(t, row{N: 2, B: [4]byte{1}}, s)
	s, code, err = ReadStruct(&buf, question{}, StructOf[row]("pkg", "ROW"), 0, answers(50))
	require.NoError(t, err)
	assert.EqualValues(t, 50, code)
	assert.Zero(t, s)
	_, _, err = ReadStruct(&buf, question{}, StructOf[row]("pkg", "ROW"), -1, answers(0))
	assert.Error(t, err)
}

// The module's strings lie in the buffer that the second call fills, if the first is too small.
func TestReadOwnerModule(t *testing.T) {
	for _, length := range []int{8, 5000} { // of the path
		asked := 0
		name, path, err := ReadOwnerModule(question{}, func(buf []byte) (uint32, uint32) {
			asked++
			size := 2*pointerSize + 2*(1+length+1)
			if len(buf) < size {
				return uint32(size), CodeInsufficientBuffer
			}
			text := buf[2*pointerSize:]
			for i, at := range []int{0, 2} {
				p := address(text) + uint64(at)
				if pointerSize == 4 {
					binary.LittleEndian.PutUint32(buf[4*i:], uint32(p))
				} else {
					binary.LittleEndian.PutUint64(buf[8*i:], p)
				}
			}
			clear(text[:size-2*pointerSize])
			for i := range length {
				text[2+2*i] = 'x'
			}
			return uint32(size), CodeSuccess
		})
		require.NoError(t, err)
		assert.Empty(t, name)
		assert.Len(t, path, length)
		assert.Equal(t, map[int]int{8: 1, 5000: 2}[length], asked)
	}
	_, _, err := ReadOwnerModule(question{}, func([]byte) (uint32, uint32) { return 0, 5 })
	assert.ErrorContains(t, err, "ERROR_ACCESS_DENIED")
}
