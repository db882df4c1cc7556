package layout

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tableOf is a method table, as C declares one.
func tableOf(goarch string, methods ...string) *CStruct {
	size := pointerSize(goarch)
	s := &CStruct{Size: int64(len(methods)) * size, Align: size}
	for i, name := range methods {
		s.Members = append(s.Members, CMember{Name: name, Offset: int64(i) * size, Size: size, Type: "HRESULT (void *) *"})
	}
	return s
}

// Of an interface that is derived from another, some headers declare in C only the methods of its own:
// C++ inherits the others. Go has to have them, and is not told to remove them.
func TestInheritedMethods(t *testing.T) {
	type (
		unknownVtbl  struct{ QueryInterface, AddRef, Release uintptr }
		dispatchVtbl struct {
			unknownVtbl
			GetTypeInfoCount, GetTypeInfo, GetIDsOfNames, Invoke uintptr
		}
		windowVtbl struct { // a base of the binding's own
			unknownVtbl
			GetWindow, ContextSensitiveHelp uintptr
		}
		embedded struct {
			unknownVtbl
			Draw, Move uintptr
		}
		named struct {
			Base       unknownVtbl
			Draw, Move uintptr
		}
		writtenOut  struct{ QueryInterface, AddRef, Release, Draw, Move uintptr }
		underscored struct{ Query_Interface, Add_ref, Release, Draw, Move uintptr }
		pointers    struct{ QueryInterface, AddRef, Release, Draw, Move unsafe.Pointer }
		inArray     struct {
			Unknown    [3]uintptr
			Draw, Move uintptr
		}
		blankArray struct {
			_          [3]uintptr
			Draw, Move uintptr
		}
		otherNames struct {
			unknownVtbl
			Paint, Shift uintptr
		}
		outOthers struct{ QueryInterface, AddRef, Release, Paint, Shift uintptr }
		dispatch  struct {
			dispatchVtbl
			Draw, Move uintptr
		}
		ownBase struct {
			Window     windowVtbl
			Draw, Move uintptr
		}
		ownWritten struct {
			unknownVtbl
			GetWindow, Draw, Move uintptr
		}
		tagged struct {
			QueryInterface uintptr `c:"QueryInterface"`
			AddRef         uintptr `c:"AddRef"`
			Release        uintptr `c:"Release"`
			Draw           uintptr `c:"Draw"`
			Move           uintptr `c:"Move"`
		}
		without   struct{ Draw, Move uintptr }
		exchanged struct {
			unknownVtbl
			Move, Draw uintptr
		}
		oneForgotten struct {
			unknownVtbl
			Move uintptr
		}
		oneMore struct {
			unknownVtbl
			Draw, Move, Resize uintptr
		}
		twoMethods struct{ QueryInterface, AddRef, Draw, Move uintptr }
		otherFirst struct{ Open, Close, Release, Draw, Move uintptr }
		numbers    struct {
			QueryInterface, AddRef, Release uint32
			Draw, Move                      uintptr
		}
	)
	const (
		lacks  = "in C this table lacks QueryInterface, AddRef and Release, with which the table of every COM interface begins"
		others = lacks + ", and C does not say whether its interface inherits the other "
	)
	keep := func(names string) string { return lacks + ": keep " + names + " and accept this difference" }
	shape := []string{"Draw", "Move"}
	whole := append([]string{"QueryInterface", "AddRef", "Release"}, shape...)
	for name, c := range map[string]struct {
		typ   Type
		c     []string // the methods in C
		first string   // the finding that says what C leaves out
		more  []Kind   // other findings
	}{
		"embedded":                       {Struct[embedded]("IShapeVtbl"), shape, keep("unknownVtbl"), nil},
		"a field":                        {Struct[named]("IShapeVtbl"), shape, keep("Base"), nil},
		"written out":                    {Struct[writtenOut]("IShapeVtbl"), shape, keep("QueryInterface, AddRef and Release"), nil},
		"in another spelling":            {Struct[underscored]("IShapeVtbl"), shape, keep("Query_Interface, Add_ref and Release"), nil},
		"pointers":                       {Struct[pointers]("IShapeVtbl"), shape, keep("QueryInterface, AddRef and Release"), nil},
		"an array":                       {Struct[inArray]("IShapeVtbl"), shape, keep("Unknown"), nil},
		"a blank array":                  {Struct[blankArray]("IShapeVtbl"), shape, keep("_"), nil},
		"tagged":                         {Struct[tagged]("IShapeVtbl"), shape, keep("QueryInterface, AddRef and Release"), nil},
		"own methods with other names":   {Struct[otherNames]("IShapeVtbl"), shape, keep("unknownVtbl"), nil},
		"written out, other names":       {Struct[outOthers]("IShapeVtbl"), shape, keep("QueryInterface, AddRef and Release"), nil},
		"of IDispatch":                   {Struct[dispatch]("IShapeVtbl"), shape, others + "4 methods of Go: if it does, keep dispatchVtbl and accept this difference", nil},
		"of a base of its own":           {Struct[ownBase]("IShapeVtbl"), shape, others + "2 methods of Go: if it does, keep Window and accept this difference", nil},
		"of a base, in part written out": {Struct[ownWritten]("IShapeVtbl"), shape, others + "1 method of Go: if it does, keep unknownVtbl and GetWindow and accept this difference", nil},
		"two methods exchanged as well":  {Struct[exchanged]("IShapeVtbl"), shape, keep("unknownVtbl"), []Kind{KindOffset}},
		"a method forgotten as well":     {Struct[oneForgotten]("IShapeVtbl"), shape, keep("unknownVtbl"), []Kind{KindForgotten}},
		"a method too many as well":      {Struct[oneMore]("IShapeVtbl"), shape, keep("unknownVtbl"), []Kind{KindAbsent}},
		"left out in Go, too":            {Struct[without]("IShapeVtbl"), shape, "", nil},
		"in C, too":                      {Struct[embedded]("IShapeVtbl"), whole, "", nil},
		"of IDispatch, where C has not":  {Struct[dispatch]("IShapeVtbl"), whole, "", []Kind{KindAbsent}},
		"not of a table":                 {Struct[embedded]("SHAPE_CALLS"), shape, "", []Kind{KindAbsent}},
		"two of three":                   {Struct[twoMethods]("IShapeVtbl"), shape, "", []Kind{KindAbsent}},
		"other methods":                  {Struct[otherFirst]("IShapeVtbl"), shape, "", []Kind{KindAbsent}},
		"numbers":                        {Struct[numbers]("IShapeVtbl"), shape, "", []Kind{KindAbsent}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, goarch := range []string{"amd64", "386"} {
				h := &Headers{Set: SetMinGW, GOARCH: goarch, Structs: map[string]*CStruct{c.typ.C(): tableOf(goarch, c.c...)}}
				g, err := Spec{Types: []Type{c.typ}}.Go(goarch)
				require.NoError(t, err)
				rest := Compare(g, h, Rules{}).Findings
				if c.first != "" {
					i := slices.IndexFunc(rest, func(f Finding) bool { return f.Kind == KindInherited })
					require.GreaterOrEqual(t, i, 0, "%v", rest)
					f := rest[i]
					assert.Equal(t, c.first, f.Detail)
					assert.Equal(t, c.typ.C()+"."+f.Field, f.Item)
					// To accept it leaves what is wrong apart from it.
					rest = Compare(g, h, Rules{Accepted: []Accepted{{Kind: KindInherited, Name: f.Item, Reason: "C++ inherits them"}}}).Findings
				}
				var kinds []Kind
				for _, f := range rest {
					kinds = append(kinds, f.Kind)
				}
				assert.Equal(t, c.more, kinds, "%s: %v", goarch, rest)
			}
		})
	}
}
