package mib

import (
	"net/netip"
	"testing"
)

// The zone cache next to the code that it replaces, for rows with two zones that alternate between
// two interfaces.
func BenchmarkZones(b *testing.B) {
	bytes := [2][16]byte{{0: 0xFE, 1: 0x80, 15: 1}, {0: 0xFE, 1: 0x80, 15: 2}}
	port := [4]byte{1, 0xBB}
	var local, remote netip.AddrPort
	b.Run("cache", func(b *testing.B) {
		b.ReportAllocs()
		var z Zones
		for i := 0; b.Loop(); i++ {
			scope := uint32(7 + i&1)
			local = netip.AddrPortFrom(z.Addr(&bytes[0], scope, LocalSide), Port(&port))
			remote = netip.AddrPortFrom(z.Addr(&bytes[1], scope, RemoteSide), Port(&port))
		}
	})
	b.Run("netip", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			scope := uint32(7 + i&1)
			local = AddrPort6(&bytes[0], scope, &port)
			remote = AddrPort6(&bytes[1], scope, &port)
		}
	})
	if local.Addr().Zone() != remote.Addr().Zone() {
		b.Fatal(local, remote)
	}
}
