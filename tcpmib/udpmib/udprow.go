package udpmib

import (
	"net/netip"
	"structs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
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
func (r *UDPRow) Local() netip.AddrPort { return mib.AddrPort4(&r.LocalAddr, &r.LocalPort) }

// String returns what Endpoint.String does.
func (r UDPRow) String() string { return Endpoint{Local: r.Local()}.String() }

// UDPTable is MIB_UDPTABLE: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udptable
type UDPTable struct {
	_          structs.HostLayout `c:"MIB_UDPTABLE"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]UDPRow          `c:"table"` // NumEntries of them
}

var layoutUDPTable = mib.TableOf[UDPTable, UDPRow]("udpmib", "MIB_UDPTABLE")

// DecodeUDPTable checks that b holds a MIB_UDPTABLE and returns its rows, which are a view of b:
// they change when b does. Bytes after the last row are ignored. The rows are a copy only if b is
// not aligned as they must be, to 4 bytes, or to 8 for rows with a creation time.
//
// Bytes that hold fewer rows than they claim are tcpmib.ErrMalformed.
func DecodeUDPTable(b []byte) ([]UDPRow, error) { return layoutUDPTable.Decode(b) }

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
	return mib.AddrPort6(&r.LocalAddr, r.LocalScopeID, &r.LocalPort)
}

// String returns what Endpoint.String does.
func (r UDP6Row) String() string { return Endpoint{Local: r.Local()}.String() }

// UDP6Table is MIB_UDP6TABLE: the number of rows, and the first of them; the others follow it in
// memory.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udp6table
type UDP6Table struct {
	_          structs.HostLayout `c:"MIB_UDP6TABLE"`
	NumEntries uint32             `c:"dwNumEntries"`
	Table      [1]UDP6Row         `c:"table"` // NumEntries of them
}

var layoutUDP6Table = mib.TableOf[UDP6Table, UDP6Row]("udpmib", "MIB_UDP6TABLE")

// DecodeUDP6Table is DecodeUDPTable for a MIB_UDP6TABLE.
func DecodeUDP6Table(b []byte) ([]UDP6Row, error) { return layoutUDP6Table.Decode(b) }
