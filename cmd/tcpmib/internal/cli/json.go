package cli

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// Object is a JSON object whose members keep their order.
type Object []Member

// Member is a key of an object with its value.
type Member struct {
	Key   string
	Value any
}

// MarshalJSON encodes the members in order.
func (o Object) MarshalJSON() ([]byte, error) {
	text := []byte("{")
	for i, m := range o {
		if i > 0 {
			text = append(text, ',')
		}
		for _, part := range []any{m.Key, m.Value} {
			encoded, err := EncodeJSON(part)
			if err != nil {
				return nil, err
			}
			text = append(append(text, encoded...), ':')
		}
		text = text[:len(text)-1] // the colon after the value
	}
	return append(text, '}'), nil
}

// EncodeJSON encodes a value on one line of ASCII, without the escapes that only HTML needs.
func EncodeJSON(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return EscapeNonASCII(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), err
}

// EscapeNonASCII escapes the characters of JSON that are not ASCII. It decodes to the same values,
// and no code page of a console, and no character that turns the direction of text, can change it.
func EscapeNonASCII(text []byte) []byte {
	if bytes.IndexFunc(text, escaped) < 0 {
		return text
	}
	var escapes []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case !escaped(r):
			escapes = append(escapes, text[:size]...)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			escapes = appendEscape(appendEscape(escapes, high), low)
		default:
			escapes = appendEscape(escapes, r)
		}
		text = text[size:]
	}
	return escapes
}

// appendEscape appends the escape of a character of at most 16 bits.
func appendEscape(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// escaped reports whether r can only be part of a string of JSON.
func escaped(r rune) bool { return r >= 0x7f }
