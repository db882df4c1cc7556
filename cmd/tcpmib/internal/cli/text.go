package cli

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/internal/safe"
)

// Alternatives joins words with commas and "or".
func Alternatives(words []string) string { return join(words, "or") }

// Enumeration joins words with commas and "and".
func Enumeration(words []string) string { return join(words, "and") }

func join(words []string, conjunction string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// Negated returns a negated value of a flag as it is typed on this system: cmd and PowerShell pass a !
// on, and know no single quote or take it for theirs, while an interactive sh replaces it.
func Negated(value string) string {
	if runtime.GOOS == "windows" {
		return "!" + value
	}
	return "'!" + value + "'"
}

// Count returns a number with its noun, in the plural unless it is 1.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Sentence returns an error as one line, without the package names that mean nothing to a user of
// the command.
func Sentence(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		for _, name := range []string{"tcpmib: ", "owner: ", "capture: "} {
			line = strings.TrimPrefix(line, name)
		}
		lines[i] = line
	}
	return strings.Join(lines, "; ")
}

// Age returns a duration for people, in its two largest units, such as "3d 4h", "5m 0s" or "12s".
// It is never negative: clocks are set back.
func Age(d time.Duration) string {
	seconds := int64(max(d, 0) / time.Second)
	units := []struct {
		name string
		size int64
	}{{"d", 24 * 60 * 60}, {"h", 60 * 60}, {"m", 60}, {"s", 1}}
	for i, unit := range units[:len(units)-1] {
		if seconds >= unit.size {
			next := units[i+1]
			return fmt.Sprintf("%d%s %d%s", seconds/unit.size, unit.name, seconds%unit.size/next.size, next.name)
		}
	}
	return fmt.Sprintf("%ds", seconds)
}

// Printable returns text as it may reach a terminal: see [safe.Text].
func Printable(text string) string { return safe.Text(text) }

// IsPrintable reports whether a text is ASCII that Printable leaves as it is.
func IsPrintable(text []byte) bool { return safe.IsText(text) }

// DisplayWidth returns how many columns of a screen text takes.
func DisplayWidth(text string) int {
	if Plain(text) {
		return len(text)
	}
	return ansi.StringWidth(text)
}

// Plain reports whether text is printable ASCII without quotes and backslashes: a byte is then a
// column of the screen, and JSON needs no escapes.
func Plain[S string | []byte](text S) bool {
	for i := range len(text) {
		if b := text[i]; b < ' ' || b >= 0x7f || b == '"' || b == '\\' {
			return false
		}
	}
	return true
}

// Spaces returns n spaces.
func Spaces(n int) string { return strings.Repeat(" ", n) }
