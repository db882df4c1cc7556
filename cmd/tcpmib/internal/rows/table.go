package rows

import (
	"iter"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

const (
	gap      = "  " // between columns
	minWidth = 12   // a narrow screen shrinks no column below it
)

// WriteTable writes aligned columns.
func WriteTable(out *Output, rows iter.Seq[*Row]) error {
	t := Table{Columns: out.Columns, Color: out.Color}
	t.Fit(rows, out.Header, out.Width)
	if out.Header {
		out.WriteString(t.Header() + "\n")
	}
	for r := range rows {
		if _, err := out.WriteString(t.Line(r) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// Table lays out rows in columns.
type Table struct {
	Columns []Column
	Widths  []int // of the columns; set by Fit
	Color   bool
	buf     []byte
}

// Fit makes each column as wide as its widest cell, and then shrinks columns until they fit the
// screen. A screen of width 0 is unlimited.
func (t *Table) Fit(rows iter.Seq[*Row], header bool, screen int) {
	t.Widths = make([]int, len(t.Columns))
	if header {
		for i, c := range t.Columns {
			t.Widths[i] = len(c.Title)
		}
	}
	for r := range rows {
		for i := range t.Columns {
			t.Widths[i] = max(t.Widths[i], cli.DisplayWidth(t.Cell(&t.Columns[i], r)))
		}
	}
	if screen <= 0 {
		return
	}
	total := len(gap) * (len(t.Columns) - 1)
	for _, width := range t.Widths {
		total += width
	}
	for ; total > screen; total-- {
		widest := -1
		for i, c := range t.Columns {
			if c.Shrink != nil && t.Widths[i] > minWidth && (widest < 0 || t.Widths[i] > t.Widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		t.Widths[widest]--
	}
}

// Cell returns the text of a row in a column, safe for a terminal.
func (t *Table) Cell(c *Column, r *Row) string {
	t.buf = c.Text(t.buf[:0], r)
	if len(t.buf) == 0 {
		return "-"
	}
	return cli.Printable(string(t.buf))
}

// Header returns the header row.
func (t *Table) Header() string {
	return t.join(func(c *Column) (string, lipgloss.Style) { return c.Title, cli.Title })
}

// Line returns the line of a row.
func (t *Table) Line(r *Row) string {
	return t.join(func(c *Column) (string, lipgloss.Style) {
		if c.Style == nil {
			return t.Cell(c, r), lipgloss.Style{}
		}
		return t.Cell(c, r), c.Style(r)
	})
}

// join makes a line of cells, without trailing spaces.
func (t *Table) join(cell func(c *Column) (string, lipgloss.Style)) string {
	var b strings.Builder
	pad := 0 // spaces owed before the next text
	for i := range t.Columns {
		c := &t.Columns[i]
		text, style := cell(c)
		width := cli.DisplayWidth(text)
		if width > t.Widths[i] {
			if c.Shrink != nil {
				text = c.Shrink(text, t.Widths[i])
			}
			width = cli.DisplayWidth(text)
		}
		spaces := max(t.Widths[i]-width, 0)
		if i > 0 {
			pad += len(gap)
		}
		if c.Number {
			pad += spaces
			spaces = 0
		}
		b.WriteString(cli.Spaces(pad))
		if t.Color {
			text = style.Render(text)
		}
		b.WriteString(text)
		pad = spaces
	}
	return b.String()
}
