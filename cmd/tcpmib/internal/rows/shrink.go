package rows

import (
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// shrinkEnd drops the end of a text that is wider than width. shrinkMiddle drops its middle, because
// the end of an endpoint is its port.
func shrinkEnd(text string, width int) string { return shrink(text, width, 0) }

func shrinkMiddle(text string, width int) string { return shrink(text, width, (width-1)/2) }

// shrink shortens a text to width columns, of which end columns are its last.
func shrink(text string, width, end int) string {
	if cli.Plain(text) { // a byte is a column: much faster
		return text[:width-1-end] + "…" + text[len(text)-end:]
	}
	return ansi.Truncate(text, width-end, "…") + ansi.TruncateLeft(text, cli.DisplayWidth(text)-end, "")
}
