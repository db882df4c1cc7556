package tcpmib

import (
	"fmt"
	"io/fs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// DefaultMaxBytes limits the size of a table, in bytes, where a Reader sets no other limit:
// 256 MiB, 9.5 million IPv4 rows. In 32-bit programs, which have no more than 2 to 4 GiB in
// all, it is 64 MiB.
const DefaultMaxBytes = mib.DefaultMaxBytes

// TCPTable2 returns the IPv4 connections, as GetTcpTable2 does; order asks Windows to sort them by
// local, then remote endpoint. The rows are valid until the next call on r.
func (r *Reader) TCPTable2(order bool) ([]TCPRow2, error) {
	return readTable(r, Query{Func: "GetTcpTable2", Order: order}, &r.buf, layoutTCPTable2)
}

// TCP6Table2 returns the IPv6 connections, as GetTcp6Table2 does; order asks Windows to sort them
// by local, then remote endpoint. The rows are valid until the next call on r.
func (r *Reader) TCP6Table2(order bool) ([]TCP6Row2, error) {
	return readTable(r, Query{Func: "GetTcp6Table2", Order: order}, &r.buf6, layoutTCP6Table2)
}

// TCPTable returns the IPv4 connections without their owners, as GetTcpTable does; order asks
// Windows to sort them. The rows are valid until the next call on r.
func (r *Reader) TCPTable(order bool) ([]TCPRow, error) {
	return readTable(r, Query{Func: "GetTcpTable", Order: order}, &r.buf, layoutTCPTable)
}

// TCP6Table returns the IPv6 connections without their owners, as GetTcp6Table does; order asks
// Windows to sort them. The rows are valid until the next call on r.
func (r *Reader) TCP6Table(order bool) ([]TCP6Row, error) {
	return readTable(r, Query{Func: "GetTcp6Table", Order: order}, &r.buf6, layoutTCP6Table)
}

// ReadExtendedTcpTable is GetExtendedTcpTable through r. The rows are valid until the next call on
// r.
func ReadExtendedTcpTable[Row ExtendedRow](r *Reader, rows Rows, order bool) ([]Row, error) {
	family, listener, table := extendedTableOf[Row]()
	class, err := rows.class(listener)
	if err != nil {
		return nil, err
	}
	buf := &r.buf
	if family == AFInet6 {
		buf = &r.buf6
	}
	return readTable(r, Query{"GetExtendedTcpTable", family, uint32(class), order}, buf, table)
}

// Rows says which rows of a table GetExtendedTcpTable returns.
type Rows uint8

// Which rows.
const (
	AllRows     Rows = iota // TCP_TABLE_..._ALL
	Listeners               // TCP_TABLE_..._LISTENER: those in LISTEN
	Connections             // TCP_TABLE_..._CONNECTIONS: those not in LISTEN
)

var rowsNames = mib.EnumOf("tcpmib", "Rows", "selection of rows", map[Rows]string{
	AllRows: "all", Listeners: "listeners", Connections: "connections",
})

// String returns "all", "listeners" or "connections", or "Rows(3)" for any other number.
func (r Rows) String() string { return rowsNames.String(r) }

// MarshalText writes what String prints.
func (r Rows) MarshalText() ([]byte, error) { return rowsNames.MarshalText(r) }

// UnmarshalText reads what String prints, in any case.
func (r *Rows) UnmarshalText(text []byte) (err error) {
	*r, err = rowsNames.Parse(string(text))
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

// extendedTables are the tables of GetExtendedTcpTable.
var extendedTables = []struct {
	family   uint32
	listener TCPTableClass // the first class of its group; those for connections and for all follow it
	table    any           // a *mib.Table of its rows
}{
	{AFInet, TCPTableBasicListener, layoutTCPTable},
	{AFInet6, TCPTableBasicListener, layoutTCP6Table},
	{AFInet, TCPTableOwnerPIDListener, layoutTCPTableOwnerPID},
	{AFInet6, TCPTableOwnerPIDListener, layoutTCP6TableOwnerPID},
	{AFInet, TCPTableOwnerModuleListener, layoutTCPTableOwnerModule},
	{AFInet6, TCPTableOwnerModuleListener, layoutTCP6TableOwnerModule},
}

func extendedTableOf[Row ExtendedRow]() (family uint32, listener TCPTableClass, table *mib.Table[Row]) {
	for _, t := range extendedTables {
		if table, ok := t.table.(*mib.Table[Row]); ok {
			return t.family, t.listener, table
		}
	}
	panic("tcpmib: a row of ExtendedRow without a table")
}

// readTable asks q with buf and decodes the answer.
func readTable[Row any](r *Reader, q Query, buf *mib.Buffer, table *mib.Table[Row]) ([]Row, error) {
	src := r.source()
	return mib.Read(buf, q, table, r.MaxBytes, func(buf []byte) (size, code uint32) { return src.Ask(q, buf) })
}
