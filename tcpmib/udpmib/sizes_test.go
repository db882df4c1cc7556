package udpmib

import (
	"unsafe"

	"github.com/winmib/winmib/native"
)

// The Go types have the sizes that package native has pinned to the header: arrays of different
// lengths cannot be assigned.
var (
	_ [native.SizeofUDPRow]byte             = [unsafe.Sizeof(UDPRow{})]byte{}
	_ [native.SizeofUDP6Row]byte            = [unsafe.Sizeof(UDP6Row{})]byte{}
	_ [native.SizeofUDPRowOwnerPID]byte     = [unsafe.Sizeof(UDPRowOwnerPID{})]byte{}
	_ [native.SizeofUDP6RowOwnerPID]byte    = [unsafe.Sizeof(UDP6RowOwnerPID{})]byte{}
	_ [native.SizeofUDPRowOwnerModule]byte  = [unsafe.Sizeof(UDPRowOwnerModule{})]byte{}
	_ [native.SizeofUDP6RowOwnerModule]byte = [unsafe.Sizeof(UDP6RowOwnerModule{})]byte{}
	_ [native.SizeofUDPStats]byte           = [unsafe.Sizeof(UDPStats{})]byte{}
	_ [native.SizeofUDPStats2]byte          = [unsafe.Sizeof(UDPStats2{})]byte{}
)
