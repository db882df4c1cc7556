package safe

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode"
	"unicode/utf8"
)

// Writer writes text without what could change a terminal: it replaces control characters but line
// ends and tabs, characters that turn the direction of text, and what is not UTF-8, with U+FFFD. Of
// escape sequences only those for colors pass, and only where colors are written.
type Writer struct {
	to     io.Writer
	colors func() bool // whether colors are written; nil: they are not
	rest   []byte      // of the last write: a character or sequence that is not complete
	buf    []byte
	known  [256]rune // printable characters, each at its last byte
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer, colors func() bool) *Writer { return &Writer{to: w, colors: colors} }

// Unwrap returns what w writes to.
func (w *Writer) Unwrap() io.Writer { return w.to }

// Write writes text. It keeps an incomplete character at the end until the next call.
func (w *Writer) Write(p []byte) (int, error) {
	if len(w.rest) == 0 && plain(p) {
		return w.to.Write(p)
	}
	text := p
	if len(w.rest) > 0 {
		text = append(w.rest, p...)
	}
	if err := w.write(text, false); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes what is incomplete. It does not close what is below.
func (w *Writer) Close() error { return w.write(w.rest, true) }

func (w *Writer) write(text []byte, last bool) error {
	w.buf = w.buf[:0]
	for len(text) > 0 {
		n, ok := w.next(text, last)
		if n == 0 {
			break
		}
		if ok {
			w.buf = append(w.buf, text[:n]...)
		} else {
			w.buf = utf8.AppendRune(w.buf, unicode.ReplacementChar)
		}
		text = text[n:]
	}
	w.rest = bytes.Clone(text)
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.to.Write(w.buf)
	return err
}

// maxColor is the longest sequence for a color.
const maxColor = len("\x1b[1;2;7;31;41m")

// next returns the length of what text begins with, and whether it may pass; 0 if more is to come.
func (w *Writer) next(text []byte, last bool) (n int, ok bool) {
	switch text[0] {
	case '\n', '\t':
		return 1, true
	case '\r':
		if len(text) == 1 && !last {
			return
		}
		return 1, len(text) > 1 && text[1] == '\n'
	case '\x1b':
		if w.colors == nil || !w.colors() {
			return 1, false
		}
		pass, complete := color(text)
		if !complete && !last {
			return
		}
		return 1, pass // the rest of the sequence is plain text
	}
	if b := text[0]; b < utf8.RuneSelf {
		return 1, b >= ' ' && b != 0x7f
	}
	if !utf8.FullRune(text) && !last {
		return
	}
	r, n := utf8.DecodeRune(text)
	if r == utf8.RuneError { // which is written in its place, so that it may be in the text as well
		return n, false
	}
	// Most characters come again, and to look one up in package unicode takes longer than all the
	// rest.
	known := &w.known[r%256]
	if *known != r && printable(r) {
		*known = r
	}
	return n, *known == r
}

// color reports whether text begins with a sequence for a color, and whether text is long enough to
// know. Concealed and blinking text are no colors.
func color(text []byte) (ok, complete bool) {
	number := 0
	for i, b := range text[:min(len(text), maxColor)] {
		switch {
		case i == 0 || i == 1 && b == '[':
		case i > 1 && '0' <= b && b <= '9':
			number = number*10 + int(b-'0')
		case i > 1 && (b == ';' || b == 'm'):
			if number > 4 && number != 7 && (number < 30 || number > 47) {
				return false, true
			}
			if number = 0; b == 'm' {
				return true, true
			}
		default:
			return false, true
		}
	}
	return false, len(text) >= maxColor
}

// plain reports whether text is ASCII without control characters but line feeds. It looks at eight
// bytes at a time: a million rows are 250 MB.
func plain(text []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for len(text) >= 8 {
		x := binary.LittleEndian.Uint64(text)
		// The top bits of bytes that are below a space, above ASCII, or 0x7f.
		if ((x-' '*ones)&^x|x|(x+ones))&tops != 0 && !plainBytes(text[:8]) {
			return false
		}
		text = text[8:]
	}
	return plainBytes(text)
}

func plainBytes(text []byte) bool {
	for _, b := range text {
		if b != '\n' && (b < ' ' || b >= 0x7f) {
			return false
		}
	}
	return true
}
