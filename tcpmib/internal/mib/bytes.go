package mib

// This is the only file of the header packages with unsafe: here checked bytes become rows, and
// rows bytes for Windows.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"structs"
	"unsafe"
)

// ErrMalformed is what errors.Is finds when bytes are not the table that they should be.
var ErrMalformed = errors.New("malformed table")

// Table describes a table of the headers to the code that decodes it. Row must be a type for which
// any bytes are a valid value: no pointers, no bool.
type Table[Row any] struct {
	pkg, name string
	rows      uintptr // the offset of the first row
}

// TableOf describes the table whose Go type is T, a struct that ends in its first Row. Errors begin
// with pkg and call the table name, as C does.
func TableOf[T, Row any](pkg, name string) *Table[Row] {
	var table T
	var row Row
	return &Table[Row]{pkg, name, unsafe.Sizeof(table) - unsafe.Sizeof(row)}
}

const sizeofNumEntries = 4

// Decode checks that b holds the table and returns its rows, which are a view of b. They are a copy
// if b is not aligned as they must be.
//
// It is the only place that trusts dwNumEntries, after checking it against the bytes there are.
func (t *Table[Row]) Decode(b []byte) ([]Row, error) {
	if len(b) < sizeofNumEntries {
		return nil, fmt.Errorf("%s: %w: %s needs %d bytes for its number of rows, got %d",
			t.pkg, ErrMalformed, t.name, sizeofNumEntries, len(b))
	}
	if bigEndian() {
		return nil, errBigEndian(t.pkg, t.name)
	}
	n := binary.NativeEndian.Uint32(b)
	if n == 0 {
		return nil, nil
	}
	var row Row
	// This cannot overflow 64 bits: n is below 1<<32 and a row smaller than 1<<10.
	need := uint64(t.rows) + uint64(n)*uint64(unsafe.Sizeof(row))
	if need > uint64(len(b)) {
		return nil, fmt.Errorf("%s: %w: %s with %d rows needs %d bytes, got %d", t.pkg, ErrMalformed, t.name, n, need, len(b))
	}
	return view[Row](b[t.rows:need], int(n)), nil
}

// Struct describes a struct of the headers to the code that decodes it. T must be a type for which
// any bytes are a valid value.
type Struct[T any] struct{ pkg, name string }

// StructOf describes the struct that C calls name. Errors begin with pkg.
func StructOf[T any](pkg, name string) *Struct[T] { return &Struct[T]{pkg, name} }

// Decode copies the struct out of b.
func (s *Struct[T]) Decode(b []byte) (t T, err error) {
	size := unsafe.Sizeof(t)
	if uint64(len(b)) < uint64(size) {
		return t, fmt.Errorf("%s: %w: %s needs %d bytes, got %d", s.pkg, ErrMalformed, s.name, size, len(b))
	}
	if bigEndian() {
		return t, errBigEndian(s.pkg, s.name)
	}
	return view[T](b[:size], 1)[0], nil
}

// bigEndian reports whether a view of Windows's little-endian bytes would have wrong numbers.
func bigEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) != 1 }

func errBigEndian(pkg, name string) error {
	return fmt.Errorf("%s: %s is little-endian, and this machine is not: %w", pkg, name, errors.ErrUnsupported)
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

// Bytes returns the memory of a struct, for calls into Windows, which may write to it. T must be a
// type for which any bytes are a valid value.
func Bytes[T any](t *T) []byte {
	// Sound: the bytes are exactly t, which they keep alive.
	return unsafe.Slice((*byte)(unsafe.Pointer(t)), unsafe.Sizeof(*t))
}

// Encode returns rows as a table: the opposite of Table.Decode.
func Encode[Row any](rows []Row) []byte {
	b := make([]byte, sizeofNumEntries+padding[Row]())
	binary.LittleEndian.PutUint32(b, uint32(len(rows)))
	for i := range rows {
		b = append(b, Bytes(&rows[i])...)
	}
	return b
}

// padding returns how many bytes C puts between the number of rows and the first: it aligns rows
// that have 64-bit integers to 8 bytes, on 386 too.
func padding[Row any]() int {
	row := reflect.TypeFor[Row]()
	if row.Kind() != reflect.Struct || row.NumField() == 0 || row.Field(0).Type != reflect.TypeFor[structs.HostLayout]() {
		panic(fmt.Sprintf("tcpmibtest: %v is not a row of the headers", row))
	}
	for i := range row.NumField() {
		field := row.Field(i).Type
		if field.Kind() == reflect.Array {
			field = field.Elem()
		}
		if field.Kind() == reflect.Int64 || field.Kind() == reflect.Uint64 {
			return 4
		}
	}
	return 0
}

// address returns the address of b, with which pointers that Windows has written into b are
// compared. b must be on the heap, where memory does not move.
func address(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// pointerSize is how wide the pointers are that Windows writes for this program.
const pointerSize = int(unsafe.Sizeof(uintptr(0)))
