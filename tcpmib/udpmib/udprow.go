package udpmib

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"structs"
)

// UDPRow is MIB_UDPROW: one IPv4 UDP socket without its owner.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udprow
type UDPRow struct {
	_         structs.HostLayout `c:"MIB_UDPROW"`
	_         [0]uint32          // C aligns the row to 4 bytes
	LocalAddr [4]byte            `c:"dwLocalAddr"` // network byte order; 0.0.0.0 is every interface
	LocalPort [4]byte            `c:"dwLocalPort"` // network byte order; bytes 2 and 3 may be garbage
}

// Local is the endpoint on this computer.
func (r *UDPRow) Local() netip.AddrPort { return addrPort4(&r.LocalAddr, &r.LocalPort) }

// UDPTable is MIB_UDPTABLE: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udptable
type UDPTable struct {
	_          structs.HostLayout `c:"MIB_UDPTABLE"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]UDPRow          `c:"table"` // NumEntries of them
}

// UDP6Row is MIB_UDP6ROW: one IPv6 UDP socket without its owner.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6row
type UDP6Row struct {
	_            structs.HostLayout `c:"MIB_UDP6ROW"`
	LocalAddr    [16]byte           `c:"dwLocalAddr"`    // network byte order; :: is every interface
	LocalScopeID uint32             `c:"dwLocalScopeId"` // the interface's index, or 0; host byte order
	LocalPort    [4]byte            `c:"dwLocalPort"`    // network byte order; bytes 2 and 3 may be garbage
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *UDP6Row) Local() netip.AddrPort {
	return addrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// UDP6Table is MIB_UDP6TABLE: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6table
type UDP6Table struct {
	_          structs.HostLayout `c:"MIB_UDP6TABLE"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]UDP6Row         `c:"table"` // NumEntries of them
}

func addrPort4(addr, port *[4]byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(*addr), portNumber(port))
}

func addrPort6(addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	a := netip.AddrFrom16(*addr)
	if scope != 0 {
		a = a.WithZone(zoneName(scope))
	}
	return netip.AddrPortFrom(a, portNumber(port))
}

// portNumber reads the two bytes of a port that mean something.
func portNumber(port *[4]byte) uint16 { return binary.BigEndian.Uint16(port[:]) }

func zoneName(scope uint32) string { return strconv.FormatUint(uint64(scope), 10) }
