package mib

import (
	"io/fs"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An address has the zone of its scope ID, whichever was asked for before it.
func TestZones(t *testing.T) {
	addresses := [][16]byte{{0: 0xFE, 1: 0x80, 15: 1}, {0: 0xFE, 1: 0x80, 15: 2}}
	port := [4]byte{1, 0xBB}
	var z Zones
	for range 3 {
		z.Begin()
		for _, scope := range []uint32{1, 65, 1, 0, 129, 70_000, 1<<32 - 1, 64, 0, 65} { // some share a place
			for i := range addresses {
				for _, side := range []int{LocalSide, RemoteSide} {
					want := AddrPort6(&addresses[i], scope, &port)
					assert.Equal(t, want.Addr(), z.Addr(&addresses[i], scope, side), scope)
				}
			}
		}
		require.NoError(t, z.Err())
	}
	z.Addr(&addresses[0], 7, LocalSide)
	assert.EqualValues(t, 7, z.recent[7].scope, "kept for the next row")
}

// A snapshot may have 65,536 zones, and up to 4,096 are kept for the next.
func TestZonesAreLimited(t *testing.T) {
	address := [16]byte{0: 0xFE, 1: 0x80, 15: 1}
	var z Zones
	use := func(n int) {
		z.Begin()
		for i := range n {
			z.Addr(&address, uint32(i+1), LocalSide)
		}
	}
	for _, test := range []struct{ n, kept int }{{100, 100}, {4096, 4096}, {4097, 0}, {65536, 0}} {
		z = Zones{}
		use(test.n)
		require.NoError(t, z.Err(), test.n)
		z.Begin()
		assert.Len(t, z.known, test.kept, test.n)
	}
	use(65537)
	require.ErrorIs(t, z.Err(), ErrTooLarge)
	assert.Empty(t, z.Addr(&address, 70_000, LocalSide).Zone())
	use(10)
	require.NoError(t, z.Err(), "the next snapshot is another")
}

func TestEndpoints(t *testing.T) {
	port := [4]byte{1, 0xBB, 0xDE, 0xAD} // the upper half is garbage
	assert.Equal(t, netip.MustParseAddrPort("10.1.2.3:443"), AddrPort4(&[4]byte{10, 1, 2, 3}, &port))
	six := [16]byte{0: 0xFE, 1: 0x80, 15: 1}
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1]:443"), AddrPort6(&six, 0, &port))
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1%1]:443"), AddrPort6(&six, 1, &port))
	assert.Equal(t, [4]byte{1, 0xBB}, NetworkPort(netip.MustParseAddrPort("10.1.2.3:443")))
	for text, want := range map[string]uint32{"fe80::1": 0, "fe80::1%1": 1, "fe80::1%4294967295": 1<<32 - 1, "10.0.0.1": 0} {
		got, err := ScopeID(netip.MustParseAddr(text))
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"fe80::1%eth0", "fe80::1%4294967296", "fe80::1%-1"} {
		got, err := ScopeID(netip.MustParseAddr(text))
		assert.ErrorIs(t, err, fs.ErrInvalid)
		assert.Zero(t, got)
	}
}

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
