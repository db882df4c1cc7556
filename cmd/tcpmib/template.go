package main

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"text/template"
)

// parseTemplate makes a format of a Go template, which sees the columns under
// their names: {{.localPort}} {{.process}}. Each row is a line.
func parseTemplate(text string) (format, error) {
	t, err := template.New("template").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("not a Go template: %w", err)
	}
	// A dry run finds a wrong name before anything is read. Other errors may be
	// those of this row alone, which is empty.
	err = t.Execute(io.Discard, templateValues(&row{}, nil))
	if err != nil && strings.Contains(err.Error(), "map has no entry for key") {
		return nil, fmt.Errorf("the template uses a name that is none of %s", strings.Join(columnNames(), ", "))
	}
	return func(out *output, rows iter.Seq[*row]) error {
		var values map[string]any
		for r := range rows {
			values = templateValues(r, values)
			if err := t.Execute(out, values); err != nil {
				return err
			}
			if err := out.WriteByte('\n'); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// templateValues fills in what a template sees of a row: numbers as numbers,
// everything else as text. What there is not is empty.
func templateValues(r *row, values map[string]any) map[string]any {
	if values == nil {
		values = make(map[string]any, len(columns))
	}
	var buf []byte
	for i := range columns {
		c := &columns[i]
		buf = c.text(buf[:0], r)
		var value any = string(buf)
		if c.number && len(buf) > 0 {
			value, _ = strconv.ParseUint(string(buf), 10, 64)
		}
		values[c.name] = value
	}
	return values
}
