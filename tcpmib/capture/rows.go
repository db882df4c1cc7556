package capture

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/winmib/winmib/tcpmib"
)

// RowsError is the error for a capture with more rows than Limits.MaxRows allows. It is a
// tcpmib.ErrTooLarge.
type RowsError struct {
	Rows    int  // how many rows the answer has
	MaxRows int  // the limit
	All     bool // Rows counts all answers up to this one, and the limit is four times MaxRows
}

// Error names the number of rows and the limit.
func (e *RowsError) Error() string {
	if e.All {
		return fmt.Sprintf("%v: %d rows in all answers, the limit is %d (four times MaxRows)", tcpmib.ErrTooLarge, e.Rows, answersOfARow*e.MaxRows)
	}
	return fmt.Sprintf("%v: %d rows, the limit is %d (MaxRows)", tcpmib.ErrTooLarge, e.Rows, e.MaxRows)
}

// Allow returns the smallest Limits.MaxRows that allows this many rows. Other answers may have more.
func (e *RowsError) Allow() int {
	if e.All {
		return (e.Rows + answersOfARow - 1) / answersOfARow
	}
	return e.Rows
}

// Unwrap returns tcpmib.ErrTooLarge.
func (e *RowsError) Unwrap() error { return tcpmib.ErrTooLarge }

// answersOfARow bounds in how many answers a capture holds one connection: the table, its owner's, and
// its binding.
const answersOfARow = 4

// rowCount counts the rows of a capture's answers.
type rowCount struct {
	max, rows int
}

func (l Limits) rows() *rowCount {
	if l.MaxRows <= 0 {
		return &rowCount{max: DefaultMaxRows}
	}
	return &rowCount{max: l.MaxRows}
}

// add counts the rows of a table of size bytes by its first bytes, which say how many it has. One that
// says more than it has room for is refused when it is decoded.
func (c *rowCount) add(head []byte, size uint64) error {
	const smallest = 8 // MIB_UDPROW
	if len(head) < 4 {
		return nil
	}
	rows := int(min(uint64(binary.LittleEndian.Uint32(head)), size/smallest))
	if rows > c.max {
		return &RowsError{Rows: rows, MaxRows: c.max}
	}
	if c.rows += rows; c.rows > answersOfARow*c.max {
		return &RowsError{Rows: c.rows, MaxRows: c.max, All: true}
	}
	return nil
}

// isTable reports whether an answer is a table, which begins with its number of rows.
func (a manifestAnswer) isTable() bool { return strings.Contains(a.Func, "Table") }
