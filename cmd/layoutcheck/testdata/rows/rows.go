// Package rows is right and wrong about rows.h in one way each.
package rows

type GoodRow struct {
	A, B uint32
}

// BadRow lacks the padding that 386 needs.
type BadRow struct {
	Index  uint32
	Octets uint64
	Flags  uint32
}

// ShortRow is a prefix.
type ShortRow struct {
	Size uint32
}

// Other is RENAMED, as rows.map says.
type Other struct {
	X, Y int16
}

type NotC struct {
	Name string
}

type Nothing struct {
	A uint32
}

const (
	ROW_MAX   = 8
	ROW_ERROR = 0x80000001
	ROW_NONE  = 1
)
