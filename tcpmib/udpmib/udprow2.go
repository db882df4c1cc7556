package udpmib

import (
	"net/netip"
	"structs"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// UDPRow2 is MIB_UDPROW2: one IPv4 UDP socket with its owner and, if it is connected, its peer. The
// struct came with SDK 10.0.20348; no documented function returns it.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udprow2
type UDPRow2 struct {
	_                structs.HostLayout              `c:"MIB_UDPROW2"`
	LocalAddr        [4]byte                         `c:"dwLocalAddr"` // network byte order; 0.0.0.0 is every interface
	LocalPort        [4]byte                         `c:"dwLocalPort"` // network byte order; bytes 2 and 3 may be garbage
	OwningPid        uint32                          `c:"dwOwningPid"` // the process that bound it
	_                [4]byte                         // C aligns the time to 8 bytes on 386 too, Go does not
	CreateTimestamp  int64                           `c:"liCreateTimestamp.QuadPart"` // when it was bound, in units of 100 ns since 1601, UTC
	Flags            int32                           `c:"dwFlags|SpecificPortBind"`   // a union of both in the header; the latter is bit 0
	_                [4]byte                         // C aligns what follows to 8 bytes on 386 too, Go does not
	OwningModuleInfo [tcpmib.OwningModuleSize]uint64 `c:"OwningModuleInfo"` // for GetOwnerModuleFromUdpEntry only
	RemoteAddr       [4]byte                         `c:"dwRemoteAddr"`     // network byte order
	RemotePort       [4]byte                         `c:"dwRemotePort"`     // network byte order; bytes 2 and 3 may be garbage
}

// Local is the endpoint on this computer.
func (r *UDPRow2) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// String returns what Endpoint.String does, and the peer if there is one.
func (r UDPRow2) String() string {
	text := Endpoint{Local: r.Local(), PID: r.OwningPid, Created: r.CreateTime()}.String()
	if r.Remote().Port() != 0 {
		text += " -> " + r.Remote().String()
	}
	return text
}

// Remote is the peer's endpoint; its port is 0 if the socket is not connected.
func (r *UDPRow2) Remote() netip.AddrPort { return mib.AddrPort4(&r.RemoteAddr, &r.RemotePort) }

// CreateTime is when the socket was bound, or the zero time where Windows does not know. It is in
// UTC and has a resolution of 100 ns.
func (r *UDPRow2) CreateTime() time.Time { return mib.Time(r.CreateTimestamp) }

// SpecificPortBind reports whether the program chose the port: the header's bit-field of that name,
// bit 0 of dwFlags.
func (r *UDPRow2) SpecificPortBind() bool { return r.Flags&1 != 0 }

// UDPTable2 is MIB_UDPTABLE2: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udptable2
type UDPTable2 struct {
	_          structs.HostLayout `c:"MIB_UDPTABLE2"`
	NumEntries uint32             `c:"dwNumEntries"`
	_          [4]byte            // C aligns the rows to 8 bytes on 386 too, Go does not
	Table      [1]UDPRow2         `c:"table"` // NumEntries of them
}

var layoutUDPTable2 = mib.TableOf[UDPTable2, UDPRow2]("udpmib", "MIB_UDPTABLE2")

// DecodeUDPTable2 is DecodeUDPTable for a MIB_UDPTABLE2.
func DecodeUDPTable2(b []byte) ([]UDPRow2, error) { return layoutUDPTable2.Decode(b) }

// UDP6Row2 is MIB_UDP6ROW2: one IPv6 UDP socket with its owner and, if it is connected, its peer.
// The struct came with SDK 10.0.20348; no documented function returns it.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6row2
type UDP6Row2 struct {
	_                structs.HostLayout              `c:"MIB_UDP6ROW2"`
	LocalAddr        [16]byte                        `c:"ucLocalAddr"`    // network byte order; :: is every interface
	LocalScopeID     uint32                          `c:"dwLocalScopeId"` // the interface's index, or 0; host byte order
	LocalPort        [4]byte                         `c:"dwLocalPort"`    // network byte order; bytes 2 and 3 may be garbage
	OwningPid        uint32                          `c:"dwOwningPid"`    // the process that bound it
	_                [4]byte                         // C aligns the time to 8 bytes on 386 too, Go does not
	CreateTimestamp  int64                           `c:"liCreateTimestamp.QuadPart"` // when it was bound, in units of 100 ns since 1601, UTC
	Flags            int32                           `c:"dwFlags|SpecificPortBind"`   // a union of both in the header; the latter is bit 0
	_                [4]byte                         // C aligns what follows to 8 bytes on 386 too, Go does not
	OwningModuleInfo [tcpmib.OwningModuleSize]uint64 `c:"OwningModuleInfo"` // for GetOwnerModuleFromUdp6Entry only
	RemoteAddr       [16]byte                        `c:"ucRemoteAddr"`     // network byte order
	RemoteScopeID    uint32                          `c:"dwRemoteScopeId"`  // the interface's index, or 0; host byte order
	RemotePort       [4]byte                         `c:"dwRemotePort"`     // network byte order; bytes 2 and 3 may be garbage
}

// Local is the endpoint on this computer. Its scope ID is the address's zone.
func (r *UDP6Row2) Local() netip.AddrPort {
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// String returns what Endpoint.String does, and the peer if there is one.
func (r UDP6Row2) String() string {
	text := Endpoint{Local: r.Local(), PID: r.OwningPid, Created: r.CreateTime()}.String()
	if r.Remote().Port() != 0 {
		text += " -> " + r.Remote().String()
	}
	return text
}

// Remote is the peer's endpoint; its port is 0 if the socket is not connected.
func (r *UDP6Row2) Remote() netip.AddrPort {
	return mib.AddrPort6(&r.RemoteAddr, r.RemoteScopeID, &r.RemotePort)
}

// CreateTime is when the socket was bound, or the zero time where Windows does not know. It is in
// UTC and has a resolution of 100 ns.
func (r *UDP6Row2) CreateTime() time.Time { return mib.Time(r.CreateTimestamp) }

// SpecificPortBind reports whether the program chose the port: the header's bit-field of that name,
// bit 0 of dwFlags.
func (r *UDP6Row2) SpecificPortBind() bool { return r.Flags&1 != 0 }

// UDP6Table2 is MIB_UDP6TABLE2: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6table2
type UDP6Table2 struct {
	_          structs.HostLayout `c:"MIB_UDP6TABLE2"`
	NumEntries uint32             `c:"dwNumEntries"`
	_          [4]byte            // C aligns the rows to 8 bytes on 386 too, Go does not
	Table      [1]UDP6Row2        `c:"table"` // NumEntries of them
}

var layoutUDP6Table2 = mib.TableOf[UDP6Table2, UDP6Row2]("udpmib", "MIB_UDP6TABLE2")

// DecodeUDP6Table2 is DecodeUDPTable for a MIB_UDP6TABLE2.
func DecodeUDP6Table2(b []byte) ([]UDP6Row2, error) { return layoutUDP6Table2.Decode(b) }
