package source

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Match says for each struct and constant which C type or constant it is compared with: what a tag
// or a mapping says, or else what its name finds in the headers. No layout is looked at for that.
// Match returns the structs and constants that remain, from which p no longer has them, and why:
// those of Load among them.
func (p *Packages) Match(h *layout.Headers) (structs, constants []Left) {
	names := NewNames(slices.Concat(h.StructNames(), slices.Collect(maps.Keys(h.Aliases))))
	structs = append(structs, p.Left...)
	var kept []layout.GoStruct
	for _, s := range p.Structs {
		switch {
		case s.C == "-":
			structs = append(structs, Left{s.Name, s.Path, s.Pos, "it is mapped to nothing"})
			continue
		case s.C == "":
			var why string
			if s.C, s.How, why = byName(s, names, h); why != "" {
				structs = append(structs, Left{s.Name, s.Path, s.Pos, why})
				continue
			}
		case s.How == "":
			s.How = layout.ByTag
		}
		kept = append(kept, s)
	}
	p.Structs = kept

	var left []layout.GoConst
	for _, c := range p.Consts {
		if c.C == "" {
			_, c.C, _ = strings.Cut(c.Name, ".")
			if _, ok := h.Constant(c.C); !ok {
				constants = append(constants, Left{c.Name, c.Path, c.Pos, "no integer constant of C has its name"})
				continue
			}
		}
		left = append(left, c)
	}
	p.Consts = left
	return structs, constants
}

// byName is the C type that the name of a struct finds, and how, or why there is none.
func byName(s layout.GoStruct, names Names, h *layout.Headers) (c, how, why string) {
	_, short, _ := strings.Cut(s.Name, ".")
	for _, rank := range names.ranks(short) {
		var list []string // a name of each
		seen := map[*layout.CStruct]bool{}
		for _, name := range rank.names {
			if to, ok := h.Aliases[name]; ok {
				name = to
			}
			if decl := h.Struct(name); !seen[decl] {
				seen[decl] = true
				list = append(list, name)
			}
		}
		switch len(list) {
		case 0:
		case 1:
			return list[0], rank.how, ""
		default:
			return "", "", fmt.Sprintf("its name finds %s alike: say which in the -map file, such as %q",
				strings.Join(list, " and "), fullName(s.Path, s.Name)+" "+list[0])
		}
	}
	return "", "", "no struct of C has its name"
}
