package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
)

// A format writes rows. header is whether to write the line that names the
// columns, where the format has one.
type format func(w io.Writer, rows []row, header bool) error

func writeJSON(w io.Writer, rows []row, _ bool) error {
	b := bufio.NewWriter(w)
	b.WriteByte('[')
	for i, r := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  {")
		for j, f := range fields {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString(`"` + f.name + `": `)
			text, null := f.text(r)
			switch {
			case null:
				b.WriteString("null")
			case f.quoted:
				quoted, err := json.Marshal(text)
				if err != nil {
					return err
				}
				b.Write(quoted)
			default:
				b.WriteString(text)
			}
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]\n")
	return b.Flush()
}

func writeCSV(w io.Writer, rows []row, header bool) error {
	c := csv.NewWriter(w)
	record := make([]string, len(fields))
	if header {
		for i, f := range fields {
			record[i] = f.name
		}
		c.Write(record)
	}
	for _, r := range rows {
		for i, f := range fields {
			text, null := f.text(r)
			if null {
				text = ""
			}
			record[i] = text
		}
		c.Write(record)
	}
	c.Flush()
	return c.Error()
}
