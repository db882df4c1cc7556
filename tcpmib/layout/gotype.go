package layout

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

var arches = [...]string{"amd64", "386", "arm64"}

// Arches are the architectures of Windows that Go has. Nothing here reads the variable.
var Arches = slices.Clone(arches[:])

// sign is how a scalar reads its bits.
type sign int64

// The values are also those of LAYOUT_SIGN in the probe.
const (
	signNone     sign = iota // not a number: a struct, a pointer, an array
	signSigned               // two's complement
	signUnsigned             // an unsigned integer
	signFloat                // floating point
)

var signNames = [...]string{"", "signed", "unsigned", "float"}

func (s sign) String() string {
	if s < 0 || int(s) >= len(signNames) {
		return "sign(" + strconv.Itoa(int(s)) + ")"
	}
	return signNames[s]
}

// goStruct is a Go struct as the compiler for one architecture lays it out.
type goStruct struct {
	name   string // Go's name, with the package
	c      string // the C name it claims
	size   int64
	align  int64
	fields []goField // in order of offset, padding included
}

// goField is a field, or, when c is empty, padding: a blank field or a hole.
type goField struct {
	name   string
	c      []string // the C member; more than one for members of a union that share the bytes
	typ    string
	offset int64
	size   int64
	sign   sign
	enum   string // the C enum that the field's Go type mirrors
	elems  []goElem
	nested *nested
}

func (f goField) padding() bool { return f.c == nil }
func (f goField) end() int64    { return f.offset + f.size }

// goEnum is a Go integer type that mirrors a C enum.
type goEnum struct {
	name string
	c    string
	size int64
	sign sign
}

// goConst is a constant's value: its 64 bits and whether it is below zero.
type goConst struct {
	name  string // Go's type
	c     string
	bits  uint64
	below bool
}

// goTypes is a Spec's Go side, parsed once. Layout depends on the architecture and is computed by layouts.
type goTypes struct {
	structs  []named
	enums    []named
	enumOf   map[reflect.Type]string
	structOf map[reflect.Type][]string
	consts   []goConst
}

func parseSpec(s Spec) (*goTypes, error) {
	g := &goTypes{enumOf: map[reflect.Type]string{}, structOf: map[reflect.Type][]string{}}
	for i, v := range s.Types {
		n, ok := v.(named)
		if !ok {
			n = named{typ: reflect.TypeOf(v)}
		}
		switch {
		case n.typ == nil:
			return nil, fmt.Errorf("type %d is nil", i)
		case n.enum && signOf(n.typ) != signSigned && signOf(n.typ) != signUnsigned:
			return nil, fmt.Errorf("%v cannot mirror enum %s: it is not an integer type", n.typ, n.c)
		case !n.enum && n.typ.Kind() != reflect.Struct:
			return nil, fmt.Errorf("%v is not a struct; an integer type that mirrors an enum wants layout.Enum", n.typ)
		}
		if n.c == "" {
			n.c = structTag(n.typ)
		}
		if n.c == "" {
			return nil, fmt.Errorf("%v does not say which C struct it mirrors: give it a first field\n\t_ structs.HostLayout `c:\"NAME\"`\nor name it with layout.As", n.typ)
		}
		if !typeName().MatchString(n.c) {
			return nil, fmt.Errorf("%v: %q is not the name of a C type", n.typ, n.c)
		}
		if n.enum {
			g.enums = append(g.enums, n)
			g.enumOf[n.typ] = n.c
		} else {
			g.structs = append(g.structs, n)
			g.structOf[n.typ] = append(g.structOf[n.typ], n.c)
		}
	}
	for _, c := range s.Constants {
		v := reflect.ValueOf(c.Go)
		k := goConst{c: c.C}
		switch {
		case !constName().MatchString(c.C):
			return nil, fmt.Errorf("%q is not the name of a C constant", c.C)
		case v.IsValid() && v.CanInt():
			k.bits, k.below = uint64(v.Int()), v.Int() < 0
		case v.IsValid() && v.CanUint():
			k.bits = v.Uint()
		default:
			return nil, fmt.Errorf("constant %s is %T, not an integer", c.C, c.Go)
		}
		k.name = v.Type().String()
		g.consts = append(g.consts, k)
	}
	return g, nil
}

// structTag is the C name on the blank zero-size field that carries structs.HostLayout.
func structTag(t reflect.Type) string {
	for i := range t.NumField() {
		if f := t.Field(i); f.Name == "_" && f.Type.Size() == 0 {
			if c := f.Tag.Get("c"); c != "" {
				return c
			}
		}
	}
	return ""
}

// layouts computes what the gc compiler for goarch makes of the structs and enums.
func (g *goTypes) layouts(goarch string) ([]goStruct, []goEnum, error) {
	sizes := types.SizesFor("gc", goarch)
	if sizes == nil {
		return nil, nil, fmt.Errorf("go has no architecture %q", goarch)
	}
	var structs []goStruct
	for _, n := range g.structs {
		s, err := g.structLayout(n, sizes)
		if err != nil {
			return nil, nil, fmt.Errorf("%v: %w", n.typ, err)
		}
		structs = append(structs, s)
	}
	var enums []goEnum
	for _, n := range g.enums {
		t, err := goType(n.typ)
		if err != nil {
			return nil, nil, err
		}
		enums = append(enums, goEnum{name: n.typ.String(), c: n.c, size: sizes.Sizeof(t), sign: signOf(n.typ)})
	}
	return structs, enums, nil
}

func (g *goTypes) structLayout(n named, sizes types.Sizes) (goStruct, error) {
	t, err := goType(n.typ)
	if err != nil {
		return goStruct{}, err
	}
	st := t.(*types.Struct)
	vars := make([]*types.Var, st.NumFields())
	for i := range vars {
		vars[i] = st.Field(i)
	}
	offsets := sizes.Offsetsof(vars)
	s := goStruct{name: structName(n.typ), c: n.c, size: sizes.Sizeof(t), align: sizes.Alignof(t)}
	end := int64(0)
	hole := func(to int64) {
		if to > end {
			s.fields = append(s.fields, goField{name: "_", typ: "hole", offset: end, size: to - end})
		}
	}
	for i := range n.typ.NumField() {
		f := n.typ.Field(i)
		if f.Name == "_" && f.Type.Size() == 0 {
			continue
		}
		hole(offsets[i])
		gf := goField{name: f.Name, typ: f.Type.String(), offset: offsets[i], size: sizes.Sizeof(vars[i].Type())}
		if f.Name != "_" {
			gf.sign, gf.enum = signOf(f.Type), g.enumOf[f.Type]
			if gf.c, err = memberNames(f); err != nil {
				return goStruct{}, err
			}
			gf.nested = g.nestedIn(f.Type)
			if gf.elems, err = g.elements(f.Type, sizes); err != nil {
				return goStruct{}, err
			}
		}
		s.fields = append(s.fields, gf)
		end = gf.end()
	}
	hole(s.size)
	return s, nil
}

func structName(t reflect.Type) string {
	if t.Name() == "" {
		return "struct"
	}
	return t.String()
}

// memberNames reads the tag of a field. Without one the field's own name is the C name.
func memberNames(f reflect.StructField) ([]string, error) {
	tag, ok := f.Tag.Lookup("c")
	if !ok {
		tag = f.Name
	}
	names := strings.Split(tag, "|")
	for _, n := range names {
		if !fieldName().MatchString(n) {
			return nil, fmt.Errorf("field %s: %q is not the name of a C member", f.Name, n)
		}
	}
	return names, nil
}

func signOf(t reflect.Type) sign {
	switch k := t.Kind(); {
	case k >= reflect.Int && k <= reflect.Int64:
		return signSigned
	case k >= reflect.Uint && k <= reflect.Uintptr, k == reflect.Bool:
		return signUnsigned
	case k == reflect.Float32 || k == reflect.Float64:
		return signFloat
	default:
		return signNone
	}
}

var basicKinds = map[reflect.Kind]types.BasicKind{
	reflect.Bool: types.Bool,
	reflect.Int:  types.Int, reflect.Int8: types.Int8, reflect.Int16: types.Int16, reflect.Int32: types.Int32, reflect.Int64: types.Int64,
	reflect.Uint: types.Uint, reflect.Uint8: types.Uint8, reflect.Uint16: types.Uint16, reflect.Uint32: types.Uint32, reflect.Uint64: types.Uint64,
	reflect.Uintptr: types.Uintptr, reflect.Float32: types.Float32, reflect.Float64: types.Float64,
	reflect.UnsafePointer: types.UnsafePointer,
}

// goType rebuilds a type of the running program for go/types, whose sizes know every architecture.
func goType(t reflect.Type) (types.Type, error) {
	if k, ok := basicKinds[t.Kind()]; ok {
		return types.Typ[k], nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.Typ[types.UnsafePointer], nil
	case reflect.Array:
		e, err := goType(t.Elem())
		if err != nil {
			return nil, err
		}
		return types.NewArray(e, int64(t.Len())), nil
	case reflect.Struct:
		vars := make([]*types.Var, t.NumField())
		for i := range vars {
			f, err := goType(t.Field(i).Type)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", t.Field(i).Name, err)
			}
			vars[i] = types.NewField(token.NoPos, nil, t.Field(i).Name, f, false)
		}
		return types.NewStruct(vars, nil), nil
	}
	return nil, fmt.Errorf("%v has no counterpart in C", t)
}
