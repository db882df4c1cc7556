package mib

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type question struct{}

func (question) String() string { return "GetTable" }

func (question) Err(code uint32) error { return errors.New(Meaning("GetTable", code)) }

// table answers with so many bytes.
func table(size int) func(buf []byte) (uint32, uint32) {
	return func(buf []byte) (uint32, uint32) {
		if len(buf) < size {
			return uint32(size), CodeInsufficientBuffer
		}
		clear(buf[:4])
		return uint32(size), CodeSuccess
	}
}

// A Room knows the largest need of 32 to 64 uses, and lets go of more than twice as much.
func TestRoom(t *testing.T) {
	var r Room
	r.Use(800)
	for n := range 63 {
		enough, excess := r.Excess(1601, 0)
		assert.True(t, excess, n)
		assert.Equal(t, 900, enough, "an eighth more than needed")
		_, excess = r.Excess(1600, 0)
		assert.False(t, excess, n)
		r.Use(8)
	}
	r.Use(8)
	enough, excess := r.Excess(17, 0)
	assert.True(t, excess)
	assert.Equal(t, 9, enough)
	_, excess = r.Excess(100, 100)
	assert.False(t, excess, "spare memory is never too much")
	_, excess = r.Excess(101, 100)
	assert.True(t, excess)
}

// The first buffer, and one that is never let go of, have the sizes that their comments say.
func TestSizesOfBuffers(t *testing.T) {
	var buf Buffer
	_, _, err := Fetch(&buf, question{}, 0, table(4))
	require.NoError(t, err)
	assert.Len(t, buf.b, 32<<10)
	for size, want := range map[int]int{64 << 10: 64 << 10, 64<<10 + 8: 32 << 10} {
		buf = Buffer{b: make([]byte, size)}
		for range 2 * window {
			_, _, err := Fetch(&buf, question{}, 0, table(4))
			require.NoError(t, err)
		}
		assert.Len(t, buf.b, want)
	}
}

// The memory of a spike stays for 32 to 64 further reads, and is then released.
func TestBufferFollowsTheTables(t *testing.T) {
	const small, spike = 100 << 10, 5 << 20
	for quiet := 0; quiet < 2*window; quiet += 7 { // reads before the spike
		var buf Buffer
		read := func(size int) {
			answer, _, err := Fetch(&buf, question{}, 0, table(size))
			require.NoError(t, err)
			require.Len(t, answer, size)
		}
		for range quiet {
			read(small)
		}
		read(spike)
		reads := 0
		for len(buf.b) > 2*small {
			read(small)
			reads++
			require.LessOrEqual(t, reads, 2*window+1)
		}
		assert.Greater(t, reads, window, "quiet: %d", quiet)
		assert.GreaterOrEqual(t, len(buf.b), small)
	}
}

// Tables whose size swings, and small ones, cost no allocation once the buffer is large enough.
func TestBufferIsSteady(t *testing.T) {
	for _, sizes := range [][]int{{4}, {100}, {60 << 10}, {100 << 10, 1 << 20}, {4, 1 << 20, 300 << 10}} {
		var buf Buffer
		k := 0
		read := func() {
			for range sizes {
				if _, _, err := Fetch(&buf, question{}, 0, table(sizes[k%len(sizes)])); err != nil {
					t.Fatal(err)
				}
				k++
			}
		}
		read()
		assert.Zero(t, testing.AllocsPerRun(3*window, read), "%v", sizes)
	}
}

// STATUS_UNSUCCESSFUL, however often it comes, makes no buffer larger.
func TestHiccupsTakeNoMemory(t *testing.T) {
	const size = 3 * 28
	var buf Buffer
	for n := range 200 {
		asked := 0
		_, _, err := Fetch(&buf, question{}, 0, func(b []byte) (uint32, uint32) {
			if asked++; asked <= n%maxAttempts {
				return 1 << 31, CodeUnsuccessful
			}
			return table(size)(b)
		})
		require.NoError(t, err)
	}
	assert.Len(t, buf.b, firstBytes)
	_, _, err := Fetch(&buf, question{}, 0, func([]byte) (uint32, uint32) { return 1 << 31, CodeUnsuccessful })
	assert.EqualError(t, err, "tcpmib: no answer after 10 attempts, try again: the table changed while it was read (STATUS_UNSUCCESSFUL, 0xC0000001)")
	assert.Len(t, buf.b, firstBytes)
}

// A source that is never satisfied is asked 10 times.
func TestAttempts(t *testing.T) {
	for _, code := range []uint32{CodeInsufficientBuffer, CodeUnsuccessful} {
		var buf Buffer
		asked := 0
		_, got, err := Fetch(&buf, question{}, 0, func(b []byte) (uint32, uint32) {
			asked++
			return uint32(len(b)) + 1, code
		})
		assert.Error(t, err)
		assert.Equal(t, code, got)
		assert.Equal(t, 10, asked)
	}
}

// A buffer that grew for an answer that never came is let go of.
func TestBufferOfAnAnswerThatNeverCame(t *testing.T) {
	var buf Buffer
	_, _, err := Fetch(&buf, question{}, 0, func(b []byte) (uint32, uint32) {
		if len(b) < 50<<20 {
			return 50 << 20, CodeInsufficientBuffer
		}
		return 0, CodeUnsuccessful
	})
	require.Error(t, err)
	_, _, err = Fetch(&buf, question{}, 0, table(100))
	require.NoError(t, err)
	assert.Len(t, buf.b, firstBytes)
}

// No limit is less than none.
func TestFetchRefusesANegativeLimit(t *testing.T) {
	var buf Buffer
	_, _, err := Fetch(&buf, question{}, -1, table(100))
	assert.EqualError(t, err, "tcpmib: invalid limit (Reader.MaxBytes) -1; want a number of bytes, or 0 for the default: invalid argument")
	assert.Empty(t, buf.b)
}

// The memory of snapshots and of what has changed follows them.
func TestHistoryFollowsTheTables(t *testing.T) {
	order := &Order[int]{
		Key:     func(a, b *int) int { return *a - *b },
		Compare: func(a, b int) int { return a - b },
		Owner:   func(*int) uint32 { return 0 },
		Same:    func(*int, *int, uint32) bool { return true },
	}
	var h History[int]
	snapshot := func(n int) {
		require.NoError(t, h.Read(order, func(dst []int) ([]int, error) {
			for i := range n {
				dst = append(dst, i)
			}
			return dst, nil
		}))
	}
	for range 3 {
		snapshot(10)
	}
	snapshot(1_000_000)
	for range 2*window + 3 {
		snapshot(10)
	}
	for _, memory := range []int{cap(h.older), cap(h.newer), cap(h.changes.Items)} {
		assert.LessOrEqual(t, memory, 2*spareRows)
	}
}
