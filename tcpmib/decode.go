package tcpmib

// Here, and nowhere else in this package, is unsafe: where bytes that were
// checked become rows.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"github.com/winmib/winmib/native"
)

// ErrMalformed is what errors.Is finds when bytes are not the table that they
// should be.
var ErrMalformed = errors.New("malformed table")

// The Go types have the sizes that package native has pinned to the header:
// arrays of different lengths cannot be assigned.
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

// tableLayout is what decode has to know of a table: its name in C, and where
// its rows begin.
type tableLayout struct {
	name string
	rows uintptr
}

// The tables, one line each.
var (
	layoutTCPTable             = tableLayout{"MIB_TCPTABLE", unsafe.Offsetof(TCPTable{}.Table)}
	layoutTCP6Table            = tableLayout{"MIB_TCP6TABLE", unsafe.Offsetof(TCP6Table{}.Table)}
	layoutTCPTable2            = tableLayout{"MIB_TCPTABLE2", unsafe.Offsetof(TCPTable2{}.Table)}
	layoutTCP6Table2           = tableLayout{"MIB_TCP6TABLE2", unsafe.Offsetof(TCP6Table2{}.Table)}
	layoutTCPTableOwnerPID     = tableLayout{"MIB_TCPTABLE_OWNER_PID", unsafe.Offsetof(TCPTableOwnerPID{}.Table)}
	layoutTCP6TableOwnerPID    = tableLayout{"MIB_TCP6TABLE_OWNER_PID", unsafe.Offsetof(TCP6TableOwnerPID{}.Table)}
	layoutTCPTableOwnerModule  = tableLayout{"MIB_TCPTABLE_OWNER_MODULE", unsafe.Offsetof(TCPTableOwnerModule{}.Table)}
	layoutTCP6TableOwnerModule = tableLayout{"MIB_TCP6TABLE_OWNER_MODULE", unsafe.Offsetof(TCP6TableOwnerModule{}.Table)}
)

// DecodeTCPTable2 checks that b holds a MIB_TCPTABLE2 and returns its rows,
// which are a view of b: they change when b does. Bytes after the last row are
// ignored. Only if b does not lie in memory as the rows have to (a multiple of
// 4, or of 8 for rows with a time) are they a copy.
//
// Bytes that hold fewer rows than they claim are an error, for which
// errors.Is(err, ErrMalformed) holds.
func DecodeTCPTable2(b []byte) ([]TCPRow2, error) { return decode[TCPRow2](&layoutTCPTable2, b) }

// DecodeTCP6Table2 is DecodeTCPTable2 for a MIB_TCP6TABLE2.
func DecodeTCP6Table2(b []byte) ([]TCP6Row2, error) { return decode[TCP6Row2](&layoutTCP6Table2, b) }

// DecodeTCPTable is DecodeTCPTable2 for a MIB_TCPTABLE.
func DecodeTCPTable(b []byte) ([]TCPRow, error) { return decode[TCPRow](&layoutTCPTable, b) }

// DecodeTCP6Table is DecodeTCPTable2 for a MIB_TCP6TABLE.
func DecodeTCP6Table(b []byte) ([]TCP6Row, error) { return decode[TCP6Row](&layoutTCP6Table, b) }

// DecodeTCPTableOwnerPID is DecodeTCPTable2 for a MIB_TCPTABLE_OWNER_PID.
func DecodeTCPTableOwnerPID(b []byte) ([]TCPRowOwnerPID, error) {
	return decode[TCPRowOwnerPID](&layoutTCPTableOwnerPID, b)
}

// DecodeTCP6TableOwnerPID is DecodeTCPTable2 for a MIB_TCP6TABLE_OWNER_PID.
func DecodeTCP6TableOwnerPID(b []byte) ([]TCP6RowOwnerPID, error) {
	return decode[TCP6RowOwnerPID](&layoutTCP6TableOwnerPID, b)
}

// DecodeTCPTableOwnerModule is DecodeTCPTable2 for a MIB_TCPTABLE_OWNER_MODULE.
func DecodeTCPTableOwnerModule(b []byte) ([]TCPRowOwnerModule, error) {
	return decode[TCPRowOwnerModule](&layoutTCPTableOwnerModule, b)
}

// DecodeTCP6TableOwnerModule is DecodeTCPTable2 for a
// MIB_TCP6TABLE_OWNER_MODULE.
func DecodeTCP6TableOwnerModule(b []byte) ([]TCP6RowOwnerModule, error) {
	return decode[TCP6RowOwnerModule](&layoutTCP6TableOwnerModule, b)
}

const sizeofNumEntries = 4

// decode is the one place where dwNumEntries is believed, and only after it was
// held against the bytes that there are. Row must be a type for which any bytes
// are a valid value: no pointers, no bool.
func decode[Row any](table *tableLayout, b []byte) ([]Row, error) {
	if len(b) < sizeofNumEntries {
		return nil, table.malformed(b, 0)
	}
	if bigEndian() {
		return nil, notHere(table.name)
	}
	n := binary.NativeEndian.Uint32(b)
	if n == 0 {
		return nil, nil
	}
	var row Row
	// In 64 bits this cannot overflow: n is under 1<<32 and a row under 1<<10.
	need := uint64(table.rows) + uint64(n)*uint64(unsafe.Sizeof(row))
	if need > uint64(len(b)) {
		return nil, table.malformed(b, need)
	}
	return view[Row](b[table.rows:need], int(n)), nil
}

// malformed says why b cannot be the table, which needs so many bytes if it has as
// many rows as it says.
func (t *tableLayout) malformed(b []byte, need uint64) error {
	if len(b) < sizeofNumEntries {
		return fmt.Errorf("tcpmib: %w: a %s starts with %d bytes that count its rows, here are %d",
			ErrMalformed, t.name, sizeofNumEntries, len(b))
	}
	return fmt.Errorf("tcpmib: %w: a %s of %d rows takes %d bytes, here are %d",
		ErrMalformed, t.name, binary.NativeEndian.Uint32(b), need, len(b))
}

// decodeStruct is decode for one struct, which it copies out of b. T must be a
// type for which any bytes are a valid value.
func decodeStruct[T any](name string, b []byte) (t T, err error) {
	size := unsafe.Sizeof(t)
	if uint64(len(b)) < uint64(size) {
		return t, fmt.Errorf("tcpmib: %w: a %s takes %d bytes, here are %d", ErrMalformed, name, size, len(b))
	}
	if bigEndian() {
		return t, notHere(name)
	}
	return view[T](b[:size], 1)[0], nil
}

// What Windows writes is little-endian, and a view of it is what it is only where
// memory is so too.
func bigEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) != 1 }

func notHere(name string) error {
	return fmt.Errorf("tcpmib: a %s is little-endian and this machine is not: %w", name, errors.ErrUnsupported)
}

// view returns the n rows, at least one, that b is exactly. They are a copy where
// b is not aligned as they are.
func view[Row any](b []byte, n int) []Row {
	var row Row
	if uintptr(unsafe.Pointer(&b[0]))%unsafe.Alignof(row) != 0 {
		rows := make([]Row, n)
		// Sound: rows is n whole rows, and any bytes are a valid Row.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&rows[0])), len(b)), b)
		return rows
	}
	// Sound: b is n whole rows, aligned, and any bytes are a valid Row. The
	// slice keeps the memory of b alive.
	return unsafe.Slice((*Row)(unsafe.Pointer(&b[0])), n)
}

// The bytes of a row, to be handed to Windows. Sound: the array is exactly the
// row, which the assignments above prove, and it keeps the row alive.

func bytesOfTCPRow(row *TCPRow) *[native.SizeofTCPRow]byte {
	return (*[native.SizeofTCPRow]byte)(unsafe.Pointer(row))
}

func bytesOfTCPRowOwnerModule(row *TCPRowOwnerModule) *[native.SizeofTCPRowOwnerModule]byte {
	return (*[native.SizeofTCPRowOwnerModule]byte)(unsafe.Pointer(row))
}

func bytesOfTCP6RowOwnerModule(row *TCP6RowOwnerModule) *[native.SizeofTCP6RowOwnerModule]byte {
	return (*[native.SizeofTCP6RowOwnerModule]byte)(unsafe.Pointer(row))
}

// address is where b lies: what pointers into b that Windows has written there
// are compared with. b must be on the heap, where memory does not move.
func address(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// pointerSize is how wide the pointers are that Windows writes for this program.
const pointerSize = int(unsafe.Sizeof(uintptr(0)))
