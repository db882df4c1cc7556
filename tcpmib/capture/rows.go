package capture

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/winmib/winmib/tcpmib"
)

// RowsError is the error for a capture with more rows, or a longer file, than Limits.MaxRows
// allows. It is a tcpmib.ErrTooLarge.
type RowsError struct {
	Rows    int // how many rows the tables of one kind have together, the kind with the most; of a file that is too long, how many it has room for
	MaxRows int // the limit
	kind    string
	file    int64 // the size of a file that is too long
}

// Error names the number of rows or bytes and the limit.
func (e *RowsError) Error() string {
	if e.file > 0 {
		return fmt.Sprintf("%v: a file of %d bytes, the limit is %d (%d for each of MaxRows)", tcpmib.ErrTooLarge, e.file, bytesOfARow*int64(e.MaxRows), bytesOfARow)
	}
	return fmt.Sprintf("%v: %d rows of %s, the limit is %d (MaxRows)", tcpmib.ErrTooLarge, e.Rows, e.kind, e.MaxRows)
}

// Allow returns the smallest Limits.MaxRows that allows this many rows, or a file this long.
func (e *RowsError) Allow() int { return e.Rows }

// Unwrap returns tcpmib.ErrTooLarge.
func (e *RowsError) Unwrap() error { return tcpmib.ErrTooLarge }

// bytesOfARow is how long a file may be for each of MaxRows. A connection that nothing else
// resembles packs to some 45 bytes, in all the tables that list it.
const bytesOfARow = 64

func (l Limits) maxRows() int {
	if l.MaxRows <= 0 {
		return DefaultMaxRows
	}
	return l.MaxRows
}

// MaxFileBytes returns how long a file may be: 64 bytes for each of MaxRows, or of DefaultMaxRows
// if that is more.
func (l Limits) MaxFileBytes() int64 {
	return bytesOfARow * max(int64(l.maxRows()), DefaultMaxRows)
}

// smallestRow is the size of MIB_UDPROW.
const smallestRow = 8

// checkRows refuses tables that have too many rows together, before time is taken to unpack them.
func (l Limits) checkRows(zipped *archive, list answers) error {
	most, bytes := l.maxRows(), uint64(0)
	for _, a := range list {
		if f := zipped.entries[a.Entry]; f != nil {
			bytes += min(f.UncompressedSize64, 1<<32)
		}
	}
	if bytes/smallestRow <= uint64(most) {
		return nil // as of nearly all captures
	}
	rows, largest := map[string]int{}, "" // by kind
	for _, a := range list {
		if kind := a.kind(); a.Code == 0 && kind != "" {
			if rows[kind] += zipped.rows(a.Entry); rows[kind] > rows[largest] {
				largest = kind
			}
		}
	}
	if rows[largest] > most {
		return &RowsError{Rows: rows[largest], MaxRows: most, kind: largest}
	}
	return nil
}

// kind returns which rows a table has; "" is no table. A program may read all tables of one kind at
// once, and those of another list the same sockets again.
func (a manifestAnswer) kind() string {
	switch {
	case !strings.Contains(a.Func, "Table"):
		return "" // statistics
	case strings.Contains(a.Func, "Bound"):
		return "bound sockets"
	case strings.HasPrefix(a.Func, "GetExtendedTcp"):
		return "owners of connections"
	}
	return "connections and UDP sockets"
}

// rows returns how many rows a table has, by its first bytes, but no more than it has room for: a
// table that claims more is refused when it is decoded, and an entry that cannot be read when it is
// read.
func (a *archive) rows(name string) int {
	f := a.entries[name]
	if f == nil {
		return 0
	}
	var head [4]byte
	if err := a.head(f, head[:]); err != nil {
		return 0
	}
	return int(min(uint64(binary.LittleEndian.Uint32(head[:])), f.UncompressedSize64/smallestRow, 1<<30))
}
