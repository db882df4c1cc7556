package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Match says for each struct and constant which C type or constant it is compared with: what a tag or a
// mapping says, or else what its name finds in the headers. Of several C types that a name finds it is the
// one that the struct fits best. Match returns the structs and constants that remain, from which p no
// longer has them, and why: those of Load among them.
func (p *Packages) Match(h *layout.Headers) (structs, constants []Left) {
	names := NewNames(h.StructNames())
	structs = slices.Clone(p.Left)
	kept := p.Structs[:0:0]
	for _, s := range p.Structs {
		switch s.C {
		case "":
			c, why := best(s, names, h)
			if c == "" {
				structs = append(structs, Left{s.Name, s.Pos, why})
				continue
			}
			s.C = c
		case "-":
			structs = append(structs, Left{s.Name, s.Pos, "it is mapped to nothing"})
			continue
		}
		kept = append(kept, s)
	}
	p.Structs = kept

	left := p.Consts[:0:0]
	for _, c := range p.Consts {
		if c.C == "" {
			_, c.C, _ = strings.Cut(c.Name, ".")
			if _, ok := h.Constant(c.C); !ok {
				constants = append(constants, Left{c.Name, c.Pos, "no integer constant of C has its name"})
				continue
			}
		}
		left = append(left, c)
	}
	p.Consts = left
	return structs, constants
}

// best is the C type that a struct fits best, of those that its name finds.
func best(s layout.GoStruct, names Names, h *layout.Headers) (c, why string) {
	_, short, _ := strings.Cut(s.Name, ".")
	type candidate struct {
		c      string
		report layout.StructReport
	}
	var list []candidate
	for _, name := range names.Candidates(short) {
		s.C = name
		one := layout.Go{GOARCH: h.GOARCH, Structs: []layout.GoStruct{s}}
		list = append(list, candidate{name, layout.Compare(&one, h, layout.Rules{}).Structs[0]})
	}
	if len(list) == 0 {
		return "", "no struct of C has its name"
	}
	found := slices.MinFunc(list, func(a, b candidate) int {
		return cmp.Or(
			cmp.Compare(len(a.report.Findings), len(b.report.Findings)),
			cmp.Compare(distance(a.report), distance(b.report)))
	})
	if len(found.report.Findings) > 0 && !related(s, h.Struct(found.c)) {
		return "", "it has no field in common with " + found.c + ", whose name is alike"
	}
	return found.c, ""
}

// distance is how much the sizes differ.
func distance(r layout.StructReport) int64 { return max(r.Size-r.GoSize, r.GoSize-r.Size) }

// related says that a member has the name of a field.
func related(s layout.GoStruct, c *layout.CStruct) bool {
	for _, f := range s.Fields {
		for _, m := range c.Members {
			if foldedMember(m.Name) == fold(f.Name) || fold(m.Name) == fold(f.Name) {
				return true
			}
		}
	}
	return false
}

// foldedMember leaves off the prefix that says the type: dwState is state.
func foldedMember(name string) string {
	if bare := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz"); bare != "" {
		return fold(bare)
	}
	return fold(name)
}
