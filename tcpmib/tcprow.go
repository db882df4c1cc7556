package tcpmib

import (
	"net/netip"
	"structs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// TCPRow is MIB_TCPROW_LH, which is MIB_TCPROW since Windows Vista: one IPv4 TCP connection without
// its owner.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_lh
type TCPRow struct {
	_          structs.HostLayout `c:"MIB_TCPROW_LH"`
	State      State              `c:"dwState|State"` // a union of both in the header
	LocalAddr  [4]byte            `c:"dwLocalAddr"`   // network byte order; 0.0.0.0 listens on every interface
	LocalPort  [4]byte            `c:"dwLocalPort"`   // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr [4]byte            `c:"dwRemoteAddr"`  // network byte order; no meaning in LISTEN
	RemotePort [4]byte            `c:"dwRemotePort"`  // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
}

// Local is the endpoint on this computer.
func (r *TCPRow) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCPRow) Remote() netip.AddrPort { return remote4(r.State, &r.RemoteAddr, &r.RemotePort) }

// Conn is the row as a Conn, without an owner: the row has none.
func (r *TCPRow) Conn() Conn { return Conn{Local: r.Local(), Remote: r.Remote(), State: r.State} }

// String returns what Conn.String does.
func (r TCPRow) String() string { return r.Conn().String() }

// TCPRowW2K is MIB_TCPROW_W2K, the form of MIB_TCPROW before Windows Vista: the same bytes, with a
// number for the state.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_w2k
type TCPRowW2K struct {
	_          structs.HostLayout `c:"MIB_TCPROW_W2K"`
	State      uint32             `c:"dwState"`      // a State
	LocalAddr  [4]byte            `c:"dwLocalAddr"`  // network byte order; 0.0.0.0 listens on every interface
	LocalPort  [4]byte            `c:"dwLocalPort"`  // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr [4]byte            `c:"dwRemoteAddr"` // network byte order; no meaning in LISTEN
	RemotePort [4]byte            `c:"dwRemotePort"` // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
}

// TCPTable is MIB_TCPTABLE: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcptable
type TCPTable struct {
	_          structs.HostLayout `c:"MIB_TCPTABLE"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCPRow          `c:"table"` // NumEntries of them
}

var layoutTCPTable = mib.TableOf[TCPTable, TCPRow]("tcpmib", "MIB_TCPTABLE")

// DecodeTCPTable is DecodeTCPTable2 for a MIB_TCPTABLE.
func DecodeTCPTable(b []byte) ([]TCPRow, error) { return layoutTCPTable.Decode(b) }

// TCP6Row is MIB_TCP6ROW: one IPv6 TCP connection without its owner. Its state comes first, unlike
// that of TCP6Row2.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row
type TCP6Row struct {
	_             structs.HostLayout `c:"MIB_TCP6ROW"`
	State         State              `c:"State"`
	LocalAddr     [16]byte           `c:"LocalAddr"`       // network byte order; :: listens on every interface
	LocalScopeID  uint32             `c:"dwLocalScopeId"`  // the interface's index, or 0; host byte order
	LocalPort     [4]byte            `c:"dwLocalPort"`     // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr    [16]byte           `c:"RemoteAddr"`      // network byte order; no meaning in LISTEN
	RemoteScopeID uint32             `c:"dwRemoteScopeId"` // the interface's index, or 0; host byte order
	RemotePort    [4]byte            `c:"dwRemotePort"`    // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *TCP6Row) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCP6Row) Remote() netip.AddrPort {
	return remote6(r.State, &r.RemoteAddr, r.RemoteScopeID, &r.RemotePort)
}

// Conn is the row as a Conn, without an owner: the row has none.
func (r *TCP6Row) Conn() Conn { return Conn{Local: r.Local(), Remote: r.Remote(), State: r.State} }

// String returns what Conn.String does.
func (r TCP6Row) String() string { return r.Conn().String() }

// TCP6Table is MIB_TCP6TABLE: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6table
type TCP6Table struct {
	_          structs.HostLayout `c:"MIB_TCP6TABLE"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCP6Row         `c:"table"` // NumEntries of them
}

var layoutTCP6Table = mib.TableOf[TCP6Table, TCP6Row]("tcpmib", "MIB_TCP6TABLE")

// DecodeTCP6Table is DecodeTCPTable2 for a MIB_TCP6TABLE.
func DecodeTCP6Table(b []byte) ([]TCP6Row, error) { return layoutTCP6Table.Decode(b) }

// remote4 returns the remote endpoint. In LISTEN the header gives these fields no meaning.
func remote4(s State, addr, port *[4]byte) netip.AddrPort {
	if s == StateListen {
		return netip.AddrPort{}
	}
	return mib.AddrPort4(addr, port)
}

func remote6(s State, addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	if s == StateListen {
		return netip.AddrPort{}
	}
	return mib.AddrPort6(addr, scope, port)
}
