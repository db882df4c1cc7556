package tcpmib

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
)

// Reader reads the TCP tables again and again without garbage: it keeps its buffers, which grow to
// the largest tables it has seen. The zero value is ready to use and reads this machine.
//
// A Reader is for one goroutine at a time, and must not be copied.
type Reader struct {
	_ noCopy

	// Source answers the Reader's queries; nil is the machine that the program runs on.
	Source Source

	// MaxBytes limits the size of a table, in bytes; 0 is DefaultMaxBytes. A larger table is an
	// error for which errors.Is(err, ErrTooLarge) holds: whatever the system claims, no buffer grows
	// past this. AppendConns holds two tables, IPv4 and IPv6, and makes Conns that take up to three
	// times their memory.
	MaxBytes int

	buf   []byte
	buf6  []byte // of IPv6 tables: AppendConns needs the rows of both families at once
	zones zones
	held  map[socket]bool // of AppendBound
}

// socket is what a connection and its binding have in common.
type socket struct {
	pid  uint32
	port uint16
}

// noCopy makes vet complain about copies of the struct that it is in: a copied Reader would share
// its buffers with the original.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Raw returns the answer to q as the system wrote it: the bytes that DecodeTCPTable2 and its
// siblings take, perhaps with unused ones behind the last row. They are valid until the next call on
// r.
//
// A code that is not success is an *Error, ERROR_NO_DATA (232) included, which functions that return
// tables take for a table without rows.
func (r *Reader) Raw(q Query) ([]byte, error) {
	answer, code, err := r.fetch(q, &r.buf)
	if err == nil && code != CodeSuccess {
		err = &Error{q, code}
	}
	return answer, err
}

// TCPTable2 returns the IPv4 connections, as GetTcpTable2 does; order asks Windows to sort them by
// local, then remote endpoint. The rows are valid until the next call on r.
func (r *Reader) TCPTable2(order bool) ([]TCPRow2, error) {
	return readTable[TCPRow2](r, Query{Func: "GetTcpTable2", Order: order}, &r.buf, &layoutTCPTable2)
}

// TCP6Table2 is TCPTable2 for IPv6, as GetTcp6Table2 is.
func (r *Reader) TCP6Table2(order bool) ([]TCP6Row2, error) {
	return readTable[TCP6Row2](r, Query{Func: "GetTcp6Table2", Order: order}, &r.buf6, &layoutTCP6Table2)
}

// TCPTable returns the IPv4 connections without their owners, as GetTcpTable does. The rows are
// valid until the next call on r.
func (r *Reader) TCPTable(order bool) ([]TCPRow, error) {
	return readTable[TCPRow](r, Query{Func: "GetTcpTable", Order: order}, &r.buf, &layoutTCPTable)
}

// TCP6Table is TCPTable for IPv6, as GetTcp6Table is.
func (r *Reader) TCP6Table(order bool) ([]TCP6Row, error) {
	return readTable[TCP6Row](r, Query{Func: "GetTcp6Table", Order: order}, &r.buf6, &layoutTCP6Table)
}

// ReadExtendedTcpTable returns the connections that the type of its rows selects, as
// GetExtendedTcpTable does, but reads them with r. The rows are valid until the next call on r.
func ReadExtendedTcpTable[Row ExtendedRow](r *Reader, rows Rows, order bool) ([]Row, error) {
	t := extendedTableOf[Row]()
	class, err := rows.class(t.listener)
	if err != nil {
		return nil, err
	}
	buf := &r.buf
	if t.family == AFInet6 {
		buf = &r.buf6
	}
	return readTable[Row](r, Query{"GetExtendedTcpTable", t.family, uint32(class), order}, buf, t.layout)
}

// AppendConns appends the connections of a family to dst, IPv4 first, in the order in which Windows
// has them, and returns the longer slice, which the caller owns. Both tables are read before the
// first row is converted. Once the buffers of r and dst are large enough it does not allocate.
//
// When one family cannot be read, the connections of the other are returned together with the error.
// For an invalid family errors.Is(err, fs.ErrInvalid) holds.
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
	dst = grow(dst, len(rows4)+len(rows6))[:n+len(rows4)+len(rows6)]
	putConns4(dst[n:], rows4)
	r.putConns6(dst[n+len(rows4):], rows6)
	return dst, errors.Join(err4, err6)
}

// AppendOwned appends the connections of a family and their creation times to dst, as AppendConns
// does with connections alone. It reads larger tables, those of GetExtendedTcpTable with the classes
// OWNER_MODULE.
func (r *Reader) AppendOwned(dst []Owned, family Family) ([]Owned, error) {
	return r.appendOwned(dst, family, false)
}

func (r *Reader) appendOwned(dst []Owned, family Family, order bool) ([]Owned, error) {
	if err := family.check(); err != nil {
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
		dst = append(dst, Owned{Conn{Local: row.Local(), Remote: row.Remote(), PID: row.OwningPid, State: row.State}, row.CreateTime()})
	}
	for i := range rows6 {
		row := &rows6[i]
		o := Owned{Conn{PID: row.OwningPid, State: row.State}, row.CreateTime()}
		local := r.zones.addr(&row.LocalAddr, row.LocalScopeID, localSide)
		o.Local = netip.AddrPortFrom(local, portNumber(&row.LocalPort))
		if row.State != StateListen {
			remote := r.zones.addr(&row.RemoteAddr, row.RemoteScopeID, remoteSide)
			o.Remote = netip.AddrPortFrom(remote, portNumber(&row.RemotePort))
		}
		dst = append(dst, o)
	}
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

// putConns6 asks for a zone only where there is one: a call a row would cost half of the rest.
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

// grow is slices.Grow, which clears a new slice twice.
func grow[Row any](dst []Row, n int) []Row {
	if cap(dst) == 0 {
		return make([]Row, 0, n)
	}
	return slices.Grow(dst, n)
}

// readTable asks q with buf and decodes the answer.
func readTable[Row any](r *Reader, q Query, buf *[]byte, table *tableLayout) ([]Row, error) {
	answer, code, err := r.fetch(q, buf)
	switch {
	case err != nil:
		return nil, err
	case code == CodeNoData:
		return nil, nil
	case code != CodeSuccess:
		return nil, &Error{q, code}
	}
	return decode[Row](table, answer)
}

func (r *Reader) fetch(q Query, buf *[]byte) (answer []byte, code uint32, err error) {
	src := r.Source
	if src == nil {
		src = live{}
	}
	return fetch(q, buf, r.maxBytes(), func(buf []byte) (size, code uint32) { return src.Ask(q, buf) })
}

func (r *Reader) maxBytes() int {
	if r.MaxBytes <= 0 {
		return DefaultMaxBytes
	}
	return r.MaxBytes
}

// AppendBound appends the sockets of a family that are bound to a port, and neither listen nor are
// connected, to dst, and returns the longer slice, which the caller owns. They have the state
// StateReserved, which PowerShell calls Bound, and no remote endpoint. They hold their port though no
// other table shows them. Once the buffers of r and dst are large enough it does not allocate.
//
// The functions behind it, InternalGetBoundTcpEndpointTable and InternalGetBoundTcp6EndpointTable of
// iphlpapi.dll, are not documented by Microsoft. What is known comes from System Informer, which uses
// them as netstat -q and Get-NetTCPConnection do: they exist since Windows 10 version 1809, and
// return the rows of MIB_TCPTABLE2 and MIB_TCP6TABLE2, with the bindings of listening and connected
// sockets among them. AppendBound leaves out those whose port and PID are in the main table, which it
// reads after the bindings, so that a socket that connects meanwhile is left out too. A process that
// has a connection and a bound socket on one port, with different local addresses, has only the
// connection here.
//
// Where the functions are missing, errors.Is(err, errors.ErrUnsupported) holds. When one family
// cannot be read, the sockets of the other are returned together with the error.
func (r *Reader) AppendBound(dst []Conn, family Family) ([]Conn, error) {
	if err := family.check(); err != nil {
		return dst, err
	}
	var err4, err6 error
	if family&IPv4 != 0 {
		dst, err4 = r.appendBound4(dst)
	}
	if family&IPv6 != 0 {
		dst, err6 = r.appendBound6(dst)
	}
	return dst, errors.Join(err4, err6)
}

// appendBound4 and appendBound6 are written out: generic code cannot read fields of two types of row.

func (r *Reader) appendBound4(dst []Conn) ([]Conn, error) {
	bound, err := readTable[TCPRow2](r, Query{Func: "InternalGetBoundTcpEndpointTable"}, &r.buf, &layoutTCPTable2)
	if err != nil {
		return dst, err
	}
	rows, err := readTable[TCPRow2](r, Query{Func: "GetTcpTable2"}, &r.buf6, &layoutTCPTable2)
	if err != nil {
		return dst, err
	}
	r.holdNothing()
	for i := range rows {
		r.held[socket{rows[i].OwningPid, portNumber(&rows[i].LocalPort)}] = true
	}
	for i := range bound {
		row := &bound[i]
		if !r.held[socket{row.OwningPid, portNumber(&row.LocalPort)}] {
			dst = append(dst, Conn{Local: row.Local(), PID: row.OwningPid, State: StateReserved})
		}
	}
	return dst, nil
}

func (r *Reader) appendBound6(dst []Conn) ([]Conn, error) {
	bound, err := readTable[TCP6Row2](r, Query{Func: "InternalGetBoundTcp6EndpointTable"}, &r.buf, &layoutTCP6Table2)
	if err != nil {
		return dst, err
	}
	rows, err := readTable[TCP6Row2](r, Query{Func: "GetTcp6Table2"}, &r.buf6, &layoutTCP6Table2)
	if err != nil {
		return dst, err
	}
	r.holdNothing()
	for i := range rows {
		r.held[socket{rows[i].OwningPid, portNumber(&rows[i].LocalPort)}] = true
	}
	for i := range bound {
		row := &bound[i]
		if !r.held[socket{row.OwningPid, portNumber(&row.LocalPort)}] {
			local := netip.AddrPortFrom(r.zones.addr(&row.LocalAddr, row.LocalScopeID, localSide), portNumber(&row.LocalPort))
			dst = append(dst, Conn{Local: local, PID: row.OwningPid, State: StateReserved})
		}
	}
	return dst, nil
}

func (r *Reader) holdNothing() {
	if r.held == nil {
		r.held = map[socket]bool{}
	}
	clear(r.held)
}

// Rows says which rows of a table GetExtendedTcpTable returns.
type Rows uint8

// Which rows.
const (
	AllRows     Rows = iota // TCP_TABLE_..._ALL
	Listeners               // TCP_TABLE_..._LISTENER: those in LISTEN
	Connections             // TCP_TABLE_..._CONNECTIONS: those not in LISTEN
)

var rowsNames = enum[Rows]{"Rows", "selection of rows", map[Rows]string{
	AllRows: "all", Listeners: "listeners", Connections: "connections",
}}

// String returns "all", "listeners" or "connections", or "Rows(3)" for any other number.
func (r Rows) String() string { return rowsNames.string(r) }

// MarshalText writes what String prints.
func (r Rows) MarshalText() ([]byte, error) { return rowsNames.marshal(r) }

// UnmarshalText reads what String prints, in any case.
func (r *Rows) UnmarshalText(text []byte) (err error) {
	*r, err = rowsNames.parse(string(text))
	return err
}

// class returns the class of these rows in the group of three that begins with listener.
func (r Rows) class(listener TCPTableClass) (TCPTableClass, error) {
	switch r {
	case Listeners:
		return listener, nil
	case Connections:
		return listener + TCPTableBasicConnections - TCPTableBasicListener, nil
	case AllRows:
		return listener + TCPTableBasicAll - TCPTableBasicListener, nil
	}
	return 0, fmt.Errorf("tcpmib: invalid selection %v; want AllRows, Listeners or Connections: %w", r, fs.ErrInvalid)
}

// ExtendedRow is a row of one of the tables of GetExtendedTcpTable. Its type says which table: the
// address family and the group of three classes.
type ExtendedRow interface {
	TCPRow | TCP6Row | TCPRowOwnerPID | TCP6RowOwnerPID | TCPRowOwnerModule | TCP6RowOwnerModule
}

// extendedTable is how a table is asked for and read.
type extendedTable struct {
	family   uint32
	listener TCPTableClass // the first class of its group; those for connections and for all follow it
	layout   *tableLayout
}

func extendedTableOf[Row ExtendedRow]() extendedTable {
	switch any((*Row)(nil)).(type) {
	case *TCPRow:
		return extendedTable{AFInet, TCPTableBasicListener, &layoutTCPTable}
	case *TCP6Row:
		return extendedTable{AFInet6, TCPTableBasicListener, &layoutTCP6Table}
	case *TCPRowOwnerPID:
		return extendedTable{AFInet, TCPTableOwnerPIDListener, &layoutTCPTableOwnerPID}
	case *TCP6RowOwnerPID:
		return extendedTable{AFInet6, TCPTableOwnerPIDListener, &layoutTCP6TableOwnerPID}
	case *TCPRowOwnerModule:
		return extendedTable{AFInet, TCPTableOwnerModuleListener, &layoutTCPTableOwnerModule}
	case *TCP6RowOwnerModule:
		return extendedTable{AFInet6, TCPTableOwnerModuleListener, &layoutTCP6TableOwnerModule}
	}
	panic("tcpmib: a row of ExtendedRow without a table")
}
