package rows

import (
	"bufio"
	"iter"
)

// Output is where a format writes, and how.
type Output struct {
	*bufio.Writer
	Columns  []Column
	Optional []Column // those that a table may drop on a narrow screen
	Header   bool     // write a header row, in formats that have one
	Color    bool
	Screen   bool // a person reads it: control characters of names would change the screen
	Width    int  // of the screen; 0: unlimited
}

// Writer writes rows in a format. It may iterate over them more than once.
type Writer func(out *Output, rows iter.Seq[*Row]) error
