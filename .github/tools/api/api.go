// Package api guards what others rely on: the exported names of the module's packages, and the JSON
// keys and exit codes of the command. Its tests compare them with the files in testdata and say
// what a difference does to those who link or call them; after an intended change,
//
//	go -C .github/tools test ./api -update
//
// regenerates the files, and their diff is for a reviewer to read.
package api

import (
	"errors"
	"fmt"
	"go/constant"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// exported returns the exported names of the module's public packages as that target sees them, one
// line each, sorted. Unexported fields and padding are left out: no program can name them.
func exported(root, goos, goarch string, environ []string) ([]string, error) {
	config := &packages.Config{
		Mode: packages.NeedName | packages.NeedModule | packages.NeedTypes | packages.NeedExportFile,
		Dir:  root,
		Env:  append(environ, "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0"),
	}
	loaded, err := packages.Load(config, "./...")
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, pkg := range loaded {
		if pkg.Name == "main" || strings.Contains(pkg.PkgPath+"/", "/internal/") {
			continue
		}
		var errs []error
		for _, err := range pkg.Errors {
			errs = append(errs, err)
		}
		if err := errors.Join(errs...); err != nil {
			return nil, fmt.Errorf("%s, %s/%s: %w", pkg.PkgPath, goos, goarch, err)
		}
		l := lister{pkg: pkg.Types, name: strings.TrimPrefix(pkg.PkgPath, pkg.Module.Path+"/")}
		for _, name := range pkg.Types.Scope().Names() {
			l.object(pkg.Types.Scope().Lookup(name))
		}
		lines = append(lines, l.lines...)
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// lister collects the lines of one package.
type lister struct {
	pkg   *types.Package
	name  string
	lines []string
}

// add adds one line: the package, what is declared, and how.
func (l *lister) add(feature, how string) {
	l.lines = append(l.lines, strings.TrimSpace(l.name+", "+feature+separator+how))
}

// separator parts a line into the feature, which identifies it, and how it is declared.
const separator = ": "

func (l *lister) object(o types.Object) {
	if !o.Exported() {
		return
	}
	switch o := o.(type) {
	case *types.Const:
		value := ""
		if o.Val().Kind() != constant.String { // texts are for people, and native's differ by target
			value = " = " + o.Val().ExactString()
		}
		l.add("const "+o.Name(), l.typ(o.Type())+value)
	case *types.Var:
		l.add("var "+o.Name(), l.typ(o.Type()))
	case *types.Func:
		l.add("func "+o.Name(), l.typ(o.Type()))
	case *types.TypeName:
		l.typeName(o)
	}
}

func (l *lister) typeName(o *types.TypeName) {
	if alias, ok := o.Type().(*types.Alias); ok {
		l.add("type "+o.Name(), "= "+l.typ(alias.Rhs()))
		return
	}
	named := o.Type().(*types.Named)
	switch u := named.Underlying().(type) {
	case *types.Struct:
		l.add("type "+o.Name(), "struct")
		for i := range u.NumFields() {
			if f := u.Field(i); f.Exported() {
				tag := ""
				if json, ok := reflect.StructTag(u.Tag(i)).Lookup("json"); ok {
					tag = fmt.Sprintf(" json:%q", json)
				}
				l.add("field "+o.Name()+"."+f.Name(), l.typ(f.Type())+tag)
			}
		}
	case *types.Interface:
		l.add("type "+o.Name(), l.typ(u)) // all methods in one line: one more breaks those who implement it
		return
	default:
		l.add("type "+o.Name(), l.typ(u))
	}
	for i := range named.NumMethods() {
		m := named.Method(i)
		if !m.Exported() {
			continue
		}
		receiver := ""
		if _, ok := m.Signature().Recv().Type().(*types.Pointer); ok {
			receiver = "*"
		}
		l.add("method "+o.Name()+"."+m.Name(), strings.TrimSpace(receiver+" "+l.typ(m.Type())))
	}
}

func (l *lister) typ(t types.Type) string {
	return types.TypeString(unnamed(t), func(p *types.Package) string {
		if p == l.pkg {
			return ""
		}
		return p.Name()
	})
}

// unnamed returns a function or interface without the names of its parameters, which no caller
// sees.
func unnamed(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Signature:
		if t.TypeParams().Len() > 0 {
			return t // type parameters belong to one signature
		}
		return types.NewSignatureType(nil, nil, nil, unnamedTuple(t.Params()), unnamedTuple(t.Results()), t.Variadic())
	case *types.Interface:
		var methods []*types.Func
		for m := range t.Methods() {
			methods = append(methods, types.NewFunc(m.Pos(), m.Pkg(), m.Name(), unnamed(m.Type()).(*types.Signature)))
		}
		return types.NewInterfaceType(methods, slices.Collect(t.EmbeddedTypes()))
	}
	return t
}

func unnamedTuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), "", v.Type()))
	}
	return types.NewTuple(vars...)
}
