package screen

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// line is one line of text that a person edits: the text before the cursor, and after it.
type line struct{ before, after string }

// Value returns the text.
func (l *line) Value() string { return l.before + l.after }

// SetValue replaces the text. The cursor is at its end.
func (l *line) SetValue(text string) { l.before, l.after = text, "" }

// Insert inserts text at the cursor, without control characters, such as the end of a copied line.
func (l *line) Insert(text string) {
	l.before += strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// Press edits the text as a shell does. Other keys insert what they type.
func (l *line) Press(msg tea.KeyPressMsg) {
	switch msg.String() {
	case "left", "ctrl+b":
		l.split(len(l.before) - len(lastCluster(l.before)))
	case "right", "ctrl+f":
		l.split(len(l.before) + len(firstCluster(l.after)))
	case "home", "ctrl+a":
		l.split(0)
	case "end", "ctrl+e":
		l.split(len(l.Value()))
	case "ctrl+left", "alt+left", "alt+b":
		l.split(wordStart(l.before))
	case "ctrl+right", "alt+right", "alt+f":
		l.split(len(l.before) + wordEnd(l.after))
	case "backspace", "ctrl+h":
		l.before = strings.TrimSuffix(l.before, lastCluster(l.before))
	case "delete", "ctrl+d":
		l.after = strings.TrimPrefix(l.after, firstCluster(l.after))
	case "ctrl+u":
		l.before = ""
	case "ctrl+k":
		l.after = ""
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		l.before = l.before[:wordStart(l.before)]
	case "alt+d", "alt+delete", "ctrl+delete":
		l.after = l.after[wordEnd(l.after):]
	default:
		l.Insert(msg.Text)
	}
}

// split puts the cursor after the first n bytes of the text.
func (l *line) split(n int) { l.before, l.after = l.Value()[:n], l.Value()[n:] }

// View returns the text with the cursor in width columns. A longer text scrolls with the cursor.
func (l *line) View(width int) string {
	under, after := " ", ""
	if l.after != "" {
		under = firstCluster(l.after)
		after = l.after[len(under):]
	}
	room := max(0, width-cli.DisplayWidth(under))
	before := l.before
	if extra := cli.DisplayWidth(before) - room; extra > 0 {
		before = ansi.TruncateLeft(before, extra, "")
		for cli.DisplayWidth(before) > room { // it starts with half of a wide character
			before = before[len(firstCluster(before)):]
		}
	}
	room = max(0, room-cli.DisplayWidth(before))
	return cli.Printable(before) + cursorStyle.Render(cli.Printable(under)) + cli.Printable(ansi.Truncate(after, room, ""))
}

// firstCluster returns the first character of text as a person sees it, with its accents.
func firstCluster(text string) string {
	cluster, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	return cluster
}

func lastCluster(text string) string {
	last := ""
	for text != "" {
		last = firstCluster(text)
		text = text[len(last):]
	}
	return last
}

// wordStart returns where the last word of text starts.
func wordStart(text string) int {
	return strings.LastIndexFunc(strings.TrimRightFunc(text, unicode.IsSpace), unicode.IsSpace) + 1
}

// wordEnd returns where the first word of text ends.
func wordEnd(text string) int {
	word := strings.TrimLeftFunc(text, unicode.IsSpace)
	if end := strings.IndexFunc(word, unicode.IsSpace); end >= 0 {
		word = word[:end]
		return strings.Index(text, word) + len(word)
	}
	return len(text)
}
