package udpmib

import (
	"net/netip"
	"structs"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// UDPRowOwnerPID is MIB_UDPROW_OWNER_PID: one IPv4 UDP socket with the process that owns it.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udprow_owner_pid
type UDPRowOwnerPID struct {
	_         structs.HostLayout `c:"MIB_UDPROW_OWNER_PID"`
	LocalAddr [4]byte            `c:"dwLocalAddr"` // network byte order; 0.0.0.0 is every interface
	LocalPort [4]byte            `c:"dwLocalPort"` // network byte order; bytes 2 and 3 may be garbage
	OwningPid uint32             `c:"dwOwningPid"` // the process that bound it
}

// Local is the endpoint on this computer.
func (r *UDPRowOwnerPID) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// String returns what Endpoint.String does.
func (r UDPRowOwnerPID) String() string { return Endpoint{Local: r.Local(), PID: r.OwningPid}.String() }

// UDPTableOwnerPID is MIB_UDPTABLE_OWNER_PID: the number of rows, and the first of them; the others
// follow it in memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udptable_owner_pid
type UDPTableOwnerPID struct {
	_          structs.HostLayout `c:"MIB_UDPTABLE_OWNER_PID"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]UDPRowOwnerPID  `c:"table"` // NumEntries of them
}

var layoutUDPTableOwnerPID = mib.TableOf[UDPTableOwnerPID, UDPRowOwnerPID]("udpmib", "MIB_UDPTABLE_OWNER_PID")

// DecodeUDPTableOwnerPID is DecodeUDPTable for a MIB_UDPTABLE_OWNER_PID.
func DecodeUDPTableOwnerPID(b []byte) ([]UDPRowOwnerPID, error) {
	return layoutUDPTableOwnerPID.Decode(b)
}

// UDP6RowOwnerPID is MIB_UDP6ROW_OWNER_PID: one IPv6 UDP socket with the process that owns it.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6row_owner_pid
type UDP6RowOwnerPID struct {
	_            structs.HostLayout `c:"MIB_UDP6ROW_OWNER_PID"`
	LocalAddr    [16]byte           `c:"ucLocalAddr"`    // network byte order; :: is every interface
	LocalScopeID uint32             `c:"dwLocalScopeId"` // the interface's index, or 0; host byte order
	LocalPort    [4]byte            `c:"dwLocalPort"`    // network byte order; bytes 2 and 3 may be garbage
	OwningPid    uint32             `c:"dwOwningPid"`    // the process that bound it
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *UDP6RowOwnerPID) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// String returns what Endpoint.String does.
func (r UDP6RowOwnerPID) String() string {
	return Endpoint{Local: r.Local(), PID: r.OwningPid}.String()
}

// UDP6TableOwnerPID is MIB_UDP6TABLE_OWNER_PID: the number of rows, and the first of them; the
// others follow it in memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6table_owner_pid
type UDP6TableOwnerPID struct {
	_          structs.HostLayout `c:"MIB_UDP6TABLE_OWNER_PID"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]UDP6RowOwnerPID `c:"table"` // NumEntries of them
}

var layoutUDP6TableOwnerPID = mib.TableOf[UDP6TableOwnerPID, UDP6RowOwnerPID]("udpmib", "MIB_UDP6TABLE_OWNER_PID")

// DecodeUDP6TableOwnerPID is DecodeUDPTable for a MIB_UDP6TABLE_OWNER_PID.
func DecodeUDP6TableOwnerPID(b []byte) ([]UDP6RowOwnerPID, error) {
	return layoutUDP6TableOwnerPID.Decode(b)
}

// UDPRowOwnerModule is MIB_UDPROW_OWNER_MODULE: one IPv4 UDP socket with the process and the module
// that own it and the time it was bound.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udprow_owner_module
type UDPRowOwnerModule struct {
	_                structs.HostLayout              `c:"MIB_UDPROW_OWNER_MODULE"`
	LocalAddr        [4]byte                         `c:"dwLocalAddr"` // network byte order; 0.0.0.0 is every interface
	LocalPort        [4]byte                         `c:"dwLocalPort"` // network byte order; bytes 2 and 3 may be garbage
	OwningPid        uint32                          `c:"dwOwningPid"` // the process that bound it
	_                [4]byte                         // C aligns the time to 8 bytes on 386 too, Go does not
	CreateTimestamp  int64                           `c:"liCreateTimestamp.QuadPart"` // when it was bound, in units of 100 ns since 1601, UTC
	Flags            int32                           `c:"dwFlags|SpecificPortBind"`   // a union of both in the header; the latter is bit 0
	_                [4]byte                         // C aligns what follows to 8 bytes on 386 too, Go does not
	OwningModuleInfo [tcpmib.OwningModuleSize]uint64 `c:"OwningModuleInfo"` // for GetOwnerModuleFromUdpEntry only
}

// Local is the endpoint on this computer.
func (r *UDPRowOwnerModule) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// String returns what Endpoint.String does.
func (r UDPRowOwnerModule) String() string {
	return Endpoint{Local: r.Local(), PID: r.OwningPid, Created: r.CreateTime()}.String()
}

// CreateTime is when the socket was bound, or the zero time where Windows does not know. It is in
// UTC and has a resolution of 100 ns.
func (r *UDPRowOwnerModule) CreateTime() time.Time { return mib.Time(r.CreateTimestamp) }

// SpecificPortBind reports whether the program chose the port: the header's bit-field of that name,
// bit 0 of dwFlags.
func (r *UDPRowOwnerModule) SpecificPortBind() bool { return r.Flags&1 != 0 }

// UDPTableOwnerModule is MIB_UDPTABLE_OWNER_MODULE: the number of rows, and the first of them; the
// others follow it in memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udptable_owner_module
type UDPTableOwnerModule struct {
	_          structs.HostLayout   `c:"MIB_UDPTABLE_OWNER_MODULE"`
	NumEntries uint32               `c:"dwNumEntries"`
	_          [4]byte              // C aligns the rows to 8 bytes on 386 too, Go does not
	Table      [1]UDPRowOwnerModule `c:"table"` // NumEntries of them
}

var layoutUDPTableOwnerModule = mib.TableOf[UDPTableOwnerModule, UDPRowOwnerModule]("udpmib", "MIB_UDPTABLE_OWNER_MODULE")

// DecodeUDPTableOwnerModule is DecodeUDPTable for a MIB_UDPTABLE_OWNER_MODULE.
func DecodeUDPTableOwnerModule(b []byte) ([]UDPRowOwnerModule, error) {
	return layoutUDPTableOwnerModule.Decode(b)
}

// UDP6RowOwnerModule is MIB_UDP6ROW_OWNER_MODULE: one IPv6 UDP socket with the process and the
// module that own it and the time it was bound.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6row_owner_module
type UDP6RowOwnerModule struct {
	_                structs.HostLayout              `c:"MIB_UDP6ROW_OWNER_MODULE"`
	LocalAddr        [16]byte                        `c:"ucLocalAddr"`    // network byte order; :: is every interface
	LocalScopeID     uint32                          `c:"dwLocalScopeId"` // the interface's index, or 0; host byte order
	LocalPort        [4]byte                         `c:"dwLocalPort"`    // network byte order; bytes 2 and 3 may be garbage
	OwningPid        uint32                          `c:"dwOwningPid"`    // the process that bound it
	_                [4]byte                         // C aligns the time to 8 bytes on 386 too, Go does not
	CreateTimestamp  int64                           `c:"liCreateTimestamp.QuadPart"` // when it was bound, in units of 100 ns since 1601, UTC
	Flags            int32                           `c:"dwFlags|SpecificPortBind"`   // a union of both in the header; the latter is bit 0
	_                [4]byte                         // C aligns what follows to 8 bytes on 386 too, Go does not
	OwningModuleInfo [tcpmib.OwningModuleSize]uint64 `c:"OwningModuleInfo"` // for GetOwnerModuleFromUdp6Entry only
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *UDP6RowOwnerModule) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// String returns what Endpoint.String does.
func (r UDP6RowOwnerModule) String() string {
	return Endpoint{Local: r.Local(), PID: r.OwningPid, Created: r.CreateTime()}.String()
}

// CreateTime is when the socket was bound, or the zero time where Windows does not know. It is in
// UTC and has a resolution of 100 ns.
func (r *UDP6RowOwnerModule) CreateTime() time.Time { return mib.Time(r.CreateTimestamp) }

// SpecificPortBind reports whether the program chose the port: the header's bit-field of that name,
// bit 0 of dwFlags.
func (r *UDP6RowOwnerModule) SpecificPortBind() bool { return r.Flags&1 != 0 }

// UDP6TableOwnerModule is MIB_UDP6TABLE_OWNER_MODULE: the number of rows, and the first of them;
// the others follow it in memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6table_owner_module
type UDP6TableOwnerModule struct {
	_          structs.HostLayout    `c:"MIB_UDP6TABLE_OWNER_MODULE"`
	NumEntries uint32                `c:"dwNumEntries"`
	_          [4]byte               // C aligns the rows to 8 bytes on 386 too, Go does not
	Table      [1]UDP6RowOwnerModule `c:"table"` // NumEntries of them
}

var layoutUDP6TableOwnerModule = mib.TableOf[UDP6TableOwnerModule, UDP6RowOwnerModule]("udpmib", "MIB_UDP6TABLE_OWNER_MODULE")

// DecodeUDP6TableOwnerModule is DecodeUDPTable for a MIB_UDP6TABLE_OWNER_MODULE.
func DecodeUDP6TableOwnerModule(b []byte) ([]UDP6RowOwnerModule, error) {
	return layoutUDP6TableOwnerModule.Decode(b)
}
