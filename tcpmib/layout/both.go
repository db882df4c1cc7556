package layout

import (
	"maps"
	"slices"
)

// joinUnions finds the unions of which Go has several members as fields one behind the other, where in
// C they share their bytes, and lets the first of the fields stand for the whole union.
func (p *pairing) joinUnions(list []slot, chosen map[string]*pair) {
	for i := range list {
		s := &list[i]
		if fields, shared := p.fieldsOf(s, chosen); shared {
			p.join(s, fields)
			continue
		}
		for _, arm := range s.arms {
			p.joinUnions(arm, chosen)
		}
	}
}

// fieldsOf are the fields that are members of a union, and whether two of them share bytes: those of
// different arms, or of a union that is all of which Go has fields in this one.
func (p *pairing) fieldsOf(s *slot, chosen map[string]*pair) (fields map[*pair]CMember, shared bool) {
	fields = map[*pair]CMember{}
	for _, arm := range s.arms {
		in := map[*pair]CMember{}
		for _, m := range leavesOf(arm) {
			if q := p.fieldOf(&m, chosen); q != nil {
				in[q] = m
			}
		}
		for q, m := range in {
			for other, o := range fields {
				shared = shared || other != q && m.Offset < o.end() && o.Offset < m.end()
			}
		}
		maps.Copy(fields, in)
	}
	for _, arm := range s.arms {
		for i := range arm {
			if inner, both := p.fieldsOf(&arm[i], chosen); both && len(inner) == len(fields) {
				shared = true
			}
		}
	}
	return fields, shared
}

// leavesOf are the members of slots.
func leavesOf(list []slot) []CMember {
	var all []CMember
	for i := range list {
		all = append(all, list[i].leaves()...)
	}
	return all
}

// fieldOf is the field that names a member, and that member alone.
func (p *pairing) fieldOf(m *CMember, chosen map[string]*pair) *pair {
	if q := chosen[m.Name]; q != nil {
		return q
	}
	i := slices.IndexFunc(p.pairs, func(q *pair) bool { return len(q.field.C) == 1 && q.field.C[0] == m.Name })
	if i < 0 || m.Name == "" {
		return nil
	}
	return p.pairs[i]
}

// join makes the fields that are members of one union one finding. What is between two of them must be
// padding, which goes with them.
func (p *pairing) join(s *slot, fields map[*pair]CMember) {
	first, last := len(p.pairs), 0
	for i, q := range p.pairs {
		if _, ok := fields[q]; ok {
			first, last = min(first, i), i
		}
	}
	for _, q := range p.pairs[first : last+1] {
		if _, ok := fields[q]; !ok && !q.blank() {
			return
		}
	}
	q := p.pairs[first]
	q.with = p.pairs[first+1 : last+1]
	names := []string{q.field.Name}
	for _, other := range q.with {
		other.relation, other.members = relGone, nil
		if !other.blank() {
			names = append(names, other.field.Name)
		}
	}
	union := *s
	q.take(&union)
	q.relation, q.union, s.both = relBoth, &union, true
	q.problem = problemf(KindOffset, "they share their bytes in C, and %s follow each other in Go", list(names))
}

// joinedType is the Go type for the union of which Go has several members, and its alignment. It is
// storage, which any of their names may have.
func (d *differences) joinedType(q *pair) (name string, align int64) {
	size, align := q.end-q.from, d.unpacked(q.from, d.c.leavesAlign(q.union))
	return d.c.storage(size, align), align
}
