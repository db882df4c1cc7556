package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
)

// change is one place of a file with other text in it, on the same lines.
type change struct {
	file       string // its path
	line       int
	start, end int // bytes of the file
	old, new   string
}

func (c change) String() string {
	return fmt.Sprintf("%s:%d: %s -> %s", filepath.Base(c.file), c.line, c.old, c.new)
}

// swaps are the operators and what each becomes. An operator that is at a boundary becomes its
// neighbour, which tests notice least.
var swaps = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.AND, token.AND_NOT: token.AND,
	token.SHL: token.SHR, token.SHR: token.SHL,
	token.INC: token.DEC, token.DEC: token.INC,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.MUL_ASSIGN: token.QUO_ASSIGN,
	token.OR_ASSIGN: token.AND_ASSIGN, token.AND_ASSIGN: token.OR_ASSIGN,
}

// changesOf returns what can be changed in a file: operators, whole numbers, truth values and
// conditions.
func changesOf(file string) ([]change, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var changes []change
	add := func(start, end token.Pos, replacement string) {
		at, to := set.Position(start), set.Position(end)
		changes = append(changes, change{file, at.Line, at.Offset, to.Offset, string(text[at.Offset:to.Offset]), replacement})
	}
	operator := func(at token.Pos, op token.Token) {
		if other, ok := swaps[op]; ok {
			add(at, at+token.Pos(len(op.String())), other.String())
		}
	}
	condition := func(e ast.Expr) {
		if _, compared := e.(*ast.BinaryExpr); !compared { // else its operator is changed
			add(e.Pos(), e.End(), "!("+string(text[set.Position(e.Pos()).Offset:set.Position(e.End()).Offset])+")")
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			return n.Names != nil // not the tags; a length of an array in it is changed
		case *ast.BinaryExpr:
			operator(n.OpPos, n.Op)
		case *ast.IncDecStmt:
			operator(n.TokPos, n.Tok)
		case *ast.AssignStmt:
			operator(n.TokPos, n.Tok)
		case *ast.IfStmt:
			condition(n.Cond)
		case *ast.BasicLit:
			if value, err := strconv.ParseInt(n.Value, 0, 64); err == nil && n.Kind == token.INT {
				add(n.Pos(), n.End(), strconv.FormatInt(value+1, 10))
			}
		case *ast.Ident:
			if other, ok := map[string]string{"true": "false", "false": "true"}[n.Name]; ok {
				add(n.Pos(), n.End(), other)
			}
		}
		return true
	})
	return changes, nil
}

// apply returns the text of a file with a change.
func (c change) apply() ([]byte, error) {
	text, err := os.ReadFile(c.file)
	if err != nil {
		return nil, err
	}
	changed := append([]byte{}, text[:c.start]...)
	changed = append(changed, c.new...)
	return append(changed, text[c.end:]...), nil
}
