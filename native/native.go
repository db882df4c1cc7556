// Package native is the boundary to Windows: one Go function for each function of iphlpapi.dll,
// which writes its answer into a buffer of the caller.
//
// Each exported function is declared and documented here, once, and calls the one of the same name
// in lower case. There are three of those, and the build chooses one:
//
//   - Windows with cgo, the default: shim.c calls the function that iphlpapi.h declares, linked
//     against the import library.
//   - Windows without cgo (CGO_ENABLED=0): golang.org/x/sys/windows looks the function up in the
//     system's own iphlpapi.dll. nocgo.go has a line for each function, nocgo_windows.go a method for
//     each shape of arguments.
//   - Every other system: the same lines, over methods that return ERROR_CALL_NOT_IMPLEMENTED (120).
//
// With cgo the program imports iphlpapi.dll, and Windows looks for it in the program's own folder
// first, unless the program's manifest says otherwise: see package tcpmib.
//
// The package knows no row type, allocates nothing and retries nothing. Package tcpmib does.
//
// # Conventions
//
// Every function returns the code that Windows returned. One whose answer has no fixed size takes
// the buffer to fill, which may be empty, and also returns the size that Windows wrote back: with
// ERROR_INSUFFICIENT_BUFFER (122), the bytes that the answer needs. Rows and statistics of a fixed
// size cross as arrays of that size. Order asks Windows to sort the rows; family is AF_INET (2) or
// AF_INET6 (23).
//
// Functions that some Windows or Wine lacks are looked up while the program runs and return
// ERROR_PROC_NOT_FOUND (127) where they are missing: GetTcpStatisticsEx2, GetUdpStatisticsEx2, the
// two InternalGetBound functions and the six of persistent port reservations. Without cgo all
// functions do.
package native

// The sizes, in bytes, of the header's rows, tables with one row and statistics. shim.c asserts
// them, except those of MIB_TCPSTATS2 and MIB_UDPSTATS2, which MinGW-w64 does not have: a header
// that disagrees fails the build. The tests compare the Go types of tcpmib and udpmib with them.
const (
	SizeofTCPRow             = 20  // MIB_TCPROW
	SizeofTCP6Row            = 52  // MIB_TCP6ROW
	SizeofTCPRow2            = 28  // MIB_TCPROW2
	SizeofTCPTable2          = 32  // MIB_TCPTABLE2
	SizeofTCP6Row2           = 60  // MIB_TCP6ROW2
	SizeofTCP6Table2         = 64  // MIB_TCP6TABLE2
	SizeofTCPRowOwnerModule  = 160 // MIB_TCPROW_OWNER_MODULE
	SizeofTCP6RowOwnerModule = 192 // MIB_TCP6ROW_OWNER_MODULE
	SizeofTCPStats           = 60  // MIB_TCPSTATS
	SizeofTCPStats2          = 72  // MIB_TCPSTATS2
	SizeofUDPRow             = 8   // MIB_UDPROW
	SizeofUDP6Row            = 24  // MIB_UDP6ROW
	SizeofUDPRowOwnerPID     = 12  // MIB_UDPROW_OWNER_PID
	SizeofUDP6RowOwnerPID    = 28  // MIB_UDP6ROW_OWNER_PID
	SizeofUDPRowOwnerModule  = 160 // MIB_UDPROW_OWNER_MODULE
	SizeofUDP6RowOwnerModule = 176 // MIB_UDP6ROW_OWNER_MODULE
	SizeofUDPStats           = 20  // MIB_UDPSTATS
	SizeofUDPStats2          = 32  // MIB_UDPSTATS2
)

// GetTcpTable fills buf with a MIB_TCPTABLE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable
func GetTcpTable(buf []byte, order bool) (size, code uint32) { return getTcpTable(buf, order) }

// GetTcp6Table fills buf with a MIB_TCP6TABLE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table
func GetTcp6Table(buf []byte, order bool) (size, code uint32) { return getTcp6Table(buf, order) }

// GetTcpTable2 fills buf with a MIB_TCPTABLE2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable2
func GetTcpTable2(buf []byte, order bool) (size, code uint32) { return getTcpTable2(buf, order) }

// GetTcp6Table2 fills buf with a MIB_TCP6TABLE2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table2
func GetTcp6Table2(buf []byte, order bool) (size, code uint32) { return getTcp6Table2(buf, order) }

// GetExtendedTcpTable fills buf with the table that family and class (a TCP_TABLE_CLASS) select.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
func GetExtendedTcpTable(buf []byte, order bool, family, class uint32) (size, code uint32) {
	return getExtendedTcpTable(buf, order, family, class)
}

// GetOwnerModuleFromTcpEntry fills buf with a TCPIP_OWNER_MODULE_BASIC_INFO, whose pointers lead to
// strings behind it in buf, for a MIB_TCPROW_OWNER_MODULE. class is a
// TCPIP_OWNER_MODULE_INFO_CLASS.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromtcpentry
func GetOwnerModuleFromTcpEntry(row *[SizeofTCPRowOwnerModule]byte, class uint32, buf []byte) (size, code uint32) {
	return getOwnerModuleFromTcpEntry(row, class, buf)
}

// GetOwnerModuleFromTcp6Entry is GetOwnerModuleFromTcpEntry for a MIB_TCP6ROW_OWNER_MODULE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromtcp6entry
func GetOwnerModuleFromTcp6Entry(row *[SizeofTCP6RowOwnerModule]byte, class uint32, buf []byte) (size, code uint32) {
	return getOwnerModuleFromTcp6Entry(row, class, buf)
}

// InternalGetBoundTcpEndpointTable fills buf with a MIB_TCPTABLE2 of the IPv4 sockets that are
// bound, those of connections included. Windows 10 version 1809 and later; Microsoft does not
// document it, System Informer and netstat -q use it. With ERROR_INSUFFICIENT_BUFFER, size is what
// the table took.
func InternalGetBoundTcpEndpointTable(buf []byte) (size, code uint32) {
	return internalGetBoundTcpEndpointTable(buf)
}

// InternalGetBoundTcp6EndpointTable is InternalGetBoundTcpEndpointTable for IPv6, with a
// MIB_TCP6TABLE2.
func InternalGetBoundTcp6EndpointTable(buf []byte) (size, code uint32) {
	return internalGetBoundTcp6EndpointTable(buf)
}

// SetTcpEntry sets the state of the connection that row, a MIB_TCPROW, names.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-settcpentry
func SetTcpEntry(row *[SizeofTCPRow]byte) (code uint32) { return setTcpEntry(row) }

// CreatePersistentTcpPortReservation reserves numberOfPorts TCP ports from startPort on, which is
// in network byte order, until they are deleted.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createpersistenttcpportreservation
func CreatePersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return createPersistentTcpPortReservation(startPort, numberOfPorts)
}

// DeletePersistentTcpPortReservation deletes the reservation of exactly these ports. startPort is
// in network byte order.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deletepersistenttcpportreservation
func DeletePersistentTcpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	return deletePersistentTcpPortReservation(startPort, numberOfPorts)
}

// LookupPersistentTcpPortReservation returns the token of the reservation of exactly these ports.
// startPort is in network byte order.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistenttcpportreservation
func LookupPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return lookupPersistentTcpPortReservation(startPort, numberOfPorts)
}

// GetTcpStatistics fills stats, a MIB_TCPSTATS, for IPv4.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatistics
func GetTcpStatistics(stats *[SizeofTCPStats]byte) (code uint32) { return getTcpStatistics(stats) }

// GetTcpStatisticsEx fills stats, a MIB_TCPSTATS.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex
func GetTcpStatisticsEx(stats *[SizeofTCPStats]byte, family uint32) (code uint32) {
	return getTcpStatisticsEx(stats, family)
}

// GetTcpStatisticsEx2 fills stats, a MIB_TCPSTATS2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcpstatisticsex2
func GetTcpStatisticsEx2(stats *[SizeofTCPStats2]byte, family uint32) (code uint32) {
	return getTcpStatisticsEx2(stats, family)
}

// EStats is one of the structs of tcpestats.h, as bytes. An empty one is passed as NULL, and
// Windows leaves it out.
type EStats struct {
	Bytes   []byte
	Version uint32 // 0 in every Windows so far
}

// GetPerTcpConnectionEStats fills rw, ros and rod with the statistics of kind typ (a
// TCP_ESTATS_TYPE) of the connection that row, a MIB_TCPROW, names.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getpertcpconnectionestats
func GetPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return getPerTcpConnectionEStats(row, typ, rw, ros, rod)
}

// GetPerTcp6ConnectionEStats is GetPerTcpConnectionEStats for a MIB_TCP6ROW.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getpertcp6connectionestats
func GetPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return getPerTcp6ConnectionEStats(row, typ, rw, ros, rod)
}

// SetPerTcpConnectionEStats writes rw, from offset on, for the statistics of kind typ (a
// TCP_ESTATS_TYPE) of the connection that row, a MIB_TCPROW, names.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setpertcpconnectionestats
func SetPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return setPerTcpConnectionEStats(row, typ, rw, offset)
}

// SetPerTcp6ConnectionEStats is SetPerTcpConnectionEStats for a MIB_TCP6ROW.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setpertcp6connectionestats
func SetPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return setPerTcp6ConnectionEStats(row, typ, rw, offset)
}

// GetUdpTable fills buf with a MIB_UDPTABLE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudptable
func GetUdpTable(buf []byte, order bool) (size, code uint32) { return getUdpTable(buf, order) }

// GetUdp6Table fills buf with a MIB_UDP6TABLE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudp6table
func GetUdp6Table(buf []byte, order bool) (size, code uint32) { return getUdp6Table(buf, order) }

// GetExtendedUdpTable fills buf with the table that family and class (a UDP_TABLE_CLASS) select.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedudptable
func GetExtendedUdpTable(buf []byte, order bool, family, class uint32) (size, code uint32) {
	return getExtendedUdpTable(buf, order, family, class)
}

// GetOwnerModuleFromUdpEntry is GetOwnerModuleFromTcpEntry for a MIB_UDPROW_OWNER_MODULE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromudpentry
func GetOwnerModuleFromUdpEntry(row *[SizeofUDPRowOwnerModule]byte, class uint32, buf []byte) (size, code uint32) {
	return getOwnerModuleFromUdpEntry(row, class, buf)
}

// GetOwnerModuleFromUdp6Entry is GetOwnerModuleFromTcpEntry for a MIB_UDP6ROW_OWNER_MODULE.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getownermodulefromudp6entry
func GetOwnerModuleFromUdp6Entry(row *[SizeofUDP6RowOwnerModule]byte, class uint32, buf []byte) (size, code uint32) {
	return getOwnerModuleFromUdp6Entry(row, class, buf)
}

// GetUdpStatistics fills stats, a MIB_UDPSTATS, for IPv4.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudpstatistics
func GetUdpStatistics(stats *[SizeofUDPStats]byte) (code uint32) { return getUdpStatistics(stats) }

// GetUdpStatisticsEx fills stats, a MIB_UDPSTATS.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudpstatisticsex
func GetUdpStatisticsEx(stats *[SizeofUDPStats]byte, family uint32) (code uint32) {
	return getUdpStatisticsEx(stats, family)
}

// GetUdpStatisticsEx2 fills stats, a MIB_UDPSTATS2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getudpstatisticsex2
func GetUdpStatisticsEx2(stats *[SizeofUDPStats2]byte, family uint32) (code uint32) {
	return getUdpStatisticsEx2(stats, family)
}

// CreatePersistentUdpPortReservation reserves numberOfPorts UDP ports from startPort on, which is
// in network byte order, until they are deleted.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createpersistentudpportreservation
func CreatePersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return createPersistentUdpPortReservation(startPort, numberOfPorts)
}

// DeletePersistentUdpPortReservation deletes the reservation of exactly these ports. startPort is
// in network byte order.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deletepersistentudpportreservation
func DeletePersistentUdpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	return deletePersistentUdpPortReservation(startPort, numberOfPorts)
}

// LookupPersistentUdpPortReservation returns the token of the reservation of exactly these ports.
// startPort is in network byte order.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistentudpportreservation
func LookupPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return lookupPersistentUdpPortReservation(startPort, numberOfPorts)
}
