package main

import (
	"bytes"
	"iter"
	"slices"
)

// writeJSON writes one array with an object a line.
func writeJSON(out *output, rows iter.Seq[*row]) error {
	e := newObjects(out.columns)
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

// writeJSONLines writes an object a line.
func writeJSONLines(out *output, rows iter.Seq[*row]) error {
	e := newObjects(out.columns)
	for r := range rows {
		if _, err := out.Write(append(e.object(r), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// objects turns rows into JSON objects, with one buffer for all of them.
type objects struct {
	columns []column
	keys    [][]byte // each with what is written before it
	buf     []byte
}

func newObjects(columns []column) *objects {
	e := &objects{columns: columns, keys: make([][]byte, len(columns))}
	for i, c := range columns {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		e.keys[i] = append(appendQuoted([]byte{sep}, c.name), ':')
	}
	return e
}

// object is valid until the next call.
func (e *objects) object(r *row) []byte {
	e.buf = e.buf[:0]
	for i := range e.columns {
		e.buf = append(e.buf, e.keys[i]...)
		e.buf = e.columns[i].appendJSON(e.buf, r)
	}
	e.buf = append(e.buf, '}')
	return e.buf
}

// writeCSV writes what RFC 4180 describes, with the line ends of a text file.
func writeCSV(out *output, rows iter.Seq[*row]) error {
	var line []byte
	write := func(value func(dst []byte, c *column) []byte) error {
		line = line[:0]
		for i := range out.columns {
			if i > 0 {
				line = append(line, ',')
			}
			start := len(line)
			line = value(line, &out.columns[i])
			line = quoteCSV(line, start)
		}
		if len(line) == 0 { // the only field is empty, and readers drop an empty line
			line = append(line, `""`...)
		}
		line = append(line, '\n')
		_, err := out.Write(line)
		return err
	}
	if out.header {
		if err := write(func(dst []byte, c *column) []byte { return append(dst, c.name...) }); err != nil {
			return err
		}
	}
	for r := range rows {
		if err := write(func(dst []byte, c *column) []byte { return c.text(dst, r) }); err != nil {
			return err
		}
	}
	return nil
}

// quoteCSV puts the field that starts at start between quotes where it needs
// them.
func quoteCSV(line []byte, start int) []byte {
	special := func(b byte) bool { return b == '"' || b == ',' || b == '\r' || b == '\n' }
	if !slices.ContainsFunc(line[start:], special) {
		return line
	}
	field := bytes.ReplaceAll(line[start:], []byte(`"`), []byte(`""`))
	return append(append(append(line[:start], '"'), field...), '"')
}
