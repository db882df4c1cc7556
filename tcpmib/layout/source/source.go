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
	// Modules are the modules of the packages, as "path@version"; without a version for the main
	// module.
	Modules []string
	// Paths are the import paths.
	Paths []string
	// Left are the struct types that have no layout to compare, and why.
	Left []Left
	// Problems are the packages, and the parts of packages, that could not be read.
	Problems []Problem
	// Cgo are the import paths of packages that were not read, because all their files use cgo.
	Cgo []string
}

// Left is a struct type or a constant that was not compared.
type Left struct {
	Name   string
	Path   string // the import path of its package
	Pos    token.Position
	Reason string
}

// Load reads packages from source, as the go command would build them for Windows and one GOARCH,
// and returns their struct types and integer constants. Nothing is compiled or run, so any host
// will do, and its GOOS, GOARCH and CGO_ENABLED change nothing: files with cgo are never read. Test
// files are left out unless cfg.Tests is set.
//
// A package that cannot be read, or not all of it, is among the Problems and costs only itself. The
// error is for when nothing at all could be read.
func Load(ctx context.Context, cfg Config, patterns ...string) (*Packages, error) {
	c, roots, err := load(ctx, cfg, patterns)
	if err != nil {
		return nil, err
	}
	out := &Packages{Go: layout.Go{GOARCH: cfg.GOARCH}, Problems: c.problems, Cgo: c.cgo}
	seen := map[declaration]bool{}
	for _, p := range roots {
		if !slices.Contains(out.Paths, p.PkgPath) {
			out.Paths = append(out.Paths, p.PkgPath)
		}
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
		r := reader{pkg: got.types, fset: c.fset, sizes: c.sizes, out: out, seen: seen}
		r.read(got.info)
	}
	if len(c.problems) > 0 && len(out.Structs)+len(out.Consts) == 0 {
		return nil, fmt.Errorf("cannot load %s for windows/%s: %w", strings.Join(patterns, " "), cfg.GOARCH, problemError(c.problems))
	}
	return out, nil
}

// problemError joins problems, one a line.
type problemError []Problem

func (e problemError) Error() string {
	var lines []string
	for _, p := range e {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// declaration identifies one type or constant among several of its name.
type declaration struct {
	path, name string
	pos        token.Position
}

// reader turns the objects of one package into plain data.
type reader struct {
	pkg   *types.Package
	fset  *token.FileSet
	sizes types.Sizes
	out   *Packages
	seen  map[declaration]bool // a package and the same with its tests have the same types
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
		d := declaration{r.pkg.Path(), obj.Name(), r.fset.Position(obj.Pos())}
		if r.seen[d] {
			continue
		}
		if r.seen != nil {
			r.seen[d] = true
		}
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
	name, path, pos := r.pkg.Name()+"."+obj.Name(), r.pkg.Path(), r.fset.Position(obj.Pos())
	if generic(obj.Type()) {
		r.out.Left = append(r.out.Left, Left{name, path, pos, "it is generic"})
		return
	}
	if why := notC(st); why != "" {
		r.out.Left = append(r.out.Left, Left{name, path, pos, why})
		return
	}
	s := r.structOf(name, pos, st)
	s.Path = path
	r.out.Structs = append(r.out.Structs, s)
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
			return "has a type that could not be read"
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

// zeroSize is true of structs.HostLayout, which carries the C name of a struct, and of what is like
// it.
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
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		g.Path, g.Pos = named.Obj().Pkg().Path(), r.fset.Position(named.Obj().Pos())
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		g.Kind = kindOf(u)
	case *types.Pointer:
		g.Kind = layout.GoPointer
	case *types.Array:
		elem := r.typeOf(u.Elem())
		g.Kind, g.Elem, g.Len = layout.GoArray, &elem, u.Len()
	case *types.Struct:
		nested := r.structOf(g.Name, g.Pos, u)
		nested.Path = g.Path
		g.Kind, g.Struct = layout.GoStructKind, &nested
	}
	return g
}

// typeName is a type as its own package writes it, with the names of packages instead of their
// paths.
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
		Name: r.pkg.Name() + "." + obj.Name(), Path: r.pkg.Path(), Type: r.typeName(obj.Type()), Kind: kindOf(basic), Value: value,
		Pos: r.fset.Position(obj.Pos()),
	})
}
