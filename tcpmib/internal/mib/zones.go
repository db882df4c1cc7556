package mib

import (
	"fmt"
	"net/netip"
)

const (
	// maxZones limits the zones of one snapshot. Each costs some 250 bytes, most of them in a table
	// of package netip that lives as long as an address with the zone does; a machine has as many
	// as it has interfaces.
	maxZones = 1 << 16

	// keptZones is how many a Zones keeps from one snapshot to the next.
	keptZones = 1 << 12
)

// Zones caches addresses with a zone. netip looks the text of a zone up in a table of the whole
// program each time that it goes into an address, and the text has to be made before that; but a
// machine has few interfaces, and few addresses with a scope ID on each.
//
// BenchmarkZones measures a row with two zones: 5 ns with the cache, 63 ns and, for scope IDs from
// 100 on, two allocations without.
type Zones struct {
	recent [64]zone              // by the low bits of the scope ID
	known  map[uint32]netip.Addr // an address with the zone of each scope ID
	full   bool
}

type zone struct {
	scope uint32   // 0 in a slot that was not used yet
	last  [2]zoned // the last local and the last remote address with it
}

// zoned is an address with its zone, and the bytes that it was made of.
type zoned struct {
	bytes [16]byte
	addr  netip.Addr
}

// The sides of a connection, each of which has its own address in the cache.
const (
	LocalSide = iota
	RemoteSide
)

// Begin begins a snapshot.
func (z *Zones) Begin() {
	if len(z.known) > keptZones {
		*z = Zones{}
	}
	z.full = false
}

// Addr returns an address with the zone of a scope ID. 0 is no zone.
func (z *Zones) Addr(bytes *[16]byte, scope uint32, side int) netip.Addr {
	if scope == 0 {
		return netip.AddrFrom16(*bytes)
	}
	slot := &z.recent[scope%uint32(len(z.recent))]
	last := &slot.last[side]
	if slot.scope == scope && last.bytes == *bytes && last.addr.IsValid() {
		return last.addr
	}
	if slot.scope != scope {
		*slot = zone{scope: scope}
	}
	*last = zoned{*bytes, z.make(bytes, scope)}
	return last.addr
}

func (z *Zones) make(bytes *[16]byte, scope uint32) netip.Addr {
	known, ok := z.known[scope]
	if !ok {
		if len(z.known) >= maxZones {
			z.full = true
			return netip.AddrFrom16(*bytes)
		}
		if z.known == nil {
			z.known = map[uint32]netip.Addr{}
		}
		known = netip.IPv6Unspecified().WithZone(zoneName(scope))
		z.known[scope] = known
	}
	return netip.AddrFrom16(*bytes).WithZone(known.Zone())
}

// Err returns an error if the snapshot had more zones than fit, so that some addresses lack theirs.
func (z *Zones) Err() error {
	if z.full {
		return fmt.Errorf("tcpmib: %w: it has more than %d scope IDs", ErrTooLarge, maxZones)
	}
	return nil
}
