// Package template executes Go templates on data of a few types, as text/template does.
//
// text/template calls any method of its data by name. A program that links its executor therefore
// keeps every exported method of every type, which made tcpmib.exe a quarter larger, and slower to
// start. This executor needs no reflection, because its values are nil, bool, int, uint8, uint64,
// float64, complex128, string and map[string]any.
package template

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// Template is a parsed template.
type Template struct {
	name  string
	funcs map[string]Func
	Trees map[string]*parse.Tree // by name, with those that the text defines
}

// Func is a function that templates call.
type Func struct {
	Min, Max int // the number of arguments; a Max of 0 is no limit
	Call     func(args []any) (any, error)
}

// Parse parses a template that may call the functions of text/template and more.
func Parse(name, text string, more map[string]Func) (*Template, error) {
	funcs := maps.Clone(builtins)
	maps.Copy(funcs, more)
	names := make(map[string]any, len(funcs))
	for name, f := range funcs {
		names[name] = f
	}
	trees, err := parse.Parse(name, text, "", "", names)
	if err != nil {
		return nil, err
	}
	return &Template{name, funcs, trees}, nil
}

// ExecError is an error of the template, not of the writer. It prints as text/template's does.
type ExecError struct{ Err error }

func (e *ExecError) Error() string { return e.Err.Error() }
func (e *ExecError) Unwrap() error { return e.Err }

// A template that calls itself, or ranges over the port 65535 in a range over another, ends with an
// error.
const (
	maxDepth = 1000
	maxSteps = 1_000_000
)

// Execute writes what the template makes of data. It returns an *ExecError, or an error of w.
func (t *Template) Execute(w io.Writer, data map[string]any) error {
	s := &state{template: t, tree: t.Trees[t.name], w: w, vars: []variable{{"$", data}}, steps: new(int)}
	return s.walk(data, s.tree.Root)
}

// state is an execution.
type state struct {
	template *Template
	tree     *parse.Tree // of the template being executed
	w        io.Writer
	vars     []variable // the innermost last
	depth    int        // how many templates called each other
	steps    *int       // nodes executed
}

type variable struct {
	name  string
	value any
}

// noValue is the last argument of a command at the start of a pipeline. nil is the value of a key
// that is missing.
var noValue any = new(struct{ _ byte })

var (
	errBreak    = errors.New("break")
	errContinue = errors.New("continue")
)

// errorf returns an error at a node.
func (s *state) errorf(at parse.Node, format string, args ...any) error {
	location, context := s.tree.ErrorContext(at)
	return &ExecError{fmt.Errorf("template: %s: executing %q at <%s>: %w", location, s.tree.Name, context, fmt.Errorf(format, args...))}
}

func (s *state) pop(n int) { s.vars = s.vars[:n] }

// variable returns the innermost variable of a name. There may be none: {{$x := $x}}.
func (s *state) variable(at parse.Node, name string) (*any, error) {
	for i := len(s.vars) - 1; i >= 0; i-- {
		if s.vars[i].name == name {
			return &s.vars[i].value, nil
		}
	}
	return nil, s.errorf(at, "undefined variable: %s", name)
}

// walk executes a node.
func (s *state) walk(dot any, node parse.Node) error {
	if *s.steps++; *s.steps > maxSteps {
		return s.errorf(node, "exceeded %d steps", maxSteps)
	}
	switch node := node.(type) {
	case *parse.TextNode:
		_, err := s.w.Write(node.Text)
		return err
	case *parse.ActionNode:
		value, err := s.pipeline(dot, node.Pipe)
		if err != nil || len(node.Pipe.Decl) > 0 {
			return err
		}
		if value == nil {
			value = "<no value>"
		}
		_, err = fmt.Fprint(s.w, value)
		return err
	case *parse.ListNode:
		for _, child := range node.Nodes {
			if err := s.walk(dot, child); err != nil {
				return err
			}
		}
		return nil
	case *parse.IfNode:
		return s.branch(dot, false, &node.BranchNode)
	case *parse.WithNode:
		return s.branch(dot, true, &node.BranchNode)
	case *parse.RangeNode:
		return s.loop(dot, node)
	case *parse.TemplateNode:
		return s.call(dot, node)
	case *parse.BreakNode:
		return errBreak
	case *parse.ContinueNode:
		return errContinue
	}
	return s.errorf(node, "unknown node: %s", node)
}

// branch executes an if or a with, which makes the value dot.
func (s *state) branch(dot any, with bool, node *parse.BranchNode) error {
	defer s.pop(len(s.vars))
	value, err := s.pipeline(dot, node.Pipe)
	switch {
	case err != nil:
		return err
	case !truth(value):
		return s.otherwise(dot, node)
	case with:
		dot = value
	}
	return s.walk(dot, node.List)
}

func (s *state) otherwise(dot any, node *parse.BranchNode) error {
	if node.ElseList == nil {
		return nil
	}
	return s.walk(dot, node.ElseList)
}

// loop executes a range over a map, in the order of its keys, or over the numbers from 0.
func (s *state) loop(dot any, node *parse.RangeNode) error {
	defer s.pop(len(s.vars))
	value, err := s.pipeline(dot, node.Pipe)
	if err != nil {
		return err
	}
	declared := node.Pipe.Decl
	mark := len(s.vars)
	once := func(key, element any) error {
		defer s.pop(mark)
		for i, decl := range declared {
			value := element
			if len(declared) == 2 && i == 0 {
				value = key
			}
			v, err := s.variable(node, decl.Ident[0])
			if err != nil {
				return err
			}
			*v = value
		}
		if err := s.walk(element, node.List); !errors.Is(err, errContinue) {
			return err
		}
		return nil
	}
	none := true
	switch v := value.(type) {
	case nil:
	case map[string]any:
		none = len(v) == 0
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err = once(key, v[key]); err != nil {
				break
			}
		}
	case int, uint8, uint64:
		if len(declared) > 1 {
			return s.errorf(node.Pipe, "can't use %v to iterate over more than one variable", v)
		}
		negative, n, _ := integer(v)
		none, err = negative || n == 0, count(v, once)
	default:
		return s.errorf(node.Pipe, "range can't iterate over %v", v)
	}
	switch {
	case none:
		return s.otherwise(dot, &node.BranchNode)
	case errors.Is(err, errBreak):
		return nil
	}
	return err
}

// count calls once for each number from 0 to below n, in the type of n.
func count(n any, once func(key, element any) error) error {
	switch n := n.(type) {
	case int:
		return times(n, once)
	case uint8:
		return times(n, once)
	case uint64:
		return times(n, once)
	}
	return nil
}

func times[T int | uint8 | uint64](n T, once func(key, element any) error) error {
	for i := T(0); i < n; i++ {
		if err := once(nil, i); err != nil {
			return err
		}
	}
	return nil
}

// call executes another template, which has no variables of this one.
func (s *state) call(dot any, node *parse.TemplateNode) error {
	tree := s.template.Trees[node.Name]
	if tree == nil {
		return s.errorf(node, "template %q not defined", node.Name)
	}
	if s.depth == maxDepth {
		return s.errorf(node, "exceeded maximum template depth (%d)", maxDepth)
	}
	data, err := s.pipeline(dot, node.Pipe)
	if err != nil {
		return err
	}
	called := *s
	called.tree, called.depth, called.vars = tree, s.depth+1, []variable{{"$", data}}
	return called.walk(data, tree.Root)
}

// pipeline returns the value of a pipeline, and declares or assigns its variables.
func (s *state) pipeline(dot any, pipe *parse.PipeNode) (any, error) {
	if pipe == nil { // {{template "x"}}
		return nil, nil
	}
	value, err := noValue, error(nil)
	for _, cmd := range pipe.Cmds {
		if value, err = s.command(dot, cmd, value); err != nil {
			return nil, err
		}
	}
	for _, decl := range pipe.Decl {
		if !pipe.IsAssign {
			s.vars = append(s.vars, variable{name: decl.Ident[0]})
		}
		v, err := s.variable(pipe, decl.Ident[0])
		if err != nil {
			return nil, err
		}
		*v = value
	}
	return value, nil
}

// command returns the value of a command. Its last argument is the value of the command before it
// in the pipeline, if any.
func (s *state) command(dot any, cmd *parse.CommandNode, last any) (any, error) {
	first, hasArgs := cmd.Args[0], len(cmd.Args) > 1 || last != noValue
	switch n := first.(type) {
	case *parse.IdentifierNode:
		return s.function(dot, n, cmd, cmd.Args[1:], last)
	case *parse.FieldNode:
		return s.fields(dot, n, n.Ident, hasArgs)
	case *parse.ChainNode:
		return s.chain(dot, n, hasArgs)
	case *parse.VariableNode:
		if len(n.Ident) > 1 {
			return s.variableFields(n, hasArgs)
		}
	case *parse.NilNode:
		if !hasArgs {
			return nil, s.errorf(n, "nil is not a command")
		}
	}
	if hasArgs {
		return nil, s.errorf(first, "can't give argument to non-function %s", first)
	}
	return s.value(dot, first)
}

// value returns the value of an argument.
func (s *state) value(dot any, node parse.Node) (any, error) {
	switch n := node.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.NilNode:
		return nil, nil
	case *parse.BoolNode:
		return n.True, nil
	case *parse.StringNode:
		return n.Text, nil
	case *parse.NumberNode:
		return s.number(n)
	case *parse.FieldNode:
		return s.fields(dot, n, n.Ident, false)
	case *parse.VariableNode:
		return s.variableFields(n, false)
	case *parse.ChainNode:
		return s.chain(dot, n, false)
	case *parse.PipeNode:
		return s.pipeline(dot, n)
	case *parse.IdentifierNode:
		return s.function(dot, n, n, nil, noValue)
	}
	return nil, s.errorf(node, "can't evaluate %s", node)
}

// number returns a constant in the type that Go gives it: a complex128, a float64 if it is written
// as one, or an int.
func (s *state) number(n *parse.NumberNode) (any, error) {
	hex := strings.HasPrefix(strings.ToLower(n.Text), "0x") && !strings.ContainsAny(n.Text, "pP")
	switch {
	case n.IsComplex:
		return n.Complex128, nil
	case !hex && n.Text[0] != '\'' && strings.ContainsAny(n.Text, ".eEpP"):
		return n.Float64, nil
	case n.IsInt && int64(int(n.Int64)) == n.Int64:
		return int(n.Int64), nil
	}
	return nil, s.errorf(n, "%s overflows int", n.Text)
}

// chain returns the value of (pipeline).a.b.
func (s *state) chain(dot any, node *parse.ChainNode, hasArgs bool) (any, error) {
	value, err := s.value(dot, node.Node)
	if err != nil {
		return nil, err
	}
	return s.fields(value, node, node.Field, hasArgs)
}

// variableFields returns the value of $x.a.b, or of $x.
func (s *state) variableFields(node *parse.VariableNode, hasArgs bool) (any, error) {
	v, err := s.variable(node, node.Ident[0])
	if err != nil {
		return nil, err
	}
	return s.fields(*v, node, node.Ident[1:], hasArgs)
}

// fields returns the value of .a.b of a value. A key that is missing has the value nil, and so has
// its every field.
func (s *state) fields(value any, node parse.Node, names []string, hasArgs bool) (any, error) {
	for i, name := range names {
		switch m := value.(type) {
		case nil:
		case map[string]any:
			if hasArgs && i == len(names)-1 {
				return nil, s.errorf(node, "%s is not a method but has arguments", name)
			}
			value = m[name]
		default:
			return nil, s.errorf(node, "can't evaluate field %s in type %T", name, value)
		}
	}
	return value, nil
}

// function calls a function. cmd is what an error names: the function with its arguments.
func (s *state) function(dot any, node *parse.IdentifierNode, cmd parse.Node, nodes []parse.Node, last any) (any, error) {
	name := node.Ident
	f := s.template.funcs[name]
	n := len(nodes)
	if last != noValue {
		n++
	}
	switch {
	case f.Max > 0 && (n < f.Min || n > f.Max):
		return nil, s.errorf(node, "wrong number of args for %s: want %d got %d", name, f.Min, n)
	case n < f.Min:
		return nil, s.errorf(node, "wrong number of args for %s: want at least %d got %d", name, f.Min, n)
	}
	args := make([]any, 0, n)
	for _, arg := range nodes {
		value, err := s.value(dot, arg)
		if err != nil {
			return nil, err
		}
		if name == "and" && !truth(value) || name == "or" && truth(value) {
			return value, nil // without evaluating the others
		}
		args = append(args, value)
	}
	if last != noValue {
		args = append(args, last)
	}
	value, err := f.Call(args)
	if err != nil {
		return nil, s.errorf(cmd, "error calling %s: %w", name, err)
	}
	return value, nil
}

// truth reports whether a value is not the zero value of its type. A map is true if it has
// elements.
func truth(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) > 0
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	case complex128:
		return v != 0
	case uint8:
		return v != 0
	case uint64:
		return v != 0
	case int:
		return v != 0
	}
	return value != nil
}
