package layout

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A struct that Go aligns less than C begins with an array of no elements, which aligns it, if anything in
// Go can.
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
