// Package thing has structs of all sorts for the tests of layout/source. It is only ever read, never built.
package thing

import (
	"structs"
	"syscall"
	"unsafe"
)

// Wrong on 386: the size of a pointer says nothing about the alignment of a uint64.
type BySizeof struct {
	A uint64
	_ [8 - unsafe.Sizeof(uintptr(0))]byte
	B uint32
	C uint32
}

// Right everywhere: 4 bytes where Go aligns a uint64 to 4, and none elsewhere.
type ByAlignof struct {
	A uint32
	_ [8 - unsafe.Alignof(uint64(0))]byte
	B uint64
}

type Tagged struct {
	_     structs.HostLayout `c:"TAGGED"`
	State State              `c:"State|dwState"`
	Inner [2]Inner
	Raw   [4]byte
	Plain *uint16
	Ratio float32
	Yes   bool
}

type Inner struct {
	X int16
	Y uintptr
}

type State int32

const (
	StateOpen   State = 1 + iota
	StateClosed       // 2
	Big         = 1 << 63
	Below       = -1
	Name        = "not an integer"
	Half        = 0.5
	Whole       = 3.0 // a float constant that is not an integer in C
)

type (
	Text      struct{ Name string }
	List      struct{ Items []byte }
	Deep      struct{ In struct{ Err error } }
	Empty     struct{}
	Of[T any] struct{ V T }
	OfInt     = Of[int32]
	Guid      = syscall.GUID
	Pointer   *Inner
)

func local() {
	type Local struct{ A, B uint32 }
	const limit = 7
	_ = Local{}
}
