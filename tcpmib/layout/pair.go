package layout

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// pair is a Go field and what it stands for in C. Names decide first: the field's tag or mapping,
// then a member of its very name, then one whose name is spelled otherwise; what has no name in
// common goes by its order between those that have.
type pair struct {
	field   *GoField
	members []CMember // in the order of C; empty for what C does not have
	absent  []string  // members that a tag names and the headers do not have
	gaps    []absence
	closed  []absence // known to be absent, and there

	from, end int64 // the bytes in C that it stands for
	relation  relation
	problem   *problem  // of its type
	cause     *GoStruct // the struct in it with the findings that the problem comes from
	merged    []slot    // what Go is to have a field each for
	gap       int64     // the padding to write before them
	union     *slot     // the union of which this field and those in with are members
	with      []*pair
	filled    int64      // the bytes of padding behind a field that is too small by as many, which is to go
	others    []*pair    // fields behind this one that are wrong because of the same struct
	follows   bool       // it is among the others of a field before it
	openings  []*opening // structs that were opened and begin here, an inner one before an outer one
	lead      int64      // the alignment of the outermost of them
	mended    int64      // the alignment of what is to be written for a field that Go aligns too much
}

// opening is a struct that was opened.
type opening struct {
	fields []*pair
	align  int64
	hole   *pair // the padding at its end, if it has any
}

// absence is a member that the headers are known to lack.
type absence struct{ name, reason string }

// relation is how a field stands for members.
type relation int

const (
	relNone      relation = iota
	relInherited          // none: it is a method that C's table leaves out
	relGone               // none: it is part of the mistake of a field before it, and is to go
	relOne                // one member, or storage for one union
	relBytes              // bytes, for all members that they cover
	relPart               // one of several fields for a unit of bit-fields or a pair of 32 bits
	relMerge              // several members in one integer: a mistake
	relSplit              // one of several fields for one member: a mistake
	relBoth               // the first of several members of a union, one behind the other: a mistake
)

// pairing finds what the fields of a Go struct stand for.
type pairing struct {
	c     *comparison
	decl  *CStruct
	item  string
	outer string // the C name of the Go struct, if it is another
	pairs []*pair
	slots []slot
	used  []bool // by slot
}

// pairUp pairs the fields of s with the members of decl.
func (c *comparison) pairUp(s *GoStruct, decl *CStruct, item string) *pairing {
	p := &pairing{c: c, decl: decl, item: item, outer: s.C, slots: c.slots(decl)}
	names := newNames(p.slots)
	p.pairs = p.open(s, 0, names)
	p.inherited()
	p.byTag()
	chosen := p.byName(names)
	p.settle(chosen)
	p.byOrder(s)
	return p
}

// open lists the fields. A struct that has no name in C, and fields that have, is replaced by them.
func (p *pairing) open(s *GoStruct, offset int64, names *nameTable) []*pair {
	var list []*pair
	for i := range s.Fields {
		f := s.Fields[i]
		f.Offset += offset
		if f.C == nil && f.Name != "_" && f.Type.Kind == GoStructKind && !f.Type.storage() && names.find(f.Name) == "" && names.inside(f.Type.Struct) {
			list = append(list, p.opened(&f, names)...)
			continue
		}
		list = append(list, &pair{field: &f})
	}
	return list
}

// opened are the fields of a field that is a struct, and what follows the last.
func (p *pairing) opened(f *GoField, names *nameTable) []*pair {
	list := p.open(f.Type.Struct, f.Offset, names)
	if len(list) == 0 {
		return list
	}
	for _, in := range list {
		in.field.Name = f.Name + "." + in.field.Name
		if in.field.Pos.Line == 0 {
			in.field.Pos = f.Pos
		}
	}
	o := &opening{fields: slices.Clone(list), align: f.Type.Align}
	list[0].lead, list[0].openings = max(list[0].lead, o.align), append(list[0].openings, o)
	if last := list[len(list)-1].field; last.end() < f.end() {
		o.hole = &pair{field: &GoField{Name: f.Name + "._", Offset: last.end(), Type: GoType{Name: hole, Align: o.align}}}
		list = append(list, o.hole)
	}
	return list
}

func (q *pair) blank() bool { return q.field.Name == "_" || strings.HasSuffix(q.field.Name, "._") }

// hole is the name of the type of what is no field: the padding at the end of a struct that was
// opened. It has no size, because its alignment makes what follows begin where the struct ends.
const hole = "hole"

func (q *pair) hole() bool { return q.field.Type.Name == hole }

// open reports whether a field has no tag and stands for nothing yet.
func (q *pair) open() bool {
	return q.field.C == nil && q.relation == relNone && !q.hole() && q.field.Type.Size > 0
}

// byTag finds the members that tags and mappings name.
func (p *pairing) byTag() {
	for _, q := range p.pairs {
		for _, name := range q.field.C {
			member := p.c.h.member(p.decl, name)
			gap, known := p.c.gap(p.item + "." + name)
			if !known && p.outer != "" && p.outer != p.item { // a struct within another
				gap, known = p.c.gap(p.outer + "." + name)
			}
			switch {
			case member != nil:
				q.members = append(q.members, *member)
				if known && !gap.Older {
					q.closed = append(q.closed, absence{name, gap.Reason})
				}
			case slices.Contains(p.decl.BitFields, name): // declared, and nobody said where
			case known:
				q.gaps = append(q.gaps, absence{name, gap.Reason})
			default:
				q.absent = append(q.absent, name)
			}
		}
	}
}

// byName returns for each member the field that has its name.
func (p *pairing) byName(names *nameTable) map[string]*pair {
	chosen := map[string]*pair{}
	found := map[*pair]bool{}
	for rank := range names.ranks {
		for _, q := range p.pairs {
			if q.field.C != nil || q.blank() || found[q] {
				continue
			}
			name := names.at(rank, q.field.Name[strings.LastIndexByte(q.field.Name, '.')+1:])
			if name != "" && chosen[name] == nil {
				chosen[name], found[q] = q, true
			}
		}
	}
	return chosen
}

// settle chooses the members of unions that fields name, and gives each field its member.
func (p *pairing) settle(chosen map[string]*pair) {
	explicit := map[string]bool{}
	for _, q := range p.pairs {
		for _, m := range q.members {
			explicit[m.Name] = true
		}
	}
	p.slots = p.inner(p.slots, explicit)
	if slices.ContainsFunc(p.slots, func(s slot) bool { return s.arms != nil }) {
		p.insideArms(p.slots, chosen, explicit, p.belonging(chosen))
	}
	whole := map[*pair]bool{} // storage of a whole union, under the name of one of its members
	for i := range p.slots {
		s := &p.slots[i]
		if s.arms == nil {
			continue
		}
		var of []*pair
		var name string
		for _, m := range s.leaves() {
			if q := chosen[m.Name]; q != nil {
				of, name = append(of, q), m.Name
			}
		}
		if len(of) == 1 && of[0].field.Type.Size == s.Size && of[0].field.Type.storage() && !explicit[name] {
			i := slices.IndexFunc(s.leaves(), func(m CMember) bool { return m.Name == name })
			if m := s.leaves()[i]; p.c.fits(&of[0].field.Type, &m) != nil {
				whole[of[0]] = true
				of[0].take(s)
				delete(chosen, name)
			}
		}
	}
	p.joinUnions(p.slots, chosen)
	p.slots = choose(p.slots, func(m *CMember) bool { return explicit[m.Name] || chosen[m.Name] != nil })
	p.used = make([]bool, len(p.slots))
	for _, q := range p.pairs {
		if q.field.C != nil && len(q.members) > 0 && q.relation != relBoth {
			p.judgeTagged(q)
		}
	}
	for i := range p.slots {
		s := &p.slots[i]
		if s.both {
			p.used[i] = true
			continue
		}
		for _, q := range p.pairs {
			for _, m := range q.members {
				if q.field.C != nil && s.Name != "" && (s.Name == m.Name || s.bits != nil && slices.ContainsFunc(s.bits, func(b CMember) bool { return b.Name == m.Name })) {
					p.used[i] = true
				}
			}
			if whole[q] && s.arms != nil && q.from == s.Offset {
				p.used[i] = true
			}
		}
		if list := p.sharing(s, chosen); list != nil {
			p.used[i] = true
			p.split(list, s)
			continue
		}
		for _, m := range s.leaves() {
			if q := chosen[m.Name]; q != nil && !p.used[i] {
				p.used[i] = true
				q.take(s)
				q.problem = p.c.fitsSlot(&q.field.Type, s)
			}
		}
	}
}

// sharing are the fields that share a unit of bit-fields, each with the name of one, if they fill
// it.
func (p *pairing) sharing(s *slot, chosen map[string]*pair) []*pair {
	var list []*pair
	size := int64(0)
	for _, q := range p.pairs {
		if slices.ContainsFunc(s.bits, func(m CMember) bool { return chosen[m.Name] == q }) {
			list, size = append(list, q), size+q.field.Type.Size
		}
	}
	if len(list) < 2 || size != s.Size || !p.holdBits(list, s) {
		return nil
	}
	return list
}

// inner opens the members within which tags name others.
func (p *pairing) inner(list []slot, explicit map[string]bool) []slot {
	var all []slot
	for _, s := range list {
		if s.arms != nil {
			arms := make([][]slot, len(s.arms))
			for i := range arms {
				arms[i] = p.inner(s.arms[i], explicit)
			}
			s.arms = arms
		}
		within := s.arms == nil && s.bits == nil && s.Name != "" && !explicit[s.Name]
		opened := false
		for name := range explicit {
			rest, ok := strings.CutPrefix(name, s.Name)
			if !within || !ok || rest[0] != '.' && rest[0] != '[' { // s itself is not explicit
				continue
			}
			if in := p.c.openSlot(&s); len(in) == 1 {
				all = append(all, p.inner(in[0], explicit)...)
				opened = true
			}
			break
		}
		if !opened {
			all = append(all, s)
		}
	}
	return all
}

// openSlot lists what is in a struct, a union or an array: one list, or one for each arm.
func (c *comparison) openSlot(s *slot) [][]slot {
	if s.arms != nil {
		return s.arms
	}
	if s.bits != nil || s.tail {
		return nil
	}
	t := c.h.typeOf(s.Type)
	switch {
	case t.decl != nil:
		return [][]slot{within(&s.CMember, c.slots(t.decl))}
	case t.kind == cArray && t.len > 0 && t.len <= 64:
		e := c.h.typeOf(t.elem)
		var list []slot
		for i := range t.len {
			list = append(list, slot{CMember: CMember{
				Name: s.Name + "[" + num(i) + "]", Offset: s.Offset + i*e.size, Size: e.size, Sign: e.sign, Type: t.elem,
			}})
		}
		return [][]slot{list}
	}
	return nil
}

// take makes a field stand for a slot.
func (q *pair) take(s *slot) {
	q.members, q.relation = s.leaves(), relOne
	if s.arms == nil && s.bits == nil {
		q.members = []CMember{s.CMember}
	}
	q.from, q.end = s.Offset, s.end()
}

// judgeTagged compares a field with the members that it names.
func (p *pairing) judgeTagged(q *pair) {
	q.relation = relOne
	first := q.members[0]
	q.from, q.end = first.Offset, first.end()
	size := q.field.Type.Size
	union := q.field.Type.storage() && len(q.members) > 1 && slices.Contains(p.unionEnds(q.members), first.Offset+size)
	for i := range q.members {
		m := &q.members[i]
		if union && m.Bits == 0 && m.Offset == first.Offset && m.Size <= size {
			q.end = first.Offset + size
			continue
		}
		if m.Bits > 0 {
			q.relation = relPart
			q.from = min(q.from, m.Offset+m.Bit/8)
			q.end = m.Offset + (m.Bit+m.Bits+7)/8
			// A field may hold a part of the unit: its place is where it is, if the bits are in it.
			if first, end := m.bits(); first >= 8*q.field.Offset && end <= 8*q.field.end() {
				q.from, q.end = q.field.Offset, q.field.end()
			}
		}
		if problem := p.c.fits(&q.field.Type, m); problem != nil && q.problem == nil {
			q.problem = problem
		}
	}
	if first.Bits > 0 && q.problem == nil {
		for i := range q.members {
			m := &q.members[i]
			if m.Bits > 0 && q.lacks(m) {
				q.problem = problemf(KindSize, "it is bits %d to %d of the unit at offset %d in C, and Go has %s at offset %d",
					m.Bit, m.Bit+m.Bits-1, m.Offset, plural(q.field.Type.Size, "byte"), q.field.Offset)
				break
			}
		}
	}
}

// lacks reports whether a bit-field has bits outside the bytes of the field.
func (q *pair) lacks(m *CMember) bool {
	first, end := m.bits()
	return first < 8*q.from || end > 8*(q.from+q.field.Type.Size)
}

// unionEnds are where members of a union end, and where the union does: it may be aligned more than
// the longest of them.
func (p *pairing) unionEnds(members []CMember) []int64 {
	var ends []int64
	for _, m := range members {
		ends = append(ends, m.end())
		for i := range p.slots {
			if s := &p.slots[i]; s.tail && s.Offset == m.end() {
				ends = append(ends, s.end())
			}
		}
	}
	return ends
}

// byOrder pairs what has no name in common, between those that have.
func (p *pairing) byOrder(s *GoStruct) {
	p.byInnerName()
	blanks := !slices.ContainsFunc(s.Fields, func(f GoField) bool { return f.C != nil })
	var waiting []*pair
	last := (*pair)(nil)
	for _, q := range append(inOrder(p.pairs), nil) {
		if q != nil && len(q.members) == 0 {
			if q.open() && (blanks || !q.blank()) {
				waiting = append(waiting, q)
			}
			continue
		}
		from, to := int64(-1), int64(1)<<62
		if last != nil {
			from = last.from
		}
		if q != nil {
			to = q.from
		}
		var free []int // and, among them, what is left of unions
		for i := range p.slots {
			if s := &p.slots[i]; !p.used[i] && s.Offset >= from && (s.Offset < to || s.Size == 0 && s.Offset == to) {
				free = append(free, i)
			}
		}
		waiting, free = p.neighbours(last, q, waiting, free)
		p.align(waiting, free)
		waiting, last = nil, q
	}
	for p.leftOver() {
	}
}

// inOrder are the fields, with those that have a member in the order of C. Where two were
// exchanged, what lies between them is so between its neighbours in C.
func inOrder(pairs []*pair) []*pair {
	var anchors []*pair
	for _, q := range pairs {
		if len(q.members) > 0 {
			anchors = append(anchors, q)
		}
	}
	slices.SortStableFunc(anchors, func(a, b *pair) int { return cmp.Compare(a.from, b.from) })
	list := slices.Clone(pairs)
	for i, q := range list {
		if len(q.members) > 0 {
			list[i], anchors = anchors[0], anchors[1:]
		}
	}
	return list
}

// leftOver pairs what has found nothing between its neighbours: a field may have changed places.
func (p *pairing) leftOver() (found bool) {
	var waiting []*pair
	for _, q := range p.pairs {
		if q.open() && !q.blank() && !paddingName(q.field.Name) {
			waiting = append(waiting, q)
		}
	}
	var free []int
	for i := range p.slots {
		if s := &p.slots[i]; !p.used[i] && !s.tail && s.Size > 0 {
			free = append(free, i)
		}
	}
	if len(waiting) == 0 || len(free) == 0 {
		return false
	}
	p.align(waiting, free)
	return slices.ContainsFunc(waiting, func(q *pair) bool { return len(q.members) > 0 })
}

// byInnerName opens members that no field names, and whose own members fields do: Low and High for
// "at".
func (p *pairing) byInnerName() {
	open := func(q *pair) bool { return q.open() && !q.blank() }
	at := map[*pair]int64{}
	for _, q := range p.pairs {
		if len(q.members) > 0 {
			at[q] = q.from
		}
	}
	if !slices.ContainsFunc(p.pairs, open) {
		return
	}
	var all []slot
	var used []bool
	for i, s := range p.slots {
		in := [][]slot(nil)
		if !p.used[i] && s.arms == nil && s.bits == nil && !s.tail && p.c.h.typeOf(s.Type).decl != nil {
			in = p.c.openSlot(&s)
		}
		if len(in) != 1 {
			all, used = append(all, s), append(used, p.used[i])
			continue
		}
		chosen := p.chooseInside(in[0], s.Name, open)
		if len(chosen) < 2 || !p.between(chosen, &s, at) { // one name says little, and elsewhere several do
			all, used = append(all, s), append(used, p.used[i])
			continue
		}
		p.joinUnions(in[0], chosen)
		for _, x := range choose(in[0], func(m *CMember) bool { return chosen[m.Name] != nil }) {
			taken := x.both
			for _, m := range x.leaves() {
				if q := chosen[m.Name]; q != nil && !taken {
					taken = true
					q.take(&x)
					q.problem = p.c.fitsSlot(&q.field.Type, &x)
				}
			}
			all, used = append(all, x), append(used, taken)
		}
	}
	p.slots, p.used = all, used
}

// chooseInside returns, for the members of the member outer, the fields that have their names, if
// these are not just a few.
func (p *pairing) chooseInside(list []slot, outer string, open func(*pair) bool) map[string]*pair {
	chosen := map[string]*pair{}
	found := map[*pair]bool{}
	short := newInnerNames(list, outer)
	for rank := range short.ranks {
		for _, q := range p.pairs {
			if name := short.at(rank, q.field.Name[strings.LastIndexByte(q.field.Name, '.')+1:]); open(q) && !found[q] && name != "" && chosen[name] == nil {
				chosen[name], found[q] = q, true
			}
		}
	}
	if 2*len(chosen) < len(list) {
		return nil
	}
	return chosen
}

// insideArms opens the members in the arms of unions that no field names, and whose own members
// several fields of a union do. at says where the fields belong that name members.
func (p *pairing) insideArms(list []slot, chosen map[string]*pair, explicit map[string]bool, at map[*pair]int64) {
	open := func(q *pair) bool { _, taken := at[q]; return q.open() && !q.blank() && !taken }
	for i := range list {
		s := &list[i]
		found := map[string]*pair{}
		arms := make([][]slot, len(s.arms))
		for k, arm := range s.arms {
			p.insideArms(arm, chosen, explicit, at)
			for _, x := range arm {
				if x.Name != "" && x.arms == nil && !explicit[x.Name] && chosen[x.Name] == nil && p.c.h.typeOf(x.Type).decl != nil {
					in := p.c.openSlot(&x)[0]
					more := p.chooseInside(in, x.Name, open)
					if maps.Copy(found, more); len(more) > 0 {
						arms[k] = append(arms[k], in...)
						continue
					}
				}
				arms[k] = append(arms[k], x)
			}
		}
		more := slices.ContainsFunc(s.leaves(), func(m CMember) bool { return chosen[m.Name] != nil })
		if (len(found) > 1 || len(found) == 1 && more) && p.between(found, s, at) { // one name says little
			s.arms = arms
			maps.Copy(chosen, found)
		}
	}
}

// belonging are the offsets of the members that fields name.
func (p *pairing) belonging(chosen map[string]*pair) map[*pair]int64 {
	at := map[*pair]int64{}
	for _, m := range leavesOf(p.slots) {
		if q := p.fieldOf(&m, chosen); q != nil {
			at[q] = m.Offset
		}
	}
	return at
}

// between reports whether fields lie between the neighbours of a slot. at says where others belong.
func (p *pairing) between(chosen map[string]*pair, s *slot, at map[*pair]int64) bool {
	found := map[*pair]bool{}
	for _, q := range chosen {
		found[q] = true
	}
	seen := false
	for _, q := range p.pairs {
		from, known := at[q]
		switch {
		case found[q]:
			seen = true
		case seen && known && from < s.Offset || !seen && known && from > s.Offset:
			return false
		}
	}
	return true
}

// neighbours lets fields that have a name and another size take what is next to them: bytes for
// several members, several members in one integer, and one member in several fields.
func (p *pairing) neighbours(left, right *pair, waiting []*pair, free []int) ([]*pair, []int) {
	for _, side := range []struct {
		q     *pair
		after bool
	}{{left, true}, {right, false}} {
		q := side.q
		if q == nil || q.relation != relOne || q.field.C != nil || q.problem == nil || q.problem.kind != KindSize {
			continue
		}
		t := &q.field.Type
		single := t.Kind == GoSigned || t.Kind == GoUnsigned || t.Kind == GoFloat || t.storage()
		if single && t.Size > q.end-q.from && p.wanting(free) > len(notBlank(waiting)) {
			from, end := q.from, q.end
			var covered []slot
			n := 0
			for n < len(free) && end-from < q.field.Type.Size {
				s := p.slots[free[n]]
				if !side.after {
					s = p.slots[free[len(free)-1-n]]
				}
				if s.tail || !side.after && p.freeAt(q.end) { // what follows is likelier
					break
				}
				from, end = min(from, s.Offset), max(end, s.end())
				covered = append(covered, s)
				n++
			}
			if end-from != q.field.Type.Size || n == 0 {
				continue
			}
			own := slices.IndexFunc(p.slots, func(s slot) bool { return s.Offset == q.from && s.end() == q.end })
			q.cover(append(covered, p.slots[own]), end)
			taken := free[:n]
			if side.after {
				free = free[n:]
			} else {
				taken, free = free[len(free)-n:], free[:len(free)-n]
			}
			for _, i := range taken {
				p.used[i] = true
			}
			continue
		}
		if size := q.end - q.from; len(notBlank(waiting)) > len(free) && len(q.members) == 1 {
			sum, n := q.field.Type.Size, 0
			for n < len(waiting) && sum < size {
				f := waiting[n]
				if !side.after {
					f = waiting[len(waiting)-1-n]
				}
				if f.blank() {
					break
				}
				sum += f.field.Type.Size
				n++
			}
			if sum != size || n == 0 {
				continue
			}
			taken := waiting[:n]
			if side.after {
				waiting = waiting[n:]
			} else {
				taken, waiting = waiting[len(waiting)-n:], waiting[:len(waiting)-n]
			}
			p.split(append([]*pair{q}, taken...), &slot{CMember: q.members[0]})
		}
	}
	return waiting, free
}

// wanting is how many of the slots want a field.
func (p *pairing) wanting(free []int) int {
	n := 0
	for _, i := range free {
		if s := &p.slots[i]; !s.tail && s.Size > 0 {
			n++
		}
	}
	return n
}

// freeAt reports whether a member at an offset has no field yet.
func (p *pairing) freeAt(offset int64) bool {
	i := slices.IndexFunc(p.slots, func(s slot) bool { return s.Offset >= offset && !s.tail })
	return i >= 0 && !p.used[i]
}

func notBlank(list []*pair) []*pair {
	return slices.DeleteFunc(slices.Clone(list), (*pair).blank)
}

// cover makes a field stand for several slots, and for the padding behind them up to end.
func (q *pair) cover(list []slot, end int64) {
	slices.SortStableFunc(list, func(a, b slot) int { return cmp.Compare(a.Offset, b.Offset) })
	q.from, q.end, q.members = list[0].Offset, end, leavesOf(list)
	names, size := memberNamesOf(q.members), q.field.Type.Size
	switch {
	case size != q.end-q.from:
		q.problem = problemf(KindSize, "it has %s for the %d of %s", plural(size, "byte"), q.end-q.from, names)
	case q.field.Type.bytes() || q.blank():
		q.relation, q.problem = relBytes, nil
		return
	default:
		q.problem = problemf(KindSize, "it covers %s: one field stands for one member", names)
	}
	q.relation, q.merged = relMerge, list
}

func memberNamesOf(members []CMember) string {
	const most = 4
	var all []string
	for _, m := range members {
		all = append(all, m.Name)
	}
	if n := len(all); n > most {
		all = append(all[:most], num(int64(n-most))+" more")
	}
	return list(all)
}

// split makes several fields stand for one member: right for the pair of 32 bits of a FILETIME and
// for a unit of bit-fields, and a mistake otherwise.
func (p *pairing) split(fields []*pair, s *slot) {
	slices.SortFunc(fields, func(a, b *pair) int { return cmp.Compare(a.field.Offset, b.field.Offset) })
	t := p.c.h.typeOf(s.Type)
	legit := s.bits != nil || len(fields) == 2 && p.c.named(s.Type, halves...) && fields[0].field.Type.Size == 4 && fields[1].field.Type.Size == 4
	at := s.Offset
	for i, q := range fields {
		q.members = []CMember{s.CMember}
		if s.bits != nil {
			q.members = s.bits
		}
		q.from, q.end = at, at+q.field.Type.Size
		at = q.end
		q.relation, q.problem = relPart, nil
		if legit {
			continue
		}
		q.relation = relSplit
		if i == 0 {
			var names []string
			for _, f := range fields {
				names = append(names, f.field.Name)
			}
			q.problem = problemf(KindSize, "it is one %s (%s) in C, and %s in Go", t.kind, s.Type, strings.Join(names, " and "))
		}
	}
}
