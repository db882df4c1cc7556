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

// fits compares a Go type with the C member in the same place. It returns the first difference, of
// which others would follow, or nil.
func (c *comparison) fits(t *GoType, m *CMember) *problem {
	if m.Bits > 0 {
		return c.fitsBitField(t)
	}
	if t.Size != m.Size {
		return problemf(KindSize, "size is %d in C and %d in Go", m.Size, t.Size)
	}
	if t.bytes() {
		return nil
	}
	ct := c.h.typeOf(m.Type)
	if ct.kind == cUnknown {
		return problemf(KindType, "its type %s is not one that these headers explain", m.Type)
	}
	if ct.kind == cArray && ct.len == 1 && t.Kind != GoArray { // T x[ANYSIZE_ARRAY] and its first element
		e := c.h.typeOf(ct.elem)
		return c.fits(t, &CMember{Name: m.Name + "[0]", Offset: m.Offset, Size: e.size, Sign: e.sign, Type: ct.elem})
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
		if t.Kind == GoPointer || t.Kind == GoUintptr {
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

func wrongType(t *GoType, m *CMember, ct cType) *problem {
	hint := ""
	if ct.kind == cPointer {
		hint = ": use uintptr or a pointer"
	}
	return problemf(KindType, "it is %s (%s) in C and %s in Go%s", article(ct.kind.String()), m.Type, t.Name, hint)
}

func article(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
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
		return problemf(KindBool, "it is %s in C, and a Go bool must not hold anything but 0 and 1: use an integer of %d bytes", m.Type, m.Size)
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
	case c.code(m.Type):
		return nil
	}
	return c.signFits(t, ct.sign)
}

// code reports whether a type is a BOOL or a status code. They are signed in C, but BOOL is 0 or
// not, and codes are written as unsigned numbers everywhere: 0xC0000005.
func (c *comparison) code(name string) bool {
	return c.named(name, "BOOL", "WINBOOL", "NTSTATUS", "HRESULT")
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

// fitsBitField takes an integer or bytes. Whether they hold the whole bit-field depends on where
// they are.
func (c *comparison) fitsBitField(t *GoType) *problem {
	if t.Kind != GoSigned && t.Kind != GoUnsigned && !t.bytes() {
		return problemf(KindType, "it is a bit-field in C and %s in Go", t.Name)
	}
	return nil
}

// fitsArray compares the elements, and those of elements that are arrays.
func (c *comparison) fitsArray(t *GoType, m *CMember, ct cType) *problem {
	if ct.kind == cUnion && t.integers() { // aligned as the union is, which bytes are not
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
	p := c.fits(t.Elem, &elem)
	switch {
	case p == nil:
		return nil
	case p.kind == KindSize && e.size != t.Elem.Size:
		return problemf(KindElem, "its elements are %d bytes in C and %d in Go", e.size, t.Elem.Size)
	case p.kind == KindSign && t.Elem.Kind != GoStructKind:
		return problemf(KindElem, "its elements are %s in C and %s in Go", e.sign, t.Elem.sign())
	}
	return p
}

// fitsStruct compares a Go struct with a C struct or union. One that mirrors a C type must be of
// that type; of another the fields are compared here.
func (c *comparison) fitsStruct(t *GoType, m *CMember, ct cType) *problem {
	if names := c.mirrors(t.Struct); len(names) > 0 {
		is := func(name string) bool { return ct.decl != nil && c.h.Struct(c.nameHere(name)) == ct.decl }
		if !slices.ContainsFunc(names, is) {
			return problemf(KindType, "Go has %s there, which mirrors %s, and C has another type (%s)", t.Name, strings.Join(names, " and "), m.Type)
		}
		if c.claimed(t.Struct) {
			return nil
		}
	}
	if ct.decl == nil {
		return problemf(KindType, "it is %s (%s) in C and a struct (%s) in Go", article(ct.kind.String()), m.Type, t.Name)
	}
	found := c.fields(t.Struct, ct.decl, m.Name)
	if len(found.findings) > 0 {
		f := found.findings[0]
		return &problem{f.Kind, fmt.Sprintf("within it, %s: %s", f.Item, f.Detail)}
	}
	return nil
}

// fitsOneOf compares a number or a pointer with a C struct or union: it may stand for one member
// that takes all the place, or as an integer for several that are integers.
func (c *comparison) fitsOneOf(t *GoType, m *CMember, ct cType) *problem {
	var signProblem *problem
	scalar := false
	for _, in := range ct.decl.Members {
		kind := c.h.typeOf(in.Type).kind
		if in.Offset != 0 || in.Size != t.Size || in.Bits > 0 || kind == cStruct || kind == cUnion {
			continue
		}
		scalar = true
		p := c.fits(t, &in)
		if p == nil {
			return nil
		}
		if p.kind == KindSign {
			signProblem = p
		}
	}
	integer := t.Kind == GoSigned || t.Kind == GoUnsigned
	switch {
	case signProblem != nil:
		return signProblem
	case !scalar && integer && c.integers(ct.decl):
		return nil
	}
	return wrongType(t, m, ct)
}

// integers reports whether a struct consists of integers.
func (c *comparison) integers(s *CStruct) bool {
	return !slices.ContainsFunc(s.Members, func(m CMember) bool {
		t := c.h.typeOf(m.Type)
		return t.kind != cInteger && t.kind != cEnum && (t.decl == nil || !c.integers(t.decl))
	})
}
