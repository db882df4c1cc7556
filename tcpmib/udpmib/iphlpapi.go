package udpmib

import (
	"math/bits"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// The functions of iphlpapi.dll, under their own names. The caller owns what they return.

// GetUdpTable returns the IPv4 UDP sockets without their owners; order asks Windows to sort them by
// endpoint. Needs no elevation. Windows 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudptable
func GetUdpTable(order bool) ([]UDPRow, error) {
	return readTable(new(Reader), tcpmib.Query{Func: "GetUdpTable", Order: order}, layoutUDPTable)
}

// GetUdp6Table returns the IPv6 UDP sockets without their owners; order asks Windows to sort them
// by endpoint. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudp6table
func GetUdp6Table(order bool) ([]UDP6Row, error) {
	return readTable(new(Reader), tcpmib.Query{Func: "GetUdp6Table", Order: order}, layoutUDP6Table)
}

// GetExtendedUdpTable returns the UDP sockets in the form that the type of its rows selects:
//
//	sockets, err := udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerPID](true)
//
// Row stands for the header's address family and UDP_TABLE_CLASS; order asks Windows to sort the
// rows by endpoint. Needs no elevation. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedudptable
func GetExtendedUdpTable[Row ExtendedRow](order bool) ([]Row, error) {
	return readExtended[Row](new(Reader), order)
}

// GetOwnerModuleFromUdpEntry returns the module that owns an IPv4 socket, for a row that
// GetExtendedUdpTable[UDPRowOwnerModule] returned. It returns fs.ErrNotExist if the process of the
// row has ended, and errors.ErrUnsupported if a 32-bit program asks about a 64-bit one. Needs
// elevation for the sockets of programs in Windows's own folder: without it Windows answers with
// empty strings. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromudpentry
func GetOwnerModuleFromUdpEntry(row *UDPRowOwnerModule) (tcpmib.OwnerModule, error) {
	q := tcpmib.Query{Func: "GetOwnerModuleFromUdpEntry"}
	name, path, err := mib.ReadOwnerModule(q, func(buf []byte) (size, code uint32) {
		return native.GetOwnerModuleFromUdpEntry((*[native.SizeofUDPRowOwnerModule]byte)(mib.Bytes(row)), uint32(tcpmib.OwnerModuleInfoBasic), buf)
	})
	return tcpmib.OwnerModule{Name: name, Path: path}, err
}

// GetOwnerModuleFromUdp6Entry is GetOwnerModuleFromUdpEntry for an IPv6 socket. Needs elevation for
// the same programs. Windows XP SP2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromudp6entry
func GetOwnerModuleFromUdp6Entry(row *UDP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	q := tcpmib.Query{Func: "GetOwnerModuleFromUdp6Entry"}
	name, path, err := mib.ReadOwnerModule(q, func(buf []byte) (size, code uint32) {
		return native.GetOwnerModuleFromUdp6Entry((*[native.SizeofUDP6RowOwnerModule]byte)(mib.Bytes(row)), uint32(tcpmib.OwnerModuleInfoBasic), buf)
	})
	return tcpmib.OwnerModule{Name: name, Path: path}, err
}

// GetUdpStatistics returns the counters of UDP over IPv4. Needs no elevation. Windows 2000.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudpstatistics
func GetUdpStatistics() (UDPStats, error) {
	return readOnce(tcpmib.Query{Func: "GetUdpStatistics"}, layoutUDPStats)
}

// GetUdpStatisticsEx returns the counters of UDP over IPv4 or IPv6. Needs no elevation. Windows XP.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudpstatisticsex
func GetUdpStatisticsEx(family tcpmib.Family) (UDPStats, error) {
	return readStats("GetUdpStatisticsEx", family, layoutUDPStats)
}

// GetUdpStatisticsEx2 is GetUdpStatisticsEx with 64-bit counters of datagrams. Needs no elevation.
// Windows 10 version 1709; before it, errors.ErrUnsupported.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudpstatisticsex2
func GetUdpStatisticsEx2(family tcpmib.Family) (UDPStats2, error) {
	return readStats("GetUdpStatisticsEx2", family, layoutUDPStats2)
}

// CreatePersistentUdpPortReservation reserves numberOfPorts UDP ports from startPort on, which is
// in host byte order, across restarts of Windows, until DeletePersistentUdpPortReservation: other
// programs cannot bind them. A socket that is to use the reservation names it by its token
// (SIO_ASSOCIATE_PORT_RESERVATION). If one of the ports is in use or reserved, the error's code is
// ERROR_SHARING_VIOLATION (32). Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createpersistentudpportreservation
func CreatePersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, err error) {
	token, code := native.CreatePersistentUdpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return token, tcpmib.Query{Func: "CreatePersistentUdpPortReservation"}.Err(code)
}

// DeletePersistentUdpPortReservation deletes the reservation of exactly these ports. It returns
// fs.ErrNotExist if there is none. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deletepersistentudpportreservation
func DeletePersistentUdpPortReservation(startPort, numberOfPorts uint16) error {
	code := native.DeletePersistentUdpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return tcpmib.Query{Func: "DeletePersistentUdpPortReservation"}.Err(code)
}

// LookupPersistentUdpPortReservation returns the token of the reservation of exactly these ports.
// It returns fs.ErrNotExist if there is none. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistentudpportreservation
func LookupPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, err error) {
	token, code := native.LookupPersistentUdpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return token, tcpmib.Query{Func: "LookupPersistentUdpPortReservation"}.Err(code)
}
