package rows

import (
	"bytes"
	"iter"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// WriteCSV writes CSV as in RFC 4180, with the line ends of a text file. Names are UTF-8 without
// control characters; JSON has them as they are.
func WriteCSV(out *Output, rows iter.Seq[*Row]) error {
	var line []byte
	printable := memo[string]{of: cli.Printable}
	write := func(value func(dst []byte, c *Column) []byte) error {
		line = line[:0]
		for i := range out.Columns {
			if i > 0 {
				line = append(line, ',')
			}
			start := len(line)
			line = value(line, &out.Columns[i])
			if !cli.IsPrintable(line[start:]) {
				line = append(line[:start], printable.get(line[start:])...)
			}
			line = quoteCSV(line, start)
		}
		if len(line) == 0 { // its only field is empty, and readers skip empty lines
			line = append(line, `""`...)
		}
		line = append(line, '\n')
		_, err := out.Write(line)
		return err
	}
	if out.Header {
		if err := write(func(dst []byte, c *Column) []byte { return append(dst, c.Name...) }); err != nil {
			return err
		}
	}
	for r := range rows {
		if err := write(func(dst []byte, c *Column) []byte { return c.appendData(dst, r) }); err != nil {
			return err
		}
	}
	return nil
}

// quoteCSV puts the field that starts at start in quotes if it needs them. It has no line ends.
func quoteCSV(line []byte, start int) []byte {
	if !bytes.ContainsAny(line[start:], `",`) {
		return line
	}
	field := bytes.ReplaceAll(line[start:], []byte(`"`), []byte(`""`))
	return append(append(append(line[:start], '"'), field...), '"')
}
