package tcpmib

import "github.com/winmib/winmib/native"

// Query is a question that Windows answers with a table or with statistics.
type Query struct {
	Func   string // the function of iphlpapi.dll, such as "GetTcpTable2"
	Family uint32 // AF_INET (2) or AF_INET6 (23), for functions that take one; else 0
	Class  uint32 // TCP_TABLE_CLASS or UDP_TABLE_CLASS, for functions that take one; else 0
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

// A switch, one case a function, because a search in a table would be a third of
// what a warm Reader does besides the call.
func (live) Ask(q Query, buf []byte) (size, code uint32) {
	switch q.Func {
	case "GetTcpTable2":
		return native.GetTcpTable2(buf, q.Order)
	case "GetTcp6Table2":
		return native.GetTcp6Table2(buf, q.Order)
	case "GetTcpTable":
		return native.GetTcpTable(buf, q.Order)
	case "GetTcp6Table":
		return native.GetTcp6Table(buf, q.Order)
	case "GetExtendedTcpTable":
		return native.GetExtendedTcpTable(buf, q.Order, q.Family, q.Class)
	case "GetTcpStatistics":
		return liveStats(native.SizeofTCPStats, buf, func() (code uint32) {
			return native.GetTcpStatistics((*[native.SizeofTCPStats]byte)(buf))
		})
	case "GetTcpStatisticsEx":
		return liveStats(native.SizeofTCPStats, buf, func() (code uint32) {
			return native.GetTcpStatisticsEx((*[native.SizeofTCPStats]byte)(buf), q.Family)
		})
	case "GetTcpStatisticsEx2":
		return liveStats(native.SizeofTCPStats2, buf, func() (code uint32) {
			return native.GetTcpStatisticsEx2((*[native.SizeofTCPStats2]byte)(buf), q.Family)
		})
	case "GetUdpTable":
		return native.GetUdpTable(buf, q.Order)
	case "GetUdp6Table":
		return native.GetUdp6Table(buf, q.Order)
	case "GetExtendedUdpTable":
		return native.GetExtendedUdpTable(buf, q.Order, q.Family, q.Class)
	case "GetUdpStatistics":
		return liveStats(native.SizeofUDPStats, buf, func() (code uint32) {
			return native.GetUdpStatistics((*[native.SizeofUDPStats]byte)(buf))
		})
	case "GetUdpStatisticsEx":
		return liveStats(native.SizeofUDPStats, buf, func() (code uint32) {
			return native.GetUdpStatisticsEx((*[native.SizeofUDPStats]byte)(buf), q.Family)
		})
	case "GetUdpStatisticsEx2":
		return liveStats(native.SizeofUDPStats2, buf, func() (code uint32) {
			return native.GetUdpStatisticsEx2((*[native.SizeofUDPStats2]byte)(buf), q.Family)
		})
	}
	return 0, errorProcNotFound
}

// liveStats calls f, which fills a struct of a fixed size, if buf has room for it.
func liveStats(fixed uint32, buf []byte, f func() (code uint32)) (size, code uint32) {
	if uint64(len(buf)) < uint64(fixed) {
		return fixed, errorInsufficientBuffer
	}
	return fixed, f()
}
