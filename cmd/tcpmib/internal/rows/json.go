package rows

import (
	"encoding/json"
	"iter"
	"strconv"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// WriteJSON writes one array with an object on each line.
func WriteJSON(out *Output, rows iter.Seq[*Row]) error {
	e := NewObjects(out.Columns)
	first := true
	for r := range rows {
		sep := ",\n"
		if first {
			sep, first = "[\n", false
		}
		out.WriteString(sep)
		if _, err := out.Write(e.Object(r)); err != nil {
			return err
		}
	}
	if first {
		_, err := out.WriteString("[]\n")
		return err
	}
	_, err := out.WriteString("\n]\n")
	return err
}

// WriteJSONLines writes an object on each line.
func WriteJSONLines(out *Output, rows iter.Seq[*Row]) error {
	e := NewObjects(out.Columns)
	for r := range rows {
		if _, err := out.Write(append(e.Object(r), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// Objects encodes rows as JSON objects, in one buffer. A million rows through encoding/json take
// several times as long: see BenchmarkEncode.
type Objects struct {
	columns []Column
	keys    [][]byte // each with the separator before it
	quote   quote
	buf     []byte
}

// NewObjects returns an encoder of some columns.
func NewObjects(columns []Column) *Objects {
	e := &Objects{columns: columns, keys: make([][]byte, len(columns))}
	for i, c := range columns {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		e.keys[i] = append(appendQuoted([]byte{sep}, c.Name), ':')
	}
	quoted := memo[[]byte]{of: func(text string) []byte { return appendQuoted(nil, text) }}
	e.quote = func(dst []byte, text string) []byte {
		if cli.Plain(text) {
			return appendQuoted(dst, text)
		}
		return append(dst, quoted.get([]byte(text))...)
	}
	return e
}

// Object returns the object of a row. It is valid until the next call.
func (e *Objects) Object(r *Row) []byte {
	e.buf = e.buf[:0]
	for i := range e.columns {
		e.buf = append(e.buf, e.keys[i]...)
		e.buf = e.columns[i].appendJSON(e.buf, r, e.quote)
	}
	e.buf = append(e.buf, '}')
	return e.buf
}

// quote appends text as a JSON string.
type quote func(dst []byte, text string) []byte

// AppendJSON appends the value of a column as JSON.
func (c *Column) AppendJSON(dst []byte, r *Row) []byte { return c.appendJSON(dst, r, appendQuoted) }

func (c *Column) appendJSON(dst []byte, r *Row, quote quote) []byte {
	if c.JSON != nil {
		return c.JSON(dst, r, quote)
	}
	start := len(dst)
	if c.Number {
		if dst = c.appendData(dst, r); len(dst) == start {
			return append(dst, "null"...)
		}
		return dst
	}
	dst = c.appendData(append(dst, '"'), r)
	value := dst[start+1:]
	switch {
	case len(value) == 0:
		return append(dst[:start], "null"...)
	case cli.Plain(value):
		return append(dst, '"')
	default:
		return quote(dst[:start], string(value))
	}
}

func appendUint[N ~uint16 | ~uint32 | ~uint64](dst []byte, n N) []byte {
	return strconv.AppendUint(dst, uint64(n), 10)
}

// appendRTT appends a round-trip time, unless none was measured: Windows then says 0, or the
// largest number for the minimum.
func appendRTT(dst []byte, ms uint32) []byte {
	if ms == 0 || ms == 1<<32-1 {
		return dst
	}
	return appendUint(dst, ms)
}

// appendQuoted appends text as a JSON string.
func appendQuoted(dst []byte, text string) []byte {
	if cli.Plain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	quoted, err := json.Marshal(text)
	if err != nil { // a string can always be marshalled
		panic(err)
	}
	return append(dst, cli.EscapeNonASCII(quoted)...)
}

// appendList appends a JSON array of strings.
func appendList(dst []byte, list []string, quote quote) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = quote(dst, s)
	}
	return append(dst, ']')
}
