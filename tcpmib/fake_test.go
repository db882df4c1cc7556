package tcpmib_test

import (
	"encoding/binary"
	"math"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
)

// fake is a Source that answers with what a test gives it.
type fake func(q tcpmib.Query, buf []byte) (size, code uint32)

func (f fake) Ask(q tcpmib.Query, buf []byte) (size, code uint32) { return f(q, buf) }

const (
	insufficientBuffer = tcpmib.CodeInsufficientBuffer
	unsuccessful       = tcpmib.CodeUnsuccessful
)

// whole answers as Windows does: with the table if it fits, else with its size.
func whole(table []byte) fake {
	return func(_ tcpmib.Query, buf []byte) (size, code uint32) {
		if len(buf) < len(table) {
			return uint32(len(table)), insufficientBuffer
		}
		copy(buf, table)
		return uint32(len(table)), 0
	}
}

// families answers each family's question with its own source.
func families(ipv4, ipv6 fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		return map[string]fake{"GetTcpTable2": ipv4, "GetTcp6Table2": ipv6}[q.Func](q, buf)
	}
}

func fails(code uint32) fake {
	return func(tcpmib.Query, []byte) (uint32, uint32) { return math.MaxUint32, code }
}

// table4 is a MIB_TCPTABLE2 with n rows, each with another remote port. Where only 16 of 32 bits
// count, the others are garbage.
func table4(n int) []byte {
	rows := make([]tcpmib.TCPRow2, n)
	for i := range rows {
		rows[i] = tcpmib.TCPRow2{
			State: tcpmib.StateEstab, LocalAddr: [4]byte{10, 1, 2, 3}, LocalPort: [4]byte{0x01, 0xBB, 0xDE, 0xAD},
			RemoteAddr: [4]byte{192, 0, 2, 7}, RemotePort: [4]byte{byte(i >> 8), byte(i), 0xBE, 0xEF},
			OwningPid: uint32(1000 + i), OffloadState: tcpmib.OffloadStateOffloaded,
		}
	}
	return tcpmibtest.Table(rows...)
}

// table6 is a MIB_TCP6TABLE2 with n rows, each with another remote port, from fe80::1%7 to
// fe80::2%7.
func table6(n int) []byte {
	rows := make([]tcpmib.TCP6Row2, n)
	for i := range rows {
		rows[i] = tcpmib.TCP6Row2{
			LocalAddr: [16]byte{0: 0xFE, 1: 0x80, 15: 1}, LocalScopeID: 7, LocalPort: [4]byte{0x01, 0xBB, 0xDE, 0xAD},
			RemoteAddr: [16]byte{0: 0xFE, 1: 0x80, 15: 2}, RemoteScopeID: 7, RemotePort: [4]byte{byte(i >> 8), byte(i), 0xBE, 0xEF},
			State: tcpmib.StateEstab, OwningPid: uint32(1000 + i), OffloadState: tcpmib.OffloadStateInHost,
		}
	}
	return tcpmibtest.Table(rows...)
}

// scoped is table6(n) with these scope IDs and this state in its i-th row.
func scoped(n int, row func(i int) (local, remote uint32, state tcpmib.State)) []byte {
	b := table6(n)
	for i := range n {
		local, remote, state := row(i)
		binary.LittleEndian.PutUint32(b[4+60*i+16:], local)
		binary.LittleEndian.PutUint32(b[4+60*i+40:], remote)
		binary.LittleEndian.PutUint32(b[4+60*i+48:], uint32(state))
	}
	return b
}

// ownerModules is a MIB_TCPTABLE_OWNER_MODULE of connections, or a MIB_TCP6TABLE_OWNER_MODULE if
// the first is of IPv6.
func ownerModules(conns ...tcpmib.DatedConn) []byte {
	q := tcpmib.Query{Func: "GetExtendedTcpTable", Family: tcpmib.AFInet, Class: uint32(tcpmib.TCPTableOwnerModuleAll)}
	if len(conns) > 0 && conns[0].Family() == tcpmib.IPv6 {
		q.Family = tcpmib.AFInet6
	}
	return answer(q, &tcpmibtest.Machine{Dated: conns})
}

// table2Of is a MIB_TCPTABLE2 of these connections, table6Of a MIB_TCP6TABLE2.
func table2Of(conns ...tcpmib.Conn) []byte {
	return answer(tcpmib.Query{Func: "GetTcpTable2"}, &tcpmibtest.Machine{Conns: conns})
}

func table6Of(conns ...tcpmib.Conn) []byte {
	return answer(tcpmib.Query{Func: "GetTcp6Table2"}, &tcpmibtest.Machine{Conns: conns})
}

func answer(q tcpmib.Query, source tcpmib.Source) []byte {
	size, _ := source.Ask(q, nil)
	buf := make([]byte, size)
	source.Ask(q, buf)
	return buf
}
