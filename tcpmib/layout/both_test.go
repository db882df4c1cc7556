package layout

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Members of a union that Go has one behind the other are one mistake, and the advice, followed, makes
// the struct right.
func TestMembersOfAUnionBehindEachOther(t *testing.T) {
	type (
		guid   struct{ Data [4]uint32 }
		filter struct { // tailscale/wf's fwpmFilter0 in small
			Layer              uint64
			RawContext         uint64
			ProviderContextKey guid
			Reserved           uintptr
			FilterID           uint64
		}
		filterTurned struct {
			Layer              uint64
			ProviderContextKey guid
			RawContext         uint64
			Reserved           uintptr
			FilterID           uint64
		}
		filterPadded struct {
			Layer              uint64
			RawContext         uint64
			_                  [8]byte
			ProviderContextKey guid
			Reserved           uintptr
			FilterID           uint64
		}
		filterTagged struct {
			Layer    uint64  `c:"layer"`
			Raw      uint64  `c:"rawContext"`
			Provider guid    `c:"providerContextKey"`
			Res      uintptr `c:"reserved"`
			ID       uint64  `c:"filterId"`
		}
		filterMended struct {
			Layer      uint64
			RawContext [2]uint64
			Reserved   uintptr
			FilterID   uint64
		}
		filterMendedTagged struct {
			Layer uint64 `c:"layer"`
			Raw   [2]uint64
			Res   uintptr `c:"reserved"`
			ID    uint64  `c:"filterId"`
		}
		hidden struct { // the second of them where C has padding
			Number       uint64
			Small, Other uint32
		}
		hiddenMended struct {
			Number uint64
			Small  [1]uint32
		}
		value       struct{ Kind, Signed, Unsigned, After uint32 }
		valueMended struct {
			Kind   uint32
			Signed [1]uint32
			After  uint32
		}
		halves struct{ Left, Top uint16 }
	)
	number := func(name string, offset, size int64) CMember {
		return CMember{Name: name, Offset: offset, Size: size, Sign: unsigned, Type: map[int64]string{2: "WORD", 4: "DWORD", 8: "UINT64"}[size]}
	}
	h := &Headers{GOARCH: "amd64", Scalars: map[string]CScalar{"WORD": {2, unsigned}, "DWORD": {4, unsigned}, "UINT64": {8, unsigned}}, Structs: map[string]*CStruct{
		"GUID": {Size: 16, Align: 4, Members: CMembers{{Name: "Data", Size: 16, Type: "DWORD[4]"}}},
		"FILTER": {Size: 40, Align: 8, Unnamed: []CUnnamed{{Union: true, Offset: 8, Size: 16, First: 1, End: 3}}, Members: CMembers{
			number("layer", 0, 8), number("rawContext", 8, 8), {Name: "providerContextKey", Offset: 8, Size: 16, Type: "GUID"},
			{Name: "reserved", Offset: 24, Size: 8, Type: "GUID *"}, number("filterId", 32, 8)}},
		"HIDDEN": {Size: 16, Align: 8, Unnamed: []CUnnamed{{Union: true, Offset: 8, Size: 4, First: 1, End: 3}}, Members: CMembers{
			number("number", 0, 8), number("small", 8, 4), number("other", 8, 4)}},
		"VALUE": {Size: 12, Align: 4, Members: CMembers{number("kind", 0, 4), {Name: "u", Offset: 4, Size: 4, Type: "VALUE.u"}, number("after", 8, 4)}},
		"VALUE.u": {Size: 4, Align: 4, Union: true, Unnamed: []CUnnamed{}, Members: CMembers{
			{Name: "signed", Size: 4, Sign: unsigned, Type: "DWORD"}, number("unsigned", 0, 4)}},
		"HALVES": {Size: 4, Align: 2, Union: true, Unnamed: []CUnnamed{{Size: 4, First: 0, End: 2}, {Size: 4, First: 2, End: 4}}, Members: CMembers{
			number("left", 0, 2), number("right", 2, 2), number("bottom", 0, 2), number("top", 2, 2)}},
	}}
	const behind = " follow each other in Go: make them one "
	for name, c := range map[string]struct {
		typ    Type
		want   string
		mended Type
	}{
		"the smaller first":           {Struct[filter]("FILTER"), "FILTER.rawContext: offset: they share their bytes in C, and RawContext and ProviderContextKey" + behind + "[2]uint64", Struct[filterMended]("FILTER")},
		"the larger first":            {Struct[filterTurned]("FILTER"), "FILTER.rawContext: offset: they share their bytes in C, and ProviderContextKey and RawContext" + behind + "[2]uint64", Struct[filterMended]("FILTER")},
		"padding between":             {Struct[filterPadded]("FILTER"), "FILTER.rawContext: offset: they share their bytes in C, and RawContext and ProviderContextKey" + behind + "[2]uint64", Struct[filterMended]("FILTER")},
		"tagged":                      {Struct[filterTagged]("FILTER"), "FILTER.rawContext: offset: they share their bytes in C, and Raw and Provider" + behind + "[2]uint64 without a tag", Struct[filterMendedTagged]("FILTER")},
		"a union with a name":         {Struct[value]("VALUE"), "VALUE.u.signed: offset: they share their bytes in C, and Signed and Unsigned" + behind + "[1]uint32", Struct[valueMended]("VALUE")},
		"where C has padding":         {Struct[hidden]("HIDDEN"), "HIDDEN.small: offset: they share their bytes in C, and Small and Other" + behind + "[1]uint32", Struct[hiddenMended]("HIDDEN")},
		"members that do not overlap": {Struct[halves]("HALVES"), "", Struct[halves]("HALVES")},
	} {
		t.Run(name, func(t *testing.T) {
			judge := func(typ Type) *Report {
				g, err := Spec{Types: []Type{typ}}.Go("amd64")
				require.NoError(t, err)
				return Compare(g, h, Rules{})
			}
			var got []string
			for _, f := range judge(c.typ).Findings {
				got = append(got, f.String())
			}
			assert.Equal(t, c.want, strings.Join(got, "\n"))
			assert.Empty(t, judge(c.mended).Findings)
		})
	}
}

// Members of a union that has a name, in one that has none: Go may have one of them, and two are one mistake.
func TestMembersOfAUnionInAnother(t *testing.T) {
	type (
		first struct {
			Kind  uint32
			_     [4]byte
			A     uint32
			_     [12]byte
			After uint64
		}
		second struct {
			Kind  uint32
			B     uint64
			_     [8]byte
			After uint64
		}
		mended struct {
			Kind  uint32
			A     [2]uint64
			After uint64
		}
		both struct {
			Kind  uint32
			_     [4]byte
			A     uint32
			B     uint64
			After uint64
		}
		turned struct {
			Kind  uint32
			B     uint64
			A     uint32
			After uint64
		}
		padded struct {
			Kind  uint32
			_     [4]byte
			A     uint32
			B     uint64
			_     [8]byte
			After uint64
		}
		three struct {
			Kind  uint32
			A     uint32
			B     uint64
			Raw   [16]byte
			After uint64
		}
		one struct {
			Kind  uint32
			B     uint64
			Raw   [16]byte
			After uint64
		}
		apart struct {
			Kind  uint32
			B     uint64
			Other uint32
			Raw   [16]byte
			After uint64
		}
		tagged struct {
			Number uint32 `c:"kind"`
			_      [4]byte
			First  uint32 `c:"u.a"`
			Second uint64 `c:"u.b"`
			Last   uint64 `c:"after"`
		}
	)
	h := byHand(t, "amd64", "union U 8 8: a 0 DWORD; b 0 UINT64", "S 32 8: kind 0 DWORD; u 8 U; raw 8 BYTE[16]; after 24 UINT64")
	const shared, behind = "offset S.u.a: they share their bytes in C, and ", " follow each other in Go: make them one [2]uint64"
	for name, c := range map[string]struct {
		typ  Type
		want string
	}{
		"the first":        {Struct[first]("S"), ""},
		"the second":       {Struct[second]("S"), ""},
		"storage":          {Struct[mended]("S"), ""},
		"both":             {Struct[both]("S"), shared + "A and B" + behind},
		"the other way":    {Struct[turned]("S"), shared + "B and A" + behind},
		"padded":           {Struct[padded]("S"), shared + "A and B" + behind + " and take 8 bytes out behind it"},
		"a member as well": {Struct[three]("S"), shared + "A, B and Raw" + behind},
		"one and a member": {Struct[one]("S"), shared + "B and Raw" + behind},
		"not side by side": {Struct[apart]("S"), "absent S.Other: Go has Other and Raw from offset 16 on, and C has nothing to match them: remove them\n" +
			"offset S.after: offset is 24 in C and 40 in Go: it is 8 bytes early on amd64, and so is every field after it: pad 8 bytes before it"},
		"tagged": {Struct[tagged]("S"), shared + "First and Second" + behind + " without a tag"},
	} {
		assert.Equal(t, c.want, findingsOf(t, c.typ, h), name)
	}
}

// Storage that names the members of a union has the size of the union, which its alignment may make larger
// than any of them.
func TestStorageOfAUnionThatNoMemberFills(t *testing.T) {
	type (
		whole struct {
			Kind  uint32
			_     [4]byte
			Union [2]uint64 `c:"text|number"`
			After uint32    `c:"after"`
		}
		short struct {
			Kind  uint32
			_     [4]byte
			Union [3]uint32 `c:"text|number"`
			_     [4]byte
			After uint32 `c:"after"`
			_     [4]byte
		}
		long struct {
			Kind  uint32
			_     [4]byte
			Union [3]uint64 `c:"text|number"`
			After uint32    `c:"after"`
		}
	)
	h := byHand(t, "amd64", "S 32 8: kind 0 DWORD; text 8 BYTE[12]; number 8 UINT64; after 24 DWORD")
	h.Structs["S"].Unnamed = []CUnnamed{{Union: true, Offset: 8, Size: 16, First: 1, End: 3}}
	assert.Empty(t, findingsOf(t, Struct[whole]("S"), h))
	assert.Empty(t, findingsOf(t, Struct[short]("S"), h), "as long as its longest member")
	assert.NotEmpty(t, findingsOf(t, Struct[long]("S"), h))
}
