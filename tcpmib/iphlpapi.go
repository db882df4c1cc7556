package tcpmib

import (
	"math/bits"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

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

// GetExtendedTcpTable returns the TCP connections that the type of its rows selects:
//
//	listeners, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerPID](tcpmib.Listeners, true)
//
// Row and rows stand for the header's address family and TCP_TABLE_CLASS; order asks Windows to
// sort the rows by local, then remote endpoint. Windows refuses the basic classes for IPv6
// (ERROR_NOT_SUPPORTED, which is errors.ErrUnsupported): use GetTcp6Table for those rows. Needs no
// elevation. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
func GetExtendedTcpTable[Row ExtendedRow](rows Rows, order bool) ([]Row, error) {
	return ReadExtendedTcpTable[Row](new(Reader), rows, order)
}

// GetOwnerModuleFromTcpEntry returns the module that owns an IPv4 connection, for a row that
// GetExtendedTcpTable[TCPRowOwnerModule] returned. It returns fs.ErrNotExist if the process of the
// row has ended, and errors.ErrUnsupported if a 32-bit program asks about a 64-bit one. Needs
// elevation for the connections of programs in Windows's own folder: without it Windows answers
// with empty strings. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromtcpentry
func GetOwnerModuleFromTcpEntry(row *TCPRowOwnerModule) (OwnerModule, error) {
	name, path, err := mib.ReadOwnerModule(Query{Func: "GetOwnerModuleFromTcpEntry"}, func(buf []byte) (size, code uint32) {
		return native.GetOwnerModuleFromTcpEntry((*[native.SizeofTCPRowOwnerModule]byte)(mib.Bytes(row)), uint32(OwnerModuleInfoBasic), buf)
	})
	return OwnerModule{name, path}, err
}

// GetOwnerModuleFromTcp6Entry is GetOwnerModuleFromTcpEntry for an IPv6 connection. Needs elevation
// for the same programs. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromtcp6entry
func GetOwnerModuleFromTcp6Entry(row *TCP6RowOwnerModule) (OwnerModule, error) {
	name, path, err := mib.ReadOwnerModule(Query{Func: "GetOwnerModuleFromTcp6Entry"}, func(buf []byte) (size, code uint32) {
		return native.GetOwnerModuleFromTcp6Entry((*[native.SizeofTCP6RowOwnerModule]byte)(mib.Bytes(row)), uint32(OwnerModuleInfoBasic), buf)
	})
	return OwnerModule{name, path}, err
}

// SetTcpEntry sets the state of an IPv4 connection. Windows accepts only StateDeleteTCB, which
// closes it: see Close for what it returns. Needs elevation. Windows 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-settcpentry
func SetTcpEntry(row *TCPRow) error {
	code := native.SetTcpEntry((*[native.SizeofTCPRow]byte)(mib.Bytes(row)))
	return Query{Func: "SetTcpEntry"}.Err(code)
}

// GetTcpStatistics returns the counters of TCP over IPv4. Needs no elevation. Windows 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatistics
func GetTcpStatistics() (TCPStats, error) {
	return readOnce(Query{Func: "GetTcpStatistics"}, layoutTCPStats)
}

// GetTcpStatisticsEx returns the counters of TCP over IPv4 or IPv6. Needs no elevation. Windows XP.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex
func GetTcpStatisticsEx(family Family) (TCPStats, error) {
	return readStats("GetTcpStatisticsEx", family, layoutTCPStats)
}

// GetTcpStatisticsEx2 is GetTcpStatisticsEx with 64-bit counters of segments. Needs no elevation.
// Windows 10 version 1709; before it, errors.ErrUnsupported.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex2
func GetTcpStatisticsEx2(family Family) (TCPStats2, error) {
	return readStats("GetTcpStatisticsEx2", family, layoutTCPStats2)
}

// CreatePersistentTcpPortReservation reserves numberOfPorts TCP ports from startPort on, which is
// in host byte order, across restarts of Windows, until DeletePersistentTcpPortReservation: other
// programs cannot bind them. A socket that is to use the reservation names it by its token
// (SIO_ASSOCIATE_PORT_RESERVATION). If one of the ports is in use or reserved, the error's code is
// ERROR_SHARING_VIOLATION (32). Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createpersistenttcpportreservation
func CreatePersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, err error) {
	token, code := native.CreatePersistentTcpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return token, Query{Func: "CreatePersistentTcpPortReservation"}.Err(code)
}

// DeletePersistentTcpPortReservation deletes the reservation of exactly these ports. It returns
// fs.ErrNotExist if there is none. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deletepersistenttcpportreservation
func DeletePersistentTcpPortReservation(startPort, numberOfPorts uint16) error {
	code := native.DeletePersistentTcpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return Query{Func: "DeletePersistentTcpPortReservation"}.Err(code)
}

// LookupPersistentTcpPortReservation returns the token of the reservation of exactly these ports.
// It returns fs.ErrNotExist if there is none. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistenttcpportreservation
func LookupPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, err error) {
	token, code := native.LookupPersistentTcpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return token, Query{Func: "LookupPersistentTcpPortReservation"}.Err(code)
}

// OwnerModule is the module of a process that owns a connection.
type OwnerModule struct {
	Name string // the service or component, such as "RpcSs", or else the program, such as "chrome.exe"; may be empty
	Path string // the file it was loaded from, such as `C:\Windows\System32\rpcss.dll`; may be empty
}
