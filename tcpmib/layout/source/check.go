package source

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Check is layout.Check with layouts read from source, so that they are those of the target's
// architecture. It is for tests: the go command finds the packages from the directory that a test runs in,
// and the types may be in its test files, and in functions.
func Check(t layout.T, target layout.Target, spec layout.Spec) {
	t.Helper()
	report, err := Run(t.Context(), spec, target)
	layout.Verdict(t, report, err)
}

// Run is layout.Run with layouts read from source. Constants and functions are as the Spec has them.
func Run(ctx context.Context, spec layout.Spec, target layout.Target) (*layout.Report, error) {
	h, err := spec.Probe(ctx, target)
	if err != nil {
		return nil, err
	}
	g, err := spec.Go(h.GOARCH)
	if err != nil {
		return nil, err
	}
	p, err := Load(ctx, Config{GOARCH: h.GOARCH, Tests: true}, packagesOf(spec)...)
	if err != nil {
		return nil, err
	}
	here := sync.OnceValues(func() (*layout.Go, *Packages) {
		if h.GOARCH == runtime.GOARCH {
			return g, p
		}
		g, err := spec.Go(runtime.GOARCH)
		if err != nil {
			return nil, nil
		}
		p, err := Load(ctx, Config{GOARCH: runtime.GOARCH, Tests: true}, packagesOf(spec)...)
		if err != nil {
			return nil, nil
		}
		return g, p
	})
	if err := p.replace(g, here); err != nil {
		return nil, err
	}
	r := layout.Compare(g, h, spec.Rules)
	r.CC = target.CC
	if target.Label != "" {
		r.Target = target.Label
	}
	return r, nil
}

// packagesOf are the packages of the types, without the "_test" that the package of a test has.
func packagesOf(spec layout.Spec) []string {
	var paths []string
	for _, t := range spec.Types {
		if path := strings.TrimSuffix(t.Go().PkgPath(), "_test"); path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// replace puts the layouts of p in the place of those that reflection saw. The C names remain. here is
// the same for the architecture of the running program, if Windows has it.
func (p *Packages) replace(g *layout.Go, here func() (*layout.Go, *Packages)) error {
	c := claims{structs: map[declaration]string{}, enums: map[declaration]string{}}
	found := make([]layout.GoStruct, len(g.Structs))
	for i, s := range g.Structs {
		list := p.declarations(&s)
		if len(list) > 1 {
			if g, p := here(); p != nil {
				list = among(list, p.declarations(&g.Structs[i]), &g.Structs[i])
			}
		}
		one, err := p.theOne(list, &s, g.GOARCH)
		if err != nil {
			return err
		}
		found[i] = *one
		if d := (declaration{one.Path, one.Name, one.Pos}); c.structs[d] == "" {
			c.structs[d] = s.C
		}
	}
	for _, e := range g.Enums {
		c.enums[declaration{path: e.Path, name: e.Name}] = e.C
	}
	for i, s := range g.Structs {
		one := &found[i]
		one.C, one.Fields = s.C, slices.Clone(one.Fields)
		c.inStruct(one)
		for k := range one.Fields {
			f := &one.Fields[k]
			for _, old := range s.Fields {
				if old.Name == f.Name && f.Name != "_" {
					f.C = old.C
				}
			}
		}
		g.Structs[i] = *one
	}
	return nil
}

// declarations are those of the name of a struct that reflection saw, which knows package and name alone.
func (p *Packages) declarations(s *layout.GoStruct) []*layout.GoStruct {
	var list []*layout.GoStruct
	for i := range p.Structs {
		if found := &p.Structs[i]; found.Name == s.Name && found.Path == s.Path {
			list = append(list, found)
		}
	}
	return list
}

// among leaves the declarations that are, on the architecture of the running program, what it has.
func among(list, here []*layout.GoStruct, running *layout.GoStruct) []*layout.GoStruct {
	left := slices.DeleteFunc(slices.Clone(list), func(found *layout.GoStruct) bool {
		return !slices.ContainsFunc(here, func(one *layout.GoStruct) bool {
			return one.Pos == found.Pos && sameFields(running, one) && sameLayout(running, one)
		})
	})
	if len(left) == 0 { // they are in files for other architectures
		return list
	}
	return left
}

// theOne is the declaration of a struct that reflection saw. Functions may have types of one name: the
// one with the same fields is meant.
func (p *Packages) theOne(list []*layout.GoStruct, s *layout.GoStruct, goarch string) (*layout.GoStruct, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("the source of %s for %s has no such struct%s", s.Name, goarch, p.whyNot(s))
	}
	if len(list) > 1 {
		list = slices.DeleteFunc(list, func(found *layout.GoStruct) bool { return !sameFields(s, found) })
	}
	switch {
	case len(list) == 0:
		return nil, fmt.Errorf("%s is declared more than once for %s, never with the fields that the running program has", s.Name, goarch)
	case slices.ContainsFunc(list[1:], func(other *layout.GoStruct) bool { return !sameLayout(list[0], other) }):
		return nil, fmt.Errorf("%s is declared more than once with the same fields, at %v and at %v: give one of them another name", s.Name, list[0].Pos, list[1].Pos)
	}
	one := *list[0]
	return &one, nil
}

// whyNot is why the source of a struct was not found, as far as is known.
func (p *Packages) whyNot(s *layout.GoStruct) string {
	for _, l := range p.Left {
		if l.Name == s.Name && l.Path == s.Path {
			return " with a layout: " + l.Reason
		}
	}
	for _, problem := range p.Problems {
		if problem.Path == s.Path {
			return ": " + problem.String()
		}
	}
	return ""
}

// sameFields reports whether a struct that reflection saw has the fields of a declaration. The lengths of
// arrays may depend on the architecture, and the running program's is another.
func sameFields(seen, declared *layout.GoStruct) bool {
	return slices.EqualFunc(seen.Fields, declared.Fields, func(a, b layout.GoField) bool {
		return a.Name == b.Name && sameType(&a.Type, &b.Type)
	})
}

func sameType(seen, declared *layout.GoType) bool {
	switch {
	case seen.Kind != declared.Kind || seen.Path != declared.Path:
		return false
	case seen.Kind == layout.GoArray:
		return sameType(seen.Elem, declared.Elem)
	case seen.Kind == layout.GoStructKind:
		return seen.Struct.Name == declared.Struct.Name && sameFields(seen.Struct, declared.Struct)
	}
	return seen.Size == declared.Size && (seen.Path == "" || seen.Name == declared.Name)
}

// sameLayout reports whether two declarations are the same but for where they are.
func sameLayout(a, b *layout.GoStruct) bool {
	return a.Size == b.Size && slices.EqualFunc(a.Fields, b.Fields, func(a, b layout.GoField) bool {
		return a.Name == b.Name && a.Offset == b.Offset && a.Type.Size == b.Type.Size && a.Type.Kind == b.Type.Kind &&
			a.Type.Len == b.Type.Len
	})
}

// claims are what Go types mirror, by their declarations; enums are declared once in a package.
type claims struct{ structs, enums map[declaration]string }

func (c claims) inStruct(s *layout.GoStruct) {
	for i := range s.Fields {
		c.inType(&s.Fields[i].Type)
	}
}

func (c claims) inType(t *layout.GoType) {
	if e, ok := c.enums[declaration{path: t.Path, name: t.Name}]; ok {
		t.Enum = e
	}
	if t.Elem != nil {
		c.inType(t.Elem)
	}
	if t.Struct != nil {
		if name, ok := c.structs[declaration{t.Path, t.Struct.Name, t.Pos}]; ok {
			t.Struct.C = name
		}
		c.inStruct(t.Struct)
	}
}
