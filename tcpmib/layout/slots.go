package layout

import (
	"cmp"
	"slices"
)

// slot is a place in a C struct that one Go field may stand for: a member, the unit of some
// bit-fields, or a union without a name of which no member has been chosen.
type slot struct {
	CMember           // without a name for a union that has none
	bits    []CMember // the bit-fields of a unit
	arms    [][]slot  // of a union without a name: what may be there, each in the order of C
	tail    bool      // what is left of a union behind the member that was chosen: it may be left out
	both    bool      // a union of which Go has several members, one behind the other: a mistake
}

// slots lists the places of a struct or union, its unnamed structs opened.
func (c *comparison) slots(decl *CStruct) []slot {
	if list, ok := c.slotsOf[decl]; ok {
		return list
	}
	unnamed := decl.Unnamed
	if len(unnamed) == 0 && !decl.Union {
		list := overlapping(decl.Members)
		c.slotsOf[decl] = list
		return list
	}
	t := &slotTree{members: decl.Members, unnamed: unnamed}
	list := t.sequence(0, len(decl.Members), decl.Union, decl.Size, 0)
	c.slotsOf[decl] = list
	return list
}

// slotTree makes slots of the members of one struct.
type slotTree struct {
	members []CMember
	unnamed []CUnnamed // those that are left, the outer first
}

// sequence are the slots of the members from first to before end. Those of a union are the arms of
// one slot.
func (t *slotTree) sequence(first, end int, union bool, size, offset int64) []slot {
	var arms [][]slot
	var list []slot
	for i := first; i < end; {
		var next []slot
		if len(t.unnamed) > 0 && t.unnamed[0].First == i && t.unnamed[0].End <= end && t.unnamed[0].End > i {
			u := t.unnamed[0]
			t.unnamed = t.unnamed[1:]
			next, i = t.sequence(u.First, u.End, u.Union, u.Size, u.Offset), u.End
		} else if len(t.unnamed) > 0 && t.unnamed[0].First == i && t.unnamed[0].End <= i {
			t.unnamed = t.unnamed[1:] // of bit-fields without a name
			continue
		} else {
			next, i = []slot{{CMember: t.members[i]}}, i+1
		}
		if union {
			arms = append(arms, units(next))
		} else {
			list = append(list, next...)
		}
	}
	if union {
		s := slot{CMember: CMember{Offset: offset, Size: size}, arms: arms}
		if !slices.ContainsFunc(s.leaves(), func(m CMember) bool { return m.Size > 0 }) { // arrays without a length
			s.Size = 0
		}
		return []slot{s}
	}
	return units(list)
}

// units joins the bit-fields of one unit.
func units(list []slot) []slot {
	var all []slot
	for _, s := range list {
		if s.Bits == 0 || s.arms != nil {
			all = append(all, s)
			continue
		}
		if n := len(all); n > 0 && all[n-1].bits != nil && all[n-1].Offset == s.Offset && all[n-1].Size == s.Size {
			all[n-1].bits = append(all[n-1].bits, s.CMember)
			continue
		}
		unit := s
		unit.bits = []CMember{s.CMember}
		all = append(all, unit)
	}
	return all
}

// overlapping makes slots of members of which a record has only the offsets: those that share bytes
// are members of a union.
func overlapping(members []CMember) []slot {
	list := make([]slot, len(members))
	for i, m := range members {
		list[i] = slot{CMember: m}
	}
	slices.SortStableFunc(list, func(a, b slot) int { return cmp.Compare(a.Offset, b.Offset) })
	var all []slot
	for _, s := range units(list) {
		n := len(all)
		if n == 0 || s.Offset >= all[n-1].end() || s.Size == 0 {
			all = append(all, s)
			continue
		}
		last := &all[n-1]
		if last.arms == nil {
			first := *last
			*last = slot{CMember: CMember{Offset: first.Offset, Size: first.Size}, arms: [][]slot{{first}}}
		}
		last.Size = max(last.end(), s.end()) - last.Offset
		arm := slices.IndexFunc(last.arms, func(arm []slot) bool { return arm[len(arm)-1].end() <= s.Offset })
		if arm < 0 {
			last.arms = append(last.arms, []slot{s})
		} else {
			last.arms[arm] = append(last.arms[arm], s)
		}
	}
	return all
}

// leaves lists the members of a slot, those of the arms of a union among them.
func (s *slot) leaves() []CMember {
	switch {
	case s.tail:
		return nil
	case s.bits != nil:
		return s.bits
	case s.arms == nil:
		return []CMember{s.CMember}
	}
	var list []CMember
	for _, arm := range s.arms {
		for i := range arm {
			list = append(list, arm[i].leaves()...)
		}
	}
	return list
}

// label is what findings call a slot.
func (s *slot) label() string {
	list := s.leaves()
	if s.Name != "" || len(list) == 0 {
		return s.Name
	}
	whole := slices.IndexFunc(list, func(m CMember) bool { return m.Bits == 0 }) // rather than a bit-field
	return list[max(whole, 0)].Name
}

// at are slots that lie in the member outer.
func within(outer *CMember, list []slot) []slot {
	all := slices.Clone(list)
	for i := range all {
		s := &all[i]
		s.Offset += outer.Offset
		if s.Name != "" && outer.Name != "" {
			s.Name = outer.Name + "." + s.Name
		}
		if s.bits != nil {
			s.bits = slices.Clone(s.bits)
			for k := range s.bits {
				s.bits[k].Offset += outer.Offset
			}
		}
		if s.arms != nil {
			arms := make([][]slot, len(s.arms))
			for k := range arms {
				arms[k] = within(outer, s.arms[k])
			}
			s.arms = arms
		}
	}
	return all
}

// choose replaces the unions of which an arm is chosen by that arm, and by what is left behind it.
func choose(list []slot, chosen func(m *CMember) bool) []slot {
	var all []slot
	for _, s := range list {
		arm := -1
		most := 0
		for i := range s.arms {
			if s.both {
				break
			}
			n := 0
			for k := range s.arms[i] {
				for _, m := range s.arms[i][k].leaves() {
					if chosen(&m) {
						n++
					}
				}
			}
			if n > most {
				arm, most = i, n
			}
		}
		if arm < 0 {
			all = append(all, s)
			continue
		}
		picked := choose(s.arms[arm], chosen)
		all = append(all, picked...)
		end := s.Offset
		for _, p := range picked {
			end = max(end, p.end())
		}
		if rest := s.end() - end; rest > 0 {
			all = append(all, slot{CMember: CMember{Offset: end, Size: rest}, tail: true})
		}
	}
	return all
}
