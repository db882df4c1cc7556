package layout

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
)

var arches = [...]string{"amd64", "386", "arm64"}

// Arches returns the architectures of Windows that Go has.
func Arches() []string { return slices.Clone(arches[:]) }

// Go lays the types of the Spec out as the gc compiler does for an architecture. The types are
// those of the running program: an array whose length depends on the architecture has that of the
// host, and build tags have been applied. Package layout/source does not have that limit.
func (s Spec) Go(goarch string) (*Go, error) {
	sizes := types.SizesFor("gc", goarch)
	if sizes == nil {
		return nil, fmt.Errorf("layout: Go has no architecture %q", goarch)
	}
	r := &reflector{sizes: sizes, enumOf: map[reflect.Type]string{}, structOf: map[reflect.Type]Type{}}
	g := &Go{GOARCH: goarch}
	for i, t := range s.Types {
		if err := r.register(t); err != nil {
			return nil, fmt.Errorf("layout: type %d: %w", i+1, err)
		}
	}
	for _, t := range s.Types {
		if t.enum {
			typ, err := r.goType(t.typ)
			if err != nil {
				return nil, fmt.Errorf("layout: %w", err)
			}
			g.Enums = append(g.Enums, GoEnum{Name: t.typ.String(), Path: t.typ.PkgPath(), C: t.c, Type: typ})
			continue
		}
		st, err := r.goStruct(t.typ, t.C(), t.fields)
		if err != nil {
			return nil, fmt.Errorf("layout: %v: %w", t.typ, err)
		}
		g.Structs = append(g.Structs, *st)
	}
	for _, c := range s.Constants {
		k, err := goConst(c)
		if err != nil {
			return nil, fmt.Errorf("layout: %w", err)
		}
		g.Consts = append(g.Consts, k)
	}
	for _, f := range s.Functions {
		fn, err := r.goFunc(f)
		if err != nil {
			return nil, fmt.Errorf("layout: function %s: %w", f.c, err)
		}
		g.Funcs = append(g.Funcs, fn)
	}
	return g, nil
}

// reflector turns types of the running program into plain data for one architecture.
type reflector struct {
	sizes    types.Sizes
	enumOf   map[reflect.Type]string
	structOf map[reflect.Type]Type // the first claim of a type
}

// register notes what a type mirrors, which fields of that type need to know.
func (r *reflector) register(t Type) error {
	switch {
	case t.typ == nil:
		return fmt.Errorf("it has no Go type: use layout.Struct or layout.EnumOf")
	case !t.enum && t.typ.Kind() != reflect.Struct:
		return fmt.Errorf("%v is not a struct; use layout.EnumOf for an integer type that mirrors an enum", t.typ)
	case t.C() == "":
		return fmt.Errorf("%v does not say which C struct it mirrors: name it in layout.Struct, or give it a first field\n\t_ structs.HostLayout `c:\"NAME\"`", t.typ)
	case !typeName().MatchString(t.C()):
		return fmt.Errorf("%v: %q is not the name of a C type", t.typ, t.C())
	}
	if t.enum {
		r.enumOf[t.typ] = t.c
	} else if _, ok := r.structOf[t.typ]; !ok {
		r.structOf[t.typ] = t
	}
	for _, m := range t.fields {
		if _, ok := t.typ.FieldByName(m.goName); !ok {
			return fmt.Errorf("%v has no field %s", t.typ, m.goName)
		}
	}
	return nil
}

func (r *reflector) goStruct(t reflect.Type, c string, mapped []FieldMap) (*GoStruct, error) {
	laidOut, err := typesType(t)
	if err != nil {
		return nil, err
	}
	st := laidOut.(*types.Struct)
	vars := make([]*types.Var, st.NumFields())
	for i := range vars {
		vars[i] = st.Field(i)
	}
	offsets := r.sizes.Offsetsof(vars)
	s := &GoStruct{Name: structName(t), Path: t.PkgPath(), typ: t, C: c, Size: r.sizes.Sizeof(laidOut), Align: r.sizes.Alignof(laidOut)}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" && f.Type.Size() == 0 {
			continue
		}
		field := GoField{Name: f.Name, Offset: offsets[i]}
		if field.Type, err = r.goType(f.Type); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		if f.Name != "_" {
			if field.C, err = memberNames(f, mapped); err != nil {
				return nil, err
			}
		}
		s.Fields = append(s.Fields, field)
	}
	return s, nil
}

func structName(t reflect.Type) string {
	if t.Name() == "" {
		return "struct"
	}
	return t.String()
}

func (r *reflector) goType(t reflect.Type) (GoType, error) {
	laidOut, err := typesType(t)
	if err != nil {
		return GoType{}, err
	}
	g := GoType{
		Name: t.String(), Path: t.PkgPath(), Kind: goKind(t.Kind()), Enum: r.enumOf[t],
		Size: r.sizes.Sizeof(laidOut), Align: r.sizes.Alignof(laidOut),
	}
	switch g.Kind {
	case GoArray:
		elem, err := r.goType(t.Elem())
		if err != nil {
			return GoType{}, err
		}
		g.Elem, g.Len = &elem, int64(t.Len())
	case GoStructKind:
		claim := r.structOf[t]
		c := structTag(t)
		if claim.typ != nil {
			c = claim.C()
		}
		g.Name = structName(t)
		if g.Struct, err = r.goStruct(t, c, claim.fields); err != nil {
			return GoType{}, err
		}
	}
	return g, nil
}

func goKind(k reflect.Kind) GoKind {
	switch {
	case k == reflect.Bool:
		return GoBool
	case k >= reflect.Int && k <= reflect.Int64:
		return GoSigned
	case k >= reflect.Uint && k <= reflect.Uint64:
		return GoUnsigned
	case k == reflect.Uintptr:
		return GoUintptr
	case k == reflect.Float32 || k == reflect.Float64:
		return GoFloat
	case k == reflect.Pointer || k == reflect.UnsafePointer:
		return GoPointer
	case k == reflect.Struct:
		return GoStructKind
	case k == reflect.Array:
		return GoArray
	}
	return GoOther
}

func goConst(c Constant) (GoConst, error) {
	v := reflect.ValueOf(c.Go)
	k := GoConst{Name: c.C, C: c.C}
	switch {
	case !constName().MatchString(c.C):
		return k, fmt.Errorf("%q is not the name of a C constant", c.C)
	case v.IsValid() && v.CanInt():
		k.Value = constant.MakeInt64(v.Int())
	case v.IsValid() && v.CanUint():
		k.Value = constant.MakeUint64(v.Uint())
	default:
		return k, fmt.Errorf("constant %s is %T, not an integer", c.C, c.Go)
	}
	k.Type, k.Kind = v.Type().String(), goKind(v.Kind())
	return k, nil
}

func (r *reflector) goFunc(f Function) (GoFunc, error) {
	g := GoFunc{Name: f.c, C: f.c}
	switch {
	case !constName().MatchString(f.c):
		return g, fmt.Errorf("%q is not the name of a C function", f.c)
	case f.typ.Kind() != reflect.Func || f.typ.IsVariadic() || f.typ.NumOut() > 1:
		return g, fmt.Errorf("%v is not a func type with a fixed number of parameters and at most one result", f.typ)
	}
	param := func(t reflect.Type) (GoType, error) {
		p, err := r.goType(t)
		if err == nil && t.Kind() == reflect.Pointer {
			var elem GoType
			elem, err = r.goType(t.Elem())
			p.Elem = &elem
		}
		return p, err
	}
	for i := range f.typ.NumIn() {
		p, err := param(f.typ.In(i))
		if err != nil {
			return g, err
		}
		g.Params = append(g.Params, p)
	}
	for i := range f.typ.NumOut() {
		p, err := param(f.typ.Out(i))
		if err != nil {
			return g, err
		}
		g.Result = &p
	}
	return g, nil
}

var basicKinds = map[reflect.Kind]types.BasicKind{
	reflect.Bool: types.Bool,
	reflect.Int:  types.Int, reflect.Int8: types.Int8, reflect.Int16: types.Int16, reflect.Int32: types.Int32, reflect.Int64: types.Int64,
	reflect.Uint: types.Uint, reflect.Uint8: types.Uint8, reflect.Uint16: types.Uint16, reflect.Uint32: types.Uint32, reflect.Uint64: types.Uint64,
	reflect.Uintptr: types.Uintptr, reflect.Float32: types.Float32, reflect.Float64: types.Float64,
	reflect.UnsafePointer: types.UnsafePointer,
}

// typesType rebuilds a type of the running program for go/types, which knows the sizes on every
// architecture.
func typesType(t reflect.Type) (types.Type, error) {
	if k, ok := basicKinds[t.Kind()]; ok {
		return types.Typ[k], nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.Typ[types.UnsafePointer], nil
	case reflect.Array:
		e, err := typesType(t.Elem())
		if err != nil {
			return nil, err
		}
		return types.NewArray(e, int64(t.Len())), nil
	case reflect.Struct:
		vars := make([]*types.Var, t.NumField())
		for i := range vars {
			f, err := typesType(t.Field(i).Type)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", t.Field(i).Name, err)
			}
			vars[i] = types.NewField(token.NoPos, nil, t.Field(i).Name, f, false)
		}
		return types.NewStruct(vars, nil), nil
	}
	return nil, fmt.Errorf("%v has no counterpart in C", t)
}
