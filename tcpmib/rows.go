package tcpmib

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"structs"
)

// TCPRow2 is MIB_TCPROW2: one IPv4 TCP connection with its owner and offload
// state.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow2
type TCPRow2 struct {
	_            structs.HostLayout `c:"MIB_TCPROW2"`
	State        State              `c:"dwState"`
	LocalAddr    [4]byte            `c:"dwLocalAddr"`  // network byte order; 0.0.0.0 listens on every interface
	LocalPort    [4]byte            `c:"dwLocalPort"`  // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr   [4]byte            `c:"dwRemoteAddr"` // network byte order; no meaning in LISTEN
	RemotePort   [4]byte            `c:"dwRemotePort"` // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
	OwningPid    uint32             `c:"dwOwningPid"`  // the process that bound it
	OffloadState OffloadState       `c:"dwOffloadState"`
}

// Local is the endpoint on this computer.
func (r *TCPRow2) Local() netip.AddrPort { return addrPort4(&r.LocalAddr, &r.LocalPort) }

// Remote is the endpoint on the other side, or the zero value in LISTEN, where
// the header gives it no meaning.
func (r *TCPRow2) Remote() netip.AddrPort { return remote4(r.State, &r.RemoteAddr, &r.RemotePort) }

// TCPTable2 is MIB_TCPTABLE2: the number of rows, and the first of them; the
// others follow it in memory. DecodeTCPTable2 turns the bytes of a whole table
// into a slice.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcptable2
type TCPTable2 struct {
	_          structs.HostLayout `c:"MIB_TCPTABLE2"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCPRow2         `c:"table"` // NumEntries of them
}

// TCP6Row2 is MIB_TCP6ROW2: one IPv6 TCP connection with its owner and offload
// state.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row2
type TCP6Row2 struct {
	_             structs.HostLayout `c:"MIB_TCP6ROW2"`
	LocalAddr     [16]byte           `c:"LocalAddr"`       // network byte order; :: listens on every interface
	LocalScopeID  uint32             `c:"dwLocalScopeId"`  // the interface's index, or 0; host byte order
	LocalPort     [4]byte            `c:"dwLocalPort"`     // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr    [16]byte           `c:"RemoteAddr"`      // network byte order; no meaning in LISTEN
	RemoteScopeID uint32             `c:"dwRemoteScopeId"` // the interface's index, or 0; host byte order
	RemotePort    [4]byte            `c:"dwRemotePort"`    // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
	State         State              `c:"State"`
	OwningPid     uint32             `c:"dwOwningPid"` // the process that bound it
	OffloadState  OffloadState       `c:"dwOffloadState"`
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
// An IPv4 address mapped into IPv6 stays as it is.
func (r *TCP6Row2) Local() netip.AddrPort {
	return addrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// Remote is the endpoint on the other side, or the zero value in LISTEN, where
// the header gives it no meaning.
func (r *TCP6Row2) Remote() netip.AddrPort {
	return remote6(r.State, &r.RemoteAddr, r.RemoteScopeID, &r.RemotePort)
}

// TCP6Table2 is MIB_TCP6TABLE2: the number of rows, and the first of them; the
// others follow it in memory. DecodeTCP6Table2 turns the bytes of a whole table
// into a slice.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6table2
type TCP6Table2 struct {
	_          structs.HostLayout `c:"MIB_TCP6TABLE2"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCP6Row2        `c:"table"` // NumEntries of them
}

// The helpers take pointers to arrays, because arrays that are passed along go
// through memory each time, even where the function is inlined.

func addrPort4(addr, port *[4]byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(*addr), portNumber(port))
}

func addrPort6(addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	a := netip.AddrFrom16(*addr)
	if scope != 0 {
		a = a.WithZone(formatZone(scope))
	}
	return netip.AddrPortFrom(a, portNumber(port))
}

// portNumber reads the two bytes of a port that mean something.
func portNumber(port *[4]byte) uint16 { return binary.BigEndian.Uint16(port[:]) }

func formatZone(scope uint32) string { return strconv.FormatUint(uint64(scope), 10) }

// A listening socket has no other side; the header says that these fields then
// mean nothing.
func remote4(s State, addr, port *[4]byte) netip.AddrPort {
	if s == StateListen {
		return netip.AddrPort{}
	}
	return addrPort4(addr, port)
}

func remote6(s State, addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	if s == StateListen {
		return netip.AddrPort{}
	}
	return addrPort6(addr, scope, port)
}
