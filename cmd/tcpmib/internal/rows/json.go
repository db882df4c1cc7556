package rows

import (
	"encoding/json"
	"iter"
	"strconv"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// WriteJSON writes one array with an object on each line.
func WriteJSON(out *Output, rows iter.Seq[*Row]) error {
	e := newObjects(out.Columns)
	first := true
	for r := range rows {
		sep := ",\n"
		if first {
			sep, first = "[\n", false
		}
		out.WriteString(sep)
		if _, err := out.Write(e.object(r)); err != nil {
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
	e := newObjects(out.Columns)
	for r := range rows {
		if _, err := out.Write(append(e.object(r), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// objects encodes rows as JSON objects, in one buffer. A million rows through encoding/json take
// several times as long: see BenchmarkEncode.
type objects struct {
	columns []Column
	keys    [][]byte // each with the separator before it
	buf     []byte
}

func newObjects(columns []Column) *objects {
	e := &objects{columns: columns, keys: make([][]byte, len(columns))}
	for i, c := range columns {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		e.keys[i] = append(appendQuoted([]byte{sep}, c.Name), ':')
	}
	return e
}

// object returns the object of a row. It is valid until the next call.
func (e *objects) object(r *Row) []byte {
	e.buf = e.buf[:0]
	for i := range e.columns {
		e.buf = append(e.buf, e.keys[i]...)
		e.buf = e.columns[i].AppendJSON(e.buf, r)
	}
	e.buf = append(e.buf, '}')
	return e.buf
}

// AppendJSON appends the value of a column as JSON.
func (c *Column) AppendJSON(dst []byte, r *Row) []byte {
	if c.JSON != nil {
		return c.JSON(dst, r)
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
		return appendQuoted(dst[:start], string(value))
	}
}

func appendUint[N ~uint16 | ~uint32 | ~uint64](dst []byte, n N) []byte {
	return strconv.AppendUint(dst, uint64(n), 10)
}

// appendRTT appends a round-trip time, unless none was measured: Windows then says 0, or the largest
// number for the minimum.
func appendRTT(dst []byte, ms uint32) []byte {
	if ms == 0 || ms == 1<<32-1 {
		return dst
	}
	return appendUint(dst, ms)
}

// appendQuoted appends text as a JSON string.
func appendQuoted[S string | []byte](dst []byte, text S) []byte {
	if cli.Plain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	quoted, err := json.Marshal(string(text))
	if err != nil { // a string can always be marshalled
		panic(err)
	}
	return append(dst, cli.EscapeNonASCII(quoted)...)
}

// appendList appends a JSON array of strings.
func appendList(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendQuoted(dst, s)
	}
	return append(dst, ']')
}
