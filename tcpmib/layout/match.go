package layout

import (
	"cmp"
	"slices"
	"strings"
)

// matchUntagged finds members for fields that do not name any: at their offsets, or, when not all
// of them fit there, in their order. Names decide only between members of a union.
func (c *comparison) matchUntagged(untagged, all []*match, decl *CStruct) {
	fit := true
	for _, m := range untagged {
		fit = c.matchAtOffset(m, decl) && elsewhere(m, decl) == nil && fit
	}
	if fit && tiled(untagged) {
		return
	}
	for _, m := range untagged {
		m.members, m.part = nil, false
	}
	c.matchInOrder(untagged, all, decl)
	for _, m := range untagged { // fields that changed places are in no order
		if in := elsewhere(m, decl); in != nil {
			m.members = []CMember{*in}
		}
	}
}

// elsewhere is the only member that has the name of a field, when the field was not matched with
// it: the field has moved, though something else may fit where it is.
func elsewhere(m *match, decl *CStruct) *CMember {
	name := m.field.Name
	if slices.ContainsFunc(m.members, func(in CMember) bool { return calledAlike(name, in.Name) }) {
		return nil
	}
	var found *CMember
	for i, in := range decl.Members {
		if !calledAlike(name, in.Name) {
			continue
		}
		if found != nil || in.Offset == m.field.Offset {
			return nil
		}
		found = &decl.Members[i]
	}
	return found
}

// tiled reports whether what the fields are only parts of is covered by them and those beside them.
func tiled(fields []*match) bool {
	var covered []span
	for _, m := range fields {
		covered = append(covered, span{m.field.Offset, m.field.end()})
	}
	return !slices.ContainsFunc(fields, func(m *match) bool {
		if !m.part || len(m.members) != 1 || m.members[0].Bits > 0 || m.field.Type.Size >= m.members[0].Size {
			return false
		}
		in := m.members[0]
		return !within(span{in.Offset, in.end()}, covered)
	})
}

// matchAtOffset finds a member, a part of one, or several side by side that fit exactly where the
// field is.
func (c *comparison) matchAtOffset(m *match, decl *CStruct) bool {
	f := m.field
	var best *CMember
	for _, in := range decl.Members {
		if in.Bits > 0 || in.Offset != f.Offset || c.fits(&f.Type, &in) != nil {
			continue
		}
		if best == nil || sameName(f.Name, in.Name) && !sameName(f.Name, best.Name) {
			best = &in
		}
	}
	if best != nil {
		m.members = []CMember{*best}
		return true
	}
	if c.partOf(m, decl.Members) {
		return true
	}
	return c.severalOf(m, decl.Members)
}

// partOf matches a field that is a part of one member: one of the members of a union within, an
// element of an array, a half of an integer.
func (c *comparison) partOf(m *match, members []CMember) bool {
	f := m.field
	for _, in := range members {
		if in.Bits > 0 || f.Offset < in.Offset || f.end() > in.end() {
			continue
		}
		t := c.h.typeOf(in.Type)
		switch t.kind {
		case cStruct, cUnion:
			var inner []CMember
			for _, x := range t.decl.Members {
				x.Offset += in.Offset
				x.Name = in.Name + "." + x.Name
				inner = append(inner, x)
			}
			for _, x := range inner {
				if x.Offset == f.Offset && c.fits(&f.Type, &x) == nil {
					m.members, m.part = []CMember{x}, true
					return true
				}
			}
			if c.partOf(m, inner) || c.severalOf(m, inner) {
				return true
			}
		case cArray:
			e := c.h.typeOf(t.elem)
			if e.size == 0 || t.len == 0 {
				continue
			}
			n := (f.Offset - in.Offset) / e.size
			x := CMember{Name: in.Name + "[]", Offset: in.Offset + n*e.size, Size: e.size, Sign: e.sign, Type: t.elem}
			if x.Offset == f.Offset && c.fits(&f.Type, &x) == nil {
				m.members, m.part = []CMember{x}, true
				return true
			}
			if c.partOf(m, []CMember{x}) {
				return true
			}
		case cInteger, cEnum:
			if f.Type.Size < in.Size && (f.Type.Kind == GoSigned || f.Type.Kind == GoUnsigned || f.Type.bytes()) {
				m.members, m.part = []CMember{in}, true
				return true
			}
		}
	}
	return false
}

// severalOf matches an integer, or an array of them, that stands for several members side by side,
// such as bit-fields.
func (c *comparison) severalOf(m *match, members []CMember) bool {
	f := m.field
	number := f.Type.Kind == GoSigned || f.Type.Kind == GoUnsigned
	if !number && !f.Type.integers() {
		return false
	}
	var inside []CMember
	var spans []span
	for _, in := range members {
		at := span{in.Offset, in.end()}
		if in.Bits > 0 {
			at = span{in.Offset + in.Bit/8, in.Offset + (in.Bit+in.Bits+7)/8}
		}
		if at.end <= f.Offset || at.start >= f.end() {
			continue
		}
		kind := c.h.typeOf(in.Type).kind
		if in.Bits == 0 && in.Size == f.Type.Size { // one member, and it does not fit
			return false
		}
		if at.start < f.Offset || at.end > f.end() || number && kind != cInteger && kind != cEnum {
			return false
		}
		inside = append(inside, in)
		spans = append(spans, at)
	}
	bits := slices.ContainsFunc(inside, func(m CMember) bool { return m.Bits > 0 })
	if len(inside) == 0 || len(inside) == 1 && !bits || number && !bits && !within(span{f.Offset, f.end()}, spans) {
		return false
	}
	m.members, m.part = inside, true
	return true
}

// slot is a place in C: a member, or all members of a union.
type slot struct {
	members []CMember
	end     int64
}

// matchInOrder pairs the fields with the places that no tagged field names, in the order of both,
// so that as many as possible are of one kind or have one name.
func (c *comparison) matchInOrder(untagged, all []*match, decl *CStruct) {
	slots := freeSlots(all, decl)
	n, k := len(untagged), len(slots)
	best := make([][]int, n+1) // best[i][j] is the score of the fields from i on with the slots from j on
	for i := range best {
		best[i] = make([]int, k+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := k - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if score, _ := c.score(untagged[i].field, slots[j]); score > 0 {
				best[i][j] = max(best[i][j], score+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < k; {
		score, member := c.score(untagged[i].field, slots[j])
		switch {
		case score > 0 && best[i][j] == score+best[i+1][j+1]:
			untagged[i].members = []CMember{member}
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
}

// freeSlots are the places of a struct that no field has yet.
func freeSlots(all []*match, decl *CStruct) []slot {
	var taken []span
	for _, m := range all {
		for _, in := range m.members {
			taken = append(taken, span{in.Offset, in.end()})
		}
	}
	members := slices.Clone(decl.Members)
	slices.SortStableFunc(members, func(a, b CMember) int { return cmp.Compare(a.Offset, b.Offset) })
	var slots []slot
	for _, m := range members {
		if within(span{m.Offset, m.end()}, taken) {
			continue
		}
		if last := len(slots) - 1; last >= 0 && m.Offset < slots[last].end {
			slots[last].members = append(slots[last].members, m)
			slots[last].end = max(slots[last].end, m.end())
			continue
		}
		slots = append(slots, slot{[]CMember{m}, m.end()})
	}
	return slots
}

// score says how well a field and a place go together, and which of the members there does.
func (c *comparison) score(f *GoField, s slot) (best int, member CMember) {
	for _, m := range s.members {
		n := 0
		switch p := c.fits(&f.Type, &m); {
		case p == nil:
			n = 8
		case p.kind != KindSize:
			n = 3
		}
		if sameName(f.Name, m.Name) {
			n += 8
		}
		if n > 0 && m.Offset == f.Offset {
			n++
		}
		if n > best {
			best, member = n, m
		}
	}
	return best, member
}

// sameName compares a Go name with a C name, which may have a prefix such as dw.
func sameName(goName, c string) bool {
	fold := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	g, m := fold(goName), fold(c)
	return g == m || len(g) >= 3 && strings.HasSuffix(m, g)
}

// paddingName reports whether a name is one that Go code gives to padding.
func paddingName(name string) bool {
	name = strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	return slices.ContainsFunc([]string{"pad", "reserved", "align", "unused"}, func(word string) bool { return strings.Contains(name, word) })
}

// calledAlike is stricter than sameName: but for case and underscores the names are the same, or
// are with the prefix in small letters off that says the type in C.
func calledAlike(goName, c string) bool {
	c = c[strings.LastIndexByte(c, '.')+1:]
	fold := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	bare := strings.TrimLeft(c, "abcdefghijklmnopqrstuvwxyz")
	return fold(goName) == fold(c) || bare != "" && len(c)-len(bare) <= 4 && fold(goName) == fold(bare)
}
