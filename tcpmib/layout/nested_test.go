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
	Hi int8
	B  [3]bool
}

// swapped claims to be PAIR, and is not.
type swapped struct {
	_  structs.HostLayout `c:"PAIR"`
	Lo int16              `c:"lo"`
	Hi int16              `c:"hi"`
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
func nestWith(name string, typ reflect.Type) Type {
	t := reflect.TypeFor[nest]()
	var fields []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == name {
			f.Type = typ
		}
		fields = append(fields, f)
	}
	return StructOf("", reflect.StructOf(fields))
}

func TestNested(t *testing.T) {
	targets := compilers(t)
	const (
		another  = "Go has layout.twin there, which mirrors TWIN, and C has another type (PAIR_ALIAS)"
		notAPair = "Go has layout.pair there, which mirrors PAIR, and C has another type"
	)
	for name, c := range map[string]struct {
		types []Type
		want  []Finding
	}{
		"the same":                {[]Type{Struct[pair](""), Struct[nest]("")}, nil},
		"the same, order is free": {[]Type{Struct[nest](""), Struct[pair]("")}, nil},
		"by an alias":             {[]Type{Struct[pair]("PAIR_ALIAS"), Struct[nest]("")}, nil},
		"by one of its names":     {[]Type{Struct[pair]("TWIN"), Struct[pair](""), Struct[nest]("")}, nil},
		"by its tag":              {[]Type{Struct[pair]("struct _PAIR"), Struct[nest]("")}, nil},
		"a struct as bytes":       {[]Type{Struct[pair](""), nestWith("Pair", reflect.TypeFor[[4]byte]())}, nil},
		"structs as bytes":        {[]Type{Struct[pair](""), nestWith("Pairs", reflect.TypeFor[[2][12]byte]())}, nil},

		"a field of a struct that is not among the types": {
			[]Type{Struct[pair](""), nestWith("Pair", reflect.TypeFor[nonsense]())},
			[]Finding{{Kind: KindSize, Item: "NEST.pair", Detail: "within it, pair.hi: size is 2 in C and 1 in Go"}}},
		"elements of a struct that is not among the types": {
			[]Type{Struct[pair](""), nestWith("Pairs", reflect.TypeFor[[2][3]nonsense]())},
			[]Finding{{Kind: KindSize, Item: "NEST.pairs", Detail: "within it, pairs[0][0].hi: size is 2 in C and 1 in Go"}}},
		"a tagged struct that is not among the types": {
			[]Type{nestWith("Pairs", reflect.TypeFor[[24]byte]())}, nil},
		"a wrong tagged struct that is not among the types": {
			[]Type{nestWith("Pair", reflect.TypeFor[swapped]())},
			[]Finding{{Kind: KindOffset, Item: "NEST.pair", Detail: "within it, pair.lo: offset is 2 in C and 0 in Go: it is 2 bytes early on amd64, and so is every field after it: pad 2 bytes before it"}}},
		"a field that is another struct": {
			[]Type{Struct[pair](""), Struct[twin](""), nestWith("Pair", reflect.TypeFor[twin]())}, []Finding{{Kind: KindType, Item: "NEST.pair", Detail: another}}},
		"elements that are another struct": {
			[]Type{Struct[pair](""), Struct[twin](""), nestWith("Pairs", reflect.TypeFor[[2][3]twin]())}, []Finding{{Kind: KindType, Item: "NEST.pairs", Detail: another}}},
		"a struct for a number": {
			[]Type{Struct[pair](""), nestWith("Number", reflect.TypeFor[pair]())}, []Finding{{Kind: KindType, Item: "NEST.number", Detail: notAPair + " (int)"}}},
		"structs for numbers": {
			[]Type{Struct[pair](""), nestWith("Numbers", reflect.TypeFor[[2][3]pair]())}, []Finding{{Kind: KindType, Item: "NEST.numbers", Detail: notAPair + " (int)"}}},
		"a struct for a union": {
			[]Type{Struct[pair](""), nestWith("Either", reflect.TypeFor[pair]())}, []Finding{{Kind: KindType, Item: "NEST.either", Detail: notAPair + " (NEST.either)"}}},
		"numbers of another sign, two arrays deep": {
			[]Type{Struct[pair](""), nestWith("Numbers", reflect.TypeFor[[2][3]uint32]())},
			[]Finding{{Kind: KindElem, Item: "NEST.numbers", Detail: "its elements are signed in C and unsigned in Go"}}},
		"the dimensions the other way round": {
			[]Type{Struct[pair](""), nestWith("Numbers", reflect.TypeFor[[3][2]int32]())},
			[]Finding{{Kind: KindElem, Item: "NEST.numbers", Detail: "its elements are 12 bytes in C and 8 in Go"}}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, target := range targets {
				if target.GOARCH != "amd64" { // the mutants of conformance are for all
					continue
				}
				g, err := Spec{Types: c.types}.Go("amd64")
				require.NoError(t, err)
				r := Compare(g, headersOf(t, target, "nest.h"), Rules{})
				assert.Empty(t, cmp.Diff(c.want, r.Findings, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Finding{}, "Field")), "%v", target.CC)
			}
		})
	}
}

// What a pointer points to is not in the struct, though C can index it.
func TestArrayForPointer(t *testing.T) {
	spec := Spec{Headers: []string{"nest.h"}, Types: []Type{Struct[pair](""), nestWith("Pointer", reflect.TypeFor[[1]*byte]())}}
	for _, target := range compilers(t) {
		r, err := Run(t.Context(), spec, target)
		require.NoError(t, err)
		if assert.Len(t, r.Findings, 1) {
			assert.Contains(t, r.Findings[0].String(), "NEST.pointer: element: it is an array in Go and a pointer (void *) in C")
		}
	}
}
