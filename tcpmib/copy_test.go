package tcpmib_test

import (
	"fmt"
	"testing"

	"github.com/winmib/winmib/tcpmib"
)

// BenchmarkCopy: warm AppendConns beside its baseline, a loop that copies the
// same Conns one by one from a slice into another.
func BenchmarkCopy(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
			table := map[tcpmib.Family][]byte{tcpmib.IPv4: table4(n), tcpmib.IPv6: table6(n)}[family]
			r := tcpmib.Reader{Source: once(table)}
			conns, err := r.AppendConns(nil, family)
			if err != nil || len(conns) != n {
				b.Fatal(len(conns), err)
			}
			perRow := func(b *testing.B) {
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
			}
			b.Run(fmt.Sprintf("%s/%d/copy", family, n), func(b *testing.B) {
				dst := make([]tcpmib.Conn, 0, n)
				for b.Loop() {
					dst = dst[:0]
					//lint:ignore S1011 the loop is what is measured
					for i := range conns {
						dst = append(dst, conns[i])
					}
				}
				perRow(b)
			})
			b.Run(fmt.Sprintf("%s/%d/AppendConns", family, n), func(b *testing.B) {
				b.ReportAllocs()
				dst := make([]tcpmib.Conn, 0, n)
				for b.Loop() {
					dst, _ = r.AppendConns(dst[:0], family)
				}
				perRow(b)
			})
		}
	}
}

// once is whole, but it writes its rows only once, so that writing them is not
// measured.
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
