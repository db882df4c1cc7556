package source

import (
	"go/types"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestZeroSize(t *testing.T) {
	structOf := func(fields ...types.Type) types.Type {
		var vars []*types.Var
		for _, f := range fields {
			vars = append(vars, types.NewField(0, nil, "_", f, false))
		}
		return types.NewStruct(vars, nil)
	}
	long, none := types.Typ[types.Uint32], structOf()
	for name, tt := range map[string]struct {
		t    types.Type
		want bool
	}{
		"no field":                {none, true},
		"a field without size":    {structOf(none), true}, // as structs.HostLayout has
		"a field":                 {structOf(long), false},
		"two fields":              {structOf(none, long), false},
		"an array of none":        {types.NewArray(long, 0), true},
		"an array of a field":     {types.NewArray(long, 1), false},
		"an array without size":   {types.NewArray(none, 3), true},
		"a number":                {long, false},
		"a struct around a field": {structOf(structOf(long)), false},
	} {
		assert.Equal(t, tt.want, zeroSize(tt.t), name)
	}
}
