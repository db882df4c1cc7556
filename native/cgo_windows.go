//go:build cgo

package native

/*
#cgo LDFLAGS: -liphlpapi
#cgo noescape winmib_GetTcpTable2
#cgo nocallback winmib_GetTcpTable2
#cgo noescape winmib_GetTcp6Table2
#cgo nocallback winmib_GetTcp6Table2
#include "shim.h"
*/
import "C"

import (
	"math"
	"unsafe"
)

// Implementation says how this build calls Windows.
const Implementation = "cgo shim"

// Assignments between arrays of different lengths do not compile.
var (
	_ [SizeofTCPRow2]byte    = [C.sizeof_MIB_TCPROW2]byte{}
	_ [SizeofTCPTable2]byte  = [C.sizeof_MIB_TCPTABLE2]byte{}
	_ [SizeofTCP6Row2]byte   = [C.sizeof_MIB_TCP6ROW2]byte{}
	_ [SizeofTCP6Table2]byte = [C.sizeof_MIB_TCP6TABLE2]byte{}
)

// GetTcpTable2 fills buf with a MIB_TCPTABLE2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable2
func GetTcpTable2(buf []byte, order bool) (size, code uint32) {
	n := length(buf)
	c := C.winmib_GetTcpTable2(start(buf), &n, boolean(order))
	return uint32(n), uint32(c)
}

// GetTcp6Table2 fills buf with a MIB_TCP6TABLE2.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table2
func GetTcp6Table2(buf []byte, order bool) (size, code uint32) {
	n := length(buf)
	c := C.winmib_GetTcp6Table2(start(buf), &n, boolean(order))
	return uint32(n), uint32(c)
}

// start is where C may write: Go memory without pointers in it, which stays
// where it is until the call returns.
func start(buf []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(buf)) }

func length(buf []byte) C.uint32_t { return C.uint32_t(min(uint64(len(buf)), math.MaxUint32)) }

func boolean(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}
