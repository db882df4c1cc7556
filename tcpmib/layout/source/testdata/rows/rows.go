// Package rows mirrors rows.h without a single tag. The tests alter copies of it.
package rows

import "unsafe"

type RowName struct {
	Length uint16
	Text   [5]uint16
}

type IfRow struct {
	Luid   uint64
	Index  uint32
	Name   RowName
	Mtu    int32
	State  uint32
	Next   *IfRow
	Up     uint8
	Octets [2]uint64
}

// WideLast has the padding that 386 needs.
type WideLast struct {
	A uint32
	_ [8 - unsafe.Alignof(uint64(0))]byte
	B uint64
}

type WideFirst struct {
	A    uint64
	B, C uint32
}

type Look struct {
	Name [4]uint16
}

type halves struct {
	Low  uint16
	High int16
}

// Usual has an unsigned BOOL and status, a bool, a blank field for what is reserved, a uintptr for an
// LPARAM, the smaller member of a union, two halves for a union, bytes for char, a number for bit-fields, and
// the first element of an array.
type Usual struct {
	Flag    uint32
	Status  uint32
	Yes     bool
	Number  uint8
	_       uint16
	Param   uintptr
	Status2 uint32
	_       [unsafe.Sizeof(uintptr(0)) - 4]byte
	Time    halves
	Text    [4]byte
	Bits    uint32
	Name    uint16
	pad     uint16
}

// Other has no counterpart in C.
type Other struct{ A uint32 }

const (
	ROW_LIMIT = 0xFFFFFFFF
	ROW_ERROR = 0x80000001
	ROW_ALL   = 0xFFFFFFFF
	RowDown   = 1
	RowUp     = 2
	ROW_OTHER = 3
)
