package tcpmib

import (
	"errors"
	"net/netip"
	"slices"
)

// Reader reads the TCP tables again and again without making garbage: it keeps
// one buffer, which grows to the largest table that it has seen. The zero value
// is ready to use and reads this machine.
//
// A Reader is for one goroutine at a time. Give each its own.
type Reader struct {
	// Source is who answers; nil is the machine that the program runs on.
	Source Source

	// MaxBytes is how large a table may be, in bytes; 0 is DefaultMaxBytes.
	// A larger one is an error for which errors.Is(err, ErrTooLarge) holds:
	// whatever the system says, it cannot take more memory than this.
	MaxBytes int

	buf   []byte
	zones zones
}

// TCPTable2 returns the IPv4 connections, as GetTcpTable2 does; order asks
// Windows to sort them by local, then remote endpoint. The rows are valid until
// the next call on r.
func (r *Reader) TCPTable2(order bool) ([]TCPRow2, error) {
	answer, err := r.Raw(Query{Func: "GetTcpTable2", Order: order})
	if err != nil {
		return nil, err
	}
	return DecodeTCPTable2(answer)
}

// TCP6Table2 returns the IPv6 connections, as GetTcp6Table2 does; order asks
// Windows to sort them by local, then remote endpoint. The rows are valid until
// the next call on r.
func (r *Reader) TCP6Table2(order bool) ([]TCP6Row2, error) {
	answer, err := r.Raw(Query{Func: "GetTcp6Table2", Order: order})
	if err != nil {
		return nil, err
	}
	return DecodeTCP6Table2(answer)
}

// TCPTable returns the IPv4 connections without their owners, as GetTcpTable
// does. The rows are valid until the next call on r.
func (r *Reader) TCPTable(order bool) ([]TCPRow, error) {
	answer, err := r.Raw(Query{Func: "GetTcpTable", Order: order})
	if err != nil {
		return nil, err
	}
	return DecodeTCPTable(answer)
}

// TCP6Table returns the IPv6 connections without their owners, as GetTcp6Table
// does. The rows are valid until the next call on r.
func (r *Reader) TCP6Table(order bool) ([]TCP6Row, error) {
	answer, err := r.Raw(Query{Func: "GetTcp6Table", Order: order})
	if err != nil {
		return nil, err
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
// caller owns. Once the buffer of r and dst are large enough it does not
// allocate.
//
// When one family cannot be read, the connections of the other are returned
// together with the error.
func (r *Reader) AppendConns(dst []Conn, family Family) ([]Conn, error) {
	return r.appendConns(dst, family, false)
}

func (r *Reader) appendConns(dst []Conn, family Family, order bool) ([]Conn, error) {
	var err4, err6 error
	if family&IPv4 != 0 {
		var rows []TCPRow2
		rows, err4 = r.TCPTable2(order)
		dst = appendConns4(dst, rows)
	}
	if family&IPv6 != 0 {
		var rows []TCP6Row2
		rows, err6 = r.TCP6Table2(order)
		dst = r.appendConns6(dst, rows)
	}
	return dst, errors.Join(err4, err6)
}

func appendConns4(dst []Conn, rows []TCPRow2) []Conn {
	dst, conns := extend(dst, len(rows))
	for i := range conns {
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
	return dst
}

func (r *Reader) appendConns6(dst []Conn, rows []TCP6Row2) []Conn {
	dst, conns := extend(dst, len(rows))
	for i := range conns {
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
	return dst
}

// extend returns dst with n more Conns, and these alone, to be overwritten.
func extend(dst []Conn, n int) (longer, added []Conn) {
	dst = slices.Grow(dst, n)
	longer = dst[:len(dst)+n]
	return longer, longer[len(dst):]
}
