package layout

import (
	"cmp"
	"fmt"
	"strings"
)

// resized is the Go type for a field that is an array of the right elements and of another length
// than in C, and those elements. They may be of a struct that Go declares in its own way, or the
// integers that stand for a union.
func (d *differences) resized(q *pair) (name string, elem *GoType) {
	if q.field.Type.Kind != GoArray || len(q.members) != 1 || q.members[0].Bits > 0 {
		return "", nil
	}
	for elem = &q.field.Type; elem.Kind == GoArray; elem = elem.Elem {
	}
	m := q.members[0]
	t := d.c.h.typeOf(m.Type)
	if t.kind == cUnion && q.field.Type.storage() && t.size%elem.Size == 0 && m.Offset%elem.Align == 0 {
		return fmt.Sprintf("[%d]%s", t.size/elem.Size, elem.Name), elem // its alignment may be needed
	}
	for ; t.kind == cArray && t.len > 0; t = d.c.h.typeOf(t.elem) {
		name += fmt.Sprintf("[%d]", t.len)
	}
	c := CMember{Size: t.size, Sign: t.sign, Type: t.name}
	if name == "" || d.unpacked(m.Offset, elem.Align) != elem.Align || elem.Size != t.size || d.c.fits(elem, &c) != nil {
		return "", nil
	}
	return name + elem.Name, elem
}

// goAlign is the alignment of the Go type for a C type.
func (c *comparison) goAlign(name string) int64 {
	if a, ok := c.aligns[name]; ok {
		return a
	}
	a := c.alignOf(c.h.typeOf(name))
	c.aligns[name] = a
	return a
}

func (c *comparison) alignOf(t cType) int64 {
	switch t.kind {
	case cArray:
		return c.goAlign(t.elem)
	case cStruct, cUnion:
		a := int64(1)
		for _, s := range c.slots(t.decl) {
			own := c.leavesAlign(&s)
			packed := s.Offset%own != 0 || t.size%own != 0 || t.decl.Align > 0 && own > t.decl.Align
			if !packed { // or Go has bytes for it
				a = max(a, own)
			}
		}
		return a
	}
	return max(min(t.size, pointerSize(c.h.GOARCH)), 1)
}

// goType is the Go type for a C type, as advice writes it.
func (c *comparison) goType(m *CMember) string {
	if m.Bits > 0 {
		return fmt.Sprintf("uint%d", 8*m.Size) // of the unit, or of what is left of it
	}
	t := c.h.typeOf(m.Type)
	switch t.kind {
	case cInteger, cEnum:
		bits := num(8 * t.size)
		if t.size == pointerSize(c.h.GOARCH) && c.named(m.Type, pointerSized...) {
			bits = map[string]string{signed: "", unsigned: "ptr"}[t.sign]
		}
		if t.sign == signed {
			return "int" + bits
		}
		return "uint" + bits
	case cFloat:
		return fmt.Sprintf("float%d", 8*t.size)
	case cPointer:
		if t.size != pointerSize(c.h.GOARCH) {
			return fmt.Sprintf("uint%d", 8*t.size)
		}
		return "uintptr"
	case cArray:
		return fmt.Sprintf("[%d]%s", t.len, c.goType(&CMember{Size: c.h.typeOf(t.elem).size, Type: t.elem}))
	case cUnion:
		for _, in := range t.decl.Members {
			if kind := c.h.typeOf(in.Type).kind; in.Size == m.Size && in.Bits == 0 && (kind == cInteger || kind == cPointer || kind == cFloat) {
				return c.goType(&in)
			}
		}
		return c.storage(m.Size, c.goAlign(m.Type))
	case cStruct:
		return cmp.Or(c.goNames[t.decl], m.Type) // a Go struct for it
	}
	return fmt.Sprintf("[%d]byte", m.Size)
}

// pointerSized are the integers that have the size of a pointer on every architecture, and so one
// Go type.
var pointerSized = strings.Fields("UINT_PTR ULONG_PTR DWORD_PTR INT_PTR LONG_PTR HANDLE_PTR SIZE_T SSIZE_T " +
	"size_t ssize_t ptrdiff_t uintptr_t intptr_t")

// storage is an array of integers with a size and an alignment.
func (c *comparison) storage(size, align int64) string {
	if align < 2 || size%align != 0 {
		return fmt.Sprintf("[%d]byte", size)
	}
	return fmt.Sprintf("[%d]uint%d", size/align, 8*align)
}

// slotAlign is the alignment of the Go type for a slot.
func (d *differences) slotAlign(s *slot) int64 {
	return d.unpacked(s.Offset, d.c.leavesAlign(s))
}

// leavesAlign is the alignment of the Go type for a slot that is not packed. That of a union whose
// size is no multiple of it is bytes.
func (c *comparison) leavesAlign(s *slot) int64 {
	a := int64(1)
	for _, m := range s.leaves() {
		a = max(a, c.goAlign(m.Type))
	}
	if s.arms != nil && s.Size%a != 0 {
		return 1
	}
	return a
}

// unpacked is an alignment, or 1 where C packs what Go can help by bytes alone.
func (d *differences) unpacked(offset, align int64) int64 {
	if offset%align != 0 || d.decl.Size%align != 0 {
		return 1
	}
	return align
}

// typeFor is the Go type for a slot.
func (d *differences) typeFor(s *slot) string {
	a := d.slotAlign(s)
	if s.arms != nil || a == 1 && s.bits != nil {
		return d.c.storage(s.Size, a)
	}
	return d.typeAt(&s.CMember)
}

// typeAt is the Go type for a member.
func (d *differences) typeAt(m *CMember) string {
	if a := d.c.goAlign(m.Type); m.Bits == 0 && d.unpacked(m.Offset, a) != a {
		return fmt.Sprintf("[%d]byte", m.Size)
	}
	return d.c.goType(m)
}

// goName is a member's name as an exported Go name.
func goName(c string) string {
	if bare := withoutPrefix(c); bare != "" {
		c = bare
	}
	return exported(c)
}

// exported is a C name as an exported Go name, with its prefix.
func exported(c string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(c, func(r rune) bool { return r == '_' || r == '.' || r == '[' || r == ']' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// rightType is the Go type for a field that stands for one member.
func (d *differences) rightType(q *pair) string {
	if name, elem := d.resized(q); elem != nil {
		return name
	}
	return d.typeAt(&q.members[0])
}
