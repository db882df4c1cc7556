package tcpmib

import (
	"fmt"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib/internal/mib"
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
	AFInet  = mib.AFInet  // AF_INET (2): IPv4
	AFInet6 = mib.AFInet6 // AF_INET6 (23): IPv6
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
	case q.Func == "GetExtendedUdpTable":
		return fmt.Sprintf("%s(%s, %s)", q.Func, family, mib.UDPTableClasses.String(q.Class))
	case q.Class != 0:
		return fmt.Sprintf("%s(%s, class %d)", q.Func, family, q.Class)
	case q.Family != 0:
		return fmt.Sprintf("%s(%s)", q.Func, family)
	}
	return q.Func
}

// Err returns a code as the error that it stands for: nil for CodeSuccess, else an *Error.
func (q Query) Err(code uint32) error {
	if code == CodeSuccess {
		return nil
	}
	return &Error{q, code}
}

// Source answers queries. The machine itself is one (a Reader's default), a recorded capture is
// another, and tests bring their own.
//
// Ask writes the answer into buf and returns what the function would: the code, and in size the
// bytes that the answer takes, or that it would take if it does not fit (CodeInsufficientBuffer).
// CodeUnsuccessful makes a Reader ask again. Ask must not keep buf.
type Source interface {
	Ask(q Query, buf []byte) (size, code uint32)
}

// The codes that a Reader acts on. All others are an *Error.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
const (
	CodeSuccess            = mib.CodeSuccess            // NO_ERROR (0): the answer is in the buffer
	CodeInsufficientBuffer = mib.CodeInsufficientBuffer // ERROR_INSUFFICIENT_BUFFER (122): ask again with at least size bytes
	CodeNoData             = mib.CodeNoData             // ERROR_NO_DATA (232): a table without rows
	CodeUnsuccessful       = mib.CodeUnsuccessful       // STATUS_UNSUCCESSFUL (0xC0000001): the table changed during the call, ask again
)

// CodeNoAnswer is the code of a Source that has no answer to a query, such as a capture in which the
// function was not recorded. Windows does not return it: bit 29 marks the codes of applications.
// An Error with it is errors.ErrUnsupported.
// https://learn.microsoft.com/windows/win32/api/errhandlingapi/nf-errhandlingapi-setlasterror
const CodeNoAnswer = mib.CodeNoAnswer

// Live returns the machine that the program runs on as a Source, which is a Reader's default.
// Elsewhere than on Windows it answers every query with ERROR_CALL_NOT_IMPLEMENTED (120).
func Live() Source { return live{} }

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
	return 0, mib.CodeProcNotFound
}

// askFixed calls f, which fills a struct of a fixed size, if buf has room for it.
func askFixed(fixed uint32, buf []byte, f func() (code uint32)) (size, code uint32) {
	if uint64(len(buf)) < uint64(fixed) {
		return fixed, CodeInsufficientBuffer
	}
	return fixed, f()
}
