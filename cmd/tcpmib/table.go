package main

import (
	"iter"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

var titleStyle = lipgloss.NewStyle().Bold(true)

const (
	gap      = "  " // between two columns
	minWidth = 12   // a narrow screen cuts no column below it
)

// writeTable writes aligned columns for people.
func writeTable(out *output, rows iter.Seq[*row]) error {
	t := table{columns: out.columns, color: out.color}
	t.fit(rows, out.header, out.width)
	if out.header {
		out.WriteString(t.titles() + "\n")
	}
	for r := range rows {
		if _, err := out.WriteString(t.line(r) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// table lays rows out in columns.
type table struct {
	columns []column
	widths  []int
	color   bool
	buf     []byte
}

// fit makes each column as wide as its widest cell, and then narrower where the
// screen asks for it.
func (t *table) fit(rows iter.Seq[*row], header bool, screen int) {
	t.widths = make([]int, len(t.columns))
	if header {
		for i, c := range t.columns {
			t.widths[i] = len(c.title)
		}
	}
	for r := range rows {
		for i := range t.columns {
			t.widths[i] = max(t.widths[i], displayWidth(t.cell(&t.columns[i], r)))
		}
	}
	if screen <= 0 {
		return
	}
	total := len(gap) * (len(t.columns) - 1)
	for _, width := range t.widths {
		total += width
	}
	for ; total > screen; total-- {
		widest := -1
		for i, c := range t.columns {
			if c.shrink != nil && t.widths[i] > minWidth && (widest < 0 || t.widths[i] > t.widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		t.widths[widest]--
	}
}

// cell is the text of a row in a column, made safe for a terminal.
func (t *table) cell(c *column, r *row) string {
	t.buf = c.text(t.buf[:0], r)
	if len(t.buf) == 0 {
		return "-"
	}
	if plain(t.buf) {
		return string(t.buf)
	}
	return printable(string(t.buf))
}

// printable replaces what would move the cursor or change the screen: names come
// from files and from other programs. What joins characters, as in many emoji and
// in some scripts, has no width and does neither.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && !unicode.Is(unicode.Join_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func (t *table) titles() string {
	return t.join(func(c *column) (string, lipgloss.Style) { return c.title, titleStyle })
}

func (t *table) line(r *row) string {
	return t.join(func(c *column) (string, lipgloss.Style) {
		if c.style == nil {
			return t.cell(c, r), lipgloss.Style{}
		}
		return t.cell(c, r), c.style(r)
	})
}

// join makes a line of cells, without blanks at its end.
func (t *table) join(cell func(c *column) (string, lipgloss.Style)) string {
	var b strings.Builder
	pad := 0 // blanks that are due before the next text
	for i := range t.columns {
		c := &t.columns[i]
		text, style := cell(c)
		width := displayWidth(text)
		if width > t.widths[i] {
			if c.shrink != nil {
				text = c.shrink(text, t.widths[i])
			}
			width = displayWidth(text)
		}
		blanks := max(t.widths[i]-width, 0)
		if i > 0 {
			pad += len(gap)
		}
		if c.number {
			pad += blanks
			blanks = 0
		}
		b.WriteString(spaces(pad))
		if t.color {
			text = style.Render(text)
		}
		b.WriteString(text)
		pad = blanks
	}
	return b.String()
}

// displayWidth is how many columns of a screen text takes.
func displayWidth(text string) int {
	if plain(text) {
		return len(text)
	}
	return ansi.StringWidth(text)
}

func spaces(n int) string { return strings.Repeat(" ", n) }

// shrinkEnd leaves the end of a text out, shrinkMiddle its middle: the end of an
// endpoint is its port. The text is wider than what is to be left of it.
func shrinkEnd(text string, width int) string { return shrink(text, width, 0) }

func shrinkMiddle(text string, width int) string { return shrink(text, width, (width-1)/2) }

// shrink leaves width columns of a text, so many of them of its end.
func shrink(text string, width, end int) string {
	if plain(text) { // a byte is a column, and that is much faster
		return text[:width-1-end] + "…" + text[len(text)-end:]
	}
	return ansi.Truncate(text, width-end, "…") + ansi.TruncateLeft(text, displayWidth(text)-end, "")
}
