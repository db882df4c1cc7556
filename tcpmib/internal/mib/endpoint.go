package mib

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"net/netip"
	"strconv"
)

// The functions for endpoints take pointers to arrays, because arrays that are passed along go
// through memory each time, even where the function is inlined.

// AddrPort4 returns an IPv4 endpoint from the bytes of a row.
func AddrPort4(addr, port *[4]byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(*addr), Port(port))
}

// AddrPort6 returns an IPv6 endpoint from the bytes of a row, with its scope ID as its zone.
func AddrPort6(addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	a := netip.AddrFrom16(*addr)
	if scope != 0 {
		a = a.WithZone(zoneName(scope))
	}
	return netip.AddrPortFrom(a, Port(port))
}

// Port reads the two bytes of a port that have a meaning.
func Port(port *[4]byte) uint16 { return binary.BigEndian.Uint16(port[:]) }

// NetworkPort is the opposite of Port.
func NetworkPort(a netip.AddrPort) (port [4]byte) {
	binary.BigEndian.PutUint16(port[:], a.Port())
	return port
}

// zoneName is how a scope ID is written as a zone.
func zoneName(scope uint32) string { return strconv.FormatUint(uint64(scope), 10) }

// ScopeID returns the scope ID that the zone of a is, or 0 if a has no zone.
func ScopeID(a netip.Addr) (uint32, error) {
	if a.Zone() == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(a.Zone(), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("tcpmib: zone of %v: want the index of an interface: %w", a, fs.ErrInvalid)
	}
	return uint32(n), nil
}
