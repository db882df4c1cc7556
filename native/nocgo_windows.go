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

// A function has one line here, and one line of Go below.
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

func getTcpTable(b []byte, order bool) (size, code uint32) { return table(procGetTcpTable, b, order) }

func getTcp6Table(b []byte, order bool) (size, code uint32) { return table(procGetTcp6Table, b, order) }

func getTcpTable2(b []byte, order bool) (size, code uint32) { return table(procGetTcpTable2, b, order) }

func getTcp6Table2(b []byte, order bool) (size, code uint32) {
	return table(procGetTcp6Table2, b, order)
}

func getExtendedTcpTable(b []byte, order bool, family, class uint32) (size, code uint32) {
	return extended(procGetExtendedTcpTable, b, order, family, class)
}

func getOwnerModuleFromTcpEntry(row *[SizeofTCPRowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return module(procGetOwnerModuleFromTcpEntry, unsafe.Pointer(row), class, b)
}

func getOwnerModuleFromTcp6Entry(row *[SizeofTCP6RowOwnerModule]byte, class uint32, b []byte) (size, code uint32) {
	return module(procGetOwnerModuleFromTcp6Entry, unsafe.Pointer(row), class, b)
}

func setTcpEntry(row *[SizeofTCPRow]byte) (code uint32) {
	return fixed(procSetTcpEntry, unsafe.Pointer(row))
}

func getTcpStatistics(stats *[SizeofTCPStats]byte) (code uint32) {
	return fixed(procGetTcpStatistics, unsafe.Pointer(stats))
}

func getTcpStatisticsEx(stats *[SizeofTCPStats]byte, family uint32) (code uint32) {
	return statsEx(procGetTcpStatisticsEx, unsafe.Pointer(stats), family)
}

func getTcpStatisticsEx2(stats *[SizeofTCPStats2]byte, family uint32) (code uint32) {
	return statsEx(procGetTcpStatisticsEx2, unsafe.Pointer(stats), family)
}

func getPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return getEStats(procGetPerTcpConnectionEStats, unsafe.Pointer(row), typ, rw, ros, rod)
}

func getPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw, ros, rod EStats) (code uint32) {
	return getEStats(procGetPerTcp6ConnectionEStats, unsafe.Pointer(row), typ, rw, ros, rod)
}

func setPerTcpConnectionEStats(row *[SizeofTCPRow]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return setEStats(procSetPerTcpConnectionEStats, unsafe.Pointer(row), typ, rw, offset)
}

func setPerTcp6ConnectionEStats(row *[SizeofTCP6Row]byte, typ uint32, rw EStats, offset uint32) (code uint32) {
	return setEStats(procSetPerTcp6ConnectionEStats, unsafe.Pointer(row), typ, rw, offset)
}

// The shapes. In each, pointers become integers in the argument list itself:
// only there does the compiler keep what they point to alive and in place.

func table(proc *windows.LazyProc, b []byte, order bool) (size, code uint32) {
	if code := find(proc); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(proc.Addr(),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

func extended(proc *windows.LazyProc, b []byte, order bool, family, class uint32) (size, code uint32) {
	if code := find(proc); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(proc.Addr(),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&size)), boolean(order),
		uintptr(family), uintptr(class), 0)
	return size, uint32(r)
}

func module(proc *windows.LazyProc, row unsafe.Pointer, class uint32, b []byte) (size, code uint32) {
	if code := find(proc); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(proc.Addr(),
		uintptr(row), uintptr(class), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&size)))
	return size, uint32(r)
}

func fixed(proc *windows.LazyProc, p unsafe.Pointer) (code uint32) {
	if code := find(proc); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(p))
	return uint32(r)
}

func statsEx(proc *windows.LazyProc, stats unsafe.Pointer, family uint32) (code uint32) {
	if code := find(proc); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(stats), uintptr(family))
	return uint32(r)
}

func getEStats(proc *windows.LazyProc, row unsafe.Pointer, typ uint32, rw, ros, rod EStats) (code uint32) {
	if code := find(proc); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(row), uintptr(typ),
		uintptr(unsafe.Pointer(unsafe.SliceData(rw.Bytes))), uintptr(rw.Version), uintptr(len(rw.Bytes)),
		uintptr(unsafe.Pointer(unsafe.SliceData(ros.Bytes))), uintptr(ros.Version), uintptr(len(ros.Bytes)),
		uintptr(unsafe.Pointer(unsafe.SliceData(rod.Bytes))), uintptr(rod.Version), uintptr(len(rod.Bytes)))
	return uint32(r)
}

func setEStats(proc *windows.LazyProc, row unsafe.Pointer, typ uint32, rw EStats, offset uint32) (code uint32) {
	if code := find(proc); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(row), uintptr(typ),
		uintptr(unsafe.Pointer(unsafe.SliceData(rw.Bytes))), uintptr(rw.Version), uintptr(len(rw.Bytes)), uintptr(offset))
	return uint32(r)
}

func length(b []byte) uint32 { return uint32(min(uint64(len(b)), math.MaxUint32)) }

// find returns the code for why proc is not there, or 0.
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

func boolean(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}
