//go:build !cgo

package native

import (
	"errors"
	"math"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Implementation says how this build calls Windows.
const Implementation = "x/sys/windows, without cgo"

// The libraries are loaded from the system's folder only.
var (
	iphlpapi = windows.NewLazySystemDLL("iphlpapi.dll")
	kernel32 = windows.NewLazySystemDLL("kernel32.dll")

	procGetProcessHeap = newProc(kernel32, "GetProcessHeap")
	procHeapSize       = newProc(kernel32, "HeapSize")
	procHeapFree       = newProc(kernel32, "HeapFree")
)

// In each function pointers become integers in the argument list itself: only there does the
// compiler keep what they point to alive and in place.

var (
	procGetTcpTable                        = newProc(iphlpapi, "GetTcpTable")
	procGetTcp6Table                       = newProc(iphlpapi, "GetTcp6Table")
	procGetTcpTable2                       = newProc(iphlpapi, "GetTcpTable2")
	procGetTcp6Table2                      = newProc(iphlpapi, "GetTcp6Table2")
	procGetExtendedTcpTable                = newProc(iphlpapi, "GetExtendedTcpTable")
	procGetOwnerModuleFromTcpEntry         = newProc(iphlpapi, "GetOwnerModuleFromTcpEntry")
	procGetOwnerModuleFromTcp6Entry        = newProc(iphlpapi, "GetOwnerModuleFromTcp6Entry")
	procInternalGetBoundTcpEndpointTable   = newProc(iphlpapi, "InternalGetBoundTcpEndpointTable")
	procInternalGetBoundTcp6EndpointTable  = newProc(iphlpapi, "InternalGetBoundTcp6EndpointTable")
	procSetTcpEntry                        = newProc(iphlpapi, "SetTcpEntry")
	procCreatePersistentTcpPortReservation = newProc(iphlpapi, "CreatePersistentTcpPortReservation")
	procDeletePersistentTcpPortReservation = newProc(iphlpapi, "DeletePersistentTcpPortReservation")
	procLookupPersistentTcpPortReservation = newProc(iphlpapi, "LookupPersistentTcpPortReservation")
	procGetTcpStatistics                   = newProc(iphlpapi, "GetTcpStatistics")
	procGetTcpStatisticsEx                 = newProc(iphlpapi, "GetTcpStatisticsEx")
	procGetTcpStatisticsEx2                = newProc(iphlpapi, "GetTcpStatisticsEx2")
	procGetPerTcpConnectionEStats          = newProc(iphlpapi, "GetPerTcpConnectionEStats")
	procGetPerTcp6ConnectionEStats         = newProc(iphlpapi, "GetPerTcp6ConnectionEStats")
	procSetPerTcpConnectionEStats          = newProc(iphlpapi, "SetPerTcpConnectionEStats")
	procSetPerTcp6ConnectionEStats         = newProc(iphlpapi, "SetPerTcp6ConnectionEStats")
	procGetUdpTable                        = newProc(iphlpapi, "GetUdpTable")
	procGetUdp6Table                       = newProc(iphlpapi, "GetUdp6Table")
	procGetExtendedUdpTable                = newProc(iphlpapi, "GetExtendedUdpTable")
	procGetOwnerModuleFromUdpEntry         = newProc(iphlpapi, "GetOwnerModuleFromUdpEntry")
	procGetOwnerModuleFromUdp6Entry        = newProc(iphlpapi, "GetOwnerModuleFromUdp6Entry")
	procGetUdpStatistics                   = newProc(iphlpapi, "GetUdpStatistics")
	procGetUdpStatisticsEx                 = newProc(iphlpapi, "GetUdpStatisticsEx")
	procGetUdpStatisticsEx2                = newProc(iphlpapi, "GetUdpStatisticsEx2")
	procCreatePersistentUdpPortReservation = newProc(iphlpapi, "CreatePersistentUdpPortReservation")
	procDeletePersistentUdpPortReservation = newProc(iphlpapi, "DeletePersistentUdpPortReservation")
	procLookupPersistentUdpPortReservation = newProc(iphlpapi, "LookupPersistentUdpPortReservation")
)

func getTcpTable(b []byte, order bool) (size, code uint32) {
	if code := find(procGetTcpTable); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetTcpTable.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func getTcp6Table(b []byte, order bool) (size, code uint32) {
	if code := find(procGetTcp6Table); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetTcp6Table.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func getTcpTable2(b []byte, order bool) (size, code uint32) {
	if code := find(procGetTcpTable2); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetTcpTable2.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func getTcp6Table2(b []byte, order bool) (size, code uint32) {
	if code := find(procGetTcp6Table2); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetTcp6Table2.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func getExtendedTcpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	if code := find(procGetExtendedTcpTable); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetExtendedTcpTable.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order),
		uintptr(family), uintptr(class), 0)
	return size, uint32(r)
}

func getOwnerModuleFromTcpEntry(row *[SizeofTCPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	if code := find(procGetOwnerModuleFromTcpEntry); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetOwnerModuleFromTcpEntry.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(class), uintptr(start(b)), uintptr(unsafe.Pointer(&size)))
	return size, uint32(r)
}

func getOwnerModuleFromTcp6Entry(row *[SizeofTCP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	if code := find(procGetOwnerModuleFromTcp6Entry); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetOwnerModuleFromTcp6Entry.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(class), uintptr(start(b)), uintptr(unsafe.Pointer(&size)))
	return size, uint32(r)
}

func internalGetBoundTcpEndpointTable(b []byte) (size, code uint32) {
	return boundTable(procInternalGetBoundTcpEndpointTable, b)
}

func internalGetBoundTcp6EndpointTable(b []byte) (size, code uint32) {
	return boundTable(procInternalGetBoundTcp6EndpointTable, b)
}

// boundTable is bound_table in shim.c.
func boundTable(p *proc, b []byte) (size, code uint32) {
	if code := find(p); code != 0 {
		return 0, code
	}
	heap, _, _ := syscall.SyscallN(procGetProcessHeap.Addr())
	var table unsafe.Pointer
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(unsafe.Pointer(&table)), heap, 0)
	if code = uint32(r); code != 0 || table == nil {
		return 0, code
	}
	n, _, _ := syscall.SyscallN(procHeapSize.Addr(), heap, 0, uintptr(table))
	if n > uintptr(len(b)) {
		code = uint32(windows.ERROR_INSUFFICIENT_BUFFER)
	} else {
		copy(b, unsafe.Slice((*byte)(table), n))
	}
	syscall.SyscallN(procHeapFree.Addr(), heap, 0, uintptr(table))
	return uint32(min(uint64(n), math.MaxUint32)), code
}

func setTcpEntry(row *[SizeofTCPRow]byte) (code uint32) {
	if code := find(procSetTcpEntry); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procSetTcpEntry.Addr(), uintptr(unsafe.Pointer(row)))
	return uint32(r)
}

func createPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	if code := find(procCreatePersistentTcpPortReservation); code != 0 {
		return 0, code
	}
	r, _, _ := syscall.SyscallN(procCreatePersistentTcpPortReservation.Addr(),
		uintptr(startPort), uintptr(numberOfPorts), uintptr(unsafe.Pointer(&token)))
	return token, uint32(r)
}

func deletePersistentTcpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	if code := find(procDeletePersistentTcpPortReservation); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procDeletePersistentTcpPortReservation.Addr(),
		uintptr(startPort), uintptr(numberOfPorts))
	return uint32(r)
}

func lookupPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	if code := find(procLookupPersistentTcpPortReservation); code != 0 {
		return 0, code
	}
	r, _, _ := syscall.SyscallN(procLookupPersistentTcpPortReservation.Addr(),
		uintptr(startPort), uintptr(numberOfPorts), uintptr(unsafe.Pointer(&token)))
	return token, uint32(r)
}

func getTcpStatistics(stats *[SizeofTCPStats]byte) (code uint32) {
	if code := find(procGetTcpStatistics); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetTcpStatistics.Addr(), uintptr(unsafe.Pointer(stats)))
	return uint32(r)
}

func getTcpStatisticsEx(stats *[SizeofTCPStats]byte, family uint32) (code uint32) {
	if code := find(procGetTcpStatisticsEx); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetTcpStatisticsEx.Addr(),
		uintptr(unsafe.Pointer(stats)), uintptr(family))
	return uint32(r)
}

func getTcpStatisticsEx2(stats *[SizeofTCPStats2]byte, family uint32) (code uint32) {
	if code := find(procGetTcpStatisticsEx2); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetTcpStatisticsEx2.Addr(),
		uintptr(unsafe.Pointer(stats)), uintptr(family))
	return uint32(r)
}

func getPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	if code := find(procGetPerTcpConnectionEStats); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetPerTcpConnectionEStats.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(typ),
		uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)),
		uintptr(start(ros.Bytes)), uintptr(ros.Version), uintptr(length(ros.Bytes)),
		uintptr(start(rod.Bytes)), uintptr(rod.Version), uintptr(length(rod.Bytes)))
	return uint32(r)
}

func getPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	if code := find(procGetPerTcp6ConnectionEStats); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetPerTcp6ConnectionEStats.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(typ),
		uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)),
		uintptr(start(ros.Bytes)), uintptr(ros.Version), uintptr(length(ros.Bytes)),
		uintptr(start(rod.Bytes)), uintptr(rod.Version), uintptr(length(rod.Bytes)))
	return uint32(r)
}

func setPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	if code := find(procSetPerTcpConnectionEStats); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procSetPerTcpConnectionEStats.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(typ),
		uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)), uintptr(offset))
	return uint32(r)
}

func setPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	if code := find(procSetPerTcp6ConnectionEStats); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procSetPerTcp6ConnectionEStats.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(typ),
		uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)), uintptr(offset))
	return uint32(r)
}

func getUdpTable(b []byte, order bool) (size, code uint32) {
	if code := find(procGetUdpTable); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetUdpTable.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func getUdp6Table(b []byte, order bool) (size, code uint32) {
	if code := find(procGetUdp6Table); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetUdp6Table.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func getExtendedUdpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	if code := find(procGetExtendedUdpTable); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetExtendedUdpTable.Addr(),
		uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order),
		uintptr(family), uintptr(class), 0)
	return size, uint32(r)
}

func getOwnerModuleFromUdpEntry(row *[SizeofUDPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	if code := find(procGetOwnerModuleFromUdpEntry); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetOwnerModuleFromUdpEntry.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(class), uintptr(start(b)), uintptr(unsafe.Pointer(&size)))
	return size, uint32(r)
}

func getOwnerModuleFromUdp6Entry(row *[SizeofUDP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	if code := find(procGetOwnerModuleFromUdp6Entry); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(procGetOwnerModuleFromUdp6Entry.Addr(),
		uintptr(unsafe.Pointer(row)), uintptr(class), uintptr(start(b)), uintptr(unsafe.Pointer(&size)))
	return size, uint32(r)
}

func getUdpStatistics(stats *[SizeofUDPStats]byte) (code uint32) {
	if code := find(procGetUdpStatistics); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetUdpStatistics.Addr(), uintptr(unsafe.Pointer(stats)))
	return uint32(r)
}

func getUdpStatisticsEx(stats *[SizeofUDPStats]byte, family uint32) (code uint32) {
	if code := find(procGetUdpStatisticsEx); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetUdpStatisticsEx.Addr(),
		uintptr(unsafe.Pointer(stats)), uintptr(family))
	return uint32(r)
}

func getUdpStatisticsEx2(stats *[SizeofUDPStats2]byte, family uint32) (code uint32) {
	if code := find(procGetUdpStatisticsEx2); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procGetUdpStatisticsEx2.Addr(),
		uintptr(unsafe.Pointer(stats)), uintptr(family))
	return uint32(r)
}

func createPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	if code := find(procCreatePersistentUdpPortReservation); code != 0 {
		return 0, code
	}
	r, _, _ := syscall.SyscallN(procCreatePersistentUdpPortReservation.Addr(),
		uintptr(startPort), uintptr(numberOfPorts), uintptr(unsafe.Pointer(&token)))
	return token, uint32(r)
}

func deletePersistentUdpPortReservation(startPort, numberOfPorts uint16) (code uint32) {
	if code := find(procDeletePersistentUdpPortReservation); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procDeletePersistentUdpPortReservation.Addr(),
		uintptr(startPort), uintptr(numberOfPorts))
	return uint32(r)
}

func lookupPersistentUdpPortReservation(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	if code := find(procLookupPersistentUdpPortReservation); code != 0 {
		return 0, code
	}
	r, _, _ := syscall.SyscallN(procLookupPersistentUdpPortReservation.Addr(),
		uintptr(startPort), uintptr(numberOfPorts), uintptr(unsafe.Pointer(&token)))
	return token, uint32(r)
}

// proc is a function that some Windows lacks.
type proc struct {
	*windows.LazyProc
	missing atomic.Uint32 // the code that says why it is, once that is known; LazyProc would make an error each time
}

func newProc(dll *windows.LazyDLL, name string) *proc { return &proc{LazyProc: dll.NewProc(name)} }

// find returns the code that says why p is missing, or 0.
func find(p *proc) (code uint32) {
	if code := p.missing.Load(); code != 0 {
		return code
	}
	err := p.Find()
	if err == nil {
		return 0
	}
	code = uint32(windows.ERROR_PROC_NOT_FOUND)
	if errno := windows.Errno(0); errors.As(err, &errno) && errno != 0 {
		code = uint32(errno)
	}
	p.missing.Store(code)
	return code
}

// start returns where Windows may read and write, NULL for no bytes.
func start(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(b))
}

func length(b []byte) uint32 { return uint32(min(uint64(len(b)), math.MaxUint32)) }

func boolean(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}
