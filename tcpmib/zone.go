package tcpmib

import "net/netip"

// zones caches addresses with a zone. netip looks the text of a zone up in a table of the whole
// program each time that it goes into an address, and the text has to be made before that; but a
// machine has few interfaces, and few addresses with a scope ID on each.
//
// BenchmarkZones measures a row with two zones: 5 ns with the cache, 63 ns and, for scope IDs from 100
// on, two allocations without.
//
// There are slots for 64 scope IDs, so a system that invents more costs time, not memory.
type zones [64]zone

type zone struct {
	scope uint32   // 0 in a slot that was not used yet
	last  [2]zoned // the last local and the last remote address with it
}

// zoned is an address with its zone, and the bytes that it was made of.
type zoned struct {
	bytes [16]byte
	addr  netip.Addr
}

const localSide, remoteSide = 0, 1

// addr returns an address with the zone of a scope ID. 0 is no zone.
func (z *zones) addr(bytes *[16]byte, scope uint32, side int) netip.Addr {
	if scope == 0 {
		return netip.AddrFrom16(*bytes)
	}
	last := &z.slot(scope).last[side]
	if last.bytes != *bytes || !last.addr.IsValid() {
		*last = zoned{*bytes, netip.AddrFrom16(*bytes).WithZone(zoneName(scope))}
	}
	return last.addr
}

// slot returns the cache slot of a scope ID, evicting another when the cache is full.
func (z *zones) slot(scope uint32) *zone {
	home := scope % uint32(len(z))
	for i := range uint32(len(z)) {
		e := &z[(home+i)%uint32(len(z))]
		if e.scope == scope {
			return e
		}
		if e.scope == 0 {
			home = (home + i) % uint32(len(z))
			break
		}
	}
	z[home] = zone{scope: scope}
	return &z[home]
}
