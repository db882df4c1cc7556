package source

import (
	"cmp"
	"context"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Packages is what Load found for one architecture.
type Packages struct {
	layout.Go
	// Modules are the modules of the packages, as "path@version"; without a version for the main module.
	Modules []string
	// Paths are the import paths.
	Paths []string
	// Left are the struct types that have no layout to compare, and why.
	Left []Left
}

// Left is a struct type or a constant that was not compared.
type Left struct {
	Name   string
	Pos    token.Position
	Reason string
}

// Load reads packages from source, as the go command would build them for Windows and one GOARCH, and
// returns their struct types and integer constants. Nothing is compiled or run, so any host will do.
// Test files are left out, and so are files with cgo, unless the environment has CGO_ENABLED=1.
func Load(ctx context.Context, cfg Config, patterns ...string) (*Packages, error) {
	c, roots, err := load(ctx, cfg, patterns)
	if err != nil {
		return nil, err
	}
	out := &Packages{Go: layout.Go{GOARCH: cfg.GOARCH}}
	for _, p := range roots {
		out.Paths = append(out.Paths, p.PkgPath)
		if m := p.Module; m != nil {
			name := m.Path
			if m.Version != "" {
				name += "@" + m.Version
			}
			if !slices.Contains(out.Modules, name) {
				out.Modules = append(out.Modules, name)
			}
		}
		got := c.done[p.ID]
		r := reader{pkg: got.types, fset: c.fset, sizes: c.sizes, out: out}
		r.read(got.info)
	}
	return out, nil
}

// reader turns the objects of one package into plain data.
type reader struct {
	pkg   *types.Package
	fset  *token.FileSet
	sizes types.Sizes
	out   *Packages
}

// read goes through all declarations, those in functions included, in the order of the source.
func (r *reader) read(info types.Info) {
	var objects []types.Object
	for _, obj := range info.Defs {
		switch obj.(type) {
		case *types.TypeName, *types.Const:
			if obj.Name() != "_" {
				objects = append(objects, obj)
			}
		}
	}
	slices.SortFunc(objects, func(a, b types.Object) int {
		p, q := r.fset.Position(a.Pos()), r.fset.Position(b.Pos())
		return cmp.Or(cmp.Compare(p.Filename, q.Filename), cmp.Compare(p.Offset, q.Offset))
	})
	for _, obj := range objects {
		switch obj := obj.(type) {
		case *types.TypeName:
			r.readType(obj)
		case *types.Const:
			r.readConst(obj)
		}
	}
}

func (r *reader) readType(obj *types.TypeName) {
	if _, isParam := obj.Type().(*types.TypeParam); isParam {
		return
	}
	st, ok := obj.Type().Underlying().(*types.Struct)
	if !ok {
		return
	}
	name, pos := r.pkg.Name()+"."+obj.Name(), r.fset.Position(obj.Pos())
	if generic(obj.Type()) {
		r.out.Left = append(r.out.Left, Left{name, pos, "it is generic"})
		return
	}
	if why := notC(st); why != "" {
		r.out.Left = append(r.out.Left, Left{name, pos, why})
		return
	}
	r.out.Structs = append(r.out.Structs, r.structOf(name, pos, st))
}

func generic(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.TypeParams().Len() > named.TypeArgs().Len()
}

// notC says why a type has no counterpart in C, or nothing.
func notC(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Kind() == types.Invalid:
			return "its type is unknown without cgo"
		case u.Info()&(types.IsString|types.IsComplex) != 0:
			return "has a " + u.Name()
		}
	case *types.Array:
		return notC(u.Elem())
	case *types.Struct:
		if u.NumFields() == 0 {
			return "has no fields"
		}
		for f := range u.Fields() {
			if zeroSize(f.Type()) && f.Name() == "_" {
				continue
			}
			if why := notC(f.Type()); why != "" {
				return "field " + f.Name() + " " + why
			}
		}
	case *types.Pointer:
	case *types.Signature:
		return "has a func"
	case *types.Slice:
		return "has a slice"
	case *types.Map:
		return "has a map"
	case *types.Chan:
		return "has a channel"
	case *types.Interface:
		return "has an interface"
	default:
		return fmt.Sprintf("has a %v", t)
	}
	return ""
}

// structOf lays a struct out as the gc compiler does.
func (r *reader) structOf(name string, pos token.Position, st *types.Struct) layout.GoStruct {
	s := layout.GoStruct{Name: name, Pos: pos, Size: r.sizes.Sizeof(st), Align: r.sizes.Alignof(st)}
	vars := slices.Collect(st.Fields())
	offsets := r.sizes.Offsetsof(vars)
	for i, v := range vars {
		tag, tagged := reflect.StructTag(st.Tag(i)).Lookup("c")
		if v.Name() == "_" && zeroSize(v.Type()) {
			s.C = cmp.Or(s.C, tag)
			continue
		}
		f := layout.GoField{
			Name: v.Name(), Pos: r.fset.Position(v.Pos()), Offset: offsets[i], Type: r.typeOf(v.Type()),
		}
		if tagged {
			f.C = strings.Split(tag, "|")
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}

// zeroSize is true of structs.HostLayout, which carries the C name of a struct, and of what is like it.
func zeroSize(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return u.NumFields() == 0 || u.NumFields() == 1 && zeroSize(u.Field(0).Type())
	case *types.Array:
		return u.Len() == 0 || zeroSize(u.Elem())
	}
	return false
}

func (r *reader) typeOf(t types.Type) layout.GoType {
	g := layout.GoType{Name: r.typeName(t), Size: r.sizes.Sizeof(t), Align: r.sizes.Alignof(t)}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		g.Kind = kindOf(u)
	case *types.Pointer:
		g.Kind = layout.GoPointer
	case *types.Array:
		elem := r.typeOf(u.Elem())
		g.Kind, g.Elem, g.Len = layout.GoArray, &elem, u.Len()
	case *types.Struct:
		pos := token.Position{}
		if named, ok := types.Unalias(t).(*types.Named); ok {
			pos = r.fset.Position(named.Obj().Pos())
		}
		nested := r.structOf(g.Name, pos, u)
		g.Kind, g.Struct = layout.GoStructKind, &nested
	}
	return g
}

// typeName is a type as its own package writes it, with the names of packages instead of their paths.
func (r *reader) typeName(t types.Type) string {
	if _, anonymous := t.(*types.Struct); anonymous {
		return "struct"
	}
	return types.TypeString(t, (*types.Package).Name)
}

func kindOf(b *types.Basic) layout.GoKind {
	switch info := b.Info(); {
	case b.Kind() == types.UnsafePointer:
		return layout.GoPointer
	case b.Kind() == types.Uintptr:
		return layout.GoUintptr
	case info&types.IsBoolean != 0:
		return layout.GoBool
	case info&types.IsUnsigned != 0:
		return layout.GoUnsigned
	case info&types.IsInteger != 0:
		return layout.GoSigned
	case info&types.IsFloat != 0:
		return layout.GoFloat
	}
	return layout.GoOther
}

func (r *reader) readConst(obj *types.Const) {
	value := constant.ToInt(obj.Val())
	if value.Kind() != constant.Int {
		return
	}
	basic, ok := obj.Type().Underlying().(*types.Basic)
	if !ok || basic.Info()&types.IsInteger == 0 {
		return
	}
	r.out.Consts = append(r.out.Consts, layout.GoConst{
		Name: r.pkg.Name() + "." + obj.Name(), Type: r.typeName(obj.Type()), Value: value,
		Pos: r.fset.Position(obj.Pos()),
	})
}
