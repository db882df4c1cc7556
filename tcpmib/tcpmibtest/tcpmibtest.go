// Package tcpmibtest makes up machines for the tests of programs that use tcpmib or udpmib, as
// net/http/httptest makes up servers. A [Machine] is a [tcpmib.Source] with the sockets that a test
// gives it:
//
//	machine := &tcpmibtest.Machine{Conns: []tcpmib.Conn{{Local: local, State: tcpmib.StateListen, PID: 7}}}
//	reader := tcpmib.Reader{Source: machine}
//
// A machine can fail, and change between two answers: see [Machine].
package tcpmibtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Machine is a made-up machine: a tcpmib.Source that answers every query for tables of TCP and UDP
// with the sockets that it has, sorted if the query asks for it. It is for one goroutine at a time,
// and its fields may be changed between two answers.
//
// Ask panics for sockets that no row can hold, such as a connection between IPv4 and IPv6, or a
// zone that is not a number: the test is wrong then.
type Machine struct {
	Conns []tcpmib.Conn      // connections and listening sockets
	Dated []tcpmib.DatedConn // the same with creation times; they come after Conns in each table
	Bound []tcpmib.Conn      // TCP sockets that are only bound
	UDP   []udpmib.Endpoint  // UDP sockets

	// Before, if it is not nil, is called before each answer. It can change the sockets, so that a
	// table grows while it is read. A code that it returns is the answer; with
	// tcpmib.CodeSuccess the machine answers. See Fail.
	Before func(q tcpmib.Query) (code uint32)

	// Answers are the bytes that other queries are answered with, statistics for example: see
	// Struct and Table. They take precedence over the sockets. Order must be false in the keys.
	Answers map[tcpmib.Query][]byte
}

// Fail returns a function for Machine.Before that answers with a code: queries for the functions
// named, such as "GetTcp6Table2", or all if none is named.
func Fail(code uint32, functions ...string) func(tcpmib.Query) uint32 {
	return func(q tcpmib.Query) uint32 {
		if len(functions) == 0 || slices.Contains(functions, q.Func) {
			return code
		}
		return tcpmib.CodeSuccess
	}
}

// Ask answers as Windows does, or with the code tcpmib.CodeNoAnswer for tables that the machine does
// not have.
func (m *Machine) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if m.Before != nil {
		if code := m.Before(q); code != tcpmib.CodeSuccess {
			return 0, code
		}
	}
	answer, ok := m.answer(q)
	switch {
	case !ok:
		return 0, tcpmib.CodeNoAnswer
	case len(buf) < len(answer):
		return uint32(len(answer)), tcpmib.CodeInsufficientBuffer
	}
	return uint32(copy(buf, answer)), tcpmib.CodeSuccess
}

func (m *Machine) answer(q tcpmib.Query) (answer []byte, ok bool) {
	unordered := q
	unordered.Order = false
	if answer, ok := m.Answers[unordered]; ok {
		return answer, true
	}
	switch q.Func {
	case "GetTcpTable":
		return Table(tcpRows(m.conns(q, tcpmib.IPv4), tcpRow)...), true
	case "GetTcp6Table":
		return Table(tcpRows(m.conns(q, tcpmib.IPv6), tcp6Row)...), true
	case "GetTcpTable2":
		return Table(tcpRows(m.conns(q, tcpmib.IPv4), tcpRow2)...), true
	case "GetTcp6Table2":
		return Table(tcpRows(m.conns(q, tcpmib.IPv6), tcp6Row2)...), true
	case "InternalGetBoundTcpEndpointTable":
		return Table(tcpRows(m.bound(tcpmib.IPv4), tcpRow2)...), true
	case "InternalGetBoundTcp6EndpointTable":
		return Table(tcpRows(m.bound(tcpmib.IPv6), tcp6Row2)...), true
	case "GetUdpTable":
		return Table(udpRows(m.udp(q, tcpmib.IPv4), udpRow)...), true
	case "GetUdp6Table":
		return Table(udpRows(m.udp(q, tcpmib.IPv6), udp6Row)...), true
	case "GetExtendedTcpTable":
		return m.extendedTCP(q)
	case "GetExtendedUdpTable":
		return m.extendedUDP(q)
	}
	return nil, false
}

func (m *Machine) extendedTCP(q tcpmib.Query) (answer []byte, ok bool) {
	family, ok := familyOf(q.Family)
	if !ok || tcpmib.TCPTableClass(q.Class) > tcpmib.TCPTableOwnerModuleAll {
		return nil, false
	}
	// The classes are three groups of three, of which each has listeners, connections and all.
	group, which := tcpmib.TCPTableClass(q.Class/3*3), tcpmib.TCPTableClass(q.Class%3)
	conns := slices.DeleteFunc(m.conns(q, family), func(c tcpmib.DatedConn) bool {
		listens := c.State == tcpmib.StateListen
		return which == tcpmib.TCPTableBasicListener && !listens || which == tcpmib.TCPTableBasicConnections && listens
	})
	switch {
	case group == tcpmib.TCPTableBasicListener && family == tcpmib.IPv4:
		return Table(tcpRows(conns, tcpRow)...), true
	case group == tcpmib.TCPTableOwnerPIDListener && family == tcpmib.IPv4:
		return Table(tcpRows(conns, tcpRowOwnerPID)...), true
	case group == tcpmib.TCPTableOwnerPIDListener:
		return Table(tcpRows(conns, tcp6RowOwnerPID)...), true
	case group == tcpmib.TCPTableOwnerModuleListener && family == tcpmib.IPv4:
		return Table(tcpRows(conns, tcpRowOwnerModule)...), true
	case group == tcpmib.TCPTableOwnerModuleListener:
		return Table(tcpRows(conns, tcp6RowOwnerModule)...), true
	}
	return nil, false // Windows has no basic classes for IPv6
}

func (m *Machine) extendedUDP(q tcpmib.Query) (answer []byte, ok bool) {
	family, ok := familyOf(q.Family)
	if !ok {
		return nil, false
	}
	sockets := m.udp(q, family)
	switch class := udpmib.UDPTableClass(q.Class); {
	case class == udpmib.UDPTableClassBasic && family == tcpmib.IPv4:
		return Table(udpRows(sockets, udpRow)...), true
	case class == udpmib.UDPTableClassBasic:
		return Table(udpRows(sockets, udp6Row)...), true
	case class == udpmib.UDPTableClassOwnerPID && family == tcpmib.IPv4:
		return Table(udpRows(sockets, udpRowOwnerPID)...), true
	case class == udpmib.UDPTableClassOwnerPID:
		return Table(udpRows(sockets, udp6RowOwnerPID)...), true
	case class == udpmib.UDPTableClassOwnerModule && family == tcpmib.IPv4:
		return Table(udpRows(sockets, udpRowOwnerModule)...), true
	case class == udpmib.UDPTableClassOwnerModule:
		return Table(udpRows(sockets, udp6RowOwnerModule)...), true
	}
	return nil, false
}

func familyOf(addressFamily uint32) (family tcpmib.Family, ok bool) {
	switch addressFamily {
	case tcpmib.AFInet:
		return tcpmib.IPv4, true
	case tcpmib.AFInet6:
		return tcpmib.IPv6, true
	}
	return 0, false
}

// conns returns the connections of a family, in the order that the query asks for.
func (m *Machine) conns(q tcpmib.Query, family tcpmib.Family) (conns []tcpmib.DatedConn) {
	for _, c := range m.Conns {
		if c.Family() == family {
			conns = append(conns, tcpmib.DatedConn{Conn: c})
		}
	}
	for _, c := range m.Dated {
		if c.Family() == family {
			conns = append(conns, c)
		}
	}
	if q.Order {
		slices.SortFunc(conns, tcpmib.DatedConn.Compare)
	}
	return conns
}

func (m *Machine) bound(family tcpmib.Family) []tcpmib.DatedConn {
	return (&Machine{Conns: m.Bound}).conns(tcpmib.Query{}, family)
}

func (m *Machine) udp(q tcpmib.Query, family tcpmib.Family) (sockets []udpmib.Endpoint) {
	for _, e := range m.UDP {
		if e.Family() == family {
			sockets = append(sockets, e)
		}
	}
	if q.Order {
		slices.SortFunc(sockets, udpmib.Endpoint.Compare)
	}
	return sockets
}

// Table returns rows of the headers as the table that Windows returns them in: bytes for
// Machine.Answers, or for functions such as tcpmib.DecodeTCPTable2. It panics if Row is not one
// of the rows of tcpmib or udpmib.
func Table[Row any](rows ...Row) []byte { return mib.Encode(rows) }

// Struct returns a struct of the headers as bytes, such as a tcpmib.TCPStats2 for Machine.Answers.
// T must not have pointers.
func Struct[T any](t T) []byte { return slices.Clone(mib.Bytes(&t)) }

// ticks is a time in units of 100 ns since 1601; the zero time is 0.
func ticks(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return (t.Unix()+11_644_473_600)*10_000_000 + int64(t.Nanosecond()/100)
}

func must[T any](t T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("tcpmibtest: a socket that no row can hold: %v", err))
	}
	return t
}
