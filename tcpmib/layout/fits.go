package layout

import (
	"fmt"
	"slices"
	"strings"
)

// problem is a difference between a Go type and a C type at the same place.
type problem struct {
	kind Kind
	text string
}

func problemf(kind Kind, format string, args ...any) *problem {
	return &problem{kind, fmt.Sprintf(format, args...)}
}

// fitsSlot compares a Go type with a place in C.
func (c *comparison) fitsSlot(t *GoType, s *slot) *problem {
	switch {
	case s.bits != nil && t.Kind == GoStructKind && len(t.Struct.Fields) == 1: // what C has without a struct around it
		return fitsUnit(&t.Struct.Fields[0].Type, s)
	case s.bits != nil:
		return fitsUnit(t, s)
	case s.tail:
		if t.bytes() && t.Size == s.Size {
			return nil
		}
		return problemf(KindType, "it is the rest of a union in C and %s in Go", t.Name)
	case s.arms != nil:
		return c.fitsUnion(t, s)
	}
	return c.fits(t, &s.CMember)
}

// fitsUnit takes an integer or bytes of the size of a unit of bit-fields.
func fitsUnit(t *GoType, s *slot) *problem {
	switch {
	case t.Kind != GoSigned && t.Kind != GoUnsigned && !t.bytes():
		return problemf(KindType, "it is a bit-field in C and %s in Go", t.Name)
	case t.Size != s.Size:
		return problemf(KindSize, "it is a bit-field in a unit of %s in C and has %s in Go", plural(s.Size, "byte"), plural(t.Size, "byte"))
	}
	return nil
}

// fitsUnion compares with a union without a name: Go may have one of its members, or storage.
func (c *comparison) fitsUnion(t *GoType, s *slot) *problem {
	if t.storage() && t.Size == s.Size {
		return nil
	}
	if t.Kind == GoStructKind && len(t.Struct.Fields) == 1 && c.mirrors(t.Struct) == nil && c.fitsUnion(&t.Struct.Fields[0].Type, s) == nil {
		return nil // a struct around the member
	}
	var near *problem
	for _, arm := range s.arms {
		if len(arm) == 0 {
			continue
		}
		if len(arm) == 1 || arm[1].tail {
			p := c.fitsSlot(t, &arm[0])
			if p == nil {
				return nil
			}
			if near == nil || p.kind == KindSign || arm[0].Size == t.Size && near.kind == KindSize {
				near = p
			}
			continue
		}
		if t.Kind == GoStructKind && t.Size <= s.Size && c.fitsArm(t.Struct, s, arm) {
			return nil
		}
	}
	if near != nil && near.kind != KindType {
		return near
	}
	return problemf(KindType, "it is a union in C and %s in Go", t.Name)
}

// fitsArm reports whether a Go struct has the members of one arm of a union.
func (c *comparison) fitsArm(s *GoStruct, union *slot, arm []slot) bool {
	decl := &CStruct{Size: s.Size, Align: s.Align}
	for i := range arm {
		for _, m := range arm[i].leaves() {
			m.Offset -= union.Offset
			decl.Members = append(decl.Members, m)
		}
	}
	return len(c.fields(s, decl, union.label()).findings) == 0
}

// fits compares a Go type with the C member in the same place. It returns the first difference, of
// which others would follow, or nil.
func (c *comparison) fits(t *GoType, m *CMember) *problem {
	if m.Bits > 0 {
		if t.Kind != GoSigned && t.Kind != GoUnsigned && !t.bytes() {
			return problemf(KindType, "it is a bit-field in C and %s in Go", t.Name)
		}
		return nil
	}
	ct := c.h.typeOf(m.Type)
	if t.Size != m.Size {
		if ct.kind == cUnion && t.Size < m.Size && c.fitsMember(t, ct.decl) {
			return nil
		}
		return problemf(KindSize, "size is %d in C and %d in Go", m.Size, t.Size)
	}
	if t.bytes() {
		return nil
	}
	switch {
	case ct.kind == cUnknown:
		return problemf(KindType, "its type %s is not one that these headers explain", m.Type)
	case ct.kind == cArray && ct.len == 1 && t.Kind != GoArray: // T x[ANYSIZE_ARRAY] and its first element
		e := c.h.typeOf(ct.elem)
		return c.fits(t, &CMember{Name: m.Name + "[0]", Offset: m.Offset, Size: e.size, Sign: e.sign, Type: ct.elem})
	case t.Size == 8 && c.fitsTime(t, m, ct):
		return nil
	}
	switch t.Kind {
	case GoArray:
		return c.fitsArray(t, m, ct)
	case GoStructKind:
		return c.fitsStruct(t, m, ct)
	}
	switch ct.kind {
	case cStruct, cUnion:
		return c.fitsOneOf(t, m, ct)
	case cPointer:
		if ct.size == t.Size && (t.Kind == GoPointer || t.Kind == GoUintptr || ct.size != pointerSize(c.h.GOARCH) && t.Kind == GoUnsigned) { // __ptr32
			return nil
		}
	case cFloat:
		if t.Kind == GoFloat {
			return nil
		}
	case cEnum:
		return c.fitsEnum(t, m, ct)
	case cInteger:
		return c.fitsInteger(t, m, ct)
	}
	return wrongType(t, m, ct)
}

// halves are what Windows has in two forms, as a 64-bit integer and as a pair of 32 bits.
var halves = []string{"LARGE_INTEGER", "ULARGE_INTEGER", "FILETIME", "LUID"}

// fitsTime takes a 64-bit integer for one of the halves, the pair for it, and the pair for the
// 64-bit integer.
func (c *comparison) fitsTime(t *GoType, m *CMember, ct cType) bool {
	if c.named(m.Type, halves...) {
		if t.Kind == GoSigned || t.Kind == GoUnsigned {
			return !c.named(m.Type, "LARGE_INTEGER", "ULARGE_INTEGER") // which say their sign
		}
		return t.Kind == GoStructKind && t.Struct.pair()
	}
	return ct.kind == cInteger && t.Kind == GoStructKind && t.Struct.pair()
}

// pair reports whether a struct is two integers of 32 bits, the low one first.
func (s *GoStruct) pair() bool {
	if len(s.Fields) != 2 {
		return false
	}
	half := func(f *GoField, word string) bool {
		return f.Type.Size == 4 && (f.Type.Kind == GoSigned || f.Type.Kind == GoUnsigned) && strings.Contains(strings.ToLower(f.Name), word)
	}
	return half(&s.Fields[0], "low") && half(&s.Fields[1], "high")
}

func wrongType(t *GoType, m *CMember, ct cType) *problem {
	return problemf(KindType, "it is %s (%s) in C and %s in Go", article(ct.kind.String()), m.Type, t.Name)
}

func article(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (c *comparison) signFits(t *GoType, sign string) *problem {
	if sign == "" || t.sign() == "" || sign == t.sign() {
		return nil
	}
	if sign == float || t.sign() == float {
		return problemf(KindType, "it is %s in C and %s in Go", sign, t.Name)
	}
	// The sign of an enum is the compiler's choice, also where it is kept in another integer.
	if t.Enum != "" {
		return nil
	}
	return problemf(KindSign, "it is %s in C and %s in Go", sign, t.sign())
}

func (c *comparison) fitsInteger(t *GoType, m *CMember, ct cType) *problem {
	switch t.Kind {
	case GoBool:
		if ct.base == "_Bool" || c.named(m.Type, "BOOLEAN") { // Windows writes 0 and 1
			return nil
		}
		return problemf(KindBool, "it is %s in C, and a Go bool must not hold anything but 0 and 1", m.Type)
	case GoPointer:
		if strings.HasSuffix(m.Type, "_PTR") { // an integer that holds a pointer
			return nil
		}
		return wrongType(t, m, ct)
	case GoFloat, GoOther:
		return wrongType(t, m, ct)
	}
	switch {
	case ct.base == "char": // C leaves its sign to the compiler
		return nil
	case t.Kind == GoUintptr && ct.size == t.Size: // LPARAM and LONG_PTR hold pointers, too
		return nil
	case c.named(m.Type, "BOOL", "WINBOOL", "NTSTATUS", "HRESULT"):
		// BOOL is 0 or not, and codes are written as unsigned numbers everywhere: 0xC0000005.
		return nil
	case c.enumInDisguise(m.Type):
		return nil
	}
	return c.signFits(t, ct.sign)
}

// enumInDisguise reports whether a type is a typedef of int such as MinGW-w64 has for some enums of
// the SDK, whose sign is the compiler's choice. INT and its kind are integers.
func (c *comparison) enumInDisguise(name string) bool {
	return c.h.Set == SetMinGW && strings.Contains(name, "_") && strings.ToUpper(name) == name && c.h.Typedefs[name] == "int"
}

// named reports whether a type, or one that it is a typedef of, has one of the names.
func (c *comparison) named(name string, names ...string) bool {
	for range 100 { // a record may name a type after itself
		if slices.Contains(names, name) {
			return true
		}
		next, ok := c.h.Typedefs[name]
		if !ok {
			return false
		}
		name = next
	}
	return false
}

// fitsEnum takes any integer, because C leaves the sign of enums to the compiler, but not one that
// mirrors another enum.
func (c *comparison) fitsEnum(t *GoType, m *CMember, ct cType) *problem {
	switch t.Kind {
	case GoSigned, GoUnsigned, GoUintptr:
	default:
		return wrongType(t, m, ct)
	}
	if t.Enum != "" && c.h.Enum(t.Enum) != nil && c.h.Enum(t.Enum) != ct.enum {
		return problemf(KindType, "Go has %s there, which mirrors enum %s, and C has enum %s", t.Name, t.Enum, m.Type)
	}
	return nil
}

// fitsArray compares the elements, and those of elements that are arrays.
func (c *comparison) fitsArray(t *GoType, m *CMember, ct cType) *problem {
	if ct.kind == cUnion && t.storage() { // aligned as the union is, which bytes are not
		return nil
	}
	if ct.kind != cArray {
		return problemf(KindElem, "it is an array in Go and %s (%s) in C", article(ct.kind.String()), m.Type)
	}
	e := c.h.typeOf(ct.elem)
	elem := CMember{Name: m.Name + "[0]", Offset: m.Offset, Size: e.size, Sign: e.sign, Type: ct.elem}
	if e.kind == cUnknown { // the size is that of the whole, which was compared
		elem.Size = m.Size / max(ct.len, 1)
	}
	if leaf, ok := c.leaf(ct.elem); ok && t.Elem.Kind != GoArray && t.Elem.Kind != GoStructKind && elem.Size != t.Elem.Size {
		elem = leaf // int x[2][3] and POINT x[2] in one row
	}
	p := c.fits(t.Elem, &elem)
	switch {
	case p == nil:
		return nil
	case p.kind == KindSize && elem.Size != t.Elem.Size:
		return problemf(KindElem, "its elements are %s in C and %d in Go", plural(elem.Size, "byte"), t.Elem.Size)
	case p.kind == KindSign && t.Elem.Kind != GoStructKind:
		return problemf(KindElem, "its elements are %s in C and %s in Go", elem.Sign, t.Elem.sign())
	}
	return p
}

// leaf is what a type consists of, if it is an array or a struct of one scalar type alone.
func (c *comparison) leaf(name string) (CMember, bool) {
	t := c.h.typeOf(name)
	switch t.kind {
	case cArray:
		if t.len > 0 {
			return c.leaf(t.elem)
		}
	case cStruct:
		var first CMember
		end := int64(0)
		for i, m := range t.decl.Members {
			leaf, ok := c.leaf(m.Type)
			if !ok || m.Bits > 0 || m.Offset != end || i > 0 && c.h.typeOf(leaf.Type).base != c.h.typeOf(first.Type).base {
				return CMember{}, false
			}
			if i == 0 {
				first = leaf
			}
			end = m.end()
		}
		return first, end > 0 && end == t.decl.Size
	case cInteger, cFloat, cPointer, cEnum:
		return CMember{Name: name, Size: t.size, Sign: t.sign, Type: name}, true
	}
	return CMember{}, false
}

// fitsStruct compares a Go struct with a C struct or union. One that mirrors a C type must be of
// that type; of another the fields are compared here.
func (c *comparison) fitsStruct(t *GoType, m *CMember, ct cType) *problem {
	if c.claimed(t.Struct, ct.decl) { // and has the findings
		return nil
	}
	if !c.mayBe(t.Struct, ct.decl) {
		return problemf(KindType, "Go has %s there, which mirrors %s, and C has another type (%s)", t.Name, strings.Join(c.mirrors(t.Struct), " and "), m.Type)
	}
	if ct.decl == nil {
		return problemf(KindType, "it is %s (%s) in C and a struct (%s) in Go", article(ct.kind.String()), m.Type, t.Name)
	}
	if ct.kind == cUnion && t.storage() {
		return nil
	}
	if p, ok := c.nested[nesting{t.Struct, ct.decl}]; ok {
		return p
	}
	var p *problem
	if found := c.fields(t.Struct, ct.decl, m.Name); len(found.findings) > 0 {
		f := found.findings[0]
		p = &problem{f.Kind, fmt.Sprintf("within it, %s: %s", f.Item, f.Detail)}
	}
	c.nested[nesting{t.Struct, ct.decl}] = p
	return p
}

// mayBe reports whether a Go struct claims to be no C type, or to be decl.
func (c *comparison) mayBe(s *GoStruct, decl *CStruct) bool {
	names := c.mirrors(s)
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return decl != nil && c.h.Struct(c.nameHere(name)) == decl })
}

// nesting is a Go struct in a field and the C struct of the member.
type nesting struct {
	s    *GoStruct
	decl *CStruct
}

// fitsOneOf compares a number or a pointer with a C struct or union: it may stand for one member
// that takes all the place.
func (c *comparison) fitsOneOf(t *GoType, m *CMember, ct cType) *problem {
	var near *problem
	for _, in := range c.slots(ct.decl) {
		if in.Offset != 0 || in.Size != t.Size {
			continue
		}
		p := c.fitsSlot(t, &in)
		if p == nil {
			return nil
		}
		if p.kind == KindSign {
			near = p
		}
	}
	if near != nil {
		return near
	}
	return wrongType(t, m, ct)
}

// fitsMember reports whether a Go type stands for one of the members of a union.
func (c *comparison) fitsMember(t *GoType, union *CStruct) bool {
	return slices.ContainsFunc(union.Members, func(m CMember) bool {
		return m.Offset == 0 && m.Size == t.Size && m.Bits == 0 && c.fits(t, &m) == nil
	})
}
