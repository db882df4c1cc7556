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

	procGetProcessHeap = kernel32.NewProc("GetProcessHeap")
	procHeapSize       = kernel32.NewProc("HeapSize")
	procHeapFree       = kernel32.NewProc("HeapFree")
)

// proc is a function of iphlpapi.dll, looked up when it is first called. It has a method for each
// shape of arguments. In each method pointers become integers in the argument list itself: only
// there does the compiler keep what they point to alive and in place.
type proc struct {
	*windows.LazyProc
	missing atomic.Uint32 // why it is missing, as a code: LazyProc would make a new error each time
}

func newProc(name string) *proc { return &proc{LazyProc: iphlpapi.NewProc(name)} }

// find returns the code that says why p is missing, or 0.
func (p *proc) find() (code uint32) {
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

// table asks for a table of one kind of row.
func (p *proc) table(b []byte, order bool) (size, code uint32) {
	if code := p.find(); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order))
	return size, uint32(r)
}

// extended asks for the table of a family and a class.
func (p *proc) extended(b []byte, order bool, family, class uint32) (size, code uint32) {
	if code := p.find(); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(start(b)), uintptr(unsafe.Pointer(&size)), boolean(order),
		uintptr(family), uintptr(class), 0)
	return size, uint32(r)
}

// ownerModule asks for the module that owns a row.
func (p *proc) ownerModule(row unsafe.Pointer, class uint32, b []byte) (size, code uint32) {
	if code := p.find(); code != 0 {
		return 0, code
	}
	size = length(b)
	r, _, _ := syscall.SyscallN(p.Addr(),
		uintptr(row), uintptr(class), uintptr(start(b)), uintptr(unsafe.Pointer(&size)))
	return size, uint32(r)
}

// bound asks for a table that the function allocates: it is bound_table in shim.c.
func (p *proc) bound(b []byte) (size, code uint32) {
	if code := p.find(); code != 0 {
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

// fixed reads or writes a struct of a fixed size.
func (p *proc) fixed(data unsafe.Pointer) (code uint32) {
	if code := p.find(); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(data))
	return uint32(r)
}

// fixedFamily is fixed for a family.
func (p *proc) fixedFamily(data unsafe.Pointer, family uint32) (code uint32) {
	if code := p.find(); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(data), uintptr(family))
	return uint32(r)
}

// getEStats reads the statistics of a connection.
func (p *proc) getEStats(row unsafe.Pointer, typ uint32, rw, ros, rod EStats) (code uint32) {
	if code := p.find(); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(row), uintptr(typ),
		uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)),
		uintptr(start(ros.Bytes)), uintptr(ros.Version), uintptr(length(ros.Bytes)),
		uintptr(start(rod.Bytes)), uintptr(rod.Version), uintptr(length(rod.Bytes)))
	return uint32(r)
}

// setEStats switches the statistics of a connection on and off.
func (p *proc) setEStats(row unsafe.Pointer, typ uint32, rw EStats, offset uint32) (code uint32) {
	if code := p.find(); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(row), uintptr(typ),
		uintptr(start(rw.Bytes)), uintptr(rw.Version), uintptr(length(rw.Bytes)), uintptr(offset))
	return uint32(r)
}

// ports names a range of ports.
func (p *proc) ports(startPort, numberOfPorts uint16) (code uint32) {
	if code := p.find(); code != 0 {
		return code
	}
	r, _, _ := syscall.SyscallN(p.Addr(), uintptr(startPort), uintptr(numberOfPorts))
	return uint32(r)
}

// portsToken is ports with the reservation's token as its answer.
func (p *proc) portsToken(startPort, numberOfPorts uint16) (token uint64, code uint32) {
	if code := p.find(); code != 0 {
		return 0, code
	}
	r, _, _ := syscall.SyscallN(p.Addr(),
		uintptr(startPort), uintptr(numberOfPorts), uintptr(unsafe.Pointer(&token)))
	return token, uint32(r)
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
