package layout

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/reports.golden")

// Whole reports, to the last number: tables, findings and their order. The cases were found by
// chance and kept because each alone shows some detail of a comparison: most of the structs make
// little sense, and some of the advice too. A case is C structs as byHand reads them, Go types, and
// the report, which -update writes.
func TestReports(t *testing.T) {
	file := filepath.Join("testdata", "reports.golden")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var all strings.Builder
	for _, one := range strings.Split(strings.TrimSpace(string(text)), "\n\n\n") {
		c, rest, _ := strings.Cut(one, "\n\n")
		goTypes, want, _ := strings.Cut(rest, "\n\n")
		goarch, structs, _ := strings.Cut(c, "\n")
		got := reportOf(t, goarch, strings.Split(structs, "\n"), goTypes)
		fmt.Fprintf(&all, "%s\n\n%s\n\n%s\n\n\n", c, goTypes, got)
		if !*update {
			assert.Empty(t, cmp.Diff(want, got), "%s\n\n%s\n\ngo test ./tcpmib/layout -run Reports -update", c, goTypes)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(strings.TrimSpace(all.String())+"\n"), 0o600))
	}
}

// reportOf compares Go types with the C structs of their names.
func reportOf(t *testing.T, goarch string, structs []string, goTypes string) string {
	h := byHand(t, goarch, structs...)
	r := Compare(&Go{GOARCH: goarch, Structs: parseGo(t, h, goTypes)}, h, Rules{})
	var b strings.Builder
	for i := range r.Structs {
		s := &r.Structs[i]
		fmt.Fprintf(&b, "%s: %s", s.Status, s.Table())
		for _, cause := range s.Causes {
			fmt.Fprintf(&b, "because of %s\n", cause.Go)
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintln(&b, f)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// parseGo reads declarations of structs. Those whose names C has stand for these.
func parseGo(t *testing.T, h *Headers, text string) []GoStruct {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", "package p\n"+text, 0)
	require.NoError(t, err, text)
	p := goParser{h: h, conf: types.Config{Sizes: types.SizesFor("gc", h.GOARCH)}}
	pkg, err := p.conf.Check("e.com/p", set, []*ast.File{file}, nil)
	require.NoError(t, err, text)
	var list []GoStruct
	for _, decl := range file.Decls {
		for _, spec := range decl.(*ast.GenDecl).Specs {
			if s := p.typeOf(pkg.Scope().Lookup(spec.(*ast.TypeSpec).Name.Name).Type()).Struct; s.C != "" {
				list = append(list, *s)
			}
		}
	}
	return list
}

type goParser struct {
	h    *Headers
	conf types.Config
}

func (p *goParser) typeOf(t types.Type) GoType {
	g := GoType{Name: types.TypeString(t, (*types.Package).Name), Size: p.conf.Sizes.Sizeof(t), Align: p.conf.Sizes.Alignof(t)}
	if named, ok := t.(*types.Named); ok {
		g.Path = named.Obj().Pkg().Path()
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		g.Kind = map[bool]GoKind{u.Info()&types.IsUnsigned != 0: GoUnsigned, u.Info()&types.IsFloat != 0: GoFloat, u.Info()&types.IsBoolean != 0: GoBool}[true]
		if g.Kind == GoOther {
			g.Kind = GoSigned
		}
		if u.Kind() == types.Uintptr {
			g.Kind = GoUintptr
		}
	case *types.Array:
		elem := p.typeOf(u.Elem())
		g.Kind, g.Elem, g.Len = GoArray, &elem, u.Len()
	case *types.Pointer:
		elem := p.typeOf(u.Elem())
		g.Kind, g.Elem = GoPointer, &elem
	case *types.Struct:
		g.Kind = GoStructKind
		if g.Path == "" {
			g.Name = "struct"
		}
		s := GoStruct{Name: g.Name, Path: g.Path, Size: g.Size, Align: g.Align}
		if short := strings.TrimPrefix(g.Name, "p."); p.h.Structs[short] != nil {
			s.C = short
		}
		var vars []*types.Var
		for f := range u.Fields() {
			vars = append(vars, f)
		}
		offsets := p.conf.Sizes.Offsetsof(vars)
		for i, v := range vars {
			f := GoField{Name: v.Name(), Offset: offsets[i], Type: p.typeOf(v.Type())}
			if tag, ok := reflect.StructTag(u.Tag(i)).Lookup("c"); ok {
				f.C = strings.Split(tag, "|")
			}
			s.Fields = append(s.Fields, f)
		}
		g.Struct = &s
	}
	return g
}
