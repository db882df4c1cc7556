package tcpmib

import (
	"errors"
	"net/netip"
	"slices"
)

// Reader reads the TCP tables again and again without making garbage: it keeps
// its buffers, which grow to the largest tables that it has seen. The zero value
// is ready to use and reads this machine.
//
// A Reader is for one goroutine at a time. Give each its own.
type Reader struct {
	// Source is who answers; nil is the machine that the program runs on.
	Source Source

	// MaxBytes is how large a table may be, in bytes; 0 is DefaultMaxBytes.
	// A larger one is an error for which errors.Is(err, ErrTooLarge) holds:
	// whatever the system says, no buffer grows past this. AppendConns holds two
	// tables, IPv4 and IPv6, and makes Conns that take up to three times their
	// memory.
	MaxBytes int

	buf   []byte
	buf6  []byte // of TCP6Table2, whose rows and those of TCPTable2 AppendConns needs together
	zones zones
}

// TCPTable2 returns the IPv4 connections, as GetTcpTable2 does; order asks
// Windows to sort them by local, then remote endpoint. The rows are valid until
// the next call on r.
func (r *Reader) TCPTable2(order bool) ([]TCPRow2, error) {
	answer, err := r.Raw(Query{Func: "GetTcpTable2", Order: order})
	if err != nil {
		return nil, noRows(err)
	}
	return DecodeTCPTable2(answer)
}

// TCP6Table2 returns the IPv6 connections, as GetTcp6Table2 does; order asks
// Windows to sort them by local, then remote endpoint. The rows are valid until
// the next call on r.
func (r *Reader) TCP6Table2(order bool) ([]TCP6Row2, error) {
	r.buf, r.buf6 = r.buf6, r.buf
	answer, err := r.Raw(Query{Func: "GetTcp6Table2", Order: order})
	r.buf, r.buf6 = r.buf6, r.buf
	if err != nil {
		return nil, noRows(err)
	}
	return DecodeTCP6Table2(answer)
}

// TCPTable returns the IPv4 connections without their owners, as GetTcpTable
// does. The rows are valid until the next call on r.
func (r *Reader) TCPTable(order bool) ([]TCPRow, error) {
	answer, err := r.Raw(Query{Func: "GetTcpTable", Order: order})
	if err != nil {
		return nil, noRows(err)
	}
	return DecodeTCPTable(answer)
}

// TCP6Table returns the IPv6 connections without their owners, as GetTcp6Table
// does. The rows are valid until the next call on r.
func (r *Reader) TCP6Table(order bool) ([]TCP6Row, error) {
	answer, err := r.Raw(Query{Func: "GetTcp6Table", Order: order})
	if err != nil {
		return nil, noRows(err)
	}
	return DecodeTCP6Table(answer)
}

// TCPTableBasic returns some of the IPv4 connections without their owners, as
// GetExtendedTcpTable[TCPRow] does. The rows are valid until the next call on r.
func (r *Reader) TCPTableBasic(rows Rows, order bool) ([]TCPRow, error) {
	return readExtended[TCPRow](r, rows, order)
}

// TCP6TableBasic asks for some of the IPv6 connections without their owners, as
// GetExtendedTcpTable[TCP6Row] does, which no Windows so far answers.
func (r *Reader) TCP6TableBasic(rows Rows, order bool) ([]TCP6Row, error) {
	return readExtended[TCP6Row](r, rows, order)
}

// TCPTableOwnerPID returns the IPv4 connections with the processes that own
// them, as GetExtendedTcpTable[TCPRowOwnerPID] does. The rows are valid until
// the next call on r.
func (r *Reader) TCPTableOwnerPID(rows Rows, order bool) ([]TCPRowOwnerPID, error) {
	return readExtended[TCPRowOwnerPID](r, rows, order)
}

// TCP6TableOwnerPID is TCPTableOwnerPID for IPv6.
func (r *Reader) TCP6TableOwnerPID(rows Rows, order bool) ([]TCP6RowOwnerPID, error) {
	return readExtended[TCP6RowOwnerPID](r, rows, order)
}

// TCPTableOwnerModule returns the IPv4 connections with the processes and
// modules that own them and when they were created, as
// GetExtendedTcpTable[TCPRowOwnerModule] does. The rows are valid until the next
// call on r.
func (r *Reader) TCPTableOwnerModule(rows Rows, order bool) ([]TCPRowOwnerModule, error) {
	return readExtended[TCPRowOwnerModule](r, rows, order)
}

// TCP6TableOwnerModule is TCPTableOwnerModule for IPv6.
func (r *Reader) TCP6TableOwnerModule(rows Rows, order bool) ([]TCP6RowOwnerModule, error) {
	return readExtended[TCP6RowOwnerModule](r, rows, order)
}

// AppendConns appends the connections of a family to dst, IPv4 first, in the
// order in which Windows has them, and returns the longer slice, which the
// caller owns. Both tables are read before the first row is converted. Once the
// buffers of r and dst are large enough it does not allocate.
//
// When one family cannot be read, the connections of the other are returned
// together with the error. A family that is none is an error for which
// errors.Is(err, fs.ErrInvalid) holds.
func (r *Reader) AppendConns(dst []Conn, family Family) ([]Conn, error) {
	return r.appendConns(dst, family, false)
}

func (r *Reader) appendConns(dst []Conn, family Family, order bool) ([]Conn, error) {
	if err := family.check(); err != nil {
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
	dst = slices.Grow(dst, len(rows4)+len(rows6))[:n+len(rows4)+len(rows6)]
	putConns4(dst[n:], rows4)
	r.putConns6(dst[n+len(rows4):], rows6)
	return dst, errors.Join(err4, err6)
}

func putConns4(conns []Conn, rows []TCPRow2) {
	for i := range rows {
		row, c := &rows[i], &conns[i]
		// This is row.Remote, but without a jump that depends on the row.
		local := addrPort4(&row.LocalAddr, &row.LocalPort)
		remote := addrPort4(&row.RemoteAddr, &row.RemotePort)
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

func (r *Reader) putConns6(conns []Conn, rows []TCP6Row2) {
	for i := range rows {
		row, c := &rows[i], &conns[i]
		local, remote := netip.AddrFrom16(row.LocalAddr), netip.AddrFrom16(row.RemoteAddr)
		if row.LocalScopeID != 0 {
			local = r.zones.addr(&row.LocalAddr, row.LocalScopeID, localSide)
		}
		if row.RemoteScopeID != 0 && row.State != StateListen {
			remote = r.zones.addr(&row.RemoteAddr, row.RemoteScopeID, remoteSide)
		}
		c.Local = netip.AddrPortFrom(local, portNumber(&row.LocalPort))
		c.Remote = netip.AddrPortFrom(remote, portNumber(&row.RemotePort))
		if row.State == StateListen {
			c.Remote = netip.AddrPort{}
		}
		c.PID = row.OwningPid
		c.State = row.State
		c.Offload = row.OffloadState
	}
}
