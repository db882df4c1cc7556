package capture

import (
	"strings"
	"unicode"
)

// quotedError is an error of encoding/json, which may repeat what a capture holds, of any length and
// with any characters: its text is short and printable.
type quotedError struct{ err error }

func (e *quotedError) Error() string {
	const most = 200
	text := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, e.err.Error())
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

func (e *quotedError) Unwrap() error { return e.err }
