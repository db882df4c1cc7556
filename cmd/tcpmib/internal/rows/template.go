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
// columns that the template uses. The template sees the columns by name: {{.localPort}} {{.process}}.
// Numbers are numbers, 0 if there is none; everything else is text. {{json .process}} quotes for JSON.
// In the text around, \t is a tab and \n a new line, because few shells can pass them.
func ParseTemplate(text string) (Writer, []Column, error) {
	t, err := template.Parse("template", text, map[string]template.Func{"json": {Min: 1, Max: 1, Call: templateJSON}})
	if err != nil {
		return nil, nil, fmt.Errorf("not a Go template: %w", err)
	}
	var named []Column
	for _, part := range t.Trees {
		unescape(part.Root)
		walk(part.Root, func(field string) {
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
		var values map[string]any
		for r := range rows {
			values = templateValues(r, values)
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
// .a.b, $.a and $x.a.
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
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			found(n.Ident[1])
		}
	case *parse.ChainNode:
		walk(n.Node, found)
		found(n.Field[0])
	}
}

// templateValues fills in what a template sees of a row. A missing number is 0, so that every
// template can compare and print it; a missing text is empty.
func templateValues(r *Row, values map[string]any) map[string]any {
	if values == nil {
		values = make(map[string]any, len(Columns))
	}
	var buf []byte
	for i := range Columns {
		c := &Columns[i]
		buf = c.appendData(buf[:0], r)
		var value any = cli.Printable(string(buf))
		if c.Number {
			value, _ = strconv.ParseUint(string(buf), 10, 64) // 0 for no text
		}
		values[c.Name] = value
	}
	return values
}
