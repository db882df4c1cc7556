package tcpmib

import "net/netip"

// zones remembers addresses with a zone. netip looks the text of a zone up in a
// table of the whole program each time that it goes into an address, and the text
// has to be made before that; but a machine has few interfaces, and few addresses
// with a scope ID on each.
//
// A scope ID has one place, so a system that invents scope IDs costs time, not
// memory.
type zones [64]zone

type zone struct {
	scope uint32 // 0 in a place that was not used yet
	name  string
	last  [2]netip.Addr // the last local and the last remote address with it
}

const local, remote = 0, 1

func (z *zones) addrPort(addr *[16]byte, scope uint32, port [4]byte, side int) netip.AddrPort {
	a := netip.AddrFrom16(*addr)
	if scope != 0 {
		a = z.addr(a, scope, side)
	}
	return netip.AddrPortFrom(a, portNumber(port))
}

func (z *zones) addr(a netip.Addr, scope uint32, side int) netip.Addr {
	e := &z[scope%uint32(len(z))]
	if e.scope != scope {
		*e = zone{scope: scope, name: formatZone(scope)}
	}
	if last := &e.last[side]; last.WithZone("") != a {
		*last = a.WithZone(e.name)
	}
	return e.last[side]
}
