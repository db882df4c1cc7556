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
