//go:build cgo

package native

// Every function has two directives: no argument escapes the call, and C never calls back into Go.

/*
#cgo LDFLAGS: -liphlpapi
#cgo noescape winmib_GetTcpTable
#cgo nocallback winmib_GetTcpTable
#cgo noescape winmib_GetTcp6Table
#cgo nocallback winmib_GetTcp6Table
#cgo noescape winmib_GetTcpTable2
#cgo nocallback winmib_GetTcpTable2
#cgo noescape winmib_GetTcp6Table2
#cgo nocallback winmib_GetTcp6Table2
#cgo noescape winmib_GetExtendedTcpTable
#cgo nocallback winmib_GetExtendedTcpTable
#cgo noescape winmib_GetOwnerModuleFromTcpEntry
#cgo nocallback winmib_GetOwnerModuleFromTcpEntry
#cgo noescape winmib_GetOwnerModuleFromTcp6Entry
#cgo nocallback winmib_GetOwnerModuleFromTcp6Entry
#cgo noescape winmib_InternalGetBoundTcpEndpointTable
#cgo nocallback winmib_InternalGetBoundTcpEndpointTable
#cgo noescape winmib_InternalGetBoundTcp6EndpointTable
#cgo nocallback winmib_InternalGetBoundTcp6EndpointTable
#cgo noescape winmib_SetTcpEntry
#cgo nocallback winmib_SetTcpEntry
#cgo noescape winmib_CreatePersistentTcpPortReservation
#cgo nocallback winmib_CreatePersistentTcpPortReservation
#cgo noescape winmib_DeletePersistentTcpPortReservation
#cgo nocallback winmib_DeletePersistentTcpPortReservation
#cgo noescape winmib_LookupPersistentTcpPortReservation
#cgo nocallback winmib_LookupPersistentTcpPortReservation
#cgo noescape winmib_GetTcpStatistics
#cgo nocallback winmib_GetTcpStatistics
#cgo noescape winmib_GetTcpStatisticsEx
#cgo nocallback winmib_GetTcpStatisticsEx
#cgo noescape winmib_GetTcpStatisticsEx2
#cgo nocallback winmib_GetTcpStatisticsEx2
#cgo noescape winmib_GetPerTcpConnectionEStats
#cgo nocallback winmib_GetPerTcpConnectionEStats
#cgo noescape winmib_GetPerTcp6ConnectionEStats
#cgo nocallback winmib_GetPerTcp6ConnectionEStats
#cgo noescape winmib_SetPerTcpConnectionEStats
#cgo nocallback winmib_SetPerTcpConnectionEStats
#cgo noescape winmib_SetPerTcp6ConnectionEStats
#cgo nocallback winmib_SetPerTcp6ConnectionEStats
#cgo noescape winmib_GetUdpTable
#cgo nocallback winmib_GetUdpTable
#cgo noescape winmib_GetUdp6Table
#cgo nocallback winmib_GetUdp6Table
#cgo noescape winmib_GetExtendedUdpTable
#cgo nocallback winmib_GetExtendedUdpTable
#cgo noescape winmib_GetOwnerModuleFromUdpEntry
#cgo nocallback winmib_GetOwnerModuleFromUdpEntry
#cgo noescape winmib_GetOwnerModuleFromUdp6Entry
#cgo nocallback winmib_GetOwnerModuleFromUdp6Entry
#cgo noescape winmib_GetUdpStatistics
#cgo nocallback winmib_GetUdpStatistics
#cgo noescape winmib_GetUdpStatisticsEx
#cgo nocallback winmib_GetUdpStatisticsEx
#cgo noescape winmib_GetUdpStatisticsEx2
#cgo nocallback winmib_GetUdpStatisticsEx2
#cgo noescape winmib_CreatePersistentUdpPortReservation
#cgo nocallback winmib_CreatePersistentUdpPortReservation
#cgo noescape winmib_DeletePersistentUdpPortReservation
#cgo nocallback winmib_DeletePersistentUdpPortReservation
#cgo noescape winmib_LookupPersistentUdpPortReservation
#cgo nocallback winmib_LookupPersistentUdpPortReservation
#include "shim.h"
*/
import "C"

import (
	"math"
	"unsafe"
)

// Implementation says how this build calls Windows.
const Implementation = "cgo shim"

func getTcpTable(b []byte, order bool) (size, code uint32) {
	return split(C.winmib_GetTcpTable(start(b), length(b), boolean(order)))
}

func getTcp6Table(b []byte, order bool) (size, code uint32) {
	return split(C.winmib_GetTcp6Table(start(b), length(b), boolean(order)))
}

func getTcpTable2(b []byte, order bool) (size, code uint32) {
	return split(C.winmib_GetTcpTable2(start(b), length(b), boolean(order)))
}

func getTcp6Table2(b []byte, order bool) (size, code uint32) {
	return split(C.winmib_GetTcp6Table2(start(b), length(b), boolean(order)))
}

func getExtendedTcpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	return split(C.winmib_GetExtendedTcpTable(start(b), length(b), boolean(order),
		C.uint32_t(family), C.uint32_t(class)))
}

func getOwnerModuleFromTcpEntry(row *[SizeofTCPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return split(C.winmib_GetOwnerModuleFromTcpEntry(unsafe.Pointer(row), C.uint32_t(class),
		start(b), length(b)))
}

func getOwnerModuleFromTcp6Entry(row *[SizeofTCP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return split(C.winmib_GetOwnerModuleFromTcp6Entry(unsafe.Pointer(row), C.uint32_t(class),
		start(b), length(b)))
}

func internalGetBoundTcpEndpointTable(b []byte) (size, code uint32) {
	return split(C.winmib_InternalGetBoundTcpEndpointTable(start(b), length(b)))
}

func internalGetBoundTcp6EndpointTable(b []byte) (size, code uint32) {
	return split(C.winmib_InternalGetBoundTcp6EndpointTable(start(b), length(b)))
}

func setTcpEntry(row *[SizeofTCPRow]byte) (code uint32) {
	return uint32(C.winmib_SetTcpEntry(unsafe.Pointer(row)))
}

func createPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	code = uint32(C.winmib_CreatePersistentTcpPortReservation(C.uint16_t(startPort), C.uint16_t(numberOfPorts),
		(*C.uint64_t)(&token)))
	return token, code
}

func deletePersistentTcpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	return uint32(C.winmib_DeletePersistentTcpPortReservation(C.uint16_t(startPort), C.uint16_t(numberOfPorts)))
}

func lookupPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	code = uint32(C.winmib_LookupPersistentTcpPortReservation(C.uint16_t(startPort), C.uint16_t(numberOfPorts),
		(*C.uint64_t)(&token)))
	return token, code
}

func getTcpStatistics(stats *[SizeofTCPStats]byte) (code uint32) {
	return uint32(C.winmib_GetTcpStatistics(unsafe.Pointer(stats)))
}

func getTcpStatisticsEx(stats *[SizeofTCPStats]byte, family uint32) (code uint32) {
	return uint32(C.winmib_GetTcpStatisticsEx(unsafe.Pointer(stats), C.uint32_t(family)))
}

func getTcpStatisticsEx2(stats *[SizeofTCPStats2]byte, family uint32) (code uint32) {
	return uint32(C.winmib_GetTcpStatisticsEx2(unsafe.Pointer(stats), C.uint32_t(family)))
}

func getPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return uint32(C.winmib_GetPerTcpConnectionEStats(unsafe.Pointer(row), C.uint32_t(typ),
		start(rw.Bytes), C.uint32_t(rw.Version), length(rw.Bytes),
		start(ros.Bytes), C.uint32_t(ros.Version), length(ros.Bytes),
		start(rod.Bytes), C.uint32_t(rod.Version), length(rod.Bytes)))
}

func getPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return uint32(C.winmib_GetPerTcp6ConnectionEStats(unsafe.Pointer(row), C.uint32_t(typ),
		start(rw.Bytes), C.uint32_t(rw.Version), length(rw.Bytes),
		start(ros.Bytes), C.uint32_t(ros.Version), length(ros.Bytes),
		start(rod.Bytes), C.uint32_t(rod.Version), length(rod.Bytes)))
}

func setPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return uint32(C.winmib_SetPerTcpConnectionEStats(unsafe.Pointer(row), C.uint32_t(typ),
		start(rw.Bytes), C.uint32_t(rw.Version), length(rw.Bytes), C.uint32_t(offset)))
}

func setPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return uint32(C.winmib_SetPerTcp6ConnectionEStats(unsafe.Pointer(row), C.uint32_t(typ),
		start(rw.Bytes), C.uint32_t(rw.Version), length(rw.Bytes), C.uint32_t(offset)))
}

func getUdpTable(b []byte, order bool) (size, code uint32) {
	return split(C.winmib_GetUdpTable(start(b), length(b), boolean(order)))
}

func getUdp6Table(b []byte, order bool) (size, code uint32) {
	return split(C.winmib_GetUdp6Table(start(b), length(b), boolean(order)))
}

func getExtendedUdpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	return split(C.winmib_GetExtendedUdpTable(start(b), length(b), boolean(order),
		C.uint32_t(family), C.uint32_t(class)))
}

func getOwnerModuleFromUdpEntry(row *[SizeofUDPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return split(C.winmib_GetOwnerModuleFromUdpEntry(unsafe.Pointer(row), C.uint32_t(class),
		start(b), length(b)))
}

func getOwnerModuleFromUdp6Entry(row *[SizeofUDP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return split(C.winmib_GetOwnerModuleFromUdp6Entry(unsafe.Pointer(row), C.uint32_t(class),
		start(b), length(b)))
}

func getUdpStatistics(stats *[SizeofUDPStats]byte) (code uint32) {
	return uint32(C.winmib_GetUdpStatistics(unsafe.Pointer(stats)))
}

func getUdpStatisticsEx(stats *[SizeofUDPStats]byte, family uint32) (code uint32) {
	return uint32(C.winmib_GetUdpStatisticsEx(unsafe.Pointer(stats), C.uint32_t(family)))
}

func getUdpStatisticsEx2(stats *[SizeofUDPStats2]byte, family uint32) (code uint32) {
	return uint32(C.winmib_GetUdpStatisticsEx2(unsafe.Pointer(stats), C.uint32_t(family)))
}

func createPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	code = uint32(C.winmib_CreatePersistentUdpPortReservation(C.uint16_t(startPort), C.uint16_t(numberOfPorts),
		(*C.uint64_t)(&token)))
	return token, code
}

func deletePersistentUdpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	return uint32(C.winmib_DeletePersistentUdpPortReservation(C.uint16_t(startPort), C.uint16_t(numberOfPorts)))
}

func lookupPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	code = uint32(C.winmib_LookupPersistentUdpPortReservation(C.uint16_t(startPort), C.uint16_t(numberOfPorts),
		(*C.uint64_t)(&token)))
	return token, code
}

// start returns where C may read and write, NULL for no bytes: Go memory without pointers in it,
// which stays where it is until the call returns.
func start(b []byte) *C.uint8_t {
	if len(b) == 0 {
		return nil
	}
	return (*C.uint8_t)(unsafe.SliceData(b))
}

func length(b []byte) C.uint32_t { return C.uint32_t(min(uint64(len(b)), math.MaxUint32)) }

// split separates the size and the code, which a function of shim.c returns in one number.
func split(answer C.uint64_t) (size, code uint32) { return uint32(answer >> 32), uint32(answer) }

func boolean(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}
