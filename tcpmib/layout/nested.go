package layout

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// goElem is the element of an array field, or of an array that is an element.
type goElem struct {
	size int64
	sign sign
	enum string
}

// nested is the Go struct that a field is, or that the elements of an array field are.
type nested struct {
	index string // what leads from the member to the struct
	name  string
	c     []string // the C names that the Spec gives it; without one nothing compares its fields
}

// within is the type of a field, the type of its elements when it is an array, of their elements, and so on. Arrays of
// bytes are opaque.
func within(t reflect.Type) []reflect.Type {
	list := []reflect.Type{t}
	for t.Kind() == reflect.Array && t.Elem().Kind() != reflect.Uint8 {
		t = t.Elem()
		list = append(list, t)
	}
	return list
}

// index leads from a C array to the first of its elements, at a depth of 2 to the first of their elements.
func index(depth int) string { return strings.Repeat("[0]", depth) }

// elements are what the compiler for one architecture makes of the elements, by depth.
func (g *goTypes) elements(field reflect.Type, sizes types.Sizes) ([]goElem, error) {
	var list []goElem
	for _, t := range within(field)[1:] {
		e, err := goType(t)
		if err != nil {
			return nil, err
		}
		list = append(list, goElem{sizes.Sizeof(e), signOf(t), g.enumOf[t]})
	}
	return list, nil
}

// nestedIn is the struct in a field, or nil.
func (g *goTypes) nestedIn(field reflect.Type) *nested {
	list := within(field)
	depth := len(list) - 1
	t := list[depth]
	if t.Kind() != reflect.Struct {
		return nil
	}
	return &nested{index(depth), structName(t), g.structOf[t]}
}

// nestedQuestions ask about the elements of a member that is an array in Go, and whether it is the C struct that Go's
// mirrors: by their sizes alone any struct could stand for any other.
func (g *goTypes) nestedQuestions(spec Spec, name, member string, field reflect.Type) []question {
	var list []question
	for i := range within(field)[1:] {
		list = append(list, question{kind: askMember, name: name, member: member + index(i+1)})
	}
	if n := g.nestedIn(field); n != nil {
		for _, c := range n.c {
			for _, is := range append([]string{c}, otherNames(spec, c)...) {
				list = append(list, question{askIs, name, member + n.index, is})
			}
		}
	}
	return list
}

// compareNested compares what is inside a member. It stops at the first difference, of which more would follow.
func (c *comparison) compareNested(name, member string, f goField, differ func(kind Kind, format string, args ...any)) {
	for i, e := range f.elems {
		a := c.facts.answers[question{kind: askMember, name: name, member: member + index(i+1)}]
		switch {
		case a.absent:
			differ(KindElem, "it is an array in Go and none in C: %s", a.why)
			return
		case a.numbers[1] != e.size:
			differ(KindElem, "its elements are %d bytes in C and %d in Go", a.numbers[1], e.size)
			return
		case !c.signAgrees(sign(a.numbers[2]), e.sign, e.enum):
			differ(KindElem, "its elements are %v in C and %v in Go", sign(a.numbers[2]), e.sign)
			return
		}
	}
	n := f.nested
	if n == nil {
		return
	}
	is := func(cName string) bool {
		if gap, ok := c.renamed(cName); ok {
			cName = gap.As
		}
		a := c.facts.answers[question{askIs, name, member + n.index, cName}]
		return !a.absent && a.numbers[0] == 1
	}
	switch {
	case len(n.c) == 0:
		differ(KindUnchecked, "Go has %s there, which is not among the types: nothing compares its fields", n.name)
	case !slices.ContainsFunc(n.c, is):
		differ(KindType, "Go has %s there, which mirrors %s, and C has another type", n.name, strings.Join(n.c, " and "))
	}
}
