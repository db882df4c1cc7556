package tcpmib_test

import (
	"fmt"
	"testing"

	"github.com/winmib/winmib/tcpmib"
)

var benchmarkSizes = []int{100, 10_000, 1_000_000}

func reportRows(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op") // differs with the number of rows; rows/s does not
}

// Decoding checks one number; it costs the same for any table.
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
			reportRows(b, n)
		})
		b.Run(fmt.Sprintf("ipv6/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if rows, err := tcpmib.DecodeTCP6Table2(table6); err != nil || len(rows) != n {
					b.Fatal(len(rows), err)
				}
			}
			reportRows(b, n)
		})
	}
}

// Conversion of rows to Conns: with a warm Reader and a warm slice, and cold.
// The source writes its rows once and is free after that, so that the cost of
// copying them is not measured.
func BenchmarkConns(b *testing.B) {
	for _, n := range benchmarkSizes {
		tables := map[tcpmib.Family][]byte{tcpmib.IPv4: table4(n), tcpmib.IPv6: table6(n)}
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
			table := tables[family]
			free := func() fake {
				written := false
				return func(q tcpmib.Query, buf []byte) (size, code uint32) {
					if len(buf) < len(table) {
						return uint32(len(table)), insufficientBuffer
					}
					if !written {
						copy(buf, table)
						written = true
					}
					copy(buf, table[:4])
					return uint32(len(table)), 0
				}
			}
			b.Run(fmt.Sprintf("%s/warm/%d", family, n), func(b *testing.B) {
				b.ReportAllocs()
				r := tcpmib.Reader{Source: free()}
				var conns []tcpmib.Conn
				for b.Loop() {
					var err error
					conns, err = r.AppendConns(conns[:0], family)
					if err != nil || len(conns) != n {
						b.Fatal(len(conns), err)
					}
				}
				reportRows(b, n)
			})
			b.Run(fmt.Sprintf("%s/cold/%d", family, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := tcpmib.Reader{Source: whole(table)}
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
