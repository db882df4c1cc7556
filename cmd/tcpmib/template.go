package main

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// parseTemplate makes a format of a Go template, which sees the columns under
// their names: {{.localPort}} {{.process}}. Each row is a line. The columns
// that the template names have to be read.
func parseTemplate(text string) (format, []column, error) {
	t, err := template.New("template").Parse(text)
	if err != nil {
		return nil, nil, fmt.Errorf("not a Go template: %w", err)
	}
	var named []column
	for _, part := range t.Templates() {
		walk(part.Root, func(field string) {
			i := slices.Index(columnNames(), field)
			switch {
			case i < 0:
				err = fmt.Errorf("the template uses .%s, which is none of %s", field, strings.Join(columnNames(), ", "))
			case !has(named, field):
				named = append(named, columns[i])
			}
		})
	}
	if err != nil {
		return nil, nil, err
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
	}, named, nil
}

// walk calls found with the first name of each chain of fields below a node of a
// template: the a of .a.b, $.a and $x.a.
func walk(node parse.Node, found func(field string)) {
	branch := func(n *parse.BranchNode) {
		walk(n.Pipe, found)
		walk(n.List, found)
		walk(n.ElseList, found)
	}
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil { // there is no else
			return
		}
		for _, child := range n.Nodes {
			walk(child, found)
		}
	case *parse.PipeNode:
		if n == nil { // {{template "x"}}
			return
		}
		for _, command := range n.Cmds {
			for _, arg := range command.Args {
				walk(arg, found)
			}
		}
	case *parse.ActionNode:
		walk(n.Pipe, found)
	case *parse.TemplateNode:
		walk(n.Pipe, found)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.FieldNode:
		found(n.Ident[0])
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			found(n.Ident[1])
		}
	case *parse.ChainNode:
		walk(n.Node, found)
		found(n.Field[0])
	}
}

// templateValues fills in what a template sees of a row: numbers as numbers,
// everything else as text. A number that there is not is 0, so that a template can
// compare and print every one; a text is empty.
func templateValues(r *row, values map[string]any) map[string]any {
	if values == nil {
		values = make(map[string]any, len(columns))
	}
	var buf []byte
	for i := range columns {
		c := &columns[i]
		buf = c.text(buf[:0], r)
		var value any = string(buf)
		if c.number {
			value, _ = strconv.ParseUint(string(buf), 10, 64) // 0 of no text
		}
		values[c.name] = value
	}
	return values
}
