package tcpmib_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

var benchmarkSizes = []int{100, 10_000, 1_000_000}

func reportRows(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op") // differs with the number of rows; rows/s does not
}

// Decoding checks one number. It costs the same for any table, so it is measured in ns/op.
func BenchmarkDecode(b *testing.B) {
	for _, n := range benchmarkSizes {
		table4, table6 := table4(n), table6(n)
		b.Run(fmt.Sprintf("ipv4/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if rows, err := tcpmib.DecodeTCPTable2(table4); err != nil || len(rows) != n {
					b.Fatal(len(rows), err)
				}
			}
		})
		b.Run(fmt.Sprintf("ipv6/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if rows, err := tcpmib.DecodeTCP6Table2(table6); err != nil || len(rows) != n {
					b.Fatal(len(rows), err)
				}
			}
		})
	}
}

// A cold reading, from a Reader without a buffer to Conns in a new slice.
func BenchmarkConns(b *testing.B) {
	for _, n := range benchmarkSizes {
		tables := map[tcpmib.Family][]byte{tcpmib.IPv4: table4(n), tcpmib.IPv6: table6(n)}
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
			table := tables[family]
			source := whole(table)
			b.Run(fmt.Sprintf("%s/%d", family, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := tcpmib.Reader{Source: source}
					conns, err := r.AppendConns(nil, family)
					if err != nil || len(conns) != n {
						b.Fatal(len(conns), err)
					}
				}
				reportRows(b, n)
			})
		}
	}
}

// BenchmarkAppendConns is a warm Reader next to its baseline, a loop that copies the same Conns
// from a slice into another. They take turns, and the fastest turn of each counts. The source
// writes its rows once and is free after that, so that the cost of copying them is not measured.
func BenchmarkAppendConns(b *testing.B) {
	for _, rows := range []struct {
		name   string
		family tcpmib.Family
		table  func(n int) []byte
	}{
		{"ipv4", tcpmib.IPv4, table4},
		{"ipv6", tcpmib.IPv6, func(n int) []byte {
			return scoped(n, func(int) (local, remote uint32, state tcpmib.State) { return 0, 0, tcpmib.StateEstab })
		}},
		{"ipv6zones", tcpmib.IPv6, table6},
	} {
		for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", rows.name, n), func(b *testing.B) {
				calls := max(100_000/n, 1) // in a turn
				r := tcpmib.Reader{Source: once(rows.table(n))}
				var conns []tcpmib.Conn
				read := func() {
					for range calls {
						var err error
						if conns, err = r.AppendConns(conns[:0], rows.family); err != nil || len(conns) != n {
							b.Fatal(len(conns), err)
						}
					}
				}
				read()
				dst := make([]tcpmib.Conn, 0, n)
				allocs := testing.AllocsPerRun(1, read)
				loop, ours := time.Hour, time.Hour
				for b.Loop() {
					start := b.Elapsed()
					for range calls {
						dst = dst[:0]
						//lint:ignore S1011 the loop is what is measured
						for i := range conns {
							dst = append(dst, conns[i])
						}
					}
					middle := b.Elapsed()
					read()
					loop, ours = min(loop, middle-start), min(ours, b.Elapsed()-middle)
				}
				total := float64(calls * n)
				b.ReportMetric(float64(loop.Nanoseconds())/total, "loop-ns/row")
				b.ReportMetric(float64(ours.Nanoseconds())/total, "ns/row")
				b.ReportMetric(float64(ours)/float64(loop), "x-loop")
				b.ReportMetric(allocs/float64(calls), "allocs/call")
				b.ReportMetric(0, "ns/op") // of both
			})
		}
	}
}

// once is whole, but it writes its rows only once, so that writing them is not measured.
func once(table []byte) fake {
	written := false
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		switch {
		case len(buf) < len(table):
			return uint32(len(table)), insufficientBuffer
		case !written:
			written = true
			copy(buf, table)
		}
		copy(buf, table[:4])
		return uint32(len(table)), 0
	}
}
