package rows

import (
	"iter"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
)

const gap = "  " // between columns

// WriteTable writes aligned columns.
func WriteTable(out *Output, rows iter.Seq[*Row]) error {
	t := Table{Columns: out.Columns, Optional: out.Optional, MayShare: out.Header, Wraps: true, Color: out.Color}
	t.Fit(rows, out.Header, out.Width)
	if out.Header {
		for _, line := range t.Above(out.Width) {
			out.WriteString(line + "\n")
		}
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
	Columns  []Column
	Optional []Column // those that Fit may drop on a narrow screen
	MayShare bool     // whether Fit may move what all rows share into Shared
	Wraps    bool     // whether lines that are too long are wrapped: then none is cut as well
	Color    bool
	Widths   []int   // of the columns; set by Fit
	Shared   []Value // what all rows share, and no column shows; set by Fit
	buf      []byte
	shown    memo[shown]   // of texts that have to be made safe
	cut      map[cut]shown // of texts that are not plain
}

// shown is how a text is shown: safe for a terminal, and how wide it then is.
type shown struct {
	text  string
	width int
}

// cut is a text that is too wide for its column.
type cut struct {
	column, text string
	width        int
}

// Value is what all rows have in a column.
type Value struct {
	Column Column
	Text   string
}

const none = "-" // in place of a value that there is not

// Cell returns the text of a row in a column, safe for a terminal.
func (t *Table) Cell(c *Column, r *Row) string { return t.show(t.cell(c, r)).text }

// show returns how a text is shown.
func (t *Table) show(text []byte) shown {
	if cli.IsPrintable(text) {
		return shown{string(text), len(text)}
	}
	t.shown.of = show
	return t.shown.get(text)
}

func show(text string) shown {
	safe := cli.Printable(text)
	return shown{safe, cli.DisplayWidth(safe)}
}

// shorten returns a text that is wider than its column as it is shown there.
func (t *Table) shorten(c *Column, text string, width int) shown {
	if cli.Plain(text) {
		text = c.Shrink(text, width)
		return shown{text, cli.DisplayWidth(text)}
	}
	key := cut{c.Name, text, width}
	s, ok := t.cut[key]
	if !ok {
		s.text = c.Shrink(text, width)
		s.width = cli.DisplayWidth(s.text)
		if t.cut == nil {
			t.cut = map[cut]shown{}
		}
		t.cut[key] = s
	}
	return s
}

// cell returns the text of a row in a column as it is, valid until the next call.
func (t *Table) cell(c *Column, r *Row) []byte {
	t.buf = c.Text(t.buf[:0], r)
	if len(t.buf) == 0 {
		t.buf = append(t.buf, none...)
	}
	return t.buf
}

// Above returns the lines above the header row: what all rows share, and an empty one.
func (t *Table) Above(screen int) (lines []string) {
	line, width := "", 0
	for _, v := range t.Shared {
		title, text := v.Column.Title, v.Text
		if room := screen - len(title) - 1; v.Column.Shrink != nil && room > leastName && cli.DisplayWidth(text) > room {
			text = v.Column.Shrink(text, room)
		}
		more := len(title) + 1 + cli.DisplayWidth(text)
		if line != "" && width+len(gap)+more > screen {
			lines = append(lines, line)
			line, width = "", 0
		}
		if line != "" {
			line, width = line+gap, width+len(gap)
		}
		if t.Color {
			title = cli.Title.Render(title)
		}
		line, width = line+title+" "+text, width+more
	}
	if line != "" {
		lines = append(lines, line, "")
	}
	return lines
}

// Header returns the header row.
func (t *Table) Header() string {
	return t.join(func(c *Column) (shown, lipgloss.Style) { return shown{c.Title, cli.DisplayWidth(c.Title)}, cli.Title })
}

// Line returns the line of a row.
func (t *Table) Line(r *Row) string {
	return t.join(func(c *Column) (shown, lipgloss.Style) {
		if c.Style == nil {
			return t.show(t.cell(c, r)), lipgloss.Style{}
		}
		return t.show(t.cell(c, r)), c.Style(r)
	})
}

// join makes a line of cells, without trailing spaces.
func (t *Table) join(cell func(c *Column) (shown, lipgloss.Style)) string {
	var b strings.Builder
	pad := 0 // spaces owed before the next text
	for i := range t.Columns {
		c := &t.Columns[i]
		cell, style := cell(c)
		if cell.width > t.Widths[i] && c.Shrink != nil {
			cell = t.shorten(c, cell.text, t.Widths[i])
		}
		text, spaces := cell.text, max(t.Widths[i]-cell.width, 0)
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

// The colors of states: waiting for work, working, and coming or going. The words say the same.
var (
	listening = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	working   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	passing   = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

func stateStyle(s tcpmib.State) lipgloss.Style {
	switch s {
	case tcpmib.StateListen:
		return listening
	case tcpmib.StateEstab:
		return working
	}
	return passing
}
