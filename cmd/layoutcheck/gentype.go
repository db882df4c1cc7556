package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// fieldType is the Go type for a member, given as each architecture has it.
func (g *generator) fieldType(members []layout.CMember) (goType, error) {
	sizes := make([]int64, len(members))
	for i, m := range members {
		sizes[i] = m.Size
	}
	return g.typeOf(members[0].Type, members[0].Sign, sizes)
}

// typeOf is the Go type for a C type of these sizes.
func (g *generator) typeOf(c, sign string, sizes []int64) (goType, error) {
	h := g.sets[0]
	if elem, n, ok := cutArray(c); ok {
		if n == 0 {
			return goType{}, fmt.Errorf("it has no length in C: read it behind the struct")
		}
		elemSizes := make([]int64, len(sizes))
		for i := range sizes {
			elemSizes[i] = sizes[i] / n
		}
		t, err := g.typeOf(elem, signOf(h, elem), elemSizes)
		t.name, t.size = fmt.Sprintf("[%d]%s", n, t.name), sizes
		return t, err
	}
	if s := h.Struct(c); s != nil {
		if s.Union {
			return g.opaque(c, sizes)
		}
		return g.declare(c)
	}
	bits := strconv.FormatInt(8*sizes[0], 10)
	switch {
	case !same(sizes) || sign == "": // a pointer, or an integer of its size
		if sign == "signed" {
			return g.scalar("int", sizes), nil
		}
		return g.scalar("uintptr", sizes), nil
	case sign == "signed":
		return g.scalar("int"+bits, sizes), nil
	case sign == "float":
		return g.scalar("float"+bits, sizes), nil
	}
	return g.scalar("uint"+bits, sizes), nil
}

// opaque stands for a union: integers that C aligns alike.
func (g *generator) opaque(c string, sizes []int64) (goType, error) {
	aligns := make([]int64, len(sizes))
	for i, h := range g.sets {
		aligns[i] = h.Struct(c).Align
	}
	n := sizes[0] / aligns[0]
	for i := range sizes {
		if sizes[i] != n*aligns[i] {
			return goType{}, fmt.Errorf("the union %s differs too much between architectures: use -goarch for one of them", c)
		}
	}
	elem := "uintptr"
	if same(aligns) {
		elem = fmt.Sprintf("uint%d", 8*aligns[0])
	}
	t := g.scalar(elem, aligns)
	if n != 1 {
		t.name = fmt.Sprintf("[%d]%s", n, elem)
	}
	t.size = sizes
	return t, nil
}

// scalar is a Go type of one number: Go aligns it to its size, but to 4 at most on 386.
func (g *generator) scalar(name string, sizes []int64) goType {
	t := goType{name: name, size: sizes}
	for i, h := range g.sets {
		align := sizes[i]
		if h.GOARCH == "386" {
			align = min(align, 4)
		}
		t.align = append(t.align, align)
	}
	return t
}

func same(numbers []int64) bool {
	for _, n := range numbers {
		if n != numbers[0] {
			return false
		}
	}
	return true
}

// cutArray takes "T[2][3]" apart: T[3] and 2.
func cutArray(c string) (elem string, n int64, ok bool) {
	name, rest, ok := strings.Cut(c, "[")
	if !ok || strings.HasSuffix(c, "*") {
		return "", 0, false
	}
	length, rest, _ := strings.Cut(rest, "]")
	n, _ = strconv.ParseInt(length, 10, 64)
	return strings.TrimSpace(name) + rest, n, true
}

// signOf is the sign of a scalar type by name; nothing for what is not a number.
func signOf(h *layout.Headers, c string) string {
	for range 100 {
		if s, ok := h.Scalars[c]; ok {
			return s.Sign
		}
		if e := h.Enum(c); e != nil {
			return e.Sign
		}
		next, ok := h.Typedefs[c]
		if !ok {
			break
		}
		c = next
	}
	return ""
}
