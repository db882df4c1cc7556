package synthetic_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// A warm Reader makes one call into the system and no garbage, whatever it reads.
func TestWarmReader(t *testing.T) {
	const rows = 2000 // more than the first buffer has room for
	var r tcpmib.Reader
	var conns []tcpmib.Conn
	for name, read := range map[string]func() (int, error){
		"TCPTable2":  func() (int, error) { rows, err := r.TCPTable2(false); return len(rows), err },
		"TCP6Table2": func() (int, error) { rows, err := r.TCP6Table2(false); return len(rows), err },
		"AppendConns of IPv4": func() (n int, err error) {
			conns, err = r.AppendConns(conns[:0], tcpmib.IPv4)
			return len(conns), err
		},
		"AppendConns of IPv6": func() (n int, err error) {
			conns, err = r.AppendConns(conns[:0], tcpmib.IPv6)
			return len(conns), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			warm := func() {
				if n, err := read(); err != nil || n != rows {
					t.Fatal(n, err)
				}
			}
			synthetic.Scenario(t, word("rows", rows), "zones=12")
			warm()
			if !raced {
				assert.Zero(t, testing.AllocsPerRun(10, warm))
			}

			log := synthetic.NewLog(t)
			synthetic.Scenario(t, word("rows", rows), "zones=12", log.Word())
			warm()
			assert.Len(t, log.Calls(t), 1)
		})
	}
}

// BenchmarkTCPTable2 is a warm Reader next to its baseline, C that calls
// GetTcpTable2 with a buffer that it keeps. They take turns, and the fastest turn of
// each counts. The system's own work is to copy a table that it has ready.
func BenchmarkTCPTable2(b *testing.B) {
	for _, rows := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			synthetic.Scenario(b, word("rows", rows))
			calls := 1_000_000 / rows // in a turn
			var r tcpmib.Reader
			read := func() {
				for range calls {
					if got, err := r.TCPTable2(false); err != nil || len(got) != rows {
						b.Fatal(len(got), err)
					}
				}
			}
			read()
			allocs := testing.AllocsPerRun(1, read)
			c, ours := time.Hour, time.Hour
			for b.Loop() {
				start := b.Elapsed() // a finer clock than time.Now's on Windows
				if n := synthetic.Baseline(4, calls); n != calls*rows {
					b.Fatal(n)
				}
				middle := b.Elapsed()
				read()
				c, ours = min(c, middle-start), min(ours, b.Elapsed()-middle)
			}
			b.ReportMetric(float64(c.Nanoseconds())/float64(calls), "C-ns/call")
			b.ReportMetric(float64(ours.Nanoseconds())/float64(calls), "ns/call")
			b.ReportMetric(float64(ours)/float64(c), "x-C")
			b.ReportMetric(allocs/float64(calls), "allocs/call")
			b.ReportMetric(0, "ns/op") // of both
		})
	}
}

// BenchmarkAppend is each Append function of a warm Reader next to AppendConns, which reads the
// table with the smallest rows. They take turns, and the fastest turn of each counts. Of the bound
// sockets half are bindings of connections, which AppendBound finds in the main table and leaves
// out.
func BenchmarkAppend(b *testing.B) {
	const rows = 10_000
	var r tcpmib.Reader
	var udp udpmib.Reader
	var conns, bound []tcpmib.Conn
	var owned []tcpmib.DatedConn
	var endpoints []udpmib.Endpoint
	for _, family := range families {
		for _, f := range []struct {
			name string
			rows int
			read func() (int, error)
		}{
			{"DatedConns", rows, func() (n int, err error) { owned, err = r.AppendDatedConns(owned[:0], family); return len(owned), err }},
			{"Endpoints", rows, func() (n int, err error) {
				endpoints, err = udp.AppendEndpoints(endpoints[:0], family)
				return len(endpoints), err
			}},
			{"Bound", rows / 2, func() (n int, err error) { bound, err = r.AppendBound(bound[:0], family); return len(bound), err }},
		} {
			b.Run(fmt.Sprintf("%s/%v", f.name, family), func(b *testing.B) {
				synthetic.Scenario(b, word("rows", rows), word("bound", rows))
				read := func() {
					if n, err := f.read(); err != nil || n != f.rows {
						b.Fatal(n, err)
					}
				}
				baseline := func() {
					var err error
					if conns, err = r.AppendConns(conns[:0], family); err != nil || len(conns) != rows {
						b.Fatal(len(conns), err)
					}
				}
				read()
				baseline()
				allocs := testing.AllocsPerRun(1, read)
				old, ours := time.Hour, time.Hour
				for b.Loop() {
					start := b.Elapsed() // a finer clock than time.Now's on Windows
					baseline()
					middle := b.Elapsed()
					read()
					old, ours = min(old, middle-start), min(ours, b.Elapsed()-middle)
				}
				b.ReportMetric(float64(old.Nanoseconds())/rows, "Conns-ns/row")
				b.ReportMetric(float64(ours.Nanoseconds())/rows, "ns/row")
				b.ReportMetric(float64(ours)/float64(old), "x-Conns")
				b.ReportMetric(allocs, "allocs/call")
				b.ReportMetric(0, "ns/op") // of both
			})
		}
	}
}

// BenchmarkSnapshotMemory reports the bytes a row of a snapshot of 1,000,000 rows, next to
// the row itself: the Conns that are kept, the buffer of the Reader that read them,
// and all that was allocated on the way.
func BenchmarkSnapshotMemory(b *testing.B) {
	const rows = 1_000_000
	for family, size := range map[tcpmib.Family]uintptr{
		tcpmib.IPv4: unsafe.Sizeof(tcpmib.TCPRow2{}),
		tcpmib.IPv6: unsafe.Sizeof(tcpmib.TCP6Row2{}),
	} {
		b.Run(family.String(), func(b *testing.B) {
			synthetic.Scenario(b, word("rows", rows))
			for b.Loop() {
				before := heap()
				r := new(tcpmib.Reader)
				conns, err := r.AppendConns(nil, family)
				if err != nil || len(conns) != rows {
					b.Fatal(len(conns), err)
				}
				both := heap()
				runtime.KeepAlive(r)
				alone := heap()
				runtime.KeepAlive(conns)
				b.ReportMetric(float64(size), "row-B/row")
				b.ReportMetric(float64(alone.HeapAlloc-before.HeapAlloc)/rows, "Conns-B/row")
				b.ReportMetric(float64(both.HeapAlloc-alone.HeapAlloc)/rows, "Reader-B/row")
				b.ReportMetric(float64(both.TotalAlloc-before.TotalAlloc)/rows, "allocated-B/row")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// heap is what is alive, and what was allocated so far.
func heap() (m runtime.MemStats) {
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m
}
