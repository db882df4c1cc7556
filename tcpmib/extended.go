package tcpmib

import (
	"fmt"
	"io/fs"
)

// ExtendedRow is a row of one of the tables of GetExtendedTcpTable. Its type
// says which table: the address family and the group of three classes.
type ExtendedRow interface {
	TCPRow | TCP6Row | TCPRowOwnerPID | TCP6RowOwnerPID | TCPRowOwnerModule | TCP6RowOwnerModule
	extendedTable() extendedTable
}

// extendedTable is how a table is asked for and read.
type extendedTable struct {
	family   uint32        // AF_INET or AF_INET6
	listener TCPTableClass // the first class of its group; those for connections and for all follow it
	layout   *tableLayout
}

// The tables, one line each.
func (TCPRow) extendedTable() extendedTable {
	return extendedTable{afInet, TCPTableBasicListener, &layoutTCPTable}
}

func (TCP6Row) extendedTable() extendedTable {
	return extendedTable{afInet6, TCPTableBasicListener, &layoutTCP6Table}
}

func (TCPRowOwnerPID) extendedTable() extendedTable {
	return extendedTable{afInet, TCPTableOwnerPIDListener, &layoutTCPTableOwnerPID}
}

func (TCP6RowOwnerPID) extendedTable() extendedTable {
	return extendedTable{afInet6, TCPTableOwnerPIDListener, &layoutTCP6TableOwnerPID}
}

func (TCPRowOwnerModule) extendedTable() extendedTable {
	return extendedTable{afInet, TCPTableOwnerModuleListener, &layoutTCPTableOwnerModule}
}

func (TCP6RowOwnerModule) extendedTable() extendedTable {
	return extendedTable{afInet6, TCPTableOwnerModuleListener, &layoutTCP6TableOwnerModule}
}

// Rows says which rows of a table GetExtendedTcpTable returns.
type Rows uint8

// Which rows.
const (
	AllRows     Rows = iota // TCP_TABLE_..._ALL
	Listeners               // TCP_TABLE_..._LISTENER: those in LISTEN
	Connections             // TCP_TABLE_..._CONNECTIONS: those that are connected, or were
)

// How far each is from the first class of a group, which is that of listeners.
var classOffsets = map[Rows]TCPTableClass{
	AllRows:     TCPTableBasicAll - TCPTableBasicListener,
	Listeners:   0,
	Connections: TCPTableBasicConnections - TCPTableBasicListener,
}

var rowsNames = map[Rows]string{AllRows: "all", Listeners: "listeners", Connections: "connections"}

// String returns "all", "listeners" or "connections".
func (r Rows) String() string {
	if name, ok := rowsNames[r]; ok {
		return name
	}
	return "Rows(" + formatZone(uint32(r)) + ")"
}

func readExtended[Row ExtendedRow](r *Reader, rows Rows, order bool) ([]Row, error) {
	offset, ok := classOffsets[rows]
	if !ok {
		return nil, fmt.Errorf("tcpmib: %v is unknown: use AllRows, Listeners or Connections: %w", rows, fs.ErrInvalid)
	}
	var row Row
	t := row.extendedTable()
	answer, err := r.Raw(Query{"GetExtendedTcpTable", t.family, uint32(t.listener + offset), order})
	if err != nil {
		return nil, noRows(err)
	}
	return decode[Row](t.layout, answer)
}
