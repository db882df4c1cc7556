package udpmib

// This is the only file of the package with unsafe: here checked bytes become rows.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
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

// tableLayout is what decode needs to know of a table: its name in C, and the offset of its rows.
type tableLayout struct {
	name string
	rows uintptr
}

var (
	layoutUDPTable             = tableLayout{"MIB_UDPTABLE", unsafe.Offsetof(UDPTable{}.Table)}
	layoutUDP6Table            = tableLayout{"MIB_UDP6TABLE", unsafe.Offsetof(UDP6Table{}.Table)}
	layoutUDPTableOwnerPID     = tableLayout{"MIB_UDPTABLE_OWNER_PID", unsafe.Offsetof(UDPTableOwnerPID{}.Table)}
	layoutUDP6TableOwnerPID    = tableLayout{"MIB_UDP6TABLE_OWNER_PID", unsafe.Offsetof(UDP6TableOwnerPID{}.Table)}
	layoutUDPTableOwnerModule  = tableLayout{"MIB_UDPTABLE_OWNER_MODULE", unsafe.Offsetof(UDPTableOwnerModule{}.Table)}
	layoutUDP6TableOwnerModule = tableLayout{"MIB_UDP6TABLE_OWNER_MODULE", unsafe.Offsetof(UDP6TableOwnerModule{}.Table)}
	layoutUDPTable2            = tableLayout{"MIB_UDPTABLE2", unsafe.Offsetof(UDPTable2{}.Table)}
	layoutUDP6Table2           = tableLayout{"MIB_UDP6TABLE2", unsafe.Offsetof(UDP6Table2{}.Table)}
)

// DecodeUDPTable checks that b holds a MIB_UDPTABLE and returns its rows, which are a view of b:
// they change when b does. Bytes after the last row are ignored. The rows are a copy only if b is
// not aligned as they must be, to 4 bytes, or to 8 for rows with a creation time.
//
// For bytes that hold fewer rows than they claim errors.Is(err, tcpmib.ErrMalformed) holds.
func DecodeUDPTable(b []byte) ([]UDPRow, error) { return decode[UDPRow](&layoutUDPTable, b) }

// DecodeUDP6Table is DecodeUDPTable for a MIB_UDP6TABLE.
func DecodeUDP6Table(b []byte) ([]UDP6Row, error) { return decode[UDP6Row](&layoutUDP6Table, b) }

// DecodeUDPTableOwnerPID is DecodeUDPTable for a MIB_UDPTABLE_OWNER_PID.
func DecodeUDPTableOwnerPID(b []byte) ([]UDPRowOwnerPID, error) {
	return decode[UDPRowOwnerPID](&layoutUDPTableOwnerPID, b)
}

// DecodeUDP6TableOwnerPID is DecodeUDPTable for a MIB_UDP6TABLE_OWNER_PID.
func DecodeUDP6TableOwnerPID(b []byte) ([]UDP6RowOwnerPID, error) {
	return decode[UDP6RowOwnerPID](&layoutUDP6TableOwnerPID, b)
}

// DecodeUDPTableOwnerModule is DecodeUDPTable for a MIB_UDPTABLE_OWNER_MODULE.
func DecodeUDPTableOwnerModule(b []byte) ([]UDPRowOwnerModule, error) {
	return decode[UDPRowOwnerModule](&layoutUDPTableOwnerModule, b)
}

// DecodeUDP6TableOwnerModule is DecodeUDPTable for a MIB_UDP6TABLE_OWNER_MODULE.
func DecodeUDP6TableOwnerModule(b []byte) ([]UDP6RowOwnerModule, error) {
	return decode[UDP6RowOwnerModule](&layoutUDP6TableOwnerModule, b)
}

// DecodeUDPTable2 is DecodeUDPTable for a MIB_UDPTABLE2.
func DecodeUDPTable2(b []byte) ([]UDPRow2, error) { return decode[UDPRow2](&layoutUDPTable2, b) }

// DecodeUDP6Table2 is DecodeUDPTable for a MIB_UDP6TABLE2.
func DecodeUDP6Table2(b []byte) ([]UDP6Row2, error) { return decode[UDP6Row2](&layoutUDP6Table2, b) }

const sizeofNumEntries = 4

// decode is the only place that trusts dwNumEntries, after checking it against the bytes there are.
// Row must be a type for which any bytes are a valid value: no pointers, no bool.
func decode[Row any](table *tableLayout, b []byte) ([]Row, error) {
	if len(b) < sizeofNumEntries {
		return nil, fmt.Errorf("udpmib: %w: %s needs %d bytes for its number of rows, got %d",
			tcpmib.ErrMalformed, table.name, sizeofNumEntries, len(b))
	}
	if bigEndian() {
		return nil, errBigEndian(table.name)
	}
	n := binary.NativeEndian.Uint32(b)
	if n == 0 {
		return nil, nil
	}
	var row Row
	// This cannot overflow 64 bits: n is below 1<<32 and a row smaller than 1<<10.
	need := uint64(table.rows) + uint64(n)*uint64(unsafe.Sizeof(row))
	if need > uint64(len(b)) {
		return nil, fmt.Errorf("udpmib: %w: %s with %d rows needs %d bytes, got %d",
			tcpmib.ErrMalformed, table.name, n, need, len(b))
	}
	return view[Row](b[table.rows:need], int(n)), nil
}

// decodeStruct is decode for one struct, which it copies out of b. T must be a type for which any
// bytes are a valid value.
func decodeStruct[T any](name string, b []byte) (t T, err error) {
	size := unsafe.Sizeof(t)
	if uint64(len(b)) < uint64(size) {
		return t, fmt.Errorf("udpmib: %w: %s needs %d bytes, got %d", tcpmib.ErrMalformed, name, size, len(b))
	}
	if bigEndian() {
		return t, errBigEndian(name)
	}
	return view[T](b[:size], 1)[0], nil
}

// bigEndian reports whether a view of Windows's little-endian bytes would have wrong numbers.
func bigEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) != 1 }

func errBigEndian(name string) error {
	return fmt.Errorf("udpmib: %s is little-endian, and this machine is not: %w", name, errors.ErrUnsupported)
}

// view returns b as n rows, at least one, whose bytes it is exactly. They are a copy where b is not
// aligned as they must be.
func view[Row any](b []byte, n int) []Row {
	var row Row
	if uintptr(unsafe.Pointer(&b[0]))%unsafe.Alignof(row) != 0 {
		rows := make([]Row, n)
		// Sound: rows is n whole rows, and any bytes are a valid Row.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&rows[0])), len(b)), b)
		return rows
	}
	// Sound: b is n whole rows, aligned, and any bytes are a valid Row. The slice keeps the memory
	// of b alive.
	return unsafe.Slice((*Row)(unsafe.Pointer(&b[0])), n)
}

// The bytes of a row, for calls into Windows. Sound: the array is exactly the row, which the
// assignments above prove, and it keeps the row alive.

func bytesOfUDPRowOwnerModule(row *UDPRowOwnerModule) *[native.SizeofUDPRowOwnerModule]byte {
	return (*[native.SizeofUDPRowOwnerModule]byte)(unsafe.Pointer(row))
}

func bytesOfUDP6RowOwnerModule(row *UDP6RowOwnerModule) *[native.SizeofUDP6RowOwnerModule]byte {
	return (*[native.SizeofUDP6RowOwnerModule]byte)(unsafe.Pointer(row))
}
