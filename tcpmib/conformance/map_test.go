package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layout.map, which layoutcheck reads, names the constants of this package's claim. Of several C
// names for one it has the last. -update writes it.
func TestMap(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "conformance.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var order []string
	c := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || len(lit.Elts) != 2 || lit.Type != nil {
			return true
		}
		name, isC := value(lit.Elts[0], "C").(*ast.BasicLit)
		goName, isGo := value(lit.Elts[1], "Go").(*ast.SelectorExpr)
		if isC && isGo {
			key := goName.X.(*ast.Ident).Name + "." + goName.Sel.Name
			if c[key] == "" {
				order = append(order, key)
			}
			c[key] = strings.Trim(name.Value, `"`)
		}
		return true
	})
	width := 0
	for _, name := range order {
		width = max(width, len(name))
	}
	var want strings.Builder
	want.WriteString("# Which C constant a Go constant stands for, for layoutcheck -map: go test ./tcpmib/conformance -run Map -update\n")
	for _, name := range order {
		fmt.Fprintf(&want, "%-*s %s\n", width, name, c[name])
	}
	require.Greater(t, len(order), 50)
	if *update {
		require.NoError(t, os.WriteFile("layout.map", []byte(want.String()), 0o666))
	}
	got, err := os.ReadFile("layout.map")
	require.NoError(t, err)
	assert.Equal(t, want.String(), strings.ReplaceAll(string(got), "\r\n", "\n"))
}

// value is that of a key in a composite literal.
func value(e ast.Expr, key string) ast.Expr {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		if name, ok := kv.Key.(*ast.Ident); ok && name.Name == key {
			return kv.Value
		}
	}
	return nil
}
