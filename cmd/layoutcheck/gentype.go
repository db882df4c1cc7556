package main

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// fieldType is the Go type for a member, given as each architecture has it.
func (g *generator) fieldType(members []layout.CMember) (goType, error) {
	types, sizes := make([]string, len(members)), make([]int64, len(members))
	for i, m := range members {
		types[i], sizes[i] = m.Type, m.Size
		if m.Sign != members[0].Sign {
			return goType{}, fmt.Errorf("it is %s on %s and %s on %s: use -goarch for one of them, and a file for each",
				members[0].Type, g.sets[0].GOARCH, m.Type, g.sets[i].GOARCH)
		}
	}
	return g.typeOf(types, members[0].Sign, sizes)
}

// typeOf is the Go type for a C type, given by its name and its size on each architecture.
func (g *generator) typeOf(types []string, sign string, sizes []int64) (goType, error) {
	h, c := g.sets[0], types[0]
	if n := wholeNumber(h, c); n != "" {
		return g.scalar(n, sizes), nil
	}
	if elems, lengths, ok := g.arrays(types); ok {
		elemSizes := make([]int64, len(sizes))
		for i := range sizes {
			if lengths[i] == 0 {
				return goType{}, fmt.Errorf("it has no length in C: read it behind the struct")
			}
			elemSizes[i] = sizes[i] / lengths[i]
		}
		t, err := g.typeOf(elems, signOf(h, elems[0]), elemSizes)
		if err != nil {
			return t, err
		}
		length, err := g.length(lengths)
		t.name, t.size = fmt.Sprintf("[%s]%s", length, t.name), sizes
		return t, err
	}
	if s := h.Struct(c); s != nil {
		if s.Union {
			aligns := make([]int64, len(sizes))
			for i, h := range g.sets {
				aligns[i] = alignOf(h, types[i])
			}
			t, err := g.integers(sizes, aligns)
			if err != nil {
				err = fmt.Errorf("the union %s: %w", c, err)
			}
			return t, err
		}
		return g.declare(c)
	}
	bits := strconv.FormatInt(8*sizes[0], 10)
	switch {
	case sizes[0] > 8 || sign == "float" && sizes[0] < 4:
		return goType{}, fmt.Errorf("%s has %d bytes, and Go has no such number", c, sizes[0])
	case sign == "" && same(sizes) && !slices.Equal(sizes, g.pointerSizes()): // a pointer of 32 bits
		return g.scalar("uint"+bits, sizes), nil
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

// arrays takes the outer dimension off an array, which may be that of a typedef.
func (g *generator) arrays(types []string) (elems []string, lengths []int64, ok bool) {
	for i, h := range g.sets {
		elem, n, ok := cutArray(behindTypedefs(h, types[i]))
		if !ok {
			return nil, nil, false
		}
		elems, lengths = append(elems, elem), append(lengths, n)
	}
	return elems, lengths, true
}

// namesOfType are the name of a C type and what it is a typedef of, one after the other. A record
// may name a type after itself, so there is an end to them.
func namesOfType(h *layout.Headers, c string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for range 100 {
			if !yield(c) {
				return
			}
			to, ok := h.Typedefs[c]
			if !ok {
				return
			}
			c = to
		}
	}
}

// behindTypedefs is the array that a name is a typedef of, or the name.
func behindTypedefs(h *layout.Headers, c string) string {
	for name := range namesOfType(h, c) {
		if _, _, ok := cutArray(name); ok {
			return name
		}
	}
	return c
}

// wholeNumber is the Go type for LARGE_INTEGER and ULARGE_INTEGER, under any name.
func wholeNumber(h *layout.Headers, c string) string {
	for name := range namesOfType(h, c) {
		if n := wholeNumbers[name]; n != "" {
			return n
		}
	}
	return ""
}

// wholeNumbers are the unions that are a number, for compilers without one of 64 bits.
var wholeNumbers = map[string]string{"LARGE_INTEGER": "int64", "ULARGE_INTEGER": "uint64"}

// integers stand for a union: they take its bytes, and are aligned as it is.
func (g *generator) integers(sizes, aligns []int64) (goType, error) {
	elem := "uintptr"
	if same(aligns) {
		elem = fmt.Sprintf("uint%d", 8*aligns[0])
	}
	lengths := make([]int64, len(sizes))
	for i, h := range g.sets {
		if pointer := pointerSize(h); aligns[i] > 8 || elem == "uintptr" && aligns[i] != pointer {
			return goType{}, fmt.Errorf("no integer of Go is aligned to %d bytes on %s and otherwise elsewhere as C has it: use -goarch for one of them", aligns[i], h.GOARCH)
		}
		lengths[i] = sizes[i] / aligns[i]
	}
	t := g.scalar(elem, aligns)
	length, err := g.length(lengths)
	if err != nil {
		return goType{}, err
	}
	if length != "1" || g.arraysOnly {
		t.name = "[" + length + "]" + elem
	}
	t.size = sizes
	return t, nil
}

func (g *generator) pointerSizes() []int64 {
	var list []int64
	for _, h := range g.sets {
		list = append(list, pointerSize(h))
	}
	return list
}

func pointerSize(h *layout.Headers) int64 {
	if h.GOARCH == "386" {
		return 4
	}
	return 8
}

// alignOf returns the alignment of a C type. That of a type without a name, which no compiler can
// be asked about, follows from its members.
func alignOf(h *layout.Headers, c string) int64 {
	if strings.HasSuffix(c, "*") || strings.HasSuffix(c, ")") {
		return pointerSize(h)
	}
	if elem, _, ok := cutArray(behindTypedefs(h, c)); ok {
		return alignOf(h, elem)
	}
	if s := h.Struct(c); s != nil {
		if s.Align > 0 {
			return s.Align
		}
		align := int64(1)
		for _, m := range s.Members {
			own := alignOf(h, m.Type)
			for m.Offset%own != 0 {
				own /= 2
			}
			align = max(align, own)
		}
		for s.Size%align != 0 {
			align /= 2
		}
		return align
	}
	return min(max(sizeOf(h, c), 1), 8)
}

// sizeOf is the size of a scalar type by name.
func sizeOf(h *layout.Headers, c string) int64 {
	for name := range namesOfType(h, c) {
		if s, ok := h.Scalars[name]; ok {
			return s.Size
		}
		if e := h.Enum(name); e != nil {
			return e.Size
		}
		if strings.HasSuffix(name, "*") || strings.HasSuffix(name, ")") {
			return pointerSize(h)
		}
	}
	return 0
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
	for name := range namesOfType(h, c) {
		if s, ok := h.Scalars[name]; ok {
			return s.Sign
		}
		if e := h.Enum(name); e != nil {
			return e.Sign
		}
	}
	return ""
}
