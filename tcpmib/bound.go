package tcpmib

import (
	"errors"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// AppendBound appends to dst the sockets of a family that are bound to a port and neither listen
// nor are connected, and returns the extended slice, which the caller owns. Their state is
// StateReserved, which PowerShell calls Bound, and they have no remote endpoint. They hold their
// port though no other table shows them. Once the buffers of r and dst are large enough it does not
// allocate.
//
// The functions behind it, InternalGetBoundTcpEndpointTable and InternalGetBoundTcp6EndpointTable
// of iphlpapi.dll, are not documented by Microsoft. All knowledge comes from System Informer, which
// uses them as netstat -q and Get-NetTCPConnection do: they exist since Windows 10 version 1809,
// and return the rows of MIB_TCPTABLE2 and MIB_TCP6TABLE2, with the bindings of listening and
// connected sockets among them. AppendBound leaves out those whose port and PID are in the main
// table, which it reads after the bindings, so that a socket that connects meanwhile is left out
// too. An IPv6 socket that is bound to :: or to a mapped IPv4 address may be connected to an IPv4
// peer; it is then in the main table of IPv4, where AppendBound looks for it too. If a process has
// a connection and a bound socket on one port, with different local addresses, the bound socket is
// left out.
//
// Where the functions are missing, it returns errors.ErrUnsupported. When one family cannot be
// read, the sockets of the other are returned together with the error. An invalid family is
// fs.ErrInvalid.
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
	var errMain4, errMain6 error
	own4, own6 := len(rows4) > 0, len(rows6) > 0
	if own4 {
		if rows4, rows6, errMain4 = r.withoutMain4(rows4, rows6); errMain4 != nil {
			rows4 = nil
		}
	}
	if own6 || len(rows4) > 0 { // IPv4 rows that are left may be connected in IPv6's table
		if rows4, rows6, errMain6 = r.withoutMain6(rows4, rows6); own6 && errMain6 != nil {
			rows6 = nil
		}
	}
	if !own4 && slices.ContainsFunc(rows6, boundToBoth) {
		rows4, rows6, errMain4 = r.withoutMain4(rows4, rows6)
	}
	// A family that is not there has no connections.
	if !own4 && errors.Is(errMain4, errors.ErrUnsupported) {
		errMain4 = nil
	}
	if !own6 && errors.Is(errMain6, errors.ErrUnsupported) {
		errMain6 = nil
	}
	dst = slices.Grow(dst, len(rows4)+len(rows6))
	for i := range rows4 {
		row := &rows4[i]
		dst = append(dst, Conn{Local: row.Local(), PID: row.OwningPid, State: StateReserved})
	}
	n := len(dst)
	r.zones.Begin()
	for i := range rows6 {
		row := &rows6[i]
		local := r.zones.Addr(&row.LocalAddr, row.LocalScopeID, mib.LocalSide)
		dst = append(dst, Conn{Local: netip.AddrPortFrom(local, mib.Port(&row.LocalPort)), PID: row.OwningPid, State: StateReserved})
	}
	if err := r.zones.Err(); err != nil {
		dst, err6 = dst[:n], err
	}
	return dst, errors.Join(err4, errMain4, err6, errMain6)
}

// withoutMain4 reads the main table of IPv4, and leaves out the bound sockets that are in it: those
// of IPv4, and those of IPv6 that are connected to an IPv4 peer. It moves rows within their buffer.
func (r *Reader) withoutMain4(rows4 []TCPRow2, rows6 []TCP6Row2) ([]TCPRow2, []TCP6Row2, error) {
	main, err := readTable(r, Query{Func: "GetTcpTable2"}, &r.main, layoutTCPTable2)
	s := &r.sockets
	s.begin(len(main))
	for i := range main {
		row := &main[i]
		s.add(row.OwningPid, &row.LocalPort, row.State != StateListen)
	}
	rows4 = slices.DeleteFunc(rows4, func(row TCPRow2) bool { return s.has(row.OwningPid, &row.LocalPort, used) })
	rows6 = slices.DeleteFunc(rows6, func(row TCP6Row2) bool {
		return boundToBoth(row) && s.has(row.OwningPid, &row.LocalPort, dual)
	})
	return rows4, rows6, err
}

// withoutMain6 is withoutMain4 for the main table of IPv6. The sockets of IPv4 in it have an IPv4
// address that is mapped into IPv6.
func (r *Reader) withoutMain6(rows4 []TCPRow2, rows6 []TCP6Row2) ([]TCPRow2, []TCP6Row2, error) {
	main, err := readTable(r, Query{Func: "GetTcp6Table2"}, &r.main, layoutTCP6Table2)
	s := &r.sockets
	s.begin(len(main))
	for i := range main {
		row := &main[i]
		mapped := netip.AddrFrom16(row.LocalAddr).Is4In6()
		if mapped || len(rows6) > 0 {
			s.add(row.OwningPid, &row.LocalPort, mapped)
		}
	}
	rows4 = slices.DeleteFunc(rows4, func(row TCPRow2) bool { return s.has(row.OwningPid, &row.LocalPort, dual) })
	rows6 = slices.DeleteFunc(rows6, func(row TCP6Row2) bool { return s.has(row.OwningPid, &row.LocalPort, used) })
	return rows4, rows6, err
}

// boundToBoth reports whether a socket can have an IPv4 peer: it is bound to all addresses, or to
// an IPv4 address that is mapped into IPv6.
func boundToBoth(row TCP6Row2) bool {
	a := netip.AddrFrom16(row.LocalAddr)
	return a.IsUnspecified() || a.Is4In6()
}

// socketSet is a set of the sockets of a main table, each a process and its port: an open hash
// table. Sorted numbers or a map would make AppendBound take twice as long (BenchmarkAppendBound),
// and a map would keep the memory of its largest table.
type socketSet struct {
	slots  mib.List[uint64] // a power of two of them, two thirds of them in use at most
	factor uint64           // of the hash, random so that no table can be made whose sockets collide
}

// Bits of a slot above the 48 of port and PID. A slot without any is free.
const (
	used uint64 = 1 << (48 + iota)
	dual        // can be bound in the table of the other family
)

// begin empties the set, and makes room for n sockets.
func (s *socketSet) begin(n int) {
	if s.factor == 0 {
		s.factor = rand.Uint64() | 1
	}
	size := 1 << bits.Len(uint(n+n/2))
	s.slots.Reset()
	s.slots.Items = slices.Grow(s.slots.Items, size)[:size]
	clear(s.slots.Items)
}

// slot returns the slot that a socket has or would have.
func (s *socketSet) slot(socket uint64) *uint64 {
	slots := s.slots.Items
	last := uint64(len(slots) - 1)
	high, low := bits.Mul64(socket, s.factor)
	i := (high ^ low) & last
	for slots[i] != 0 && slots[i]&^dual != socket {
		i = (i + 1) & last
	}
	return &slots[i]
}

// add adds a socket. Of several rows with one process and port any can be dual.
func (s *socketSet) add(pid uint32, port *[4]byte, isDual bool) {
	socket := socketOf(pid, port)
	slot := s.slot(socket)
	*slot |= socket
	if isDual {
		*slot |= dual
	}
}

// has reports whether a socket is in the set, and its slot has this bit.
func (s *socketSet) has(pid uint32, port *[4]byte, bit uint64) bool {
	return *s.slot(socketOf(pid, port))&bit != 0
}

func socketOf(pid uint32, port *[4]byte) uint64 {
	return used | uint64(mib.Port(port))<<32 | uint64(pid)
}
