package layout

import (
	"fmt"
	"path"
	"reflect"
	"strings"
)

// Spec is what is claimed of the headers: these types, constants and functions.
type Spec struct {
	// Headers are the header files to include, in this order. Empty means [DefaultHeaders].
	Headers   []string
	Types     []Type
	Constants []Constant
	Functions []Function
	Rules
}

// Rules say what a comparison is to accept, and what it is to demand beyond the claims.
type Rules struct {
	// Gaps are what single header sets lack or say otherwise. Each must be true.
	Gaps []Gap
	// Exclusive is what one header set alone declares.
	Exclusive []Exclusive
	// Accepted are differences that are known and do no harm. Each must occur.
	Accepted []Accepted
	// Complete are the base names of header files of which every struct, union, enum and enumerator
	// must be claimed, or Omitted.
	Complete []string
	// CompleteFunctions are the functions that must be claimed, or Omitted.
	CompleteFunctions []Prototypes
	// Omitted says why something in Complete has no counterpart in Go.
	Omitted []Omission
	// Modulo32 lets a constant whose type in C has 32 bits differ from Go's by 1<<32.
	Modulo32 bool
}

// DefaultHeaders are the headers that are included by default. winsock2.h must come first.
func DefaultHeaders() []string { return []string{"winsock2.h", "ws2tcpip.h", "iphlpapi.h"} }

// Type is a Go type and the C type that it mirrors: what [Struct] or [EnumOf] returns.
type Type struct {
	c      string
	typ    reflect.Type
	enum   bool
	fields []FieldMap
}

// Struct claims that the struct type T mirrors a C struct. An empty c means the name in T's tags:
//
//	_ structs.HostLayout `c:"MIB_TCPROW2"`
//
// A field's tag names the C member that it stands for; several members of a union, or several
// bit-fields, are separated by "|", and a member within a member is written "outer.inner". The
// fields given here are named so without tags. A field with neither is matched by its name, or by
// its order.
func Struct[T any](c string, fields ...FieldMap) Type {
	return Type{c: c, typ: reflect.TypeFor[T](), fields: fields}
}

// StructOf is Struct for a type that is known at run time only.
func StructOf(c string, t reflect.Type, fields ...FieldMap) Type {
	return Type{c: c, typ: t, fields: fields}
}

// FieldMap maps a Go field to the C members that it stands for.
type FieldMap struct {
	goName string
	c      []string
}

// Field maps a Go field to C members, as a tag would.
func Field(goName string, members ...string) FieldMap { return FieldMap{goName, members} }

// EnumOf claims that the integer type T mirrors a C enum. Its sign may differ from that of the
// enum, which C leaves to the compiler.
func EnumOf[T Integer](c string) Type {
	return Type{c: c, typ: reflect.TypeFor[T](), enum: true}
}

// Integer is any integer type.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// Constant is a C constant, an enumerator or a macro, and its value in Go, of any integer type.
type Constant struct {
	C  string
	Go any
}

// Function is a C function and how Go calls it: what [FuncOf] returns.
type Function struct {
	c   string
	typ reflect.Type
}

// FuncOf claims that a C function has the parameters and the result of the func type F. Sizes and
// signs are compared, and that pointers are pointers; *T for a claimed T must point to its C type.
func FuncOf[F any](c string) Function { return Function{c: c, typ: reflect.TypeFor[F]()} }

// FuncOfType is FuncOf for a func type that is known at run time only.
func FuncOfType(c string, f reflect.Type) Function { return Function{c: c, typ: f} }

// C is the name of the C function.
func (f Function) C() string { return f.c }

// Go is the func type.
func (f Function) Go() reflect.Type { return f.typ }

// C is the name of the C type.
func (t Type) C() string {
	if t.c == "" && !t.enum {
		return structTag(t.typ)
	}
	return t.c
}

// Go is the Go type.
func (t Type) Go() reflect.Type { return t.typ }

// IsEnum reports whether the type mirrors an enum.
func (t Type) IsEnum() bool { return t.enum }

// Gap is what one header set lacks, declares under another name, or gives another value.
type Gap struct {
	// Set is one of the Set constants.
	Set string
	// Before limits the gap to Windows SDKs with a lower build number, such as 16299. 0 means all.
	Before int
	// Older limits the gap to headers that do lack the name: newer ones of the set have it, and
	// nothing in them says their version. Such a gap does not expire by itself.
	Older bool
	// Name is a type, a constant, a function, or a member as "STRUCT.member".
	Name string
	// As is the name the set declares the same thing under, if it does.
	As string
	// Gives is the value the set gives a constant, in decimal, if it has it with another value.
	Gives string
	// Reason is one sentence without its full stop.
	Reason string
}

// Exclusive is what one header set alone declares. No other may have it, and a run without that set
// does not prove it.
type Exclusive struct {
	Name   string
	Set    string // one of the Set constants
	Reason string // why no other set declares it
}

// Accepted is a difference that is known.
type Accepted struct {
	Kind Kind
	// Name is the item of the finding, or a path.Match pattern of it.
	Name string
	// Set limits it to one header set, one of the Set constants, and GOARCH to one architecture.
	// Empty means all.
	Set    string
	GOARCH string
	Reason string
}

// holds reports whether the difference is one of these headers.
func (a *Accepted) holds(h *Headers) bool {
	return (a.Set == "" || a.Set == h.Set) && (a.GOARCH == "" || a.GOARCH == h.GOARCH)
}

// Prototypes are the functions that one header file declares, if a path.Match pattern matches their
// name.
type Prototypes struct {
	Header string // base name
	Name   string
}

func (p Prototypes) match(header, name string) bool {
	ok, _ := path.Match(p.Name, name)
	return ok && strings.EqualFold(p.Header, header)
}

// Omission is a declaration that Go leaves out on purpose. Its name may be a path.Match pattern.
type Omission struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

var (
	typeName  = pattern(`^(struct |union |enum )?[A-Za-z_][A-Za-z0-9_]*$`)
	fieldName = pattern(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*$`)
	constName = pattern(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// memberNames reads the tag of a field.
func memberNames(f reflect.StructField, mapped []FieldMap) ([]string, error) {
	var names []string
	for _, m := range mapped {
		if m.goName == f.Name {
			names = m.c
		}
	}
	if tag, ok := f.Tag.Lookup("c"); ok && names == nil {
		names = strings.Split(tag, "|")
	}
	for _, n := range names {
		if !fieldName().MatchString(n) {
			return nil, fmt.Errorf("field %s: %q is not the name of a C member", f.Name, n)
		}
	}
	return names, nil
}

// structTag is the C name on the blank field of size zero that carries structs.HostLayout.
func structTag(t reflect.Type) string {
	if t.Kind() != reflect.Struct {
		return ""
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Name == "_" && f.Type.Size() == 0 {
			if c := f.Tag.Get("c"); c != "" {
				return c
			}
		}
	}
	return ""
}
