package layout

import (
	"reflect"
	"structs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type pair struct {
	_  structs.HostLayout `c:"PAIR"`
	Hi int16              `c:"hi"`
	Lo int16              `c:"lo"`
}

type twin struct {
	_  structs.HostLayout `c:"TWIN"`
	Hi int16              `c:"hi"`
	Lo int16              `c:"lo"`
}

// nonsense has the size of PAIR and nothing else of it.
type nonsense struct {
	A int8
	B [3]bool
}

type nest struct {
	_       structs.HostLayout `c:"NEST"`
	Pair    pair               `c:"pair"`
	Pairs   [2][3]pair         `c:"pairs"`
	Number  int32              `c:"number"`
	Numbers [2][3]int32        `c:"numbers"`
	Either  [4]byte            `c:"either"`
	Pointer uintptr            `c:"pointer"`
}

// nestWith is nest with another type for a field.
func nestWith(name string, typ reflect.Type) any {
	t := reflect.TypeFor[nest]()
	var fields []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == name {
			f.Type = typ
		}
		fields = append(fields, f)
	}
	return reflect.Zero(reflect.StructOf(fields)).Interface()
}

func TestNested(t *testing.T) {
	targets := compilers(t)
	const (
		unchecked = "Go has layout.nonsense there, which is not among the types: nothing compares its fields"
		another   = "Go has layout.twin there, which mirrors TWIN, and C has another type"
		notAPair  = "Go has layout.pair there, which mirrors PAIR, and C has another type"
	)
	for name, c := range map[string]struct {
		types []any
		want  []Finding
	}{
		"the same":                {[]any{pair{}, nest{}}, nil},
		"the same, order is free": {[]any{nest{}, pair{}}, nil},
		"by an alias":             {[]any{As("PAIR_ALIAS", pair{}), nest{}}, nil},
		"by one of its names":     {[]any{As("TWIN", pair{}), pair{}, nest{}}, nil},
		"by its tag":              {[]any{As("struct _PAIR", pair{}), nest{}}, nil},
		"a struct as bytes":       {[]any{pair{}, nestWith("Pair", reflect.TypeFor[[4]byte]())}, nil},
		"structs as bytes":        {[]any{pair{}, nestWith("Pairs", reflect.TypeFor[[2][12]byte]())}, nil},

		"a field that nothing compares": {
			[]any{pair{}, nestWith("Pair", reflect.TypeFor[nonsense]())}, []Finding{{KindUnchecked, "NEST.pair", unchecked}}},
		"elements that nothing compares": {
			[]any{pair{}, nestWith("Pairs", reflect.TypeFor[[2][3]nonsense]())}, []Finding{{KindUnchecked, "NEST.pairs", unchecked}}},
		"a tagged struct that nothing compares": {
			[]any{nestWith("Pairs", reflect.TypeFor[[24]byte]())}, []Finding{{KindUnchecked, "NEST.pair", "Go has layout.pair there, which is not among the types: nothing compares its fields"}}},
		"a field that is another struct": {
			[]any{pair{}, twin{}, nestWith("Pair", reflect.TypeFor[twin]())}, []Finding{{KindType, "NEST.pair", another}}},
		"elements that are another struct": {
			[]any{pair{}, twin{}, nestWith("Pairs", reflect.TypeFor[[2][3]twin]())}, []Finding{{KindType, "NEST.pairs", another}}},
		"a struct for a number": {
			[]any{pair{}, nestWith("Number", reflect.TypeFor[pair]())}, []Finding{{KindType, "NEST.number", notAPair}}},
		"structs for numbers": {
			[]any{pair{}, nestWith("Numbers", reflect.TypeFor[[2][3]pair]())}, []Finding{{KindType, "NEST.numbers", notAPair}}},
		"a struct for a union": {
			[]any{pair{}, nestWith("Either", reflect.TypeFor[pair]())}, []Finding{{KindType, "NEST.either", notAPair}}},
		"numbers of another sign, two arrays deep": {
			[]any{pair{}, nestWith("Numbers", reflect.TypeFor[[2][3]uint32]())},
			[]Finding{{KindElem, "NEST.numbers", "its elements are signed in C and unsigned in Go"}}},
		"the dimensions the other way round": {
			[]any{pair{}, nestWith("Numbers", reflect.TypeFor[[3][2]int32]())},
			[]Finding{{KindElem, "NEST.numbers", "its elements are 12 bytes in C and 8 in Go"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, target := range targets {
				if target.GOARCH != "amd64" { // the mutants of conformance are for all
					continue
				}
				r, err := Run(t.Context(), Spec{Headers: []string{"nest.h"}, Types: c.types}, target)
				require.NoError(t, err)
				assert.Empty(t, cmp.Diff(c.want, r.Findings, cmpopts.EquateEmpty()), "%v", target.CC)
			}
		})
	}
}

// What a pointer points to is not in the struct, though C can index it.
func TestArrayForPointer(t *testing.T) {
	spec := Spec{Headers: []string{"nest.h"}, Types: []any{pair{}, nestWith("Pointer", reflect.TypeFor[[1]*byte]())}}
	for _, target := range compilers(t) {
		r, err := Run(t.Context(), spec, target)
		require.NoError(t, err)
		if assert.Len(t, r.Findings, 1) {
			assert.Contains(t, r.Findings[0].String(), "NEST.pointer: element: it is an array in Go and none in C: ")
		}
	}
}
