package source

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Check is layout.Check with layouts read from source, so that they are those of the target's
// architecture. It is for tests: the go command finds the packages from the directory that a test runs in,
// and the types may be in its test files.
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
	if err := p.replace(g); err != nil {
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

// replace puts the layouts of p in the place of those that reflection saw. The C names remain.
func (p *Packages) replace(g *layout.Go) error {
	c := claims{structs: map[string]string{}, enums: map[string]string{}}
	for _, s := range g.Structs {
		c.structs[s.Name] = s.C
	}
	for _, e := range g.Enums {
		c.enums[e.Name] = e.C
	}
	for i, s := range g.Structs {
		j := slices.IndexFunc(p.Structs, func(found layout.GoStruct) bool { return found.Name == s.Name })
		if j < 0 {
			return fmt.Errorf("the source of %s for %s has no such struct%s", s.Name, g.GOARCH, p.whyLeft(s.Name))
		}
		found := p.Structs[j]
		found.C = s.C
		c.inStruct(&found)
		for k := range found.Fields {
			f := &found.Fields[k]
			for _, old := range s.Fields {
				if old.Name == f.Name && f.Name != "_" {
					f.C = old.C
				}
			}
		}
		g.Structs[i] = found
	}
	return nil
}

func (p *Packages) whyLeft(name string) string {
	for _, l := range p.Left {
		if l.Name == name {
			return " with a layout: " + l.Reason
		}
	}
	return ""
}

// claims are what Go types mirror, by their names.
type claims struct{ structs, enums map[string]string }

func (c claims) inStruct(s *layout.GoStruct) {
	for i := range s.Fields {
		c.inType(&s.Fields[i].Type)
	}
}

func (c claims) inType(t *layout.GoType) {
	if e, ok := c.enums[t.Name]; ok {
		t.Enum = e
	}
	if t.Elem != nil {
		c.inType(t.Elem)
	}
	if t.Struct != nil {
		if name, ok := c.structs[t.Struct.Name]; ok {
			t.Struct.C = name
		}
		c.inStruct(t.Struct)
	}
}
