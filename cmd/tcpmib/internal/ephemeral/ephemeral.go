// Package ephemeral judges how much of the dynamic port range, from which Windows takes the ports
// of outgoing connections, is in use.
//
// A connection needs a port that is free for its pair: its local address and its remote endpoint.
// Where Windows reuses ports, one port serves many pairs, so the number of ports in use, divided by
// the size of the range, says little about whether the next connection succeeds: each pair has the
// whole range. Windows reuses a port only for sockets that were not bound before they connect, or
// have SO_REUSE_UNICASTPORT, and only if the administrator has set an auto-reuse range
// (Set-NetTCPSetting, AutoReusePortRangeNumberOfPorts). Every other socket needs a port that
// nothing on the machine uses: https://github.com/dotnet/runtime/pull/54903. A table does not say
// which sockets reuse ports. So there are both limits: a Use for each pair, and one for the
// machine.
//
// A socket that listens, or is bound and not connected, holds its port for every pair with its
// local address, or with any if its address is unspecified. TIME-WAIT holds a port for its pair.
package ephemeral

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"

	"github.com/winmib/winmib/tcpmib"
)

// Use says how many ports of the range are in use.
type Use struct {
	Local    netip.Addr     // unspecified: on the whole machine
	Remote   netip.AddrPort // the zero value: on the whole machine
	Used     int            // ports that a new socket cannot get
	Of       int            // ports of the range
	TimeWait int            // ports, of those used, that only connections in TIME-WAIT use
	Held     int            // ports, of those used, of sockets that listen, or are bound and not connected
	PID      uint32         // the process with most of the ports; 0 if nobody owns one, as in TIME-WAIT
}

// Count returns how much of a range the connections and sockets of a machine use: for each family
// in families, and for each pair of a local address and a remote endpoint with an outgoing
// connection that match selects. The largest come first.
//
// Sockets that are bound and not connected have no remote endpoint, as from Reader.AppendBound. A
// connection at a port where a socket listens was accepted, and does not count. Count reorders
// conns, and makes no copy.
func Count(conns []tcpmib.Conn, families tcpmib.Family, dynamic Range, match func(tcpmib.Conn) bool) []Use {
	var uses []Use
	for family, all := range map[tcpmib.Family]netip.Addr{
		tcpmib.IPv4: netip.IPv4Unspecified(),
		tcpmib.IPv6: netip.IPv6Unspecified(),
	} {
		if families&family == 0 {
			continue
		}
		m := machine{all: all, held: map[netip.AddrPort]bool{}}
		n := partition(conns, func(c *tcpmib.Conn) bool { return c.Family() == family && dynamic.contains(c.Local.Port()) })
		m.conns = conns[:n]
		for _, c := range m.conns {
			m.add(c)
		}
		uses = append(uses, m.whole())
		uses = append(uses, m.pairs(match)...)
	}
	for i := range uses {
		uses[i].Of = dynamic.Size()
	}
	sort.Slice(uses, func(i, j int) bool {
		a, b := &uses[i], &uses[j]
		return cmp.Or(cmp.Compare(b.Used, a.Used), a.Local.Compare(b.Local), a.Remote.Compare(b.Remote)) < 0
	})
	return uses
}

// partition puts the connections that match first, and returns how many they are.
func partition(conns []tcpmib.Conn, match func(*tcpmib.Conn) bool) int {
	n := 0
	for i := range conns {
		if match(&conns[i]) {
			conns[n], conns[i] = conns[i], conns[n]
			n++
		}
	}
	return n
}

type ports map[uint16]bool

// machine is what has ports of the range in one family.
type machine struct {
	all   netip.Addr              // the unspecified address
	held  map[netip.AddrPort]bool // by sockets that listen (true) or are bound
	conns []tcpmib.Conn
}

func (m *machine) add(c tcpmib.Conn) {
	if !isConnected(c) {
		m.held[c.Local] = m.held[c.Local] || c.State == tcpmib.StateListen
	}
}

func isConnected(c tcpmib.Conn) bool { return c.Remote.IsValid() && c.Remote.Port() != 0 }

// whole returns the use of the machine: a port counts once, whatever uses it.
func (m *machine) whole() Use {
	held := ports{}
	for local := range m.held {
		held[local.Port()] = true
	}
	sort.Slice(m.conns, func(i, j int) bool { return byPort(m.conns[i], m.conns[j]) < 0 })
	u := count(m.conns, len(held), func(port uint16) bool { return held[port] })
	u.Local = m.all
	return u
}

// pairs returns the use of each pair that has a connection that matches.
func (m *machine) pairs(match func(tcpmib.Conn) bool) []Use {
	outgoing := m.conns[:partition(m.conns, func(c *tcpmib.Conn) bool {
		return isConnected(*c) && !m.held[c.Local] && !m.held[netip.AddrPortFrom(m.all, c.Local.Port())]
	})]
	sort.Slice(outgoing, func(i, j int) bool {
		return cmp.Or(comparePairs(outgoing[i], outgoing[j]), byPort(outgoing[i], outgoing[j])) < 0
	})
	everywhere, here := m.heldPorts()
	var uses []Use
	for len(outgoing) > 0 {
		first, n := outgoing[0], 1
		for n < len(outgoing) && comparePairs(first, outgoing[n]) == 0 {
			n++
		}
		if slices.ContainsFunc(outgoing[:n], match) {
			local := first.Local.Addr()
			u := count(outgoing[:n], len(everywhere)+here[local], func(port uint16) bool {
				_, held := m.held[netip.AddrPortFrom(local, port)]
				return held || everywhere[port]
			})
			u.Local, u.Remote = local, first.Remote
			uses = append(uses, u)
		}
		outgoing = outgoing[n:]
	}
	return uses
}

// heldPorts returns the ports that are held for every pair, and how many others are for those with
// a local address.
func (m *machine) heldPorts() (everywhere ports, here map[netip.Addr]int) {
	everywhere, here = ports{}, map[netip.Addr]int{}
	for local := range m.held {
		if local.Addr() == m.all {
			everywhere[local.Port()] = true
		}
	}
	for local := range m.held {
		if !everywhere[local.Port()] {
			here[local.Addr()]++
		}
	}
	return everywhere, here
}

func comparePairs(a, b tcpmib.Conn) int {
	return cmp.Or(a.Local.Addr().Compare(b.Local.Addr()), a.Remote.Compare(b.Remote))
}

func byPort(a, b tcpmib.Conn) int {
	return cmp.Or(cmp.Compare(a.Local.Port(), b.Local.Port()), cmp.Compare(a.PID, b.PID))
}

// count counts the ports of sockets, sorted by port, and those that are held.
func count(conns []tcpmib.Conn, held int, isHeld func(port uint16) bool) Use {
	u := Use{Used: held, Held: held}
	owned := map[uint32]int{} // ports by PID
	for len(conns) > 0 {
		port, n := conns[0].Local.Port(), 0
		open := isHeld(port)
		for ; n < len(conns) && conns[n].Local.Port() == port; n++ {
			open = open || conns[n].State != tcpmib.StateTimeWait
			if pid := conns[n].PID; pid != 0 && (n == 0 || pid != conns[n-1].PID) {
				owned[pid]++
			}
		}
		if !isHeld(port) {
			u.Used++
		}
		if !open {
			u.TimeWait++
		}
		conns = conns[n:]
	}
	for pid, n := range owned {
		if n > owned[u.PID] || n == owned[u.PID] && pid < u.PID {
			u.PID = pid
		}
	}
	return u
}
