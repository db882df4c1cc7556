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
	_ [native.SizeofTCPRow2]byte    = [unsafe.Sizeof(TCPRow2{})]byte{}
	_ [native.SizeofTCPTable2]byte  = [unsafe.Sizeof(TCPTable2{})]byte{}
	_ [native.SizeofTCP6Row2]byte   = [unsafe.Sizeof(TCP6Row2{})]byte{}
	_ [native.SizeofTCP6Table2]byte = [unsafe.Sizeof(TCP6Table2{})]byte{}
)

// DecodeTCPTable2 checks that b holds a MIB_TCPTABLE2 and returns its rows,
// which are a view of b: they change when b does. Bytes after the last row are
// ignored. Only if b does not lie in memory as the rows have to (a multiple of
// 4) are they a copy.
//
// Bytes that hold fewer rows than they claim are an error, for which
// errors.Is(err, ErrMalformed) holds.
func DecodeTCPTable2(b []byte) ([]TCPRow2, error) {
	return decode[TCPRow2]("MIB_TCPTABLE2", b, unsafe.Offsetof(TCPTable2{}.Table))
}

// DecodeTCP6Table2 is DecodeTCPTable2 for a MIB_TCP6TABLE2.
func DecodeTCP6Table2(b []byte) ([]TCP6Row2, error) {
	return decode[TCP6Row2]("MIB_TCP6TABLE2", b, unsafe.Offsetof(TCP6Table2{}.Table))
}

const sizeofNumEntries = 4

// decode is the one place where dwNumEntries is believed, and only after it was
// held against the bytes that there are. Row must be a type for which any bytes
// are a valid value: no pointers, no bool.
func decode[Row any](table string, b []byte, offset uintptr) ([]Row, error) {
	if len(b) < sizeofNumEntries {
		return nil, fmt.Errorf("tcpmib: %w: a %s starts with %d bytes that count its rows, here are %d",
			ErrMalformed, table, sizeofNumEntries, len(b))
	}
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, fmt.Errorf("tcpmib: a %s is little-endian and this machine is not: %w", table, errors.ErrUnsupported)
	}
	n := binary.NativeEndian.Uint32(b)
	if n == 0 {
		return nil, nil
	}
	var row Row
	// In 64 bits this cannot overflow: n is under 1<<32 and a row under 1<<10.
	need := uint64(offset) + uint64(n)*uint64(unsafe.Sizeof(row))
	if need > uint64(len(b)) {
		return nil, fmt.Errorf("tcpmib: %w: a %s of %d rows takes %d bytes, here are %d",
			ErrMalformed, table, n, need, len(b))
	}
	b = b[offset:need]
	if uintptr(unsafe.Pointer(&b[0]))%unsafe.Alignof(row) != 0 {
		rows := make([]Row, n)
		// Sound: rows is n whole rows, and any bytes are a valid Row.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&rows[0])), len(b)), b)
		return rows, nil
	}
	// Sound: b is n whole rows, aligned, and any bytes are a valid Row. The
	// slice keeps the memory of b alive.
	return unsafe.Slice((*Row)(unsafe.Pointer(&b[0])), n), nil
}
