package tcpmib

import (
	"net/netip"
	"structs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// TCPRow2 is MIB_TCPROW2: one IPv4 TCP connection with its owner and offload state.
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
func (r *TCPRow2) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCPRow2) Remote() netip.AddrPort { return remote4(r.State, &r.RemoteAddr, &r.RemotePort) }

// Conn is the row as a Conn.
func (r *TCPRow2) Conn() Conn {
	return Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State, Offload: r.OffloadState}
}

// String returns what Conn.String does.
func (r TCPRow2) String() string { return r.Conn().String() }

// TCPTable2 is MIB_TCPTABLE2: the number of rows, and the first of them; the others follow it in
// memory. DecodeTCPTable2 turns the bytes of a whole table into a slice.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcptable2
type TCPTable2 struct {
	_          structs.HostLayout `c:"MIB_TCPTABLE2"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCPRow2         `c:"table"` // NumEntries of them
}

var layoutTCPTable2 = mib.TableOf[TCPTable2, TCPRow2]("tcpmib", "MIB_TCPTABLE2")

// DecodeTCPTable2 checks that b holds a MIB_TCPTABLE2 and returns its rows, which are a view of b:
// they change when b does. Bytes after the last row are ignored. The rows are a copy only if b is
// not aligned as they must be, to 4 bytes, or to 8 for rows with a creation time.
//
// Bytes that hold fewer rows than they claim are ErrMalformed.
func DecodeTCPTable2(b []byte) ([]TCPRow2, error) { return layoutTCPTable2.Decode(b) }

// TCP6Row2 is MIB_TCP6ROW2: one IPv6 TCP connection with its owner and offload state.
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

// Local is the endpoint on this computer. Its scope ID is the address's zone. An IPv4 address
// mapped into IPv6 stays as it is.
func (r *TCP6Row2) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCP6Row2) Remote() netip.AddrPort {
	return remote6(r.State, &r.RemoteAddr, r.RemoteScopeID, &r.RemotePort)
}

// Conn is the row as a Conn.
func (r *TCP6Row2) Conn() Conn {
	return Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State, Offload: r.OffloadState}
}

// String returns what Conn.String does.
func (r TCP6Row2) String() string { return r.Conn().String() }

// TCP6Table2 is MIB_TCP6TABLE2: the number of rows, and the first of them; the others follow it in
// memory. DecodeTCP6Table2 turns the bytes of a whole table into a slice.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6table2
type TCP6Table2 struct {
	_          structs.HostLayout `c:"MIB_TCP6TABLE2"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCP6Row2        `c:"table"` // NumEntries of them
}

var layoutTCP6Table2 = mib.TableOf[TCP6Table2, TCP6Row2]("tcpmib", "MIB_TCP6TABLE2")

// DecodeTCP6Table2 is DecodeTCPTable2 for a MIB_TCP6TABLE2.
func DecodeTCP6Table2(b []byte) ([]TCP6Row2, error) { return layoutTCP6Table2.Decode(b) }
