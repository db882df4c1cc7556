package tcpmib

import "github.com/winmib/winmib/native"

// Query is a question that Windows answers with a table or with statistics.
type Query struct {
	Func   string // the function of iphlpapi.dll, such as "GetTcpTable2"
	Family uint32 // AF_INET (2) or AF_INET6 (23), for functions that take one; else 0
	Class  uint32 // TCP_TABLE_CLASS, for functions that take one; else 0
	Order  bool   // whether Windows is to sort the rows by local, then remote endpoint
}

// Source answers queries. The machine itself is one (a Reader's default), a
// recorded capture is another, and tests bring their own.
//
// Ask writes the answer into buf and returns what the function would: the code,
// and in size how many bytes the answer takes, or would take if it does not fit
// (ERROR_INSUFFICIENT_BUFFER, 122). It does not keep buf.
type Source interface {
	Ask(q Query, buf []byte) (size, code uint32)
}

// live is the machine that the program runs on.
type live struct{}

type liveFunc func(q Query, buf []byte) (size, code uint32)

// The functions that answer a query, one line each. There are few of them, and
// finding one of the first in a slice takes less time than finding it in a map.
var liveFuncs = []struct {
	name string
	ask  liveFunc
}{
	{"GetTcpTable2", liveTable(native.GetTcpTable2)},
	{"GetTcp6Table2", liveTable(native.GetTcp6Table2)},
	{"GetTcpTable", liveTable(native.GetTcpTable)},
	{"GetTcp6Table", liveTable(native.GetTcp6Table)},
	{"GetExtendedTcpTable", liveExtendedTable},
	{"GetTcpStatistics", liveStats(native.SizeofTCPStats, liveGetTcpStatistics)},
	{"GetTcpStatisticsEx", liveStats(native.SizeofTCPStats, liveGetTcpStatisticsEx)},
	{"GetTcpStatisticsEx2", liveStats(native.SizeofTCPStats2, liveGetTcpStatisticsEx2)},
}

func (live) Ask(q Query, buf []byte) (size, code uint32) {
	for i := range liveFuncs {
		if liveFuncs[i].name == q.Func {
			return liveFuncs[i].ask(q, buf)
		}
	}
	return 0, errorProcNotFound
}

func liveTable(f func(buf []byte, order bool) (size, code uint32)) liveFunc {
	return func(q Query, buf []byte) (size, code uint32) { return f(buf, q.Order) }
}

func liveExtendedTable(q Query, buf []byte) (size, code uint32) {
	return native.GetExtendedTcpTable(buf, q.Order, q.Family, q.Class)
}

// liveStats is a function that fills a struct of a fixed size, which f may take
// buf for.
func liveStats(fixed uint32, f func(q Query, buf []byte) (code uint32)) liveFunc {
	return func(q Query, buf []byte) (size, code uint32) {
		if uint64(len(buf)) < uint64(fixed) {
			return fixed, errorInsufficientBuffer
		}
		return fixed, f(q, buf)
	}
}

func liveGetTcpStatistics(_ Query, buf []byte) (code uint32) {
	return native.GetTcpStatistics((*[native.SizeofTCPStats]byte)(buf))
}

func liveGetTcpStatisticsEx(q Query, buf []byte) (code uint32) {
	return native.GetTcpStatisticsEx((*[native.SizeofTCPStats]byte)(buf), q.Family)
}

func liveGetTcpStatisticsEx2(q Query, buf []byte) (code uint32) {
	return native.GetTcpStatisticsEx2((*[native.SizeofTCPStats2]byte)(buf), q.Family)
}
