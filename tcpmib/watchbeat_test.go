package tcpmib

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alternating has a table of n rows, sorted, of which every twentieth has another
// state in every second answer.
type alternating struct {
	tables [2][]byte
	asked  int
}

func newAlternating(n int) *alternating {
	var a alternating
	for k := range a.tables {
		b := binary.LittleEndian.AppendUint32(nil, uint32(n))
		for i := range n {
			state := StateEstab
			if i%20 == 0 && k == 1 {
				state = StateCloseWait
			}
			b = binary.LittleEndian.AppendUint32(b, uint32(state))
			b = append(b, 10, 1, 2, 3, 0x01, 0xBB, 0, 0)
			b = append(b, 192, 0, byte(i>>24), byte(i>>16), byte(i>>8), byte(i), 0, 0)
			b = append(b, 0, 0, 0, 1, 0, 0, 0, 0)
		}
		a.tables[k] = b
	}
	return &a
}

func (a *alternating) Ask(_ Query, buf []byte) (size, code uint32) {
	table := a.tables[a.asked%2]
	if len(buf) < len(table) {
		return uint32(len(table)), errorInsufficientBuffer
	}
	a.asked++
	return uint32(copy(buf, table)), errorSuccess
}

func TestWatchBeatMakesNoGarbage(t *testing.T) {
	const n = 1000
	r := Reader{Source: newAlternating(n)}
	s := snapshots{family: IPv4}
	changes := 0
	count := func(Change) bool { changes++; return true }
	beat := func() {
		require.NoError(t, s.read(&r))
		require.True(t, s.changes(count))
	}
	beat()
	assert.Equal(t, n, changes, "all are present")
	beat()
	changes = 0
	assert.Zero(t, testing.AllocsPerRun(10, beat))
	assert.Equal(t, 11*n/20, changes)
}

// One beat of a Watch of 100,000 connections of which 5,000 change: read,
// convert, see that Windows has sorted them, compare.
func BenchmarkWatchBeat(b *testing.B) {
	r := Reader{Source: newAlternating(100_000)}
	s := snapshots{family: IPv4}
	yield := func(Change) bool { return true }
	b.ReportAllocs()
	for b.Loop() {
		if err := s.read(&r); err != nil {
			b.Fatal(err)
		}
		s.changes(yield)
	}
}
