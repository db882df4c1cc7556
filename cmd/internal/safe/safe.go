// Package safe decides what may reach a terminal or a log. Names come from files and from other
// programs, and a terminal obeys what is in them: it moves its cursor, sets its title and its
// clipboard; a log takes a line that begins with :: for a command of its own.
//
// Text makes a name safe where it is put into a line. A Writer stands behind everything that is
// printed, for what was forgotten.
package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text replaces the characters of a name that would move the cursor, change the screen or start
// another line, and what is not UTF-8, with U+FFFD. Joiners, which many emoji and some scripts
// need, are harmless.
//
// A name that a log would take for a command of a workflow, ::error ...:: at its start or ##[error]
// anywhere, gets a space into it.
func Text(text string) string {
	if IsText(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		if !printable(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if isCommand(text) {
		text = strings.Replace(text, "::", ": :", 1)
	}
	return strings.ReplaceAll(text, "##[", "# #[")
}

// IsText reports whether a text is printable ASCII that Text leaves as it is.
func IsText[S string | []byte](text S) bool {
	for i := range len(text) {
		b := text[i]
		if b < ' ' || b >= 0x7f || b == '[' && i >= 2 && text[i-1] == '#' && text[i-2] == '#' {
			return false
		}
	}
	return len(text) == 0 || text[0] > ':' || !isCommand(string(text))
}

// isCommand reports whether a line that begins with text may be a command: no address has :: twice.
func isCommand(text string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "::")
	return ok && strings.Contains(rest, "::")
}

// maxMessage is how many bytes of a message are printed: what is longer comes from a broken file.
const maxMessage = 4000

// Message makes a message safe: one line, of a length that can be read. Its line breaks become
// semicolons.
func Message(text string) string {
	text = strings.TrimSpace(text)
	cut := len(text) > maxMessage
	if cut {
		end := maxMessage
		for end > 0 && !utf8.RuneStart(text[end]) {
			end-- // in a character
		}
		text = text[:end]
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, Text(line))
		}
	}
	text = strings.Join(lines, "; ")
	if cut {
		text += " …"
	}
	return text
}

// printable reports whether a character is seen, and changes nothing but its place. Characters that
// turn the direction of text, and those of C1, are not.
func printable(r rune) bool { return unicode.IsPrint(r) || unicode.Is(unicode.Join_Control, r) }
