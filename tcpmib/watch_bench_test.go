package tcpmib

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
)

func randomConns(n int) []Conn {
	rnd := rand.New(rand.NewPCG(1, 2))
	conns := make([]Conn, n)
	for i := range conns {
		addr := func() netip.AddrPort {
			return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(rnd.IntN(4)), byte(rnd.IntN(256)), byte(rnd.IntN(256))}), uint16(1+rnd.IntN(65535)))
		}
		conns[i] = Conn{Local: addr(), Remote: addr(), PID: uint32(rnd.IntN(5000)), State: StateEstab}
	}
	return conns
}

func BenchmarkDiff(b *testing.B) {
	older := randomConns(100_000)
	sortConns(older)
	newer := slices.Clone(older)
	for i := 0; i < len(newer); i += 20 {
		newer[i].State = StateCloseWait
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range Diff(older, newer) {
			n++
		}
	}
}
func BenchmarkDiffDisjoint(b *testing.B) {
	older := randomConns(200_000)
	sortConns(older)
	var x, y []Conn
	for i, c := range older {
		if i%2 == 0 {
			x = append(x, c)
		} else {
			y = append(y, c)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range Diff(x, y) {
			n++
		}
	}
}
func BenchmarkSorted(b *testing.B) {
	older := randomConns(100_000)
	sortConns(older)
	for b.Loop() {
		sortConns(older)
	}
}
func BenchmarkUnsorted(b *testing.B) {
	older := randomConns(100_000)
	x := slices.Clone(older)
	for b.Loop() {
		copy(x, older)
		sortConns(x)
	}
}
