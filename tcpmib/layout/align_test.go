package layout

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A struct that Go aligns less than C begins with an array of no elements, which aligns it, if
// anything in Go can.
func TestAlignmentAdvice(t *testing.T) {
	type (
		all     struct{ Data [16]byte }
		aligned struct {
			_    [0]uint64
			Data [16]byte
		}
	)
	for goarch, want := range map[string]string{
		"amd64": "C aligns it to 8 bytes and Go to 1 on amd64: a Go variable of it may lie where Windows does not take it: begin it with _ [0]uint64",
		"386":   "C aligns it to 8 bytes and Go to 1 on 386: a Go variable of it may lie where Windows does not take it",
	} {
		h := byHand(t, goarch, "S 16 8: large 0 UINT64; small 8 DWORD")
		judge := func(typ Type) []Finding {
			g, err := Spec{Types: []Type{typ}}.Go(goarch)
			require.NoError(t, err)
			return Compare(g, h, Rules{}).Findings
		}
		assert.Equal(t, []Finding{{Kind: KindAlign, Item: "S", Detail: want}}, judge(Struct[all]("S")))
		if goarch == "amd64" {
			assert.Empty(t, judge(Struct[aligned]("S")))
		}
	}
}

// Fields without the names of members are paired with them in order. A field that is as large as
// two members stands for both if one after it can have the next, but for the sign; if a name says
// otherwise, for one.
func TestMembersWithoutFields(t *testing.T) {
	const (
		both = "size S.first: it covers first and second: one field stands for one member: write First uint32 and Second uint32\n" +
			"sign S.third: it is signed in C and unsigned in Go: make it int32"
		one = "size S.first: size is 4 in C and 8 in Go: make it uint32\n" +
			"forgotten S.third: C has 4 bytes at offset 8 that no Go field names: add Third int32 before End"
	)
	for names, want := range map[string]string{"Wide Narrow": both, "Wide TheThird": both, "TheFirst Narrow": one, "Wide TheSecond": one} {
		wide, narrow, _ := strings.Cut(names, " ")
		typ := reflect.StructOf([]reflect.StructField{
			{Name: wide, Type: reflect.TypeFor[uint64]()}, {Name: narrow, Type: reflect.TypeFor[uint32]()}, {Name: "End", Type: reflect.TypeFor[int64]()},
		})
		h := byHand(t, "amd64", "S 24 8: first 0 DWORD; second 4 DWORD; third 8 LONG; last 16 INT64")
		assert.Equal(t, want, findingsOf(t, StructOf("S", typ), h), names)
	}
}

// A Go struct may stand for members of a union that have a union among them.
func TestUnionsInUnions(t *testing.T) {
	h := byHand(t, "amd64", "S 16 4: kind 0 DWORD; a 4 DWORD; b 8 DWORD; c 8 float; x 4 DWORD[3]; union 4 12 1 5; struct 4 8 1 4; union 8 4 2 4")
	c := &comparison{
		g: &Go{GOARCH: h.GOARCH}, h: h, report: &Report{}, slotsOf: map[*CStruct][]slot{}, nested: map[nesting]*problem{},
		causes: map[nesting]*GoStruct{}, aligns: map[string]int64{},
	}
	union := c.slots(h.Structs["S"])[1]
	for _, test := range []struct {
		typ  Type
		fits bool
	}{
		{Struct[struct{ P, Q uint32 }]("S"), true},
		{Struct[struct {
			P uint32
			Q float32
		}]("S"), true},
		{Struct[struct{ P, Q float32 }]("S"), false},
		{Struct[struct {
			P uint32
			Q int16
		}]("S"), false},
	} {
		g, err := Spec{Types: []Type{test.typ}}.Go(h.GOARCH)
		require.NoError(t, err)
		assert.Equal(t, test.fits, c.fitsArm(&g.Structs[0], &union, union.arms[0]), test.typ.Go())
	}
}
