package tcpmib

import (
	"errors"
	"net/netip"
	"slices"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// AppendBound appends the sockets of a family that are bound to a port, and neither listen nor are
// connected, to dst, and returns the longer slice, which the caller owns. They have the state
// StateReserved, which PowerShell calls Bound, and no remote endpoint. They hold their port though
// no other table shows them. Once the buffers of r and dst are large enough it does not allocate.
//
// The functions behind it, InternalGetBoundTcpEndpointTable and InternalGetBoundTcp6EndpointTable
// of iphlpapi.dll, are not documented by Microsoft. All knowledge comes from System Informer, which
// uses them as netstat -q and Get-NetTCPConnection do: they exist since Windows 10 version 1809,
// and return the rows of MIB_TCPTABLE2 and MIB_TCP6TABLE2, with the bindings of listening and
// connected sockets among them. AppendBound leaves out those whose port and PID are in the main
// table, which it reads after the bindings, so that a socket that connects meanwhile is left out
// too. An IPv6 socket can be connected to an IPv4 peer, and is in the main table of IPv4 then: one
// that is bound to :: or to a mapped IPv4 address is looked for there as well. If a process has a
// connection and a bound socket on one port, with different local addresses, the bound socket is
// left out.
//
// Where the functions are missing, it returns errors.ErrUnsupported. When one family cannot be
// read, the sockets of the other are returned together with the error.
func (r *Reader) AppendBound(dst []Conn, family Family) ([]Conn, error) {
	if err := mib.CheckFamily("tcpmib", family); err != nil {
		return dst, err
	}
	var rows4 []TCPRow2
	var rows6 []TCP6Row2
	var err4, err6 error
	if family&IPv4 != 0 {
		rows4, err4 = readTable(r, Query{Func: "InternalGetBoundTcpEndpointTable"}, &r.buf, layoutTCPTable2)
	}
	if family&IPv6 != 0 {
		rows6, err6 = readTable(r, Query{Func: "InternalGetBoundTcp6EndpointTable"}, &r.buf6, layoutTCP6Table2)
	}
	main := &r.bound
	main.sockets.Reset()
	var errMain4, errMain6, errOther4, errOther6 error
	none4, none6 := len(rows4) == 0, len(rows6) == 0
	if !none4 {
		if errMain4 = main.read4(r); errMain4 != nil {
			rows4 = nil
		}
	}
	if !none6 {
		if errMain6 = main.read6(r); errMain6 != nil {
			rows6 = nil
		}
	}
	// A row missing from the main table of its own family may be in that of the other.
	if none4 && slices.ContainsFunc(rows6, func(row TCP6Row2) bool { return boundToBoth(&row) && !main.has6(&row) }) {
		errOther4 = main.read4(r)
	}
	if none6 && slices.ContainsFunc(rows4, func(row TCPRow2) bool { return !main.has4(&row) }) {
		errOther6 = main.read6(r)
	}
	if errors.Is(errOther4, errors.ErrUnsupported) || errors.Is(errOther6, errors.ErrUnsupported) {
		errOther4, errOther6 = nil, nil // without the family there are no connections in it
	}
	for i := range rows4 {
		if row := &rows4[i]; !main.has4(row) {
			dst = append(dst, Conn{Local: row.Local(), PID: row.OwningPid, State: StateReserved})
		}
	}
	n := len(dst)
	r.zones.Begin()
	for i := range rows6 {
		row := &rows6[i]
		if main.has6(row) {
			continue
		}
		local := r.zones.Addr(&row.LocalAddr, row.LocalScopeID, mib.LocalSide)
		dst = append(dst, Conn{Local: netip.AddrPortFrom(local, mib.Port(&row.LocalPort)), PID: row.OwningPid, State: StateReserved})
	}
	if err := r.zones.Err(); err != nil {
		dst, err6 = dst[:n], err
	}
	return dst, errors.Join(err4, errMain4, errOther4, err6, errMain6, errOther6)
}

// mainSockets are the sockets of the main tables: sorted numbers, made of a place, a PID and a
// port.
type mainSockets struct {
	sockets mib.List[uint64]
	table   mib.Buffer
}

// Places where a socket is found.
const (
	inIPv4          uint64 = iota << 48
	connectedInIPv4        // also in inIPv4
	inIPv6
	mappedInIPv6 // with an IPv4 address that is mapped into IPv6; also in inIPv6
)

func (m *mainSockets) read4(r *Reader) error {
	rows, err := readTable(r, Query{Func: "GetTcpTable2"}, &m.table, layoutTCPTable2)
	for i := range rows {
		row := &rows[i]
		m.add(inIPv4, row.OwningPid, &row.LocalPort)
		if row.State != StateListen {
			m.add(connectedInIPv4, row.OwningPid, &row.LocalPort)
		}
	}
	slices.Sort(m.sockets.Items)
	return err
}

func (m *mainSockets) read6(r *Reader) error {
	rows, err := readTable(r, Query{Func: "GetTcp6Table2"}, &m.table, layoutTCP6Table2)
	for i := range rows {
		row := &rows[i]
		m.add(inIPv6, row.OwningPid, &row.LocalPort)
		if netip.AddrFrom16(row.LocalAddr).Is4In6() {
			m.add(mappedInIPv6, row.OwningPid, &row.LocalPort)
		}
	}
	slices.Sort(m.sockets.Items)
	return err
}

// has4 reports whether a bound socket is also in one of the main tables.
func (m *mainSockets) has4(row *TCPRow2) bool {
	return m.has(inIPv4, row.OwningPid, &row.LocalPort) || m.has(mappedInIPv6, row.OwningPid, &row.LocalPort)
}

func (m *mainSockets) has6(row *TCP6Row2) bool {
	return m.has(inIPv6, row.OwningPid, &row.LocalPort) || boundToBoth(row) && m.has(connectedInIPv4, row.OwningPid, &row.LocalPort)
}

// boundToBoth reports whether a socket can have an IPv4 peer: it is bound to all addresses, or to
// an IPv4 address that is mapped into IPv6.
func boundToBoth(row *TCP6Row2) bool {
	a := netip.AddrFrom16(row.LocalAddr)
	return a.IsUnspecified() || a.Is4In6()
}

func (m *mainSockets) add(place uint64, pid uint32, port *[4]byte) {
	m.sockets.Items = append(m.sockets.Items, place|uint64(pid)<<16|uint64(mib.Port(port)))
}

func (m *mainSockets) has(place uint64, pid uint32, port *[4]byte) bool {
	_, found := slices.BinarySearch(m.sockets.Items, place|uint64(pid)<<16|uint64(mib.Port(port)))
	return found
}
