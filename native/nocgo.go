//go:build !windows || !cgo

package native

import "unsafe"

// The functions of iphlpapi.dll, each with the method of proc for its shape: the functions that take
// the same arguments share one.
var (
	procGetTcpTable                        = newProc("GetTcpTable")
	procGetTcp6Table                       = newProc("GetTcp6Table")
	procGetTcpTable2                       = newProc("GetTcpTable2")
	procGetTcp6Table2                      = newProc("GetTcp6Table2")
	procGetExtendedTcpTable                = newProc("GetExtendedTcpTable")
	procGetOwnerModuleFromTcpEntry         = newProc("GetOwnerModuleFromTcpEntry")
	procGetOwnerModuleFromTcp6Entry        = newProc("GetOwnerModuleFromTcp6Entry")
	procInternalGetBoundTcpEndpointTable   = newProc("InternalGetBoundTcpEndpointTable")
	procInternalGetBoundTcp6EndpointTable  = newProc("InternalGetBoundTcp6EndpointTable")
	procSetTcpEntry                        = newProc("SetTcpEntry")
	procCreatePersistentTcpPortReservation = newProc("CreatePersistentTcpPortReservation")
	procDeletePersistentTcpPortReservation = newProc("DeletePersistentTcpPortReservation")
	procLookupPersistentTcpPortReservation = newProc("LookupPersistentTcpPortReservation")
	procGetTcpStatistics                   = newProc("GetTcpStatistics")
	procGetTcpStatisticsEx                 = newProc("GetTcpStatisticsEx")
	procGetTcpStatisticsEx2                = newProc("GetTcpStatisticsEx2")
	procGetPerTcpConnectionEStats          = newProc("GetPerTcpConnectionEStats")
	procGetPerTcp6ConnectionEStats         = newProc("GetPerTcp6ConnectionEStats")
	procSetPerTcpConnectionEStats          = newProc("SetPerTcpConnectionEStats")
	procSetPerTcp6ConnectionEStats         = newProc("SetPerTcp6ConnectionEStats")
	procGetUdpTable                        = newProc("GetUdpTable")
	procGetUdp6Table                       = newProc("GetUdp6Table")
	procGetExtendedUdpTable                = newProc("GetExtendedUdpTable")
	procGetOwnerModuleFromUdpEntry         = newProc("GetOwnerModuleFromUdpEntry")
	procGetOwnerModuleFromUdp6Entry        = newProc("GetOwnerModuleFromUdp6Entry")
	procGetUdpStatistics                   = newProc("GetUdpStatistics")
	procGetUdpStatisticsEx                 = newProc("GetUdpStatisticsEx")
	procGetUdpStatisticsEx2                = newProc("GetUdpStatisticsEx2")
	procCreatePersistentUdpPortReservation = newProc("CreatePersistentUdpPortReservation")
	procDeletePersistentUdpPortReservation = newProc("DeletePersistentUdpPortReservation")
	procLookupPersistentUdpPortReservation = newProc("LookupPersistentUdpPortReservation")
)

func getTcpTable(b []byte, order bool) (size, code uint32) {
	return procGetTcpTable.table(b, order)
}

func getTcp6Table(b []byte, order bool) (size, code uint32) {
	return procGetTcp6Table.table(b, order)
}

func getTcpTable2(b []byte, order bool) (size, code uint32) {
	return procGetTcpTable2.table(b, order)
}

func getTcp6Table2(b []byte, order bool) (size, code uint32) {
	return procGetTcp6Table2.table(b, order)
}

func getExtendedTcpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	return procGetExtendedTcpTable.extended(b, order, family, class)
}

func getOwnerModuleFromTcpEntry(row *[SizeofTCPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return procGetOwnerModuleFromTcpEntry.ownerModule(unsafe.Pointer(row), class, b)
}

func getOwnerModuleFromTcp6Entry(row *[SizeofTCP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return procGetOwnerModuleFromTcp6Entry.ownerModule(unsafe.Pointer(row), class, b)
}

func internalGetBoundTcpEndpointTable(b []byte) (size, code uint32) {
	return procInternalGetBoundTcpEndpointTable.bound(b)
}

func internalGetBoundTcp6EndpointTable(b []byte) (size, code uint32) {
	return procInternalGetBoundTcp6EndpointTable.bound(b)
}

func setTcpEntry(row *[SizeofTCPRow]byte) (code uint32) {
	return procSetTcpEntry.fixed(unsafe.Pointer(row))
}

func createPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return procCreatePersistentTcpPortReservation.portsToken(startPort, numberOfPorts)
}

func deletePersistentTcpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	return procDeletePersistentTcpPortReservation.ports(startPort, numberOfPorts)
}

func lookupPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return procLookupPersistentTcpPortReservation.portsToken(startPort, numberOfPorts)
}

func getTcpStatistics(stats *[SizeofTCPStats]byte) (code uint32) {
	return procGetTcpStatistics.fixed(unsafe.Pointer(stats))
}

func getTcpStatisticsEx(stats *[SizeofTCPStats]byte, family uint32) (code uint32) {
	return procGetTcpStatisticsEx.fixedFamily(unsafe.Pointer(stats), family)
}

func getTcpStatisticsEx2(stats *[SizeofTCPStats2]byte, family uint32) (code uint32) {
	return procGetTcpStatisticsEx2.fixedFamily(unsafe.Pointer(stats), family)
}

func getPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return procGetPerTcpConnectionEStats.getEStats(unsafe.Pointer(row), typ, rw, ros, rod)
}

func getPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return procGetPerTcp6ConnectionEStats.getEStats(unsafe.Pointer(row), typ, rw, ros, rod)
}

func setPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return procSetPerTcpConnectionEStats.setEStats(unsafe.Pointer(row), typ, rw, offset)
}

func setPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return procSetPerTcp6ConnectionEStats.setEStats(unsafe.Pointer(row), typ, rw, offset)
}

func getUdpTable(b []byte, order bool) (size, code uint32) {
	return procGetUdpTable.table(b, order)
}

func getUdp6Table(b []byte, order bool) (size, code uint32) {
	return procGetUdp6Table.table(b, order)
}

func getExtendedUdpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	return procGetExtendedUdpTable.extended(b, order, family, class)
}

func getOwnerModuleFromUdpEntry(row *[SizeofUDPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return procGetOwnerModuleFromUdpEntry.ownerModule(unsafe.Pointer(row), class, b)
}

func getOwnerModuleFromUdp6Entry(row *[SizeofUDP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return procGetOwnerModuleFromUdp6Entry.ownerModule(unsafe.Pointer(row), class, b)
}

func getUdpStatistics(stats *[SizeofUDPStats]byte) (code uint32) {
	return procGetUdpStatistics.fixed(unsafe.Pointer(stats))
}

func getUdpStatisticsEx(stats *[SizeofUDPStats]byte, family uint32) (code uint32) {
	return procGetUdpStatisticsEx.fixedFamily(unsafe.Pointer(stats), family)
}

func getUdpStatisticsEx2(stats *[SizeofUDPStats2]byte, family uint32) (code uint32) {
	return procGetUdpStatisticsEx2.fixedFamily(unsafe.Pointer(stats), family)
}

func createPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return procCreatePersistentUdpPortReservation.portsToken(startPort, numberOfPorts)
}

func deletePersistentUdpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	return procDeletePersistentUdpPortReservation.ports(startPort, numberOfPorts)
}

func lookupPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	return procLookupPersistentUdpPortReservation.portsToken(startPort, numberOfPorts)
}
