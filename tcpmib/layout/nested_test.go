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

type couple struct {
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
	Pair    couple             `c:"pair"`
	Pairs   [2][3]couple       `c:"pairs"`
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
		notAPair = "Go has layout.couple there, which mirrors PAIR, and C has another type"
	)
	for name, c := range map[string]struct {
		types []Type
		want  []Finding
	}{
		"the same":                {[]Type{Struct[couple](""), Struct[nest]("")}, nil},
		"the same, order is free": {[]Type{Struct[nest](""), Struct[couple]("")}, nil},
		"by an alias":             {[]Type{Struct[couple]("PAIR_ALIAS"), Struct[nest]("")}, nil},
		"by one of its names":     {[]Type{Struct[couple]("TWIN"), Struct[couple](""), Struct[nest]("")}, nil},
		"by its tag":              {[]Type{Struct[couple]("struct _PAIR"), Struct[nest]("")}, nil},
		"a struct as bytes":       {[]Type{Struct[couple](""), nestWith("Pair", reflect.TypeFor[[4]byte]())}, nil},
		"structs as bytes":        {[]Type{Struct[couple](""), nestWith("Pairs", reflect.TypeFor[[2][12]byte]())}, nil},

		"a field of a struct that is not among the types": {
			[]Type{Struct[couple](""), nestWith("Pair", reflect.TypeFor[nonsense]())},
			[]Finding{{Kind: KindSize, Item: "NEST.pair", Detail: "within it, pair.hi: size is 2 in C and 1 in Go: make it int16"}}},
		"elements of a struct that is not among the types": {
			[]Type{Struct[couple](""), nestWith("Pairs", reflect.TypeFor[[2][3]nonsense]())},
			[]Finding{{Kind: KindSize, Item: "NEST.pairs", Detail: "within it, pairs[0][0].hi: size is 2 in C and 1 in Go: make it int16"}}},
		"a tagged struct that is not among the types": {
			[]Type{nestWith("Pairs", reflect.TypeFor[[24]byte]())}, nil},
		"a wrong tagged struct that is not among the types": {
			[]Type{nestWith("Pair", reflect.TypeFor[swapped]())},
			[]Finding{{Kind: KindOffset, Item: "NEST.pair", Detail: "within it, pair.lo: offset is 2 in C and 0 in Go: exchange it with Hi"}}},
		"a field that is another struct": {
			[]Type{Struct[couple](""), Struct[twin](""), nestWith("Pair", reflect.TypeFor[twin]())}, []Finding{{Kind: KindType, Item: "NEST.pair", Detail: another + ": make it layout.couple"}}},
		"elements that are another struct": {
			[]Type{Struct[couple](""), Struct[twin](""), nestWith("Pairs", reflect.TypeFor[[2][3]twin]())}, []Finding{{Kind: KindType, Item: "NEST.pairs", Detail: another + ": make it [2][3]layout.couple"}}},
		"a struct for a number": {
			[]Type{Struct[couple](""), nestWith("Number", reflect.TypeFor[couple]())}, []Finding{{Kind: KindType, Item: "NEST.number", Detail: notAPair + " (int): make it int32"}}},
		"structs for numbers": {
			[]Type{Struct[couple](""), nestWith("Numbers", reflect.TypeFor[[2][3]couple]())}, []Finding{{Kind: KindType, Item: "NEST.numbers", Detail: notAPair + " (int): make it [2][3]int32"}}},
		"a struct for a union": {
			[]Type{Struct[couple](""), nestWith("Either", reflect.TypeFor[couple]())}, []Finding{{Kind: KindType, Item: "NEST.either", Detail: notAPair + " (NEST.either): make it int32"}}},
		"numbers of another sign, two arrays deep": {
			[]Type{Struct[couple](""), nestWith("Numbers", reflect.TypeFor[[2][3]uint32]())},
			[]Finding{{Kind: KindElem, Item: "NEST.numbers", Detail: "its elements are signed in C and unsigned in Go: make it [2][3]int32"}}},
		"the dimensions the other way round": {
			[]Type{Struct[couple](""), nestWith("Numbers", reflect.TypeFor[[3][2]int32]())},
			[]Finding{{Kind: KindElem, Item: "NEST.numbers", Detail: "its elements are 12 bytes in C and 8 in Go: make it [2][3]int32"}}},
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

// The target of a pointer is not in the struct, though C can index it.
func TestArrayForPointer(t *testing.T) {
	spec := Spec{Headers: []string{"nest.h"}, Types: []Type{Struct[couple](""), nestWith("Pointer", reflect.TypeFor[[1]*byte]())}}
	for _, target := range compilers(t) {
		r, err := Run(t.Context(), spec, target)
		require.NoError(t, err)
		if assert.Len(t, r.Findings, 1) {
			assert.Contains(t, r.Findings[0].String(), "NEST.pointer: element: it is an array in Go and a pointer (void *) in C")
		}
	}
}
