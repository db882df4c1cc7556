package source

import (
	"go/token"
	"go/types"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/winmib/winmib/tcpmib/layout"
)

// A place is read as the go command writes it, on Windows too.
func TestPosition(t *testing.T) {
	for text, want := range map[string]token.Position{
		"rows.go:12:3":      {Filename: "rows.go", Line: 12, Column: 3},
		`C:\p\rows.go:12:3`: {Filename: `C:\p\rows.go`, Line: 12, Column: 3},
		"rows.go:1:0":       {Filename: "rows.go", Line: 1},
		"rows.go:12":        {Filename: "rows.go", Line: 12},
		"rows.go":           {},
		"-":                 {},
		"":                  {},
	} {
		assert.Equal(t, want, position(text), text)
	}
	before, after, found := cutLast("a:b:c", ":")
	assert.Equal(t, []any{"a:b", "c", true}, []any{before, after, found})
	before, after, found = cutLast("a", ":")
	assert.Equal(t, []any{"a", "", false}, []any{before, after, found})
	before, after, found = cutLast(":a", ":")
	assert.Equal(t, []any{"", "a", true}, []any{before, after, found})
}

// Why the source of a struct was not found is what is known of it, and not of its neighbours.
func TestWhyNot(t *testing.T) {
	p := &Packages{
		Left:     []Left{{Name: "p.Text", Path: "e.com/p", Reason: "has a string"}, {Name: "p.Row", Path: "e.com/other/p", Reason: "it is generic"}},
		Problems: []Problem{{Path: "e.com/q", Reason: "broken"}},
	}
	for _, test := range []struct{ name, path, want string }{
		{"p.Text", "e.com/p", " with a layout: has a string"},
		{"p.Row", "e.com/other/p", " with a layout: it is generic"},
		{"p.Row", "e.com/p", ""},
		{"q.Row", "e.com/q", ": e.com/q: broken"},
	} {
		assert.Equal(t, test.want, p.whyNot(&layout.GoStruct{Name: test.name, Path: test.path}), test)
	}
}

// Two types, and two layouts, are the same if nothing of them is another.
func TestSame(t *testing.T) {
	number := layout.GoType{Name: "Port", Path: "e.com/p", Kind: layout.GoUnsigned, Size: 4}
	for name, change := range map[string]func(*layout.GoType){
		"kind": func(g *layout.GoType) { g.Kind = layout.GoSigned }, "size": func(g *layout.GoType) { g.Size = 8 },
		"name": func(g *layout.GoType) { g.Name = "Flags" }, "package": func(g *layout.GoType) { g.Path = "" },
	} {
		other := number
		change(&other)
		assert.True(t, sameType(&number, &number))
		assert.False(t, sameType(&number, &other), name)
		assert.False(t, sameType(&other, &number), name)
		inner := func(g layout.GoType) *layout.GoType {
			return &layout.GoType{Kind: layout.GoArray, Elem: &layout.GoType{Kind: layout.GoStructKind, Struct: &layout.GoStruct{Name: "p.In",
				Fields: []layout.GoField{{Name: "A", Type: g}}}}}
		}
		assert.True(t, sameType(inner(other), inner(other)))
		assert.False(t, sameType(inner(number), inner(other)), name)
	}
	plain, renamed := number, number
	plain.Path, renamed.Path, renamed.Name = "", "", "uint32"
	assert.True(t, sameType(&plain, &renamed), "types without a package, whose names reflection writes otherwise")

	field := layout.GoField{Name: "A", Offset: 4, Type: layout.GoType{Kind: layout.GoArray, Size: 8, Len: 2}}
	of := func(size int64, fields ...layout.GoField) *layout.GoStruct {
		return &layout.GoStruct{Size: size, Fields: fields}
	}
	assert.True(t, sameLayout(of(12, field), of(12, field)))
	assert.False(t, sameLayout(of(12, field), of(16, field)))
	assert.False(t, sameLayout(of(12, field), of(12)))
	for name, change := range map[string]func(*layout.GoField){
		"name": func(f *layout.GoField) { f.Name = "B" }, "offset": func(f *layout.GoField) { f.Offset = 0 }, "size": func(f *layout.GoField) { f.Type.Size = 4 },
		"kind": func(f *layout.GoField) { f.Type.Kind = layout.GoUnsigned }, "length": func(f *layout.GoField) { f.Type.Len = 1 },
	} {
		other := field
		change(&other)
		assert.False(t, sameLayout(of(12, field), of(12, other)), name)
	}
}

// A tag wins over a name, a mapping over both, and "-" is no C type at all.
func TestMatchHow(t *testing.T) {
	p := &Packages{Go: layout.Go{GOARCH: "386", Structs: []layout.GoStruct{
		{Name: "p.Tagged", C: "ROW"}, {Name: "p.Mapped", C: "ROW", How: layout.ByMap}, {Name: "p.Row"}, {Name: "p.Own", C: "-"}, {Name: "p.Other"},
	}}, Left: []Left{{Name: "p.Text", Reason: "has a string"}}}
	left, _ := p.Match(&layout.Headers{GOARCH: "386", Structs: map[string]*layout.CStruct{"ROW": {Size: 4}}})
	var got []string
	for _, s := range p.Structs {
		got = append(got, s.Name+" = "+s.C+" by "+s.How)
	}
	for _, l := range left {
		got = append(got, l.Name+": "+l.Reason)
	}
	assert.Equal(t, []string{
		"p.Tagged = ROW by " + layout.ByTag, "p.Mapped = ROW by " + layout.ByMap, "p.Row = ROW by " + layout.ByFoldedName,
		"p.Text: has a string", "p.Own: it is mapped to nothing", "p.Other: no struct of C has its name",
	}, got)
}

// A blank field without a size needs no counterpart in C; one with a size, and a field with a name,
// do.
func TestNotC(t *testing.T) {
	function := types.NewArray(types.NewSignatureType(nil, nil, nil, nil, nil, false), 0)
	for _, test := range []struct {
		name string
		typ  types.Type
		want string
	}{
		{"_", function, ""},
		{"a", function, "field a has a func"},
		{"_", types.Typ[types.String], "field _ has a string"},
		{"_", types.Typ[types.Uint32], ""},
		{"a", types.Typ[types.Complex64], "field a has a complex64"},
		{"a", types.NewStruct(nil, nil), "field a has no fields"},
	} {
		number := types.NewField(0, nil, "n", types.Typ[types.Uint32], false)
		got := notC(types.NewStruct([]*types.Var{number, types.NewField(0, nil, test.name, test.typ, false)}, nil))
		assert.Equal(t, test.want, got, test)
	}
}

// What C writes before a name goes, and words that begin alike stay.
func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"struct _ROW": "row", "tagROW": "row", "tag_ROW": "row", "_tagROW": "row", "tagged": "tagged", "tag": "tag", "Tag": "tag", "tag2": "2", "tagRow": "row", "taga": "taga", "tagz": "tagz", "MIB_TCP_ROW": "mibtcprow", "": "",
	} {
		assert.Equal(t, want, fold(name), name)
	}
}

// Of several declarations of a name the one with the right fields is meant, and of several of these
// any, if their layouts are the same.
func TestTheOne(t *testing.T) {
	row := func(line int, name string, size int64) *layout.GoStruct {
		return &layout.GoStruct{Name: "p.Row", Path: "e.com/p", Size: size, Pos: token.Position{Filename: "rows.go", Line: line},
			Fields: []layout.GoField{{Name: name, Type: layout.GoType{Kind: layout.GoArray, Elem: &layout.GoType{Kind: layout.GoUnsigned, Size: 4}}}}}
	}
	for _, test := range []struct {
		name string
		list []*layout.GoStruct
		line int // of the declaration
		text string
	}{
		{"none", nil, 0, "the source of p.Row for 386 has no such struct"},
		{"one", []*layout.GoStruct{row(1, "A", 4)}, 1, ""},
		{"one, whose fields are of another architecture", []*layout.GoStruct{row(1, "B", 4)}, 1, ""},
		{"another before it", []*layout.GoStruct{row(1, "B", 4), row(2, "A", 4)}, 2, ""},
		{"another after it", []*layout.GoStruct{row(1, "A", 4), row(2, "B", 4)}, 1, ""},
		{"twice", []*layout.GoStruct{row(1, "A", 4), row(2, "A", 4)}, 1, ""},
		{"never", []*layout.GoStruct{row(1, "B", 4), row(2, "C", 4)}, 0, "p.Row is declared more than once for 386, never with the fields that the running program has"},
		{"two lengths", []*layout.GoStruct{row(1, "A", 4), row(2, "A", 8)}, 0,
			"p.Row is declared more than once with the same fields, at rows.go:1 and at rows.go:2: give one of them another name"},
		{"a third length", []*layout.GoStruct{row(1, "A", 4), row(2, "A", 4), row(3, "A", 8)}, 0, "p.Row is declared more than once with the same fields"},
	} {
		one, err := new(Packages).theOne(test.list, row(0, "A", 4), "386")
		if test.text != "" {
			assert.ErrorContains(t, err, test.text, test.name)
			continue
		}
		if assert.NoError(t, err, test.name) {
			assert.Equal(t, test.line, one.Pos.Line, test.name)
		}
	}
}

func TestUsesCgo(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"*.go", "package p\n\nimport \"C\"\n", true},
		{"*.go", "package p\n\nimport (\n\t\"fmt\"\n\t\"C\"\n)\n", true},
		{"*.go", "package p\n\nimport \"fmt\"\n", false},
		{"*.go", "package p\n", false},
		{"*.go", "package\n\nimport \"C\"\n", false},
		{"*.txt", "package p\n\nimport \"C\"\n", false},
	} {
		f, err := os.CreateTemp("", test.pattern)
		require.NoError(t, err)
		_, err = f.WriteString(test.text)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		assert.Equal(t, test.want, usesCgo(f.Name()), test.text)
		require.NoError(t, os.Remove(f.Name()))
		assert.False(t, usesCgo(f.Name()), "it is gone")
	}
}

// A place names a file and a line, which begin at 1.
func TestParseName(t *testing.T) {
	at := func(line int) token.Position { return token.Position{Filename: "dir/rows.go", Line: line} }
	n, err := ParseName("Row@rows.go:1")
	require.NoError(t, err)
	assert.Equal(t, "Row@rows.go:1", n.String())
	assert.True(t, n.Names("e.com/p", "p.Row", at(1), ""))
	assert.False(t, n.Names("e.com/p", "p.Row", at(2), ""))
	for _, text := range []string{"Row@rows.go:0", "Row@rows.go:-1", "Row@rows.go", "Row@:1", "@rows.go:1", "Row@rows.go:x"} {
		_, err := ParseName(text)
		assert.ErrorContains(t, err, "want a file and a line behind the @", text)
	}
}

// An error of an import is written as go build writes it, and others stay as they are.
func TestWithoutImport(t *testing.T) {
	for msg, want := range map[string]string{
		"could not import e.com/p (import cycle)": "import cycle",
		"could not import e.com/p":                "could not import e.com/p",
		"cannot use a (variable of type int)":     "cannot use a (variable of type int)",
		"undefined: a":                            "undefined: a",
	} {
		assert.Equal(t, want, withoutImport(msg))
	}
}

func TestGoVersion(t *testing.T) {
	assert.Empty(t, goVersion(&packages.Package{}))
	assert.Empty(t, goVersion(&packages.Package{Module: &packages.Module{Path: "e.com"}}))
	assert.Equal(t, "go1.24", goVersion(&packages.Package{Module: &packages.Module{GoVersion: "1.24"}}))
}

// Each of Go's own types is of one kind, as C sees it.
func TestKindOf(t *testing.T) {
	kinds := map[layout.GoKind][]types.BasicKind{
		layout.GoBool:     {types.Bool},
		layout.GoSigned:   {types.Int, types.Int8, types.Int16, types.Int32, types.Int64},
		layout.GoUnsigned: {types.Uint, types.Uint8, types.Uint16, types.Uint32, types.Uint64},
		layout.GoUintptr:  {types.Uintptr},
		layout.GoFloat:    {types.Float32, types.Float64},
		layout.GoPointer:  {types.UnsafePointer},
		layout.GoOther:    {types.Complex64, types.Complex128, types.String, types.Invalid},
	}
	for want, list := range kinds {
		for _, kind := range list {
			assert.Equal(t, want, kindOf(types.Typ[kind]), types.Typ[kind])
		}
	}
}
