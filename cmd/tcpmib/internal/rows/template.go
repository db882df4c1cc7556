package rows

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/template"
)

// ParseTemplate returns a writer that executes a Go template for each row, one line a row, and the
// columns that the template uses. The template sees the columns by name: {{.localPort}}
// {{.process}}. Numbers are numbers, 0 if there is none; everything else is text. {{json .process}}
// quotes for JSON. In the text around, \t is a tab and \n a new line, because few shells can pass
// them.
func ParseTemplate(text string) (Writer, []Column, error) {
	t, err := template.Parse("template", text, map[string]template.Func{"json": {Min: 1, Max: 1, Call: templateJSON}})
	if err != nil {
		return nil, nil, fmt.Errorf("not a Go template: %w", err)
	}
	var named []Column
	whole := false
	for _, part := range t.Trees {
		unescape(part.Root)
		walk(part.Root, func(field string) {
			if field == "" {
				whole = true
				return
			}
			i := slices.Index(Names(Columns), field)
			switch {
			case i < 0:
				err = fmt.Errorf("the template uses .%s, which is not a column; columns are %s", field, strings.Join(Names(Columns), ", "))
			case !Has(named, field):
				named = append(named, Columns[i])
			}
		})
	}
	if err != nil {
		return nil, nil, err
	}
	return func(out *Output, rows iter.Seq[*Row]) error {
		columns := named
		if whole {
			columns = Columns
		}
		values, printable := make(map[string]any, len(columns)), memo[string]{of: cli.Printable}
		for r := range rows {
			setTemplateValues(values, r, columns, &printable)
			if err := t.Execute(out, values); errors.As(err, new(*template.ExecError)) {
				return cli.Usagef("--format: %w", err)
			} else if err != nil {
				return err
			}
			if err := out.WriteByte('\n'); err != nil {
				return err
			}
		}
		return nil
	}, named, nil
}

func templateJSON(args []any) (any, error) {
	text, err := cli.EncodeJSON(args[0])
	return string(text), err
}

var escapes = strings.NewReplacer(`\t`, "\t", `\n`, "\n", `\\`, `\`)

// unescape replaces \t, \n and \\ in the text of a template, which is outside of its actions.
func unescape(node parse.Node) {
	branch := func(n *parse.BranchNode) {
		unescape(n.List)
		unescape(n.ElseList)
	}
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil { // no else
			return
		}
		for _, child := range n.Nodes {
			unescape(child)
		}
	case *parse.TextNode:
		n.Text = []byte(escapes.Replace(string(n.Text)))
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}

// walk calls found with the first name of each chain of fields below a node of a template: the a of
// .a.b, $.a and $x.a. For the dot and for a variable alone, which may be the whole row, it is "".
func walk(node parse.Node, found func(field string)) {
	branch := func(n *parse.BranchNode) {
		walk(n.Pipe, found)
		walk(n.List, found)
		walk(n.ElseList, found)
	}
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil { // no else
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
	case *parse.DotNode:
		found("")
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			found(n.Ident[1])
		} else {
			found("")
		}
	case *parse.ChainNode:
		walk(n.Node, found)
		found(n.Field[0])
	}
}

// setTemplateValues sets what a template sees of a row. A missing number is 0, so that every
// template can compare and print it; a missing text is empty.
func setTemplateValues(values map[string]any, r *Row, columns []Column, printable *memo[string]) {
	var buf []byte
	for i := range columns {
		c := &columns[i]
		buf = c.appendData(buf[:0], r)
		var value any
		switch {
		case c.Number:
			value, _ = strconv.ParseUint(string(buf), 10, 64) // 0 for no text
		case cli.IsPrintable(buf):
			value = string(buf)
		default:
			value = printable.get(buf)
		}
		values[c.Name] = value
	}
}
