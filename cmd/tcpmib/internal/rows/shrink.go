package rows

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

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
