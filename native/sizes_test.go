package native_test

import (
	"unsafe"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// The sizes of package native, which shim.c pins to the headers, are those of the Go types: arrays of
// different lengths cannot be assigned.
var (
	_ [native.SizeofTCPRow]byte             = [unsafe.Sizeof(tcpmib.TCPRow{})]byte{}
	_ [native.SizeofTCP6Row]byte            = [unsafe.Sizeof(tcpmib.TCP6Row{})]byte{}
	_ [native.SizeofTCPRow2]byte            = [unsafe.Sizeof(tcpmib.TCPRow2{})]byte{}
	_ [native.SizeofTCPTable2]byte          = [unsafe.Sizeof(tcpmib.TCPTable2{})]byte{}
	_ [native.SizeofTCP6Row2]byte           = [unsafe.Sizeof(tcpmib.TCP6Row2{})]byte{}
	_ [native.SizeofTCP6Table2]byte         = [unsafe.Sizeof(tcpmib.TCP6Table2{})]byte{}
	_ [native.SizeofTCPRowOwnerModule]byte  = [unsafe.Sizeof(tcpmib.TCPRowOwnerModule{})]byte{}
	_ [native.SizeofTCP6RowOwnerModule]byte = [unsafe.Sizeof(tcpmib.TCP6RowOwnerModule{})]byte{}
	_ [native.SizeofTCPStats]byte           = [unsafe.Sizeof(tcpmib.TCPStats{})]byte{}
	_ [native.SizeofTCPStats2]byte          = [unsafe.Sizeof(tcpmib.TCPStats2{})]byte{}
	_ [native.SizeofUDPRow]byte             = [unsafe.Sizeof(udpmib.UDPRow{})]byte{}
	_ [native.SizeofUDP6Row]byte            = [unsafe.Sizeof(udpmib.UDP6Row{})]byte{}
	_ [native.SizeofUDPRowOwnerPID]byte     = [unsafe.Sizeof(udpmib.UDPRowOwnerPID{})]byte{}
	_ [native.SizeofUDP6RowOwnerPID]byte    = [unsafe.Sizeof(udpmib.UDP6RowOwnerPID{})]byte{}
	_ [native.SizeofUDPRowOwnerModule]byte  = [unsafe.Sizeof(udpmib.UDPRowOwnerModule{})]byte{}
	_ [native.SizeofUDP6RowOwnerModule]byte = [unsafe.Sizeof(udpmib.UDP6RowOwnerModule{})]byte{}
	_ [native.SizeofUDPStats]byte           = [unsafe.Sizeof(udpmib.UDPStats{})]byte{}
	_ [native.SizeofUDPStats2]byte          = [unsafe.Sizeof(udpmib.UDPStats2{})]byte{}
)
