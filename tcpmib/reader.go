package tcpmib

import (
	"errors"
	"net/netip"
	"slices"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Reader reads the TCP tables again and again without garbage: it keeps its buffers, one of each
// family. The zero value is ready to use and reads this machine.
//
// Its memory follows the tables. A buffer starts with 32 KiB and grows to what an answer needs, with
// some headroom. One of more than 64 KiB, and more than twice what the largest of the last 32 to 64
// answers needed, is replaced by one for the largest of them. So a spike is forgotten after at most
// 64 further reads, and tables that do not change cost no allocation. A Tracker does the same with
// its snapshots.
//
// A Reader is for one goroutine at a time, and must not be copied.
type Reader struct {
	_ mib.NoCopy

	// Source answers the Reader's queries; nil is the machine that the program runs on.
	Source Source

	// MaxBytes limits the size of a table, in bytes; 0 is DefaultMaxBytes, and a negative number an
	// error (fs.ErrInvalid). A larger table is ErrTooLarge: whatever the system claims, no buffer
	// grows past this. AppendConns keeps two tables, IPv4 and IPv6, and makes Conns that take up to
	// three times their memory. AppendBound keeps up to three, and up to 24 bytes for each row of
	// the third. Zones take some 250 bytes each; a table with more than 65,536 scope IDs is
	// ErrTooLarge as well.
	MaxBytes int

	buf   mib.Buffer
	buf6  mib.Buffer // of IPv6 tables: AppendConns needs the rows of both families at once
	zones mib.Zones

	main    mib.Buffer // of AppendBound, the main table of a family
	sockets socketSet  // of AppendBound, sockets of that table
}

func (r *Reader) source() Source {
	if r.Source == nil {
		return live{}
	}
	return r.Source
}

// AppendConns appends the connections of a family to dst, IPv4 first, in the order in which Windows
// has them, and returns the extended slice, which the caller owns. Both tables are read before the
// first row is converted. Once the buffers of r and dst are large enough it does not allocate.
//
// When one family cannot be read, the connections of the other are returned together with the error.
// An invalid family is fs.ErrInvalid.
func (r *Reader) AppendConns(dst []Conn, family Family) ([]Conn, error) {
	return r.appendConns(dst, family, false)
}

func (r *Reader) appendConns(dst []Conn, family Family, order bool) ([]Conn, error) {
	if err := mib.CheckFamily("tcpmib", family); err != nil {
		return dst, err
	}
	var rows4 []TCPRow2
	var rows6 []TCP6Row2
	var err4, err6 error
	if family&IPv4 != 0 {
		rows4, err4 = r.TCPTable2(order)
	}
	if family&IPv6 != 0 {
		rows6, err6 = r.TCP6Table2(order) // rows4 stay valid: these have a buffer of their own
	}
	n := len(dst)
	dst = grow(dst, len(rows4)+len(rows6))[:n+len(rows4)+len(rows6)]
	putConns4(dst[n:], rows4)
	r.zones.Begin()
	r.putConns6(dst[n+len(rows4):], rows6)
	if err := r.zones.Err(); err != nil {
		dst, err6 = dst[:n+len(rows4)], err
	}
	return dst, errors.Join(err4, err6)
}

// AppendDatedConns appends the connections of a family and their creation times to dst, as AppendConns
// does with connections alone. It reads larger tables, those of GetExtendedTcpTable with the classes
// OWNER_MODULE.
func (r *Reader) AppendDatedConns(dst []DatedConn, family Family) ([]DatedConn, error) {
	return r.appendDatedConns(dst, family, false)
}

func (r *Reader) appendDatedConns(dst []DatedConn, family Family, order bool) ([]DatedConn, error) {
	if err := mib.CheckFamily("tcpmib", family); err != nil {
		return dst, err
	}
	var rows4 []TCPRowOwnerModule
	var rows6 []TCP6RowOwnerModule
	var err4, err6 error
	if family&IPv4 != 0 {
		rows4, err4 = ReadExtendedTcpTable[TCPRowOwnerModule](r, AllRows, order)
	}
	if family&IPv6 != 0 {
		rows6, err6 = ReadExtendedTcpTable[TCP6RowOwnerModule](r, AllRows, order)
	}
	dst = grow(dst, len(rows4)+len(rows6))
	for i := range rows4 {
		row := &rows4[i] // row.Conn is not inlined, and takes half as long again
		dst = append(dst, DatedConn{Conn{Local: row.Local(), Remote: row.Remote(), PID: row.OwningPid, State: row.State}, row.CreateTime()})
	}
	r.zones.Begin()
	n := len(dst)
	for i := range rows6 {
		row := &rows6[i]
		o := DatedConn{Conn{PID: row.OwningPid, State: row.State}, row.CreateTime()}
		local := r.zones.Addr(&row.LocalAddr, row.LocalScopeID, mib.LocalSide)
		o.Local = netip.AddrPortFrom(local, mib.Port(&row.LocalPort))
		if row.State != StateListen {
			remote := r.zones.Addr(&row.RemoteAddr, row.RemoteScopeID, mib.RemoteSide)
			o.Remote = netip.AddrPortFrom(remote, mib.Port(&row.RemotePort))
		}
		dst = append(dst, o)
	}
	if err := r.zones.Err(); err != nil {
		dst, err6 = dst[:n], err
	}
	return dst, errors.Join(err4, err6)
}

func putConns4(conns []Conn, rows []TCPRow2) {
	for i := range rows {
		row, c := &rows[i], &conns[i]
		// This is row.Remote, but without a jump that depends on the row.
		local := mib.AddrPort4(&row.LocalAddr, &row.LocalPort)
		remote := mib.AddrPort4(&row.RemoteAddr, &row.RemotePort)
		if row.State == StateListen {
			remote = netip.AddrPort{}
		}
		c.Local = local
		c.Remote = remote
		c.PID = row.OwningPid
		c.State = row.State
		c.Offload = row.OffloadState
	}
}

// putConns6 asks for a zone only where there is one: a call a row would cost half of the rest.
func (r *Reader) putConns6(conns []Conn, rows []TCP6Row2) {
	for i := range rows {
		row, c := &rows[i], &conns[i]
		local, remote := netip.AddrFrom16(row.LocalAddr), netip.AddrFrom16(row.RemoteAddr)
		if row.LocalScopeID != 0 {
			local = r.zones.Addr(&row.LocalAddr, row.LocalScopeID, mib.LocalSide)
		}
		if row.RemoteScopeID != 0 && row.State != StateListen {
			remote = r.zones.Addr(&row.RemoteAddr, row.RemoteScopeID, mib.RemoteSide)
		}
		c.Local = netip.AddrPortFrom(local, mib.Port(&row.LocalPort))
		c.Remote = netip.AddrPortFrom(remote, mib.Port(&row.RemotePort))
		if row.State == StateListen {
			c.Remote = netip.AddrPort{}
		}
		c.PID = row.OwningPid
		c.State = row.State
		c.Offload = row.OffloadState
	}
}

// grow is slices.Grow, which clears a new slice twice.
func grow[Row any](dst []Row, n int) []Row {
	if cap(dst) == 0 {
		return make([]Row, 0, n)
	}
	return slices.Grow(dst, n)
}
