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

// The shapes, by which nocgo.go lists the functions. In each, pointers become
// integers in the argument list itself: only there does the compiler keep what
// they point to alive and in place.

func table(name string) func(b []byte, order bool) (size, code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(b []byte, order bool) (size, code uint32) {
		if code := find(proc); code != 0 {
			return 0, code
		}
		size = length(b)
		r, _, _ := syscall.SyscallN(proc.Addr(),
			uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
		return size, uint32(r)
	}
}

func extended(name string) func(b []byte, order bool, family, class uint32) (size, code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(b []byte, order bool, family, class uint32) (size, code uint32) {
		if code := find(proc); code != 0 {
			return 0, code
		}
		size = length(b)
		r, _, _ := syscall.SyscallN(proc.Addr(),
			uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order),
			uintptr(family), uintptr(class), 0)
		return size, uint32(r)
	}
}

func module[Row any](name string) func(row *Row, class uint32, b []byte) (size, code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(row *Row, class uint32, b []byte) (size, code uint32) {
		if code := find(proc); code != 0 {
			return 0, code
		}
		size = length(b)
		r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(unsafe.Pointer(row)), uintptr(class),
			uintptr(start(b)), uintptr(unsafe.Pointer(&size)))
		return size, uint32(r)
	}
}

func fixed[T any](name string) func(t *T) (code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(t *T) (code uint32) {
		if code := find(proc); code != 0 {
			return code
		}
		r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(unsafe.Pointer(t)))
		return uint32(r)
	}
}

func statsEx[Stats any](name string) func(stats *Stats, family uint32) (code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(stats *Stats, family uint32) (code uint32) {
		if code := find(proc); code != 0 {
			return code
		}
		r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(unsafe.Pointer(stats)), uintptr(family))
		return uint32(r)
	}
}

func getEStats[Row any](name string) func(row *Row, typ uint32, rw, ros, rod EStats) (code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(row *Row, typ uint32, rw, ros, rod EStats) (code uint32) {
		if code := find(proc); code != 0 {
			return code
		}
		r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(unsafe.Pointer(row)), uintptr(typ),
			uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)),
			uintptr(start(ros.Bytes)), uintptr(ros.Version), uintptr(length(ros.Bytes)),
			uintptr(start(rod.Bytes)), uintptr(rod.Version), uintptr(length(rod.Bytes)))
		return uint32(r)
	}
}

func setEStats[Row any](name string) func(row *Row, typ uint32, rw EStats, offset uint32) (code uint32) {
	proc := iphlpapi.NewProc(name)
	return func(row *Row, typ uint32, rw EStats, offset uint32) (code uint32) {
		if code := find(proc); code != 0 {
			return code
		}
		r, _, _ := syscall.SyscallN(proc.Addr(), uintptr(unsafe.Pointer(row)), uintptr(typ),
			uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)), uintptr(offset))
		return uint32(r)
	}
}

// start is where Windows may read and write; NULL for no bytes.
func start(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(b))
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
