package mib

import (
	"io/fs"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Bytes of rows are endpoints, and scope IDs are zones in decimal.
func TestEndpointsOfRows(t *testing.T) {
	port := [4]byte{0x01, 0xBB, 0xDE, 0xAD} // the last two may be anything
	assert.Equal(t, netip.MustParseAddrPort("10.0.0.1:443"), AddrPort4(&[4]byte{10, 0, 0, 1}, &port))
	addr := [16]byte{0: 0xFE, 1: 0x80, 15: 1}
	for scope, want := range map[uint32]string{0: "[fe80::1]:443", 1: "[fe80::1%1]:443", 15: "[fe80::1%15]:443", 1<<32 - 1: "[fe80::1%4294967295]:443"} {
		got := AddrPort6(&addr, scope, &port)
		assert.Equal(t, netip.MustParseAddrPort(want), got)
		back, err := ScopeID(got.Addr())
		require.NoError(t, err)
		assert.Equal(t, scope, back)
		assert.Equal(t, [4]byte{0x01, 0xBB}, NetworkPort(got))
	}
	for _, zone := range []string{"eth0", "-1", "0x1", "1a", "4294967296"} {
		_, err := ScopeID(netip.MustParseAddr("fe80::1%" + zone))
		assert.ErrorIs(t, err, fs.ErrInvalid, zone)
	}
}
