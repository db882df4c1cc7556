package synthetic_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// A table of 100,000 rows that is rewritten at each call, with half of its
// connections replaced, all of them elsewhere, and more of them each time: a
// snapshot is exactly the table of one call, with no row twice, none of another
// call and none missing.
func TestSnapshotsUnderChurnAreOfOneCall(t *testing.T) {
	const rows, grow = 100_000, 700
	for _, family := range families {
		t.Run(family.String(), func(t *testing.T) {
			log := synthetic.NewLog(t)
			synthetic.Scenario(t, word("rows", rows), word("grow", grow), "churn=1", log.Word())
			var r tcpmib.Reader
			var conns []tcpmib.Conn
			last, snapshots := -1, 30
			for range snapshots {
				var err error
				conns, err = r.AppendConns(conns[:0], family)
				require.NoError(t, err)
				call := (len(conns) - rows) / grow
				require.Equal(t, rows+grow*call, len(conns), "as many as at some call")
				require.Greater(t, call, last)
				last = call
				requireTable(t, conns, family, call, true)
			}
			t.Logf("%d snapshots in %d calls, the last of %d rows", snapshots, len(log.Calls(t)), len(conns))
			assert.Greater(t, len(log.Calls(t)), snapshots+1, "it did outgrow its buffer on the way")
		})
	}
}

// requireTable requires that conns are the DLL's connections at a call, each once,
// in any order.
func requireTable(t *testing.T, conns []tcpmib.Conn, family tcpmib.Family, call int, churn bool) {
	t.Helper()
	seen := make([]bool, len(conns))
	for _, c := range conns {
		i := index(c)
		switch want := conn(family, i, call, churn); {
		case c != want:
			t.Fatalf("row %d is %v, not %v", i, c, want)
		case i >= len(seen):
			t.Fatalf("row %d is of a larger table", i)
		case seen[i]:
			t.Fatalf("row %d is there twice", i)
		}
		seen[i] = true
	}
}

// Readers share nothing: each reads its own tables while the others do.
func TestReadersAtOnce(t *testing.T) {
	const rows = 5000
	synthetic.Scenario(t, word("rows", rows), "churn=1")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			var r tcpmib.Reader
			var conns []tcpmib.Conn
			for range 20 {
				var err error
				conns, err = r.AppendConns(conns[:0], tcpmib.Both)
				if !assert.NoError(t, err) || !assert.Len(t, conns, 2*rows) {
					return
				}
				for _, conns := range [][]tcpmib.Conn{conns[:rows], conns[rows:]} {
					calls := map[uint32]int{}
					for _, c := range conns {
						if index(c)%2 == 1 {
							calls[c.PID]++ // fresh rows have the call there
						}
					}
					assert.Len(t, calls, 1, "rows of more than one call")
				}
			}
		})
	}
	group.Wait()
}

// A system that asks for ever more, or for all at once, gets no more memory than
// Reader.MaxBytes, and not one call too many.
func TestCeiling(t *testing.T) {
	const limit = 4 << 20
	for _, scenario := range []string{"codes=122 ask=0xFFFFFFFF", "codes=122 ask=4194305", "codes=122 ask=4194304", "codes=122 ask=keep", "codes=122 ask=0", "rows=10000000 ask=-1"} {
		t.Run(scenario, func(t *testing.T) {
			log := synthetic.NewLog(t)
			synthetic.Scenario(t, scenario, log.Word())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := tcpmib.Reader{MaxBytes: limit}
			_, err := r.TCPTable2(false)
			runtime.ReadMemStats(&after)
			assert.Error(t, err)
			taken := after.TotalAlloc - before.TotalAlloc // garbage included
			calls := len(log.Calls(t))
			t.Logf("%d bytes in all, %d calls, %v", taken, calls, err)
			assert.LessOrEqual(t, taken, uint64(3*limit))
			assert.LessOrEqual(t, calls, 10)
			runtime.GC()
			runtime.ReadMemStats(&after)
			assert.LessOrEqual(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(limit+limit/8))
			runtime.KeepAlive(&r)
		})
	}
}
