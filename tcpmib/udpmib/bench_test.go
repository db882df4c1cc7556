package udpmib_test

import (
	"fmt"
	"testing"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// BenchmarkAppendEndpoints is a warm Reader. The source writes its rows once and is free after that,
// so that the cost of copying them is not measured.
func BenchmarkAppendEndpoints(b *testing.B) {
	for _, rows := range []int{100, 10_000, 1_000_000} {
		for family, table := range map[tcpmib.Family][]byte{
			tcpmib.IPv4: table4(rows),
			tcpmib.IPv6: table6(rows, func(i int) uint32 { return uint32(i % 8) }),
		} {
			b.Run(fmt.Sprintf("%v/%d", family, rows), func(b *testing.B) {
				written := false
				r := udpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
					if !written {
						size, code = whole(table)(q, buf)
						written = code == tcpmib.CodeSuccess
						return size, code
					}
					copy(buf, table[:4])
					return uint32(len(table)), tcpmib.CodeSuccess
				})}
				endpoints, err := r.AppendEndpoints(nil, family)
				if err != nil || len(endpoints) != rows {
					b.Fatal(len(endpoints), err)
				}
				b.ReportAllocs()
				for b.Loop() {
					endpoints, err = r.AppendEndpoints(endpoints[:0], family)
					if err != nil || len(endpoints) != rows {
						b.Fatal(len(endpoints), err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
