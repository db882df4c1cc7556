package tcpmib_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
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

// BenchmarkAppendBound is a warm Reader that finds the sockets of a family that are bound and no
// more: half of the bound ones in "own", where the others are bindings of connections, in no order.
// In "dual" a tenth of that half are connected in the table of the other family.
func BenchmarkAppendBound(b *testing.B) {
	const rows = 10_000
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		for _, test := range []struct {
			name string
			dual int
		}{{"own", 0}, {"dual", rows / 20}} {
			b.Run(fmt.Sprintf("%v/%s", family, test.name), func(b *testing.B) {
				r := tcpmib.Reader{Source: boundAmong(family, rows, test.dual)}
				var conns []tcpmib.Conn
				read := func() {
					var err error
					if conns, err = r.AppendBound(conns[:0], family); err != nil || len(conns) != rows/2-test.dual {
						b.Fatal(len(conns), err)
					}
				}
				read()
				allocs := testing.AllocsPerRun(1, read)
				fastest := time.Hour
				for b.Loop() {
					start := b.Elapsed()
					read()
					fastest = min(fastest, b.Elapsed()-start)
				}
				b.ReportMetric(float64(fastest.Nanoseconds())/rows, "ns/row")
				b.ReportMetric(allocs, "allocs/call")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// boundAmong answers as a machine with n connections of each family and n bound sockets of one: half
// are bindings of its connections, dual are bindings of connections of the other family, the rest are
// bound and no more. With dual 0 IPv6 sockets are bound to one address, so that IPv4's table cannot
// matter.
func boundAmong(family tcpmib.Family, n, dual int) fake {
	pid := func(i int) uint32 { return uint32(1000 + i%50*4) }
	port := func(i int) (port [4]byte) {
		binary.BigEndian.PutUint16(port[:], uint16(20_000+i))
		return port
	}
	main4, bound4 := make([]tcpmib.TCPRow2, n), make([]tcpmib.TCPRow2, n)
	main6, bound6 := make([]tcpmib.TCP6Row2, n), make([]tcpmib.TCP6Row2, n)
	for place, i := range rand.New(rand.NewPCG(7, 11)).Perm(n) {
		at := i
		if i%2 == 1 { // not the port of a connection of this family
			at += n
		}
		bound4[place] = tcpmib.TCPRow2{LocalPort: port(at), OwningPid: pid(at)}
		bound6[place] = tcpmib.TCP6Row2{LocalPort: port(at), OwningPid: pid(at)}
		if dual == 0 {
			bound6[place].LocalAddr = [16]byte{0: 0x20, 1: 1, 15: 1}
		}
		main4[place] = tcpmib.TCPRow2{State: tcpmib.StateEstab, LocalPort: port(i), OwningPid: pid(i)}
		main6[place] = tcpmib.TCP6Row2{State: tcpmib.StateEstab, LocalPort: port(i), OwningPid: pid(i)}
		switch {
		case i%2 == 0 || i >= 2*dual:
		case family == tcpmib.IPv4:
			main6[place].LocalAddr = [16]byte{10: 0xFF, 11: 0xFF, 12: 10}
			main6[place].LocalPort, main6[place].OwningPid = port(at), pid(at)
		default:
			main4[place].LocalPort, main4[place].OwningPid = port(at), pid(at)
		}
	}
	return bindings(whole(tcpmibtest.Table(bound4...)), whole(tcpmibtest.Table(bound6...)),
		whole(tcpmibtest.Table(main4...)), whole(tcpmibtest.Table(main6...)))
}
