package layout

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A tag may name an element of an array, each at its place, and none past the end: a field there is
// behind the array, whatever fits.
func TestElements(t *testing.T) {
	for _, goarch := range []string{"amd64", "386"} {
		h := &Headers{
			GOARCH:  goarch,
			Scalars: map[string]CScalar{"int": {4, signed}},
			Structs: map[string]*CStruct{
				"P": {Size: 8, Align: 4, Members: CMembers{
					{Name: "x", Offset: 0, Size: 4, Sign: signed, Type: "int"},
					{Name: "y", Offset: 4, Size: 4, Sign: signed, Type: "int"},
				}},
				"S": {Size: 60, Align: 4, Members: CMembers{
					{Name: "three", Offset: 0, Size: 12, Type: "int[3]"},
					{Name: "grid", Offset: 12, Size: 24, Type: "int[2][3]"},
					{Name: "points", Offset: 36, Size: 16, Type: "P[2]"},
					{Name: "one", Offset: 52, Size: 4, Type: "int[1]"},
					{Name: "number", Offset: 56, Size: 4, Sign: signed, Type: "int"},
					{Name: "open", Offset: 60, Size: 0, Type: "int[]"},
					{Name: "empty", Offset: 60, Size: 0, Type: "int[0]"},
				}},
			},
		}
		for path, offset := range map[string]int64{
			"three[0]": 0, "three[1]": 4, "three[2]": 8,
			"grid[0]": 12, "grid[1]": 24, "grid[0][2]": 20, "grid[1][0]": 24, "grid[1][2]": 32,
			"points[0].y": 40, "points[1].x": 44, "points[1].y": 48, "points[1]": 44,
			"one[0]": 52, "open[0]": 60, "empty[0]": 60,
		} {
			m := h.member(h.Structs["S"], path)
			require.NotNil(t, m, path)
			assert.Equal(t, offset, m.Offset, path)
			assert.Equal(t, path, m.Name)
		}
		for _, path := range []string{
			"three[3]", "three[4]", "three[-1]", "three[99999999999999999999]", "three[x]", "three[]", "three[0][0]", "three.x",
			"grid[2]", "grid[0][3]", "grid[2][0]", "grid[1][3]", "points[2]", "points[2].x", "points[0].z", "points.x",
			"one[1]", "open[1]", "empty[1]", "number[0]", "number[1]", "none[0]",
		} {
			assert.Nil(t, h.member(h.Structs["S"], path), path)
		}

		// A field that a tag puts behind an array is a finding, though a member lies there.
		number := GoType{Name: "int32", Kind: GoSigned, Size: 4, Align: 4}
		three := &Headers{GOARCH: goarch, Scalars: h.Scalars, Structs: map[string]*CStruct{"T": {Size: 12, Align: 4, Members: CMembers{
			{Name: "two", Offset: 0, Size: 8, Type: "int[2]"},
			{Name: "number", Offset: 8, Size: 4, Sign: signed, Type: "int"},
		}}}}
		for last, right := range map[string]bool{"number": true, "two[2]": false, "two[1]": false} {
			g := &Go{GOARCH: goarch, Structs: []GoStruct{{Name: "T", C: "T", Size: 12, Align: 4, Fields: []GoField{
				{Name: "A", Type: number, C: []string{"two[0]"}},
				{Name: "B", Type: number, Offset: 4, C: []string{"two[1]"}},
				{Name: "C", Type: number, Offset: 8, C: []string{last}},
			}}}}
			assert.Equal(t, right, len(Compare(g, three, Rules{}).Findings) == 0, last)
		}
	}
}

// Bit-fields of one bit, elements of arrays without a tag, and numbers over several members: each
// right struct next to one that is wrong by little.
func TestBitsElementsAndGaps(t *testing.T) {
	scalars := map[string]CScalar{"unsigned int": {4, unsigned}, "int": {4, signed}, "unsigned char": {1, unsigned}}
	number := func(name string, offset int64) CMember {
		return CMember{Name: name, Offset: offset, Size: 4, Sign: unsigned, Type: "unsigned int"}
	}
	bits := func(name string, offset, bit, width int64) CMember {
		m := number(name, offset)
		m.Bit, m.Bits = bit, width
		return m
	}
	u8, u16, u32 := GoType{Name: "uint8", Kind: GoUnsigned, Size: 1, Align: 1}, GoType{Name: "uint16", Kind: GoUnsigned, Size: 2, Align: 2}, GoType{Name: "uint32", Kind: GoUnsigned, Size: 4, Align: 4}
	u64, i32 := GoType{Name: "uint64", Kind: GoUnsigned, Size: 8, Align: 4}, GoType{Name: "int32", Kind: GoSigned, Size: 4, Align: 4}
	f32 := GoType{Name: "float32", Kind: GoFloat, Size: 4, Align: 4}
	array := func(n int64, elem GoType) GoType {
		return GoType{Name: "array", Kind: GoArray, Size: n * elem.Size, Align: elem.Align, Len: n, Elem: &elem}
	}
	field := func(name string, offset int64, typ GoType, members ...string) GoField {
		return GoField{Name: name, Offset: offset, Type: typ, C: members}
	}
	words := CMembers{bits("a", 0, 0, 1), bits("b", 0, 16, 1), number("after", 4)}
	spread := CMembers{bits("a", 0, 0, 1), bits("b", 0, 9, 1), number("after", 4)}
	wide := CMembers{bits("a", 0, 0, 2), bits("b", 0, 9, 1), number("after", 4)}
	gap := CMembers{{Name: "a", Size: 1, Sign: unsigned, Type: "unsigned char"}, number("b", 4)}
	for name, c := range map[string]struct {
		members CMembers
		fields  []GoField
		wrong   string // in the first finding; empty for a struct that is right
	}{
		"a unit of single bits":             {words, []GoField{field("Flags", 0, u32), field("After", 4, u32)}, ""},
		"a tag for a single bit":            {words[:1], []GoField{field("Flag", 0, i32, "a")}, ""},
		"a single bit as a float":           {words[:1], []GoField{field("Flag", 0, f32, "a")}, "it is a bit-field in C and float32 in Go"},
		"single bits in two words":          {words, []GoField{field("Low", 0, u16, "a"), field("High", 2, u16, "b"), field("After", 4, u32)}, ""},
		"single bits in the wrong words":    {words, []GoField{field("Low", 0, u16, "b"), field("High", 2, u16, "a"), field("After", 4, u32)}, "bit"},
		"a byte for bits that need two":     {spread, []GoField{field("Flags", 0, u8, "a", "b"), field("_", 1, array(3, u8)), field("After", 4, u32)}, "bits 9 to 9"},
		"the same, only the last is single": {wide, []GoField{field("Flags", 0, u8, "a", "b"), field("_", 1, array(3, u8)), field("After", 4, u32)}, "bits 9 to 9"},
		"elements without tags": {CMembers{{Name: "two", Size: 8, Type: "unsigned int[2]"}, number("after", 8)},
			[]GoField{field("X", 0, u32), field("Y", 4, u32), field("After", 8, u32)}, ""},
		"numbers for an array of structs of numbers": {CMembers{{Name: "list", Size: 16, Type: "NUMBERS[2]"}}, []GoField{field("List", 0, array(4, u32))}, ""},
		"numbers for an array of structs of bits":    {CMembers{{Name: "list", Size: 16, Type: "BITS[2]"}}, []GoField{field("List", 0, array(4, u32))}, "its elements are 8 bytes in C and 4 in Go"},
		"a number over a gap":                        {gap, []GoField{field("Both", 0, u64)}, "it covers a and b"},
		"a number over no gap":                       {CMembers{number("a", 0), number("b", 4)}, []GoField{field("Both", 0, u64)}, "it covers a and b"},
	} {
		t.Run(name, func(t *testing.T) {
			last := c.members[len(c.members)-1]
			h := &Headers{GOARCH: "amd64", Scalars: scalars, Structs: map[string]*CStruct{
				"T":       {Size: last.end(), Align: 4, Members: c.members},
				"NUMBERS": {Size: 8, Align: 4, Members: CMembers{number("a", 0), number("b", 4)}},
				"BITS":    {Size: 8, Align: 4, Members: CMembers{bits("a", 0, 0, 1), bits("b", 4, 0, 1)}},
			}}
			g := &Go{GOARCH: "amd64", Structs: []GoStruct{{Name: "T", C: "T", Size: last.end(), Align: 4, Fields: c.fields}}}
			found := Compare(g, h, Rules{}).Findings
			if c.wrong == "" {
				assert.Empty(t, found)
				return
			}
			require.NotEmpty(t, found)
			assert.Contains(t, found[0].Detail, c.wrong)
		})
	}
}

// Debug information does not say in which unit a bit-field is.
func TestUnits(t *testing.T) {
	for _, c := range []struct {
		last                    unit
		first, bits, base, size int64
		want                    unit
	}{
		{unit{}, 0, 3, 0, 4, unit{0, 4}},
		{unit{12, 16}, 116, 12, 96, 4, unit{12, 16}}, // it fits
		{unit{12, 16}, 128, 13, 96, 4, unit{16, 20}}, // it does not
		{unit{0, 4}, 32, 8, 0, 1, unit{4, 5}},        // of another size
		{unit{0, 1}, 8, 32, 0, 4, unit{1, 5}},        // packed
		{unit{}, 20, 20, 0, 4, unit{2, 6}},           // packed, across a boundary
		{unit{4, 8}, 72, 8, 64, 4, unit{8, 12}},      // in a struct at byte 8
		{unit{}, 40, 3, 0, 4, unit{4, 8}},            // in the second unit
		{unit{}, 104, 3, 0, 4, unit{12, 16}},         // in the fourth
	} {
		u := c.last
		u.take(c.first, c.bits, c.base, c.size)
		assert.Equal(t, c.want, u, "%+v", c)
	}
}
