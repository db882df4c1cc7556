package tcpmib

import "github.com/winmib/winmib/native"

// The functions of iphlpapi.dll, under their own names. The caller owns what they return.

// GetTcpTable returns the IPv4 TCP connections without their owners; order asks Windows to sort
// them by local, then remote endpoint. Needs no elevation. Windows 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable
func GetTcpTable(order bool) ([]TCPRow, error) { return new(Reader).TCPTable(order) }

// GetTcp6Table returns the IPv6 TCP connections without their owners; order asks Windows to sort
// them by local, then remote endpoint. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table
func GetTcp6Table(order bool) ([]TCP6Row, error) { return new(Reader).TCP6Table(order) }

// GetTcpTable2 returns the IPv4 TCP connections; order asks Windows to sort them by local, then
// remote endpoint. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable2
func GetTcpTable2(order bool) ([]TCPRow2, error) { return new(Reader).TCPTable2(order) }

// GetTcp6Table2 returns the IPv6 TCP connections; order asks Windows to sort them by local, then
// remote endpoint. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table2
func GetTcp6Table2(order bool) ([]TCP6Row2, error) { return new(Reader).TCP6Table2(order) }

// GetExtendedTcpTable returns the TCP connections that the type of its rows selects, in this way:
//
//	listeners, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerPID](tcpmib.Listeners, true)
//
// Row and rows stand for the header's address family and TCP_TABLE_CLASS; order asks Windows to
// sort the rows by local, then remote endpoint. Windows refuses the basic classes for IPv6
// (ERROR_NOT_SUPPORTED, so that errors.Is(err, errors.ErrUnsupported) holds): GetTcp6Table returns
// those rows. Needs no elevation. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
func GetExtendedTcpTable[Row ExtendedRow](rows Rows, order bool) ([]Row, error) {
	return ReadExtendedTcpTable[Row](new(Reader), rows, order)
}

// GetOwnerModuleFromTcpEntry returns the module that owns an IPv4 connection, for a row that
// GetExtendedTcpTable[TCPRowOwnerModule] has returned. A row whose process has ended is an error for
// which errors.Is(err, fs.ErrNotExist) holds. Needs elevation for the connections of programs in
// Windows' own folder: without, Windows answers with empty strings for them. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromtcpentry
func GetOwnerModuleFromTcpEntry(row *TCPRowOwnerModule) (OwnerModule, error) {
	return ReadOwnerModule("GetOwnerModuleFromTcpEntry", func(buf []byte) (size, code uint32) {
		return native.GetOwnerModuleFromTcpEntry(bytesOfTCPRowOwnerModule(row), uint32(OwnerModuleInfoBasic), buf)
	})
}

// GetOwnerModuleFromTcp6Entry is GetOwnerModuleFromTcpEntry for an IPv6 connection. Needs elevation
// for the same. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromtcp6entry
func GetOwnerModuleFromTcp6Entry(row *TCP6RowOwnerModule) (OwnerModule, error) {
	return ReadOwnerModule("GetOwnerModuleFromTcp6Entry", func(buf []byte) (size, code uint32) {
		return native.GetOwnerModuleFromTcp6Entry(bytesOfTCP6RowOwnerModule(row), uint32(OwnerModuleInfoBasic), buf)
	})
}

// SetTcpEntry sets the state of an IPv4 connection. The one state that Windows takes is
// StateDeleteTCB, which closes it: see Close. Needs elevation. Windows
// 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-settcpentry
func SetTcpEntry(row *TCPRow) error {
	if code := native.SetTcpEntry(bytesOfTCPRow(row)); code != CodeSuccess {
		return &Error{Query{Func: "SetTcpEntry"}, code}
	}
	return nil
}

// GetTcpStatistics returns the counters of TCP over IPv4. Needs no elevation. Windows 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatistics
func GetTcpStatistics() (TCPStats, error) {
	return readOnce[TCPStats]("MIB_TCPSTATS", Query{Func: "GetTcpStatistics"})
}

// GetTcpStatisticsEx returns the counters of TCP over IPv4 or IPv6. Needs no elevation. Windows XP.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex
func GetTcpStatisticsEx(family Family) (TCPStats, error) {
	return readStats[TCPStats]("GetTcpStatisticsEx", "MIB_TCPSTATS", family)
}

// GetTcpStatisticsEx2 is GetTcpStatisticsEx with 64-bit counters of segments. Needs no elevation.
// Windows 10 version 1709; before it, errors.Is(err, errors.ErrUnsupported) holds.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex2
func GetTcpStatisticsEx2(family Family) (TCPStats2, error) {
	return readStats[TCPStats2]("GetTcpStatisticsEx2", "MIB_TCPSTATS2", family)
}

// OwnerModule is the module of a process that owns a connection.
type OwnerModule struct {
	Name string // the service or the component, such as "RpcSs", else the program, such as "chrome.exe"; may be empty
	Path string // the file it was loaded from, such as `C:\Windows\System32\rpcss.dll`; may be empty
}

// ReadOwnerModule returns the module that ask answers with: a call of function, which is
// GetOwnerModuleFromTcpEntry or one like it, with a buffer that ReadOwnerModule makes larger as
// needed. Package udpmib calls it for UDP sockets.
func ReadOwnerModule(function string, ask func(buf []byte) (size, code uint32)) (OwnerModule, error) {
	q := Query{Func: function}
	buf := make([]byte, 2<<10) // two paths of the usual longest length
	answer, code, err := fetch(q, &buf, DefaultMaxBytes, ask)
	switch {
	case err != nil:
		return OwnerModule{}, err
	case code != CodeSuccess:
		return OwnerModule{}, &Error{q, code}
	}
	return decodeOwnerModule(answer, address(answer), pointerSize)
}
