package tcpmib

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// still has a table that does not change: it writes it into each buffer once, so that writing is
// not measured.
type still struct {
	table []byte
	into  *byte // the buffer that has it
}

func newStill(n int) *still {
	table := make([]byte, 4+28*n)
	binary.LittleEndian.PutUint32(table, uint32(n))
	return &still{table: table}
}

func (s *still) Ask(_ Query, buf []byte) (size, code uint32) {
	if len(buf) < len(s.table) {
		return uint32(len(s.table)), CodeInsufficientBuffer
	}
	if s.into != &buf[0] {
		copy(buf, s.table)
		s.into = &buf[0]
	}
	copy(buf, s.table[:4])
	return uint32(len(s.table)), CodeSuccess
}

// Only what Conns returns is fresh memory.
func TestConnsAllocatesTheResult(t *testing.T) {
	source := newStill(1000)
	read := func() {
		if rows, err := conns(source, IPv4); err != nil || len(rows) != 1000 {
			t.Fatal(len(rows), err)
		}
	}
	if Raced {
		t.Skip("the race detector allocates too, and empties the pool at random")
	}
	least := testing.AllocsPerRun(1, read)
	for range 20 { // the pool may be emptied meanwhile
		least = min(least, testing.AllocsPerRun(1, read))
	}
	assert.EqualValues(t, 1, least)
}

// A Reader of the pool has nothing of its last user.
func TestConnsLeavesNoSourceBehind(t *testing.T) {
	_, err := conns(newStill(1), IPv4)
	require.NoError(t, err)
	got, err := Conns(IPv4)
	if runtime.GOOS != "windows" {
		require.Error(t, err)
		assert.Empty(t, got)
	}
}

// BenchmarkConnsCold is Conns next to its baseline, the loop of BenchmarkAppendConns into a new
// slice each time. They take turns, and the fastest turn of each counts.
func BenchmarkConnsCold(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			calls := max(20_000/n, 1) // in a turn
			source := newStill(n)
			rows, err := conns(source, IPv4)
			if err != nil {
				b.Fatal(err)
			}
			var sink []Conn
			loop, ours := time.Hour, time.Hour
			for b.Loop() {
				start := b.Elapsed()
				for range calls {
					sink = make([]Conn, 0, len(rows))
					//lint:ignore S1011 the loop is what is measured
					for i := range rows {
						sink = append(sink, rows[i])
					}
				}
				middle := b.Elapsed()
				for range calls {
					if sink, err = conns(source, IPv4); err != nil {
						b.Fatal(err)
					}
				}
				loop, ours = min(loop, middle-start), min(ours, b.Elapsed()-middle)
			}
			total := float64(calls * n)
			b.ReportMetric(float64(loop.Nanoseconds())/total, "loop-ns/row")
			b.ReportMetric(float64(ours.Nanoseconds())/total, "ns/row")
			b.ReportMetric(float64(ours)/float64(loop), "x-loop")
			b.ReportMetric(0, "ns/op") // of both
			_ = sink
		})
	}
}
