package tcpmib

import (
	"unsafe"

	"github.com/winmib/winmib/native"
)

// The Go types have the sizes that package native has pinned to the header: arrays of different
// lengths cannot be assigned.
var (
	_ [native.SizeofTCPRow]byte             = [unsafe.Sizeof(TCPRow{})]byte{}
	_ [native.SizeofTCP6Row]byte            = [unsafe.Sizeof(TCP6Row{})]byte{}
	_ [native.SizeofTCPRow2]byte            = [unsafe.Sizeof(TCPRow2{})]byte{}
	_ [native.SizeofTCPTable2]byte          = [unsafe.Sizeof(TCPTable2{})]byte{}
	_ [native.SizeofTCP6Row2]byte           = [unsafe.Sizeof(TCP6Row2{})]byte{}
	_ [native.SizeofTCP6Table2]byte         = [unsafe.Sizeof(TCP6Table2{})]byte{}
	_ [native.SizeofTCPRowOwnerModule]byte  = [unsafe.Sizeof(TCPRowOwnerModule{})]byte{}
	_ [native.SizeofTCP6RowOwnerModule]byte = [unsafe.Sizeof(TCP6RowOwnerModule{})]byte{}
	_ [native.SizeofTCPStats]byte           = [unsafe.Sizeof(TCPStats{})]byte{}
	_ [native.SizeofTCPStats2]byte          = [unsafe.Sizeof(TCPStats2{})]byte{}
)
