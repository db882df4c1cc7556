package tcpestats

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/native"
)

// The switches know every kind of Statistics, each with its own type, and all but SynOpts can be
// switched on.
func TestSwitchesAreExhaustive(t *testing.T) {
	kinds := map[string]any{
		"SynOpts": new(SynOpts), "Data": new(Data), "SndCong": new(SndCong), "Path": new(Path), "SendBuff": new(SendBuff),
		"Rec": new(Rec), "ObsRec": new(ObsRec), "Bandwidth": new(Bandwidth), "FineRtt": new(FineRtt),
	}
	collected := union(t, "Collected")
	all := append(collected, "SynOpts")
	assert.Len(t, kinds, len(all))
	assert.Len(t, all, int(TypeMaximum))
	seen := map[Type]bool{}
	for _, name := range all {
		stats := kinds[name]
		require.NotNil(t, stats, name)
		p := partsOf(stats)
		assert.Equal(t, name, p.typ.String())
		assert.False(t, seen[p.typ], name)
		seen[p.typ] = true
		if !slices.Contains(collected, name) {
			assert.Empty(t, p.rw)
			assert.Panics(t, func() { switchOn(stats) })
			continue
		}
		assert.NotContains(t, switches(t, p.rw), true, "%s: the zero value, which Disable sets, is not off", name)
		switchOn(stats)
		assert.NotContains(t, switches(t, p.rw), false, "%s: Enable leaves something off", name)
	}
	assert.Panics(t, func() { partsOf(new(int)) })
}

// switches returns what the switches of a struct are: one byte, or two enums of 32 bits.
func switches(t *testing.T, rw []byte) (on []bool) {
	for width := (len(rw) + 1) / 2; len(rw) > 0; rw = rw[width:] {
		require.Contains(t, []string{"\x00", "\x01", "\x00\x00\x00\x00", "\x01\x00\x00\x00"}, string(rw[:width]))
		on = append(on, rw[0] == 1)
	}
	return on
}

// union returns the types of a constraint of statistics.go.
func union(t *testing.T, name string) (types []string) {
	if _, err := os.Stat("statistics.go"); err != nil {
		t.Skip("the source is not here:", err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), "statistics.go", nil, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		spec := g.Specs[0].(*ast.TypeSpec)
		if spec.Name.Name != name {
			continue
		}
		ast.Inspect(spec.Type, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				types = append(types, id.Name)
			}
			return true
		})
	}
	require.NotEmpty(t, types)
	return types
}

// Every value of every enum prints, parses and goes through JSON.
func TestEnumsRoundTrip(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, -1, math.MinInt32, math.MaxInt32, math.MaxUint32} {
		type enums struct {
			T Type
			B BooleanOptional
			S SoftError
		}
		want := enums{Type(n), BooleanOptional(n), SoftError(n)}
		text, err := json.Marshal(want)
		require.NoError(t, err)
		var got enums
		require.NoError(t, json.Unmarshal(text, &got), string(text))
		assert.Equal(t, want, got)
	}
	var typ Type
	require.NoError(t, typ.UnmarshalText([]byte("sndcong")))
	assert.Equal(t, TypeSndCong, typ)
	for _, text := range []string{"", "Type", "Type()", "Type(-1)", "Type(4294967296)", "Type(1", "7", "SoftError(3)"} {
		assert.ErrorContains(t, typ.UnmarshalText([]byte(text)), "unknown Type", text)
	}
}

// Every value has the name that the header gives its number.
func TestNumbers(t *testing.T) {
	for i, name := range []string{"SynOpts", "Data", "SndCong", "Path", "SendBuff", "Rec", "ObsRec", "Bandwidth", "FineRtt", "Type(9)"} {
		assert.Equal(t, name, Type(i).String())
	}
	for i, name := range []string{
		"None", "BelowDataWindow", "AboveDataWindow", "BelowAckWindow", "AboveAckWindow", "BelowTsWindow", "AboveTsWindow",
		"DataChecksumError", "DataLengthError", "SoftError(9)",
	} {
		assert.Equal(t, name, SoftError(i).String())
	}
	for i, name := range []string{"Unchanged", "Disabled", "Enabled"} {
		assert.Equal(t, name, BooleanOptional(i-1).String())
	}
	assert.EqualValues(t, 9, TypeMaximum)
	assert.EqualValues(t, 9, SoftErrorMaxSoftError)
	assert.Equal(t, native.EStats{Bytes: []byte{1}}, v0([]byte{1}), "all structs have version 0")
	assert.Zero(t, fromStart, "RW is set as a whole")
}
