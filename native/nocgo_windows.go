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
var (
	iphlpapi          = windows.NewLazySystemDLL("iphlpapi.dll")
	procGetTcpTable2  = iphlpapi.NewProc("GetTcpTable2")
	procGetTcp6Table2 = iphlpapi.NewProc("GetTcp6Table2")
)

// GetTcpTable2 fills buf with a MIB_TCPTABLE2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable2
func GetTcpTable2(buf []byte, order bool) (size, code uint32) {
	return table(procGetTcpTable2, buf, order)
}

// GetTcp6Table2 fills buf with a MIB_TCP6TABLE2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table2
func GetTcp6Table2(buf []byte, order bool) (size, code uint32) {
	return table(procGetTcp6Table2, buf, order)
}

func table(proc *windows.LazyProc, buf []byte, order bool) (size, code uint32) {
	if code := find(proc); code != 0 {
		return 0, code
	}
	size = uint32(min(uint64(len(buf)), math.MaxUint32))
	// Pointers become integers in the argument list itself: only there does
	// the compiler keep what they point to alive and in place.
	r, _, _ := syscall.SyscallN(proc.Addr(),
		uintptr(unsafe.Pointer(unsafe.SliceData(buf))), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

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
