package rows

import (
	"iter"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// Widths to which columns shrink: at first, so that a person still reads a name or an address, and
// where nothing else helps.
const (
	goodName, minName, leastName          = 20, 12, 7
	goodAddress, minAddress, leastAddress = 24, 18, 9
)

// details are the columns that a narrow screen loses first, and leastFirst the others that it may
// lose, those that tell least first. Endpoints, PIDs and names of processes are in neither.
var (
	details    = []string{"offloadCode", "stateCode", "offload", "family", "of"}
	leastFirst = []string{
		"commandLine", "parentProcess", "parent", "services", "module", "user", "path", "created", "age",
		"rttMaxMilliseconds", "rttMinMilliseconds", "segmentsRetransmitted",
		"bound", "timeWait", "rttMilliseconds", "protocol", "topProcess", "state",
	}
	// sharedFirst are the columns that leave the table if all rows have one value there.
	sharedFirst = slices.Concat(leastFirst, []string{"pid", "process", "remote", "local"})
)

// A fit is what Fit knows about the cells of a column.
type fit struct {
	width int    // of the widest
	good  int    // to which it shrinks before any other column is shorter
	floor int    // to which it shrinks while a column can be dropped
	least int    // to which it shrinks
	first []byte // the value in the first row
	same  bool   // in every other row too
}

// Fit makes each column as wide as its widest cell and then, if they are wider than the screen,
// makes them fit: details go, what all rows share goes into t.Shared, names and addresses shrink,
// and then other columns go. Only columns in t.Optional go, and never endpoints, PIDs and names of
// processes, unless they are in t.Shared. If what is left does not fit at all and t.Wraps, nothing
// is cut. A screen of width 0 is unlimited.
func (t *Table) Fit(rows iter.Seq[*Row], header bool, screen int) {
	fits := t.measure(rows, header)
	t.Shared = nil
	if screen > 0 {
		fits = t.drop(fits, screen)
	}
	for i, f := range fits {
		t.Widths[i] = f.width
	}
	if screen > 0 && !(t.Wraps && t.total(fits, func(_ *Column, f fit) int { return f.least }) > screen) {
		t.shrink(fits, screen)
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
			if !cli.IsPrintable(text) {
				width = t.show(text).width
			}
			f.width = max(f.width, width)
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
			f.good, f.floor, f.least = f.width, f.width, f.width
			continue
		case c.isAddress():
			f.good, f.floor, f.least = goodAddress, minAddress, leastAddress
		default:
			f.good, f.floor, f.least = goodName, minName, leastName
		}
		for _, width := range []*int{&f.good, &f.floor, &f.least} {
			*width = min(max(*width, title), f.width)
		}
	}
	return fits
}

// drop takes columns out of the table until the rest can fit the screen.
func (t *Table) drop(fits []fit, screen int) []fit {
	wide := func(width func(c *Column, f fit) int) func(fits []fit) bool {
		return func(fits []fit) bool { return t.total(fits, width) > screen }
	}
	full := wide(func(_ *Column, f fit) int { return f.width })
	fits = t.dropWhile(fits, details, full)
	if t.MayShare {
		for _, name := range sharedFirst {
			if i := t.optional(name); i >= 0 && fits[i].same && len(fits) > 1 && full(fits) {
				if string(fits[i].first) != none {
					t.Shared = append(t.Shared, Value{t.Columns[i], cli.Printable(string(fits[i].first))})
				}
				fits = t.remove(fits, i)
			}
		}
		slices.Reverse(t.Shared) // the most informative first
	}
	return t.dropWhile(fits, leastFirst, wide(func(_ *Column, f fit) int { return f.floor }))
}

// dropWhile takes the optional columns with these names out of the table, one after the other,
// while it is too wide.
func (t *Table) dropWhile(fits []fit, names []string, tooWide func(fits []fit) bool) []fit {
	for _, name := range names {
		if i := t.optional(name); i >= 0 && len(fits) > 1 && tooWide(fits) {
			fits = t.remove(fits, i)
		}
	}
	return fits
}

// optional returns the index of the column with this name if it may be dropped, or -1.
func (t *Table) optional(name string) int {
	if !Has(t.Optional, name) {
		return -1
	}
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

func (t *Table) remove(fits []fit, i int) []fit {
	t.Columns = slices.Delete(slices.Clone(t.Columns), i, i+1)
	t.Widths = t.Widths[1:]
	return slices.Delete(fits, i, i+1)
}

// total returns the width of the table if each column takes what width returns.
func (t *Table) total(fits []fit, width func(c *Column, f fit) int) int {
	total := len(gap) * (len(fits) - 1)
	for i, f := range fits {
		total += width(&t.Columns[i], f)
	}
	return total
}

// shrink makes the widths fit. Of the columns that may be shorter the widest is, one by one.
func (t *Table) shrink(fits []fit, screen int) {
	over := t.total(fits, func(_ *Column, f fit) int { return f.width }) - screen
	for _, floor := range []func(i int) int{
		func(i int) int { return fits[i].good },
		func(i int) int { return fits[i].floor },
		func(i int) int { return fits[i].least },
	} {
		for ; over > 0; over-- {
			widest := -1
			for i := range t.Columns {
				if t.Widths[i] > floor(i) && (widest < 0 || t.Widths[i] > t.Widths[widest]) {
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
