package tcpestats

// This is the only file of the package with unsafe: here structs become bytes for Windows.

import (
	"unsafe"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
)

// bytesOf returns the memory of a struct. Sound: it is exactly t, which it keeps alive, and any
// bytes are a valid value of the structs of this package: they have no pointers and no bool.
func bytesOf[T any](t *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(t)), unsafe.Sizeof(*t))
}

// The rows have the sizes that package native has pinned to the header: arrays of different lengths
// cannot be assigned.
var (
	_ [native.SizeofTCPRow]byte  = [unsafe.Sizeof(tcpmib.TCPRow{})]byte{}
	_ [native.SizeofTCP6Row]byte = [unsafe.Sizeof(tcpmib.TCP6Row{})]byte{}
)

// The bytes of a row. Sound: the array is exactly the row, and keeps it alive. tcpmib has its own,
// unexported: users of that package are not to get at the memory of a row.

func bytesOfTCPRow(row *tcpmib.TCPRow) *[native.SizeofTCPRow]byte {
	return (*[native.SizeofTCPRow]byte)(unsafe.Pointer(row))
}

func bytesOfTCP6Row(row *tcpmib.TCP6Row) *[native.SizeofTCP6Row]byte {
	return (*[native.SizeofTCP6Row]byte)(unsafe.Pointer(row))
}
