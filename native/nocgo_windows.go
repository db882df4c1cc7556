//go:build !cgo

package native

import (
	"errors"
	"math"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Implementation says how this build calls Windows.
const Implementation = "x/sys/windows, without cgo"

// iphlpapi is loaded from the system's folder only.
var iphlpapi = windows.NewLazySystemDLL("iphlpapi.dll")

// In each function pointers become integers in the argument list itself: only there does the
// compiler keep what they point to alive and in place.

var (
	procGetTcpTable                 = iphlpapi.NewProc("GetTcpTable")
	procGetTcp6Table                = iphlpapi.NewProc("GetTcp6Table")
	procGetTcpTable2                = iphlpapi.NewProc("GetTcpTable2")
	procGetTcp6Table2               = iphlpapi.NewProc("GetTcp6Table2")
	procGetExtendedTcpTable         = iphlpapi.NewProc("GetExtendedTcpTable")
	procGetOwnerModuleFromTcpEntry  = iphlpapi.NewProc("GetOwnerModuleFromTcpEntry")
	procGetOwnerModuleFromTcp6Entry = iphlpapi.NewProc("GetOwnerModuleFromTcp6Entry")
	procSetTcpEntry                 = iphlpapi.NewProc("SetTcpEntry")
	procGetTcpStatistics            = iphlpapi.NewProc("GetTcpStatistics")
	procGetTcpStatisticsEx          = iphlpapi.NewProc("GetTcpStatisticsEx")
	procGetTcpStatisticsEx2         = iphlpapi.NewProc("GetTcpStatisticsEx2")
	procGetPerTcpConnectionEStats   = iphlpapi.NewProc("GetPerTcpConnectionEStats")
	procGetPerTcp6ConnectionEStats  = iphlpapi.NewProc("GetPerTcp6ConnectionEStats")
	procSetPerTcpConnectionEStats   = iphlpapi.NewProc("SetPerTcpConnectionEStats")
	procSetPerTcp6ConnectionEStats  = iphlpapi.NewProc("SetPerTcp6ConnectionEStats")
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

func setTcpEntry(row *[SizeofTCPRow]byte) (code uint32) {
	if code := find(procSetTcpEntry); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(procSetTcpEntry.Addr(), uintptr(unsafe.Pointer(row)))
	return uint32(r)
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

// find returns the code that says why proc is missing, or 0.
func find(proc *windows.LazyProc) (code uint32) {
	err := proc.Find()
	if err == nil {
		return 0
	}
	if errno := windows.Errno(0); errors.As(err, &errno) {
		return uint32(errno)
	}
	return uint32(windows.ERROR_PROC_NOT_FOUND)
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
