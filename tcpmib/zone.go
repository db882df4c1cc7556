package tcpmib

import (
	"net/netip"
	"sync/atomic"
)

// zones remembers addresses with a zone. netip looks the text of a zone up in a
// table of the whole program each time that it goes into an address, and the text
// has to be made before that; but a machine has few interfaces, and few addresses
// with a scope ID on each.
//
// There are places for 64 scope IDs, so a system that invents more costs time, not
// memory.
type zones [64]zone

type zone struct {
	scope uint32 // 0 in a place that was not used yet
	name  string
	last  [2]zoned // the last local and the last remote address with it
}

// zoned is an address with its zone, and the bytes that it was made of.
type zoned struct {
	bytes [16]byte
	addr  netip.Addr
}

const localSide, remoteSide = 0, 1

func (z *zones) addr(bytes *[16]byte, scope uint32, side int) netip.Addr {
	e := z.of(scope)
	last := &e.last[side]
	if last.bytes != *bytes || !last.addr.IsValid() {
		*last = zoned{*bytes, netip.AddrFrom16(*bytes).WithZone(e.name)}
	}
	return last.addr
}

// of is the place of a scope ID: the one that it asks for, or the next that is free,
// or when none is, that of another.
func (z *zones) of(scope uint32) *zone {
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
	z[home] = zone{scope: scope, name: formatZone(scope)}
	hold(z[home])
	return &z[home]
}

// held has an address with each zone that was seen, as far as they have the numbers
// that interfaces usually have. netip forgets a zone when no address has it any more,
// and then allocates when a cold reading meets it again.
var held [256]atomic.Pointer[netip.Addr]

func hold(z zone) {
	if z.scope < uint32(len(held)) && held[z.scope].Load() == nil {
		a := netip.IPv6Unspecified().WithZone(z.name)
		held[z.scope].Store(&a)
	}
}
