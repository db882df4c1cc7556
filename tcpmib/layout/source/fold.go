package source

import (
	"slices"
	"strings"

	"github.com/winmib/winmib/tcpmib/layout"
)

// Names are the type names that a header set declares, arranged so that Go's spelling of one finds it.
type Names map[string][]string

// NewNames arranges type names; tags are written as in "struct tag".
func NewNames(declared []string) Names {
	n := Names{}
	for _, name := range declared {
		key := fold(name)
		if !slices.Contains(n[key], name) {
			n[key] = append(n[key], name)
		}
	}
	return n
}

// rank is the C types that a Go name finds equally well, and how it finds them.
type rank struct {
	how   string
	names []string
}

// suffixes are what a C name may have and Go's leave off, those of a row equally well: the wide form
// comes before the narrow one, because Go calls the wide functions.
var suffixes = [][]string{{""}, {"w"}, {"lh", "v1", "a", "xp", "w2k", "v0", "v2"}}

// Candidates returns the C types that a Go type may stand for by its name, the likeliest first: those of
// the very name, and then those whose names are alike but for case, underscores, a leading "_" or "tag",
// and a suffix W, A, _LH, _XP, _W2K and _V0 to _V2 of the C name; typedefs before tags.
func (n Names) Candidates(goName string) []string {
	var typedefs, tags []string
	for _, r := range n.ranks(goName) {
		for _, c := range r.names {
			if strings.Contains(c, " ") {
				tags = append(tags, c)
			} else {
				typedefs = append(typedefs, c)
			}
		}
	}
	list := append(typedefs, tags...)
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(c string) bool {
		was := seen[c]
		seen[c] = true
		return was
	})
}

func (n Names) ranks(goName string) []rank {
	key := fold(goName)
	var typedefs, tags []string
	for _, c := range n[key] {
		switch {
		case c == goName:
			typedefs = append(typedefs, c)
		case strings.HasSuffix(c, " "+goName):
			tags = append(tags, c)
		}
	}
	ranks := []rank{{layout.ByName, typedefs}, {layout.ByName, tags}}
	for _, row := range suffixes {
		var typedefs, tags []string
		for _, suffix := range row {
			for _, c := range n[key+suffix] {
				if strings.Contains(c, " ") {
					tags = append(tags, c)
				} else {
					typedefs = append(typedefs, c)
				}
			}
		}
		slices.Sort(typedefs)
		slices.Sort(tags)
		ranks = append(ranks, rank{layout.ByFoldedName, typedefs}, rank{layout.ByFoldedName, tags})
	}
	return slices.DeleteFunc(ranks, func(r rank) bool { return len(r.names) == 0 })
}

// fold leaves of a name what C and Go spell alike.
func fold(name string) string {
	name = name[strings.LastIndexByte(name, ' ')+1:] // without "struct"
	name = strings.TrimLeft(name, "_")
	if rest, ok := strings.CutPrefix(name, "tag"); ok && rest != "" && !('a' <= rest[0] && rest[0] <= 'z') {
		name = rest
	}
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}
