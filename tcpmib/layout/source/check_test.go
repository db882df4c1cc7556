package source

import (
	"go/token"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Two structs of L1, which reflection on a 64-bit machine judges the wrong way round for 386.
type bySizeof struct {
	A uint64
	_ [8 - unsafe.Sizeof(uintptr(0))]byte
	B uint32
	C uint32
}

type byAlignof struct {
	A uint32
	_ [8 - unsafe.Alignof(uint64(0))]byte
	B uint64
}

type byField struct {
	First      uint64
	Next, Last uint32
}

func TestRun(t *testing.T) {
	tests := []struct {
		name  string
		typ   layout.Type
		wrong string // the architecture, if any
	}{
		{"by size", layout.Struct[bySizeof]("WIDE_FIRST"), "386"},
		{"by alignment", layout.Struct[byAlignof]("WIDE_LAST"), ""},
		{"mapped", layout.Struct[byField]("WIDE_FIRST", layout.Field("First", "a")), ""},
	}
	spec := layout.Spec{Headers: []string{"rows.h"}}
	for _, test := range tests {
		spec.Types = append(spec.Types, test.typ)
	}
	for _, goarch := range arches {
		target := rowsTarget(t, goarch)
		target.Label = map[string]string{"arm64": "my rows"}[goarch]
		r, err := Run(t.Context(), spec, target)
		require.NoError(t, err)
		assert.Equal(t, target.CC, r.CC)
		assert.Equal(t, target.Label != "", r.Target == "my rows")
		assert.NotEmpty(t, r.Target, "without a label the name of the header set")
		for i, s := range r.Structs {
			s.Findings = slices.DeleteFunc(s.Findings, func(f layout.Finding) bool { return f.Kind == layout.KindAlign })
			wrong := goarch == tests[i].wrong
			if assert.Equal(t, wrong, len(s.Findings) > 0, "%s on %s: %v", tests[i].name, goarch, s.Findings) && wrong {
				assert.Equal(t, layout.KindOffset, s.Findings[0].Kind)
				assert.Equal(t, "check_test.go", filepath.Base(s.Findings[0].Pos.Filename))
			}
		}
	}
}

// row is a third type of that name, apart from those of the functions below.
type row struct{ A, B, C uint64 }

func firstRow() layout.Type {
	type row struct {
		A    uint64
		B, C uint32
	}
	return layout.Struct[row]("WIDE_FIRST")
}

func wrongRow() layout.Type {
	type row struct {
		A uint32
		B uint16
	}
	return layout.Struct[row]("WIDE_FIRST")
}

func bytesRow() layout.Type {
	type row struct {
		A    uint64
		B, C [4]byte
	}
	return layout.Struct[row]("WIDE_FIRST")
}

func shortRow() layout.Type {
	type row struct {
		A    uint64
		B, C [2]byte
	}
	return layout.Struct[row]("WIDE_FIRST")
}

func nestedRow() layout.Type {
	type inner struct{ B, C uint32 }
	type row struct {
		A  uint64
		In inner
	}
	return layout.Struct[row]("WIDE_FIRST")
}

func sameRow(second bool) layout.Type {
	if second {
		type same struct {
			A [unsafe.Sizeof(uintptr(0))]byte
		}
		return layout.Struct[same]("WIDE_FIRST")
	}
	type same struct{ A [8]byte }
	return layout.Struct[same]("WIDE_FIRST")
}

// Local types of several functions may share a name: a right one does not make a wrong one pass,
// even if only the length of an array differs, and on another architecture too.
func TestRunTellsTypesOfOneNameApart(t *testing.T) {
	types := []layout.Type{firstRow(), wrongRow(), layout.Struct[row]("WIDE_FIRST"), nestedRow(), bytesRow(), shortRow()}
	wrong := []bool{false, true, true, false, false, true}
	for i := len(wrong) - 1; i >= 0; i-- { // and in the other order
		types, wrong = append(types, types[i]), append(wrong, wrong[i])
	}
	for _, goarch := range []string{"amd64", "386"} {
		r, err := Run(t.Context(), layout.Spec{Headers: []string{"rows.h"}, Types: types}, rowsTarget(t, goarch))
		require.NoError(t, err, goarch)
		lines := map[int]bool{}
		for i, s := range withoutAlignment(r).Structs {
			assert.Equal(t, wrong[i], len(s.Findings) > 0, "%v: %v", s.Pos, r)
			lines[s.Pos.Line] = true
		}
		assert.Len(t, lines, len(types)/2, "each has a declaration of its own")
	}
}

// Each package of the types is read once; a type without a name is of none.
func TestPackagesOf(t *testing.T) {
	unnamed := layout.Struct[struct{ A uint32 }]("ROW")
	assert.Empty(t, packagesOf(layout.Spec{Types: []layout.Type{unnamed}}))
	assert.Equal(t, []string{"github.com/winmib/winmib/tcpmib/layout/source", "go/token"},
		packagesOf(layout.Spec{Types: []layout.Type{unnamed, firstRow(), layout.Struct[token.Position]("POSITION"), wrongRow()}}))
}

// The packages are read again, for the running program's architecture, only if the name of a struct
// is declared more than once.
func TestReplaceReadsOnce(t *testing.T) {
	row := layout.GoStruct{Name: "p.Row", Path: "e.com/p", Size: 4}
	for declared, want := range []int{0, 0, 1} {
		read := 0
		here := func() (*layout.Go, *Packages) { read++; return nil, nil }
		p := &Packages{Go: layout.Go{Structs: slices.Repeat([]layout.GoStruct{row}, declared)}}
		err := p.replace(&layout.Go{Structs: []layout.GoStruct{row}}, here)
		assert.Equal(t, declared == 0, err != nil, declared)
		assert.Equal(t, want, read, declared)
	}
}

// The C names of a Spec remain, in fields and in arrays as well; a tag in a struct that the Spec
// does not have remains, too.
func TestReplaceKeepsNames(t *testing.T) {
	at := func(line int) token.Position { return token.Position{Filename: "rows.go", Line: line} }
	structType := func(name, c string, line int) layout.GoType {
		return layout.GoType{Name: name, Path: "e.com/p", Kind: layout.GoStructKind, Size: 4, Pos: at(line),
			Struct: &layout.GoStruct{Name: name, Path: "e.com/p", C: c, Size: 4, Pos: at(line)}}
	}
	in, tagged, enum := structType("p.In", "", 9), structType("p.Tagged", "TAGGED", 12), layout.GoType{Name: "p.State", Path: "e.com/p", Kind: layout.GoUnsigned, Size: 4}
	outer := layout.GoStruct{Name: "p.Row", Path: "e.com/p", Pos: at(1), Fields: []layout.GoField{
		{Name: "In", Type: in}, {Name: "Ins", Type: layout.GoType{Kind: layout.GoArray, Elem: &in}}, {Name: "State", Type: enum}, {Name: "Tagged", Type: tagged},
	}}
	seen := layout.GoStruct{Name: "p.Row", Path: "e.com/p", C: "ROW", Fields: []layout.GoField{{Name: "State", C: []string{"dwState"}}}}
	g := &layout.Go{
		Structs: []layout.GoStruct{seen, {Name: "p.In", Path: "e.com/p", C: "IN"}},
		Enums:   []layout.GoEnum{{Name: "p.State", Path: "e.com/p", C: "STATE"}},
	}
	p := &Packages{Go: layout.Go{Structs: []layout.GoStruct{*in.Struct, outer}}}
	require.NoError(t, p.replace(g, nil))
	got := g.Structs[0]
	assert.Equal(t, []string{"ROW", "IN"}, []string{got.C, g.Structs[1].C})
	assert.Equal(t, []string{"IN", "IN", "STATE", "TAGGED"}, []string{
		got.Fields[0].Type.Struct.C, got.Fields[1].Type.Elem.Struct.C, got.Fields[2].Type.Enum, got.Fields[3].Type.Struct.C,
	})
	assert.Equal(t, [][]string{nil, nil, {"dwState"}, nil}, [][]string{got.Fields[0].C, got.Fields[1].C, got.Fields[2].C, got.Fields[3].C})
}

// If reflection cannot distinguish two declarations, none is taken.
func TestRunWantsOneDeclaration(t *testing.T) {
	spec := layout.Spec{Headers: []string{"rows.h"}, Types: []layout.Type{sameRow(false)}}
	_, err := Run(t.Context(), spec, rowsTarget(t, "amd64"))
	assert.NoError(t, err, "they are one layout there")
	spec.Types = []layout.Type{sameRow(true)}
	if unsafe.Sizeof(uintptr(0)) == 8 {
		_, err = Run(t.Context(), spec, rowsTarget(t, "386"))
		assert.ErrorContains(t, err, "source.same is declared more than once")
	}
}
