package source

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

var arches = []string{"amd64", "386", "arm64"}

func loadThing(t *testing.T, goarch string) *Packages {
	t.Helper()
	p, err := Load(t.Context(), Config{Dir: filepath.Join("testdata", "thing"), GOARCH: goarch}, ".")
	require.NoError(t, err)
	return p
}

func structNamed(t *testing.T, p *Packages, name string) layout.GoStruct {
	t.Helper()
	for _, s := range p.Structs {
		if s.Name == name {
			return s
		}
	}
	require.Fail(t, "no struct "+name)
	return layout.GoStruct{}
}

// offsets are those of the fields that have a name, and the size at the end.
func offsets(s layout.GoStruct) []int64 {
	var list []int64
	for _, f := range s.Fields {
		if f.Name != "_" {
			list = append(list, f.Offset)
		}
	}
	return append(list, s.Size)
}

// Sizes and files are those of the architecture asked for, whatever this machine is.
func TestEachArchitectureHasItsOwnLayout(t *testing.T) {
	for goarch, want := range map[string]map[string][]int64{
		"amd64": {"BySizeof": {0, 8, 12, 16}, "ByAlignof": {0, 8, 16}, "Inner": {0, 8, 16}, "Wide": {0, 8}, "Guid": {0, 4, 6, 8, 16}},
		"386":   {"BySizeof": {0, 12, 16, 20}, "ByAlignof": {0, 8, 16}, "Inner": {0, 4, 8}, "Wide": {0, 4}, "Guid": {0, 4, 6, 8, 16}},
		"arm64": {"BySizeof": {0, 8, 12, 16}, "ByAlignof": {0, 8, 16}, "Inner": {0, 8, 16}, "Wide": {0, 16}, "Guid": {0, 4, 6, 8, 16}},
	} {
		p := loadThing(t, goarch)
		for name, want := range want {
			assert.Equal(t, want, offsets(structNamed(t, p, "thing."+name)), "%s on %s", name, goarch)
		}
	}
}

func TestLoad(t *testing.T) {
	p := loadThing(t, "386")
	assert.Equal(t, []string{"example.com/thing"}, p.Paths)
	assert.Equal(t, []string{"example.com/thing"}, p.Modules)

	var names []string
	for _, s := range p.Structs {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{
		"thing.BySizeof", "thing.ByAlignof", "thing.Tagged", "thing.Inner", "thing.OfInt", "thing.Guid", "thing.Local", "thing.Wide",
	}, names)

	left := map[string]string{}
	for _, l := range p.Left {
		left[l.Name] = l.Reason
	}
	assert.Equal(t, map[string]string{
		"thing.Text":  "field Name has a string",
		"thing.List":  "field Items has a slice",
		"thing.Deep":  "field In field Err has an interface",
		"thing.Empty": "has no fields",
		"thing.Of":    "it is generic",
	}, left)

	constants := map[string]string{}
	for _, c := range p.Consts {
		constants[c.Name+" "+c.Type] = c.Value.ExactString()
	}
	assert.Equal(t, map[string]string{
		"thing.StateOpen thing.State":   "1",
		"thing.StateClosed thing.State": "2",
		"thing.Big untyped int":         "9223372036854775808",
		"thing.Below untyped int":       "-1",
		"thing.limit untyped int":       "7",
	}, constants)
}

func TestTags(t *testing.T) {
	s := structNamed(t, loadThing(t, "386"), "thing.Tagged")
	assert.Equal(t, "TAGGED", s.C)
	assert.Equal(t, "thing.go", filepath.Base(s.Pos.Filename))
	type field struct {
		Name string
		C    []string
		Kind layout.GoKind
		Type string
	}
	var got []field
	for _, f := range s.Fields {
		got = append(got, field{f.Name, f.C, f.Type.Kind, f.Type.Name})
	}
	want := []field{
		{"State", []string{"State", "dwState"}, layout.GoSigned, "thing.State"},
		{"Inner", nil, layout.GoArray, "[2]thing.Inner"},
		{"Raw", nil, layout.GoArray, "[4]byte"},
		{"Plain", nil, layout.GoPointer, "*uint16"},
		{"Ratio", nil, layout.GoFloat, "float32"},
		{"Yes", nil, layout.GoBool, "bool"},
	}
	assert.Empty(t, cmp.Diff(want, got))
	inner := s.Fields[1].Type.Elem
	require.NotNil(t, inner.Struct)
	assert.Equal(t, "thing.Inner", inner.Struct.Name)
	assert.Equal(t, []int64{0, 4, 8}, offsets(*inner.Struct))
}
