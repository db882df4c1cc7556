package rows

import (
	"iter"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
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

// Events encodes changes as JSON lines: those of WriteJSONLines with the keys time and event before
// them, and previousState where the state changed.
type Events struct {
	objects *objects
	line    []byte
}

// NewEvents returns an encoder of changes.
func NewEvents() *Events { return &Events{objects: newObjects(DataColumns)} }

// Line returns the line of a change to a row. It is valid until the next call.
func (e *Events) Line(c tcpmib.Change, r *Row) []byte {
	line := append(e.line[:0], `{"time":"`...)
	line = c.Time.UTC().AppendFormat(line, time.RFC3339Nano)
	line = append(line, `","event":`...)
	line = appendQuoted(line, c.Kind.String())
	if c.Kind == tcpmib.Changed {
		line = append(line, `,"previousState":`...)
		line = appendQuoted(line, c.Old.State.String())
	}
	line = append(line, ',')
	e.line = append(append(line, e.objects.object(r)[1:]...), '\n')
	return e.line
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
		e.buf = e.columns[i].appendJSON(e.buf, r)
	}
	e.buf = append(e.buf, '}')
	return e.buf
}

// appendJSON appends the value of a column as JSON.
func (c *Column) appendJSON(dst []byte, r *Row) []byte {
	if c.JSON != nil {
		return c.JSON(dst, r)
	}
	start := len(dst)
	if c.Number {
		if dst = c.Text(dst, r); len(dst) == start {
			return append(dst, "null"...)
		}
		return dst
	}
	dst = c.Text(append(dst, '"'), r)
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
