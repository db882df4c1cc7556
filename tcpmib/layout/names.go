package layout

import (
	"cmp"
	"slices"
	"strings"
)

// nameTable are the names of members, and Go's spellings of them by their rank.
type nameTable struct {
	ranks []map[string]string // the name of the member; "" where there are several
}

func newNames(slots []slot) *nameTable {
	n := &nameTable{ranks: []map[string]string{{}, {}, {}}}
	var names []string
	for i := range slots {
		for _, m := range slots[i].leaves() {
			if m.Name != "" && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	own := ownPrefix(names)
	for _, name := range names {
		n.ranks[0][name] = name
		if key := foldName(name); n.ranks[1][key] == "" {
			n.ranks[1][key] = name
		}
		bare := withoutPrefix(name)
		if short, ok := strings.CutPrefix(name, own); ok && own != "" && upper(short) {
			bare = short
		}
		if bare == "" {
			continue
		}
		key := foldName(bare)
		if other, ok := n.ranks[2][key]; ok && other != name {
			n.ranks[2][key] = "" // cData and pData
		} else {
			n.ranks[2][key] = name
		}
	}
	return n
}

// ownPrefix is the prefix that a C struct gives to the names of all its members, such as dm in
// DEVMODE and bi in BITMAPINFOHEADER, if it has one.
func ownPrefix(names []string) string {
	count := map[string]int{}
	for _, name := range names {
		bare := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz")
		if prefix := name[:len(name)-len(bare)]; prefix != "" && upper(bare) {
			if count[prefix]++; count[prefix] > 1 && 2*count[prefix] > len(names) {
				return prefix
			}
		}
	}
	return ""
}

// upper reports whether a name begins with a capital letter.
func upper(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }

// at is the member that a Go name finds by one rank.
func (n *nameTable) at(rank int, goName string) string {
	if rank == 0 {
		return n.ranks[0][goName]
	}
	return n.ranks[rank][foldName(goName)]
}

func (n *nameTable) find(goName string) string {
	for rank := range n.ranks {
		if name := n.at(rank, goName); name != "" {
			return name
		}
	}
	return ""
}

// inside reports whether a field of a struct has the name of a member, or a tag.
func (n *nameTable) inside(s *GoStruct) bool {
	return slices.ContainsFunc(s.Fields, func(f GoField) bool {
		return f.C != nil && s.C == "" || f.Name != "_" && (n.find(f.Name) != "" || f.Type.Kind == GoStructKind && n.inside(f.Type.Struct))
	})
}

// foldName leaves of a name what C and Go spell alike.
func foldName(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// prefixes say a type or a number in the names of members.
var prefixes = strings.Fields("a ab ac ad af ai al ap ar argb as aw b bm bstr by c cb cc cch ch cj cl clr clsid cr " +
	"cs cx cy d dw dwl dx dy e f fcc fdw fl fn fs ft g grf guid h hbm hbmp hbr hcur hdc " +
	"hfont hicon hinst hk hkl hmenu hmod hr hrgn hsz hwnd i id iid ip l lc lcid lf li ll " +
	"lp lparam lpb lpbi lpc lpcstr lpcsz lpcwsz lpfn lprc lps lpstr lpsz lptstr lptsz lpv " +
	"lpwstr lpwsz m n p pb pbl pbstr pc pcb pcch pch pcsz pcwsz pd pdisp pdw pf pfn pft " +
	"pguid ph pi pl pn pp pps ppsz ppv prc prg prgb ps psid pst pstr psz pszw pt ptl ptr " +
	"pts ptsz pu pul punk pv pvar pvt pw pwch pwstr pwsz pwz q qw r rc rcl rg rgb rgch " +
	"rgdw rgn rgp rgpsz s si st str sz szl t tm tsz u uc ui ul uli ull un us uuid uw v " +
	"var vf vt w wc wch wcs wsz wz x y")

// withoutPrefix takes off a member's name what says its type: dwState, sin_port, pszName. It
// returns "" for a name without any.
func withoutPrefix(name string) string {
	if i := strings.IndexByte(name, '_'); i > 0 && i <= 6 && strings.ToLower(name[:i]) == name[:i] {
		if bare := strings.TrimLeft(name[i:], "_0123456789"); bare != "" {
			return name[i+1:]
		}
		return ""
	}
	bare := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz")
	if upper(bare) && slices.Contains(prefixes, name[:len(name)-len(bare)]) {
		return bare
	}
	return ""
}

// newInnerNames are names of members without that of the member that they are in.
func newInnerNames(list []slot, outer string) *nameTable {
	n := newNames(list)
	for rank := range n.ranks {
		short := map[string]string{}
		for i := range list {
			for _, m := range list[i].leaves() {
				bare := m.Name[strings.LastIndexByte(m.Name, '.')+1:]
				for _, spelled := range []string{bare, outer + bare, withoutPrefix(outer) + bare} {
					key := spelled
					if rank > 0 {
						key = foldName(key)
					}
					if rank == 2 {
						key = foldName(cmp.Or(withoutPrefix(bare), bare))
					}
					if short[key] == "" {
						short[key] = m.Name
					}
				}
			}
		}
		n.ranks[rank] = short
	}
	return n
}
