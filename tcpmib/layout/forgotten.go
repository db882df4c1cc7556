package layout

import (
	"fmt"
	"slices"
	"strings"
)

// covered reports whether bytes of C are those of a field.
func (d *differences) covered(from, end int64) bool {
	for at := from; at < end; {
		next := at
		for _, q := range d.pairs {
			if len(q.members) > 0 && q.from <= at && q.end > at {
				next = max(next, q.end)
			}
			for _, m := range q.members {
				if m.Bits == 0 && m.Offset <= at && m.end() > at {
					next = max(next, m.end())
				}
			}
		}
		if next == at {
			return false
		}
		at = next
	}
	return true
}

// lacking are the slots from where C was seen last to before an offset that no field stands for.
func (d *differences) lacking(before int64) [][]slot {
	var runs [][]slot
	last := -2
	for i := range d.slots {
		s := d.slots[i]
		if s.bits != nil {
			s = d.bareBits(s)
		}
		if s.Offset < d.seen || s.Offset >= before || s.tail || s.Size == 0 || s.bits == nil && (d.used[i] || d.covered(s.Offset, s.end())) {
			continue
		}
		if last == i-1 {
			runs[len(runs)-1] = append(runs[len(runs)-1], s)
		} else {
			runs = append(runs, []slot{s})
		}
		last = i
	}
	return runs
}

// bareBits is the part of a unit in whose bit-fields no field lies. It has no size if there is
// none.
func (d *differences) bareBits(unit slot) slot {
	s := slot{CMember: CMember{Offset: unit.Offset}}
	for _, b := range unit.bits {
		from, end := b.Offset+b.Bit/8, b.Offset+(b.Bit+b.Bits+7)/8
		if d.covered(from, end) {
			continue
		}
		if s.bits == nil {
			s.CMember = b
			s.Offset = from
		}
		s.Size = end - s.Offset
		s.bits = append(s.bits, b)
	}
	if len(s.bits) == len(unit.bits) {
		return unit
	}
	return s
}

// forgotten finds the members before an offset in C that no field stands for. They belong before
// the field next, or at the end, with the padding pads among them.
func (d *differences) forgotten(before int64, pads *[]*pair, next *pair) {
	runs := d.lacking(before)
	for i, run := range runs {
		d.leaveBare(run)
		want, align := d.decl.Size, int64(0)
		switch {
		case i+1 < len(runs):
			want, align = runs[i+1][0].Offset, d.slotAlign(&runs[i+1][0])
		case next != nil:
			want, align = next.from, d.mendedAlign(next)
		}
		first, last := run[0], run[len(run)-1]
		members, advice := d.adding(run, pads, next, want, align)
		what := ""
		if len(members) > 1 {
			what = " (" + memberNamesOf(members) + ")"
		}
		d.find(nil, KindForgotten, d.item+"."+first.label(), "C has %s at offset %d that no Go field names%s: %s",
			plural(last.end()-first.Offset, "byte"), first.Offset, what, advice)
	}
}

// leaveBare notes that no field stands for some slots.
func (d *differences) leaveBare(run []slot) {
	for i := range run {
		q := &pair{field: &GoField{}}
		q.take(&run[i])
		d.bare = append(d.bare, FieldReport{C: d.joined(q), Header: d.header(q)})
	}
}

// adding returns which fields to write for adjacent slots, and where among the padding before the
// field next, or at the end. The next part begins at want and is aligned to align, or is the end of
// the struct if align is 0. The padding before the slots is removed.
func (d *differences) adding(run []slot, pads *[]*pair, next *pair, want, align int64) (members []CMember, advice string) {
	first, end := run[0].Offset, run[len(run)-1].end()
	for i := range run {
		d.align = max(d.align, d.slotAlign(&run[i]))
	}
	if align == 0 {
		align = d.align
	}
	after := func(at int64, list []*pair) int64 {
		for _, q := range list {
			at = alignUp(at, max(q.field.Type.Align, 1)) + q.field.Type.Size
		}
		return at
	}
	k := len(*pads)
	for ; k >= 0; k-- {
		if alignUp(after(d.at, (*pads)[:k]), d.slotAlign(&run[0])) == first && alignUp(after(end, (*pads)[k:]), align) == want {
			break
		}
	}
	verb, where := "add ", " at the end"
	if next != nil {
		where = " before " + next.field.Name
	}
	at := first // where Go is by itself
	switch {
	case k >= 0:
		if *pads = (*pads)[k:]; len(*pads) > 0 {
			if pad := (*pads)[0]; pad.hole() {
				where = " at the end of " + strings.TrimSuffix(pad.field.Name, "._")
			} else {
				where = fmt.Sprintf(" before the blank field at offset %d", pad.field.Offset)
			}
		}
		want = end
	case len(*pads) > 0 && !slices.ContainsFunc(*pads, func(q *pair) bool { return q.hole() || !q.blank() }):
		verb, where, at, *pads = "write ", " in place of the blank field"+where, d.at, nil
	default:
		at = after(d.at, *pads)
	}
	members, fields := d.described(run, at, want, align)
	d.at, d.seen = max(want, end), end
	return members, verb + fields + where
}

// described are the members of slots, and the Go fields to write for them: with padding where Go,
// which is at the offset at, would put them or what begins at want behind them before their place.
func (d *differences) described(slots []slot, at, want, align int64) (members []CMember, fields string) {
	const most = 8
	var all []string
	named := d.fieldNames(slots)
	pad := func(align, to int64) {
		if alignUp(at, align) < to {
			all = append(all, fmt.Sprintf("_ [%d]byte", to-at))
		}
	}
	for i := range slots {
		s := &slots[i]
		members = append(members, s.leaves()...)
		pad(d.slotAlign(s), s.Offset)
		all = append(all, named[i]+" "+d.typeFor(s))
		at = s.end()
	}
	pad(align, want)
	if len(all) > most {
		return members, "fields for them"
	}
	return members, list(all)
}

// fieldNames are the names of the Go fields to write for slots. Where the names of two are alike
// without their prefixes, or there is such a field, they keep them.
func (d *differences) fieldNames(slots []slot) []string {
	count := map[string]int{}
	for _, q := range d.pairs {
		if q.relation != relMerge { // which is to go
			count[q.field.Name]++
		}
	}
	for i := range slots {
		count[goName(slots[i].label())]++
	}
	var list []string
	for i := range slots {
		label := slots[i].label()
		name := goName(label)
		if count[name] > 1 {
			name = exported(label)
		}
		if slots[i].arms != nil {
			name += "Union"
		}
		list = append(list, name)
	}
	return list
}
