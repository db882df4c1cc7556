package tcpmib

import (
	"net/netip"
	"structs"
	"time"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// OwningModuleSize is TCPIP_OWNING_MODULE_SIZE: how many numbers identify the module that owns a
// connection.
const OwningModuleSize = 16

// TCPRowOwnerPID is MIB_TCPROW_OWNER_PID: one IPv4 TCP connection with the process that owns it.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_owner_pid
type TCPRowOwnerPID struct {
	_          structs.HostLayout `c:"MIB_TCPROW_OWNER_PID"`
	State      State              `c:"dwState"`
	LocalAddr  [4]byte            `c:"dwLocalAddr"`  // network byte order; 0.0.0.0 listens on every interface
	LocalPort  [4]byte            `c:"dwLocalPort"`  // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr [4]byte            `c:"dwRemoteAddr"` // network byte order; no meaning in LISTEN
	RemotePort [4]byte            `c:"dwRemotePort"` // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
	OwningPid  uint32             `c:"dwOwningPid"`  // the process that bound it
}

// Local is the endpoint on this computer.
func (r *TCPRowOwnerPID) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCPRowOwnerPID) Remote() netip.AddrPort {
	return remote4(r.State, &r.RemoteAddr, &r.RemotePort)
}

// Conn is the row as a Conn. The row has no offload state.
func (r *TCPRowOwnerPID) Conn() Conn {
	return Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State}
}

// String returns what Conn.String does.
func (r TCPRowOwnerPID) String() string { return r.Conn().String() }

// TCPTableOwnerPID is MIB_TCPTABLE_OWNER_PID: the number of rows, and the first of them; the others
// follow it in memory.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcptable_owner_pid
type TCPTableOwnerPID struct {
	_          structs.HostLayout `c:"MIB_TCPTABLE_OWNER_PID"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCPRowOwnerPID  `c:"table"` // NumEntries of them
}

var layoutTCPTableOwnerPID = mib.TableOf[TCPTableOwnerPID, TCPRowOwnerPID]("tcpmib", "MIB_TCPTABLE_OWNER_PID")

// DecodeTCPTableOwnerPID is DecodeTCPTable2 for a MIB_TCPTABLE_OWNER_PID.
func DecodeTCPTableOwnerPID(b []byte) ([]TCPRowOwnerPID, error) {
	return layoutTCPTableOwnerPID.Decode(b)
}

// TCPRowOwnerModule is MIB_TCPROW_OWNER_MODULE: one IPv4 TCP connection with the process and the
// module that own it and the time it was bound.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow_owner_module
type TCPRowOwnerModule struct {
	_                structs.HostLayout       `c:"MIB_TCPROW_OWNER_MODULE"`
	State            State                    `c:"dwState"`
	LocalAddr        [4]byte                  `c:"dwLocalAddr"`                // network byte order; 0.0.0.0 listens on every interface
	LocalPort        [4]byte                  `c:"dwLocalPort"`                // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr       [4]byte                  `c:"dwRemoteAddr"`               // network byte order; no meaning in LISTEN
	RemotePort       [4]byte                  `c:"dwRemotePort"`               // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
	OwningPid        uint32                   `c:"dwOwningPid"`                // the process that bound it
	CreateTimestamp  int64                    `c:"liCreateTimestamp.QuadPart"` // when it was bound, in units of 100 ns since 1601, UTC
	OwningModuleInfo [OwningModuleSize]uint64 `c:"OwningModuleInfo"`           // for GetOwnerModuleFromTcpEntry only
}

// Local is the endpoint on this computer.
func (r *TCPRowOwnerModule) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCPRowOwnerModule) Remote() netip.AddrPort {
	return remote4(r.State, &r.RemoteAddr, &r.RemotePort)
}

// Conn is the row as a Conn. The row has no offload state.
func (r *TCPRowOwnerModule) Conn() Conn {
	return Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State}
}

// String returns what Conn.String does.
func (r TCPRowOwnerModule) String() string { return r.Conn().String() }

// CreateTime is when the connection was created, or the zero time where Windows does not know. It
// is in UTC and has a resolution of 100 ns.
func (r *TCPRowOwnerModule) CreateTime() time.Time { return mib.Time(r.CreateTimestamp) }

// TCPTableOwnerModule is MIB_TCPTABLE_OWNER_MODULE: the number of rows, and the first of them; the
// others follow it in memory.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcptable_owner_module
type TCPTableOwnerModule struct {
	_          structs.HostLayout   `c:"MIB_TCPTABLE_OWNER_MODULE"`
	NumEntries uint32               `c:"dwNumEntries"`
	_          [4]byte              // C aligns the rows to 8 bytes on 386 too, Go does not
	Table      [1]TCPRowOwnerModule `c:"table"` // NumEntries of them
}

var layoutTCPTableOwnerModule = mib.TableOf[TCPTableOwnerModule, TCPRowOwnerModule]("tcpmib", "MIB_TCPTABLE_OWNER_MODULE")

// DecodeTCPTableOwnerModule is DecodeTCPTable2 for a MIB_TCPTABLE_OWNER_MODULE.
func DecodeTCPTableOwnerModule(b []byte) ([]TCPRowOwnerModule, error) {
	return layoutTCPTableOwnerModule.Decode(b)
}

// TCP6RowOwnerPID is MIB_TCP6ROW_OWNER_PID: one IPv6 TCP connection with the process that owns it.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row_owner_pid
type TCP6RowOwnerPID struct {
	_             structs.HostLayout `c:"MIB_TCP6ROW_OWNER_PID"`
	LocalAddr     [16]byte           `c:"ucLocalAddr"`     // network byte order; :: listens on every interface
	LocalScopeID  uint32             `c:"dwLocalScopeId"`  // the interface's index, or 0; host byte order
	LocalPort     [4]byte            `c:"dwLocalPort"`     // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr    [16]byte           `c:"ucRemoteAddr"`    // network byte order; no meaning in LISTEN
	RemoteScopeID uint32             `c:"dwRemoteScopeId"` // the interface's index, or 0; host byte order
	RemotePort    [4]byte            `c:"dwRemotePort"`    // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
	State         State              `c:"dwState"`
	OwningPid     uint32             `c:"dwOwningPid"` // the process that bound it
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *TCP6RowOwnerPID) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCP6RowOwnerPID) Remote() netip.AddrPort {
	return remote6(r.State, &r.RemoteAddr, r.RemoteScopeID, &r.RemotePort)
}

// Conn is the row as a Conn. The row has no offload state.
func (r *TCP6RowOwnerPID) Conn() Conn {
	return Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State}
}

// String returns what Conn.String does.
func (r TCP6RowOwnerPID) String() string { return r.Conn().String() }

// TCP6TableOwnerPID is MIB_TCP6TABLE_OWNER_PID: the number of rows, and the first of them; the
// others follow it in memory.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6table_owner_pid
type TCP6TableOwnerPID struct {
	_          structs.HostLayout `c:"MIB_TCP6TABLE_OWNER_PID"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]TCP6RowOwnerPID `c:"table"` // NumEntries of them
}

var layoutTCP6TableOwnerPID = mib.TableOf[TCP6TableOwnerPID, TCP6RowOwnerPID]("tcpmib", "MIB_TCP6TABLE_OWNER_PID")

// DecodeTCP6TableOwnerPID is DecodeTCPTable2 for a MIB_TCP6TABLE_OWNER_PID.
func DecodeTCP6TableOwnerPID(b []byte) ([]TCP6RowOwnerPID, error) {
	return layoutTCP6TableOwnerPID.Decode(b)
}

// TCP6RowOwnerModule is MIB_TCP6ROW_OWNER_MODULE: one IPv6 TCP connection with the process and the
// module that own it and the time it was bound.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6row_owner_module
type TCP6RowOwnerModule struct {
	_                structs.HostLayout       `c:"MIB_TCP6ROW_OWNER_MODULE"`
	LocalAddr        [16]byte                 `c:"ucLocalAddr"`     // network byte order; :: listens on every interface
	LocalScopeID     uint32                   `c:"dwLocalScopeId"`  // the interface's index, or 0; host byte order
	LocalPort        [4]byte                  `c:"dwLocalPort"`     // network byte order; bytes 2 and 3 may be garbage
	RemoteAddr       [16]byte                 `c:"ucRemoteAddr"`    // network byte order; no meaning in LISTEN
	RemoteScopeID    uint32                   `c:"dwRemoteScopeId"` // the interface's index, or 0; host byte order
	RemotePort       [4]byte                  `c:"dwRemotePort"`    // network byte order; bytes 2 and 3 may be garbage; no meaning in LISTEN
	State            State                    `c:"dwState"`
	OwningPid        uint32                   `c:"dwOwningPid"`                // the process that bound it
	CreateTimestamp  int64                    `c:"liCreateTimestamp.QuadPart"` // when it was bound, in units of 100 ns since 1601, UTC
	OwningModuleInfo [OwningModuleSize]uint64 `c:"OwningModuleInfo"`           // for GetOwnerModuleFromTcp6Entry only
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *TCP6RowOwnerModule) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// Remote is the endpoint on the other side, or the zero value in LISTEN, where the header gives it
// no meaning.
func (r *TCP6RowOwnerModule) Remote() netip.AddrPort {
	return remote6(r.State, &r.RemoteAddr, r.RemoteScopeID, &r.RemotePort)
}

// Conn is the row as a Conn. The row has no offload state.
func (r *TCP6RowOwnerModule) Conn() Conn {
	return Conn{Local: r.Local(), Remote: r.Remote(), PID: r.OwningPid, State: r.State}
}

// String returns what Conn.String does.
func (r TCP6RowOwnerModule) String() string { return r.Conn().String() }

// CreateTime is when the connection was created, or the zero time where Windows does not know. It
// is in UTC and has a resolution of 100 ns.
func (r *TCP6RowOwnerModule) CreateTime() time.Time { return mib.Time(r.CreateTimestamp) }

// TCP6TableOwnerModule is MIB_TCP6TABLE_OWNER_MODULE: the number of rows, and the first of them;
// the others follow it in memory.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcp6table_owner_module
type TCP6TableOwnerModule struct {
	_          structs.HostLayout    `c:"MIB_TCP6TABLE_OWNER_MODULE"`
	NumEntries uint32                `c:"dwNumEntries"`
	_          [4]byte               // C aligns the rows to 8 bytes on 386 too, Go does not
	Table      [1]TCP6RowOwnerModule `c:"table"` // NumEntries of them
}

var layoutTCP6TableOwnerModule = mib.TableOf[TCP6TableOwnerModule, TCP6RowOwnerModule]("tcpmib", "MIB_TCP6TABLE_OWNER_MODULE")

// DecodeTCP6TableOwnerModule is DecodeTCPTable2 for a MIB_TCP6TABLE_OWNER_MODULE.
func DecodeTCP6TableOwnerModule(b []byte) ([]TCP6RowOwnerModule, error) {
	return layoutTCP6TableOwnerModule.Decode(b)
}
