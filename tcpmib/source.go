package tcpmib

import (
	"fmt"

	"github.com/winmib/winmib/native"
)

// Query is a question that Windows answers with a table or with statistics.
type Query struct {
	Func   string // the function of iphlpapi.dll, such as "GetTcpTable2"
	Family uint32 // AFInet or AFInet6, for functions that take a family; else 0
	Class  uint32 // for GetExtendedTcpTable a TCPTableClass, for GetExtendedUdpTable a UDP_TABLE_CLASS; else 0
	Order  bool   // whether Windows is to sort the rows by local, then remote endpoint
}

// The address families, with the numbers that Windows gives them.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
const (
	AFInet  = 2  // AF_INET: IPv4
	AFInet6 = 23 // AF_INET6: IPv6
)

// String returns the function, with its family and class if it takes them, such as
// "GetExtendedTcpTable(ipv4, OwnerModuleAll)".
func (q Query) String() string {
	family := fmt.Sprint("family ", q.Family)
	switch q.Family {
	case AFInet:
		family = IPv4.String()
	case AFInet6:
		family = IPv6.String()
	}
	switch {
	case q.Func == "GetExtendedTcpTable":
		return fmt.Sprintf("%s(%s, %v)", q.Func, family, TCPTableClass(q.Class))
	case q.Func == "GetExtendedUdpTable" || q.Class != 0:
		return fmt.Sprintf("%s(%s, class %d)", q.Func, family, q.Class)
	case q.Family != 0:
		return fmt.Sprintf("%s(%s)", q.Func, family)
	}
	return q.Func
}

// Source answers queries. The machine itself is one (a Reader's default), a recorded capture is
// another, and tests bring their own.
//
// Ask writes the answer into buf and returns what the function would: the code, and in size the
// bytes that the answer takes, or that it would take if it does not fit (CodeInsufficientBuffer).
// With CodeUnsuccessful it asks to be asked again. It must not keep buf.
type Source interface {
	Ask(q Query, buf []byte) (size, code uint32)
}

// The codes that a Reader acts on. All others are an *Error.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
const (
	CodeSuccess            = 0          // NO_ERROR: the answer is in the buffer
	CodeInsufficientBuffer = 122        // ERROR_INSUFFICIENT_BUFFER: ask again with at least size bytes
	CodeNoData             = 232        // ERROR_NO_DATA: a table without rows
	CodeUnsuccessful       = 0xC0000001 // STATUS_UNSUCCESSFUL: undocumented; the table changed during the call, ask again
)

// CodeNoAnswer is the code of a Source that has no answer to a query, such as a capture in which the
// function was not recorded. Windows does not return it: bit 29 marks the codes of applications.
// errors.Is(err, errors.ErrUnsupported) holds for an Error with it.
// https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setlasterror
const CodeNoAnswer = 1<<29 | 1

const codeProcNotFound = 127 // ERROR_PROC_NOT_FOUND

// live is the machine that the program runs on.
type live struct{}

// Ask is a switch with one case a function, because a map lookup would cost a third of a warm
// Reader's own work.
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
	case "InternalGetBoundTcpEndpointTable":
		return native.InternalGetBoundTcpEndpointTable(buf)
	case "InternalGetBoundTcp6EndpointTable":
		return native.InternalGetBoundTcp6EndpointTable(buf)
	case "GetTcpStatistics":
		return askFixed(native.SizeofTCPStats, buf, func() (code uint32) {
			return native.GetTcpStatistics((*[native.SizeofTCPStats]byte)(buf))
		})
	case "GetTcpStatisticsEx":
		return askFixed(native.SizeofTCPStats, buf, func() (code uint32) {
			return native.GetTcpStatisticsEx((*[native.SizeofTCPStats]byte)(buf), q.Family)
		})
	case "GetTcpStatisticsEx2":
		return askFixed(native.SizeofTCPStats2, buf, func() (code uint32) {
			return native.GetTcpStatisticsEx2((*[native.SizeofTCPStats2]byte)(buf), q.Family)
		})
	case "GetUdpTable":
		return native.GetUdpTable(buf, q.Order)
	case "GetUdp6Table":
		return native.GetUdp6Table(buf, q.Order)
	case "GetExtendedUdpTable":
		return native.GetExtendedUdpTable(buf, q.Order, q.Family, q.Class)
	case "GetUdpStatistics":
		return askFixed(native.SizeofUDPStats, buf, func() (code uint32) {
			return native.GetUdpStatistics((*[native.SizeofUDPStats]byte)(buf))
		})
	case "GetUdpStatisticsEx":
		return askFixed(native.SizeofUDPStats, buf, func() (code uint32) {
			return native.GetUdpStatisticsEx((*[native.SizeofUDPStats]byte)(buf), q.Family)
		})
	case "GetUdpStatisticsEx2":
		return askFixed(native.SizeofUDPStats2, buf, func() (code uint32) {
			return native.GetUdpStatisticsEx2((*[native.SizeofUDPStats2]byte)(buf), q.Family)
		})
	}
	return 0, codeProcNotFound
}

// askFixed calls f, which fills a struct of a fixed size, if buf has room for it.
func askFixed(fixed uint32, buf []byte, f func() (code uint32)) (size, code uint32) {
	if uint64(len(buf)) < uint64(fixed) {
		return fixed, CodeInsufficientBuffer
	}
	return fixed, f()
}
