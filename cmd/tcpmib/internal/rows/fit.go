package rows

import (
	"iter"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// Widths below which no column shrinks while there is one to drop. An IPv4 endpoint stays whole: it
// takes up to 21 columns.
const (
	minName    = 12
	minAddress = 18
	minWidth   = 12 // of any column, where none can be dropped
)

// leastFirst are the columns that a narrow screen may lose, those that tell least first. The details
// go before an address is cut.
var (
	details    = []string{"offloadCode", "stateCode", "offload", "family", "of"}
	leastFirst = slices.Concat(details, []string{
		"commandLine", "parentProcess", "parent", "services", "module", "user", "path", "created", "age",
		"rttMaxMilliseconds", "rttMinMilliseconds", "segmentsRetransmitted",
		"bound", "timeWait", "process", "pid", "protocol", "rttMilliseconds", "state",
	})
)

// A fit is what Fit knows about the cells of a column.
type fit struct {
	width int    // of the widest
	floor int    // to which it shrinks while a column can be dropped
	first []byte // the value in the first row
	same  bool   // in every other row too
}

// Fit makes each column as wide as its widest cell and then, if they are wider than the screen, drops
// and shrinks columns: those that are the same in every row go first, then names shrink, details go,
// addresses shrink, and the rest goes. Only columns in t.Optional are dropped. A screen of width 0 is
// unlimited.
func (t *Table) Fit(rows iter.Seq[*Row], header bool, screen int) {
	fits := t.measure(rows, header)
	if screen > 0 {
		fits = t.drop(fits, screen)
		t.shrink(fits, screen)
		return
	}
	for i, f := range fits {
		t.Widths[i] = f.width
	}
}

// measure looks at every cell.
func (t *Table) measure(rows iter.Seq[*Row], header bool) []fit {
	t.Widths = make([]int, len(t.Columns))
	fits := make([]fit, len(t.Columns))
	n := 0
	for r := range rows {
		for i := range t.Columns {
			c, f := &t.Columns[i], &fits[i]
			text := t.cell(c, r)
			if n == 0 {
				f.first, f.same = slices.Clone(text), true
			}
			f.same = f.same && string(text) == string(f.first)
			width := len(text)
			if !cli.Plain(text) {
				width = cli.DisplayWidth(cli.Printable(string(text)))
			}
			f.width = max(f.width, width)
			if c.isAddress() && r.Local.Addr().Is4() {
				f.floor = max(f.floor, width)
			}
		}
		n++
	}
	for i := range fits {
		c, f := &t.Columns[i], &fits[i]
		title := 0
		if header {
			title = len(c.Title)
		}
		f.width = max(f.width, title)
		f.same = f.same && n > 1 // a single row says all that there is
		switch {
		case c.Shrink == nil:
			f.floor = f.width
		case c.isAddress():
			f.floor = min(max(f.floor, minAddress), f.width)
		default:
			f.floor = min(max(minName, title), f.width)
		}
	}
	return fits
}

// drop takes columns out of the table until the rest can fit the screen.
func (t *Table) drop(fits []fit, screen int) []fit {
	full := func(_ *Column, f fit) int { return f.width }
	short := func(c *Column, f fit) int { // names shrunk, addresses whole
		if c.isAddress() {
			return f.width
		}
		return f.floor
	}
	shortest := func(_ *Column, f fit) int { return f.floor }
	fits = t.dropWhile(fits, slices.Concat(leastFirst, []string{"remote", "local"}), func(fits []fit, i int) bool { return fits[i].same && t.total(fits, full) > screen })
	fits = t.dropWhile(fits, details, func(fits []fit, _ int) bool { return t.total(fits, short) > screen })
	return t.dropWhile(fits, leastFirst, func(fits []fit, _ int) bool { return t.total(fits, shortest) > screen })
}

// dropWhile takes the optional columns with these names out of the table for which needed reports
// true, one after the other.
func (t *Table) dropWhile(fits []fit, names []string, needed func(fits []fit, i int) bool) []fit {
	for _, name := range names {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		if i >= 0 && Has(t.Optional, name) && len(fits) > 1 && needed(fits, i) {
			t.Columns = slices.Delete(slices.Clone(t.Columns), i, i+1)
			t.Widths = t.Widths[1:]
			fits = slices.Delete(fits, i, i+1)
		}
	}
	return fits
}

// total returns the width of the table if each column takes what width returns.
func (t *Table) total(fits []fit, width func(c *Column, f fit) int) int {
	total := len(gap) * (len(fits) - 1)
	for i, f := range fits {
		total += width(&t.Columns[i], f)
	}
	return total
}

// shrink sets the widths: names shrink to their floor, then addresses do, and then whatever can.
func (t *Table) shrink(fits []fit, screen int) {
	for i, f := range fits {
		t.Widths[i] = f.width
	}
	over := t.total(fits, func(_ *Column, f fit) int { return f.width }) - screen
	for _, floor := range []func(i int) int{
		func(i int) int {
			if t.Columns[i].isAddress() {
				return t.Widths[i]
			}
			return fits[i].floor
		},
		func(i int) int { return fits[i].floor },
		func(int) int { return minWidth },
	} {
		for ; over > 0; over-- {
			widest := -1
			for i, c := range t.Columns {
				if c.Shrink != nil && t.Widths[i] > floor(i) && (widest < 0 || t.Widths[i] > t.Widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			t.Widths[widest]--
		}
	}
}

// shrinkEnd drops the end of a text that is wider than width.
func shrinkEnd(text string, width int) string { return shrink(text, width, 0) }

// shrinkMiddle drops the middle of an address.
func shrinkMiddle(text string, width int) string { return shrink(text, width, (width-1)/2) }

// shrinkEndpoint drops the middle of the address in an endpoint, and never its port.
func shrinkEndpoint(text string, width int) string {
	port := len(text) - strings.LastIndexAny(text, "]:")
	if strings.HasPrefix(text, "[") {
		port = len(text) - strings.LastIndexByte(text, ']')
	}
	return shrink(text, width, min(max((width-1)/2, port), width-1))
}

// shrink shortens a text to width columns, of which end columns are its last.
func shrink(text string, width, end int) string {
	if cli.Plain(text) { // a byte is a column: much faster
		return text[:width-1-end] + "…" + text[len(text)-end:]
	}
	return ansi.Truncate(text, width-end, "…") + ansi.TruncateLeft(text, cli.DisplayWidth(text)-end, "")
}
