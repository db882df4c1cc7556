package rows

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/tcpmib"
)

// Mark is how a change is shown: the text says the same as its color.
type Mark struct {
	Text  string
	Style lipgloss.Style
}

// Marks are the marks of changes.
var Marks = map[tcpmib.ChangeKind]Mark{
	tcpmib.Opened:  {"+", lipgloss.NewStyle().Foreground(lipgloss.Green)},
	tcpmib.Closed:  {"-", lipgloss.NewStyle().Foreground(lipgloss.Red)},
	tcpmib.Changed: {"~", lipgloss.NewStyle().Foreground(lipgloss.Yellow)},
}

// DiffColumns are the columns of diff. Rows have a Change.
var DiffColumns = diffColumns()

func diffColumns() []Column {
	mark := Column{Name: "event",
		Text: func(dst []byte, r *Row) []byte { return append(dst, Marks[r.Change.Kind].Text...) }}
	columns := append([]Column{mark}, Named("protocol", "local", "remote", "state", "pid", "process")...)
	for i := range columns {
		c := &columns[i]
		if c.Name == "state" {
			c.Text, c.Shrink = withStateBefore(c.Text), shrinkStates
		}
		c.Style = func(r *Row) lipgloss.Style { return Marks[r.Change.Kind].Style }
	}
	return columns
}

const arrow = "-> "

// withStateBefore returns a Text that has the state before, if it was another, before text.
func withStateBefore(text func([]byte, *Row) []byte) func([]byte, *Row) []byte {
	return func(dst []byte, r *Row) []byte {
		if c := r.Change; c.Kind == tcpmib.Changed && c.Old.State != r.State {
			dst = append(append(dst, c.Old.State.String()...), " "+arrow...)
		}
		return text(dst, r)
	}
}

// shrinkStates drops the state before, and then the arrow.
func shrinkStates(text string, width int) string {
	if i := strings.Index(text, arrow); i >= 0 {
		text = text[i:]
		if len(text) > width {
			text = text[len(arrow):]
		}
	}
	if len(text) > width {
		return shrinkEnd(text, width)
	}
	return text
}
