package udpmib

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"

	"github.com/winmib/winmib/tcpmib"
)

// Reader reads the UDP tables again and again without allocating: it keeps its buffer, which grows
// to the largest table it has seen. The zero value is ready to use and reads this machine.
//
// A Reader is for one goroutine at a time, and must not be copied.
type Reader struct {
	// Source answers the Reader's queries; nil is the machine that the program runs on.
	Source tcpmib.Source

	// MaxBytes limits the size of a table, in bytes; 0 is tcpmib.DefaultMaxBytes. A larger table is
	// an error for which errors.Is(err, tcpmib.ErrTooLarge) holds.
	MaxBytes int

	tables tcpmib.Reader
	zones  zones
}

// AppendEndpoints appends the UDP sockets of a family to dst, IPv4 first, in the order in which
// Windows has them, and returns the longer slice, which the caller owns. Once the buffers of r and
// dst are large enough it does not allocate.
//
// It reads the tables of GetExtendedUdpTable with the class OWNER_MODULE. When one family cannot be
// read, the sockets of the other are returned together with the error. For an invalid family
// errors.Is(err, fs.ErrInvalid) holds.
func (r *Reader) AppendEndpoints(dst []Endpoint, family tcpmib.Family) ([]Endpoint, error) {
	if family&tcpmib.Both == 0 || family&^tcpmib.Both != 0 {
		return dst, fmt.Errorf("udpmib: invalid family %v; want IPv4, IPv6 or Both: %w", family, fs.ErrInvalid)
	}
	var err4, err6 error
	if family&tcpmib.IPv4 != 0 {
		dst, err4 = r.append4(dst)
	}
	if family&tcpmib.IPv6 != 0 {
		dst, err6 = r.append6(dst)
	}
	return dst, errors.Join(err4, err6)
}

func (r *Reader) append4(dst []Endpoint) ([]Endpoint, error) {
	rows, err := readExtended[UDPRowOwnerModule](r, false)
	dst = slices.Grow(dst, len(rows))
	for i := range rows {
		row := &rows[i]
		dst = append(dst, Endpoint{row.Local(), row.OwningPid, row.CreateTime()})
	}
	return dst, err
}

func (r *Reader) append6(dst []Endpoint) ([]Endpoint, error) {
	rows, err := readExtended[UDP6RowOwnerModule](r, false)
	dst = slices.Grow(dst, len(rows))
	for i := range rows {
		row := &rows[i]
		addr := r.zones.add(netip.AddrFrom16(row.LocalAddr), row.LocalScopeID)
		local := netip.AddrPortFrom(addr, portNumber(&row.LocalPort))
		dst = append(dst, Endpoint{local, row.OwningPid, row.CreateTime()})
	}
	return dst, err
}

// readExtended asks GetExtendedUdpTable for the table of these rows, which are valid until the next
// call on r.
func readExtended[Row ExtendedRow](r *Reader, order bool) ([]Row, error) {
	t := extendedTableOf[Row]()
	return readTable[Row](r, tcpmib.Query{
		Func: "GetExtendedUdpTable", Family: t.family, Class: uint32(t.class), Order: order,
	}, t.layout)
}

func readTable[Row any](r *Reader, q tcpmib.Query, table *tableLayout) ([]Row, error) {
	answer, err := r.raw(q)
	if err != nil {
		return nil, noRows(err)
	}
	return decode[Row](table, answer)
}

func (r *Reader) raw(q tcpmib.Query) ([]byte, error) {
	r.tables.Source, r.tables.MaxBytes = r.Source, r.MaxBytes
	return r.tables.Raw(q)
}

// noRows returns err, or nil if it is how a system says that a table has no rows.
func noRows(err error) error {
	if e := (*tcpmib.Error)(nil); errors.As(err, &e) && e.Code == tcpmib.CodeNoData {
		return nil
	}
	return err
}

// ExtendedRow is a row of one of the tables of GetExtendedUdpTable. Its type says which table: the
// address family and the class.
type ExtendedRow interface {
	UDPRow | UDP6Row | UDPRowOwnerPID | UDP6RowOwnerPID | UDPRowOwnerModule | UDP6RowOwnerModule
}

// extendedTable is how a table is asked for and read.
type extendedTable struct {
	family uint32
	class  UDPTableClass
	layout *tableLayout
}

func extendedTableOf[Row ExtendedRow]() extendedTable {
	switch any((*Row)(nil)).(type) {
	case *UDPRow:
		return extendedTable{tcpmib.AFInet, UDPTableClassBasic, &layoutUDPTable}
	case *UDP6Row:
		return extendedTable{tcpmib.AFInet6, UDPTableClassBasic, &layoutUDP6Table}
	case *UDPRowOwnerPID:
		return extendedTable{tcpmib.AFInet, UDPTableClassOwnerPID, &layoutUDPTableOwnerPID}
	case *UDP6RowOwnerPID:
		return extendedTable{tcpmib.AFInet6, UDPTableClassOwnerPID, &layoutUDP6TableOwnerPID}
	case *UDPRowOwnerModule:
		return extendedTable{tcpmib.AFInet, UDPTableClassOwnerModule, &layoutUDPTableOwnerModule}
	case *UDP6RowOwnerModule:
		return extendedTable{tcpmib.AFInet6, UDPTableClassOwnerModule, &layoutUDP6TableOwnerModule}
	}
	panic("udpmib: a row of ExtendedRow without a table")
}

// zones has an address with each zone that was seen. Making the text of a zone allocates, and so
// does netip the first time it meets a zone, and after no address has had it any more.
type zones map[uint32]netip.Addr

// maxZones bounds the memory that a system which invents scope IDs can take.
const maxZones = 1024

// add returns addr with the zone of a scope ID; 0 is no zone.
func (z *zones) add(addr netip.Addr, scope uint32) netip.Addr {
	if scope == 0 {
		return addr
	}
	zoned, ok := (*z)[scope]
	if !ok {
		if len(*z) >= maxZones || *z == nil {
			*z = zones{}
		}
		zoned = netip.IPv6Unspecified().WithZone(zoneName(scope))
		(*z)[scope] = zoned
	}
	return addr.WithZone(zoned.Zone())
}
