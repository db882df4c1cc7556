package udpmib

import (
	"errors"
	"net/netip"
	"slices"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Reader reads the UDP tables again and again without allocating: it keeps its buffer, whose size
// follows the tables as that of a tcpmib.Reader does. The zero value is ready to use and reads this
// machine.
//
// A Reader is for one goroutine at a time, and must not be copied.
type Reader struct {
	_ mib.NoCopy

	// Source answers the Reader's queries; nil is the machine that the program runs on.
	Source tcpmib.Source

	// MaxBytes limits the size of a table, in bytes; 0 is tcpmib.DefaultMaxBytes, and a negative
	// number an error (fs.ErrInvalid). A larger table is tcpmib.ErrTooLarge, and so is one with
	// more than 65,536 scope IDs.
	MaxBytes int

	buf   mib.Buffer
	zones mib.Zones
}

// AppendEndpoints appends the UDP sockets of a family to dst, IPv4 first, in the order in which
// Windows has them, and returns the extended slice, which the caller owns. Once the buffers of r and
// dst are large enough it does not allocate.
//
// It reads the tables of GetExtendedUdpTable with the class OWNER_MODULE. When one family cannot be
// read, the sockets of the other are returned together with the error. An invalid family is
// fs.ErrInvalid.
func (r *Reader) AppendEndpoints(dst []Endpoint, family tcpmib.Family) ([]Endpoint, error) {
	return r.appendEndpoints(dst, family, false)
}

func (r *Reader) appendEndpoints(dst []Endpoint, family tcpmib.Family, order bool) ([]Endpoint, error) {
	if err := mib.CheckFamily("udpmib", family); err != nil {
		return dst, err
	}
	var err4, err6 error
	if family&tcpmib.IPv4 != 0 {
		dst, err4 = r.append4(dst, order)
	}
	if family&tcpmib.IPv6 != 0 {
		dst, err6 = r.append6(dst, order)
	}
	return dst, errors.Join(err4, err6)
}

func (r *Reader) append4(dst []Endpoint, order bool) ([]Endpoint, error) {
	rows, err := readExtended[UDPRowOwnerModule](r, order)
	dst = slices.Grow(dst, len(rows))
	for i := range rows {
		row := &rows[i]
		dst = append(dst, Endpoint{row.Local(), row.OwningPid, row.CreateTime()})
	}
	return dst, err
}

func (r *Reader) append6(dst []Endpoint, order bool) ([]Endpoint, error) {
	rows, err := readExtended[UDP6RowOwnerModule](r, order)
	n := len(dst)
	dst = slices.Grow(dst, len(rows))
	r.zones.Begin()
	for i := range rows {
		row := &rows[i]
		addr := r.zones.Addr(&row.LocalAddr, row.LocalScopeID, mib.LocalSide)
		local := netip.AddrPortFrom(addr, mib.Port(&row.LocalPort))
		dst = append(dst, Endpoint{local, row.OwningPid, row.CreateTime()})
	}
	if err := r.zones.Err(); err != nil {
		return dst[:n], err
	}
	return dst, err
}

// readExtended asks GetExtendedUdpTable for the table of these rows, which are valid until the next
// call on r.
func readExtended[Row ExtendedRow](r *Reader, order bool) ([]Row, error) {
	family, class, table := extendedTableOf[Row]()
	return readTable(r, tcpmib.Query{Func: "GetExtendedUdpTable", Family: family, Class: uint32(class), Order: order}, table)
}

func readTable[Row any](r *Reader, q tcpmib.Query, table *mib.Table[Row]) ([]Row, error) {
	src := r.source()
	return mib.Read(&r.buf, q, table, r.MaxBytes, func(buf []byte) (size, code uint32) { return src.Ask(q, buf) })
}

func (r *Reader) source() tcpmib.Source {
	if r.Source == nil {
		return tcpmib.Live()
	}
	return r.Source
}

// ExtendedRow is a row of one of the tables of GetExtendedUdpTable. Its type says which table: the
// address family and the class.
type ExtendedRow interface {
	UDPRow | UDP6Row | UDPRowOwnerPID | UDP6RowOwnerPID | UDPRowOwnerModule | UDP6RowOwnerModule
}

// extendedTables are the tables of GetExtendedUdpTable.
var extendedTables = []struct {
	family uint32
	class  UDPTableClass
	table  any // a *mib.Table of its rows
}{
	{tcpmib.AFInet, UDPTableClassBasic, layoutUDPTable},
	{tcpmib.AFInet6, UDPTableClassBasic, layoutUDP6Table},
	{tcpmib.AFInet, UDPTableClassOwnerPID, layoutUDPTableOwnerPID},
	{tcpmib.AFInet6, UDPTableClassOwnerPID, layoutUDP6TableOwnerPID},
	{tcpmib.AFInet, UDPTableClassOwnerModule, layoutUDPTableOwnerModule},
	{tcpmib.AFInet6, UDPTableClassOwnerModule, layoutUDP6TableOwnerModule},
}

func extendedTableOf[Row ExtendedRow]() (family uint32, class UDPTableClass, table *mib.Table[Row]) {
	for _, t := range extendedTables {
		if table, ok := t.table.(*mib.Table[Row]); ok {
			return t.family, t.class, table
		}
	}
	panic("udpmib: a row of ExtendedRow without a table")
}
