package source

import (
	"slices"
	"strings"
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

// suffixes are what a C name may have and Go's leave off: the wide form of a struct comes before the
// narrow one, and the form of today's Windows before that of an old one.
var suffixes = []string{"", "w", "lh", "v1", "a", "xp", "w2k", "v0", "v2", "ex"}

// Candidates returns the C types that a Go type may stand for by its name, the likeliest first: case and
// underscores do not count, nor do a leading "_" or "tag" and the suffixes W, A, _LH, _XP, _W2K and _V0
// to _V2 of the C name. Which of several it is, the layouts must tell.
func (n Names) Candidates(goName string) []string {
	key := fold(goName)
	var list []string
	for _, suffix := range suffixes {
		found := slices.Clone(n[key+suffix])
		slices.SortFunc(found, func(a, b string) int {
			return closeness(b, goName) - closeness(a, goName)
		})
		list = append(list, found...)
	}
	return list
}

// closeness prefers the very name and, of the others, typedefs to tags.
func closeness(c, goName string) int {
	switch {
	case c == goName:
		return 3
	case !strings.Contains(c, " "):
		return 2
	case !strings.Contains(c, " __"):
		return 1
	}
	return 0
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
