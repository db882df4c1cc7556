package layout

import (
	"fmt"
	"slices"
	"strings"
)

// compared is what became of the fields of a struct.
type compared struct {
	fields    []FieldReport
	forgotten []FieldReport // members
	findings  []Finding
	causes    []*GoStruct // that are wrong themselves, and this struct with them
	align     int64       // of the Go struct, once the findings are mended
}

// fields compares the fields of a Go struct with the members of a C struct or union. item is what
// findings call the C struct.
func (c *comparison) fields(s *GoStruct, decl *CStruct, item string) compared {
	p := c.pairUp(s, decl, item)
	d := &differences{pairing: p, s: s, notes: map[string][]string{}}
	d.explain()
	return compared{d.reports(), d.bare, d.findings, d.causes, d.align}
}

// differences turns a pairing into findings, one for each cause. It lays the struct out again,
// field by field, as if what was found so far were mended: what is still in the wrong place there
// has a cause of its own.
type differences struct {
	*pairing
	s        *GoStruct
	findings []Finding
	causes   []*GoStruct
	notes    map[string][]string // by field
	bare     []FieldReport       // members that no field stands for

	at    int64 // the end of the mended Go struct so far
	seen  int64 // the end in C of what was seen
	align int64
}

// place is a field with members, and the padding before it.
type place struct {
	pads []*pair
	q    *pair
}

func (d *differences) find(q *pair, kind Kind, item, format string, args ...any) {
	finding := Finding{Kind: kind, Item: item, Detail: fmt.Sprintf(format, args...)}
	if q != nil {
		finding.Field, finding.Pos = q.field.Name, q.field.Pos
		d.notes[q.field.Name] = append(d.notes[q.field.Name], string(kind))
	}
	d.findings = append(d.findings, finding)
}

func (d *differences) explain() {
	d.standIns()
	d.nestedWrong()
	d.fillers()
	d.wrongTogether()
	for {
		d.bare, d.findings, d.causes, d.notes, d.at, d.seen, d.align = nil, nil, nil, map[string][]string{}, 0, 0, 0
		d.walk()
		i := slices.IndexFunc(d.pairs, func(q *pair) bool { return q.blank() && len(q.members) > 0 && len(d.notes[q.field.Name]) > 0 })
		if i < 0 {
			return
		}
		// A blank field that would have to be elsewhere does not stand for what is there.
		q := d.pairs[i]
		for k := range d.slots {
			if d.slots[k].Offset >= q.from && d.slots[k].end() <= q.end {
				d.used[k] = false
			}
		}
		q.members, q.relation = nil, relNone
	}
}

// walk goes through the fields in the order of C.
func (d *differences) walk() {
	d.mendOpenings()
	moved := d.misplaced()
	places, rest := d.places()
	if moved {
		d.reorder(places)
		d.packed(places)
		d.mendOpenings()
	}
	for i := range places {
		g := &places[i]
		d.forgotten(g.q.from, &g.pads, g.q)
		d.place(g, moved)
		next := (*pair)(nil)
		if i+1 < len(places) {
			next = places[i+1].q
		}
		d.judge(g.q, next)
		d.seen = max(d.seen, g.q.end)
	}
	d.finish(rest, moved)
}

// standIns are fields whose tag names what C does not have, where C has something else of the same
// size: one mistake, not two.
func (d *differences) standIns() {
	for _, q := range d.pairs {
		if len(q.absent) == 0 || len(q.members) > 0 || q.relation == relInherited {
			continue
		}
		for i := range d.slots {
			if s := &d.slots[i]; !d.used[i] && s.Offset == q.field.Offset && s.Size == q.field.Type.Size && s.Size > 0 {
				d.used[i] = true
				q.take(s)
				break
			}
		}
	}
}

// misplaced reports whether anything is where C does not have it.
func (d *differences) misplaced() bool {
	if d.s.Size != d.decl.Size {
		return true
	}
	return slices.ContainsFunc(d.pairs, func(q *pair) bool { return len(q.members) > 0 && q.field.Offset != q.from })
}

// places are the fields in their order, and the padding behind the last. Fields that C has nothing
// for are findings, and are left out.
func (d *differences) places() (list []place, rest []*pair) {
	for _, q := range d.pairs {
		switch {
		case q.relation == relGone:
		case len(q.members) > 0:
			list, rest = append(list, place{rest, q}), nil
		case len(q.absent) > 0:
		case len(q.gaps) > 0 || d.padding(q):
			rest = append(rest, q)
		}
	}
	if n := len(list); n > 0 && len(rest) == 0 && list[n-1].q.relation == relMerge && len(d.lacking(d.decl.Size)) == 0 {
		list[n-1].q.end = d.decl.Size // the fields to write for it end with the struct
	}
	return list, rest
}

// list joins words.
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// name is what findings call the member of a field.
func (d *differences) name(q *pair) string {
	if len(q.members) == 0 || q.members[0].Name == "" {
		return d.item + "." + q.field.Name
	}
	return d.item + "." + q.members[0].Name
}

// extraFields are the fields directly before q that C has nothing for.
func extraFields(d *differences, q *pair) []*pair {
	i := slices.Index(d.pairs, q)
	var list []*pair
	for k := i - 1; k >= 0; k-- {
		x := d.pairs[k]
		if len(x.members) > 0 {
			break
		}
		if x.relation != relGone && len(x.gaps) == 0 && (len(x.absent) > 0 || !d.padding(x)) {
			list = append(list, x)
		}
	}
	slices.Reverse(list)
	return list
}

// absentFields reports fields side by side that C has nothing for.
func (d *differences) absentFields(fields []*pair) {
	if len(fields) > 0 && fields[0].relation == relInherited {
		d.inheritedMethods(fields)
		return
	}
	var run []*pair
	for _, q := range fields {
		f := q.field
		n := len(d.slots)
		switch {
		case len(q.absent) > 0:
			d.absentNames(q)
		case n > 0 && d.slots[n-1].Size == 0 && f.Type.Kind == GoArray && f.Type.Len == 1:
			d.find(q, KindStruct, d.item+"."+d.slots[n-1].Name, "C gives %s no length, so that sizeof is one element more in Go: remove it", d.slots[n-1].Name)
		default:
			run = append(run, q)
		}
	}
	if len(run) == 0 {
		return
	}
	first := run[0]
	if len(run) == 1 {
		d.find(first, KindAbsent, d.item+"."+first.field.Name, "Go has %s at offset %d, and C has nothing to match it: remove it", first.field.Type.Name, first.field.Offset)
		return
	}
	var names []string
	for _, q := range run {
		names = append(names, q.field.Name)
	}
	d.find(first, KindAbsent, d.item+"."+first.field.Name, "Go has %s from offset %d on, and C has nothing to match them: remove them", list(names), first.field.Offset)
	for _, q := range run[1:] {
		d.notes[q.field.Name] = append(d.notes[q.field.Name], string(KindAbsent))
	}
}

// judge reports what a field before the field next, or the last, is not, and names that these
// headers do not have.
func (d *differences) judge(q, next *pair) {
	d.absentNames(q)
	for _, a := range q.closed {
		d.find(q, KindGap, d.item+"."+a.name, closedGap, d.c.h.Set, a.reason)
	}
	first := q.members[0]
	if q.field.C != nil && q.relation != relBoth {
		for _, m := range q.members[1:] {
			if m.Bits == 0 && first.Bits == 0 && m.Offset != first.Offset {
				d.find(q, KindOffset, d.item+"."+m.Name, "offset is %d in C, and %d for %s, which the field names as well", m.Offset, first.Offset, first.Name)
			}
		}
	}
	p := q.problem
	if p == nil {
		return
	}
	if q.cause != nil || q.follows {
		if q.cause != nil {
			d.causes = append(d.causes, q.cause)
		}
		d.notes[q.field.Name] = append(d.notes[q.field.Name], string(p.kind))
		return
	}
	text := p.text
	switch {
	case strings.HasPrefix(text, "within it"):
	case len(q.others) > 0:
		var right []string
		for _, other := range append([]*pair{q}, q.others...) {
			right = append(right, other.field.Name+" "+d.rightType(other))
		}
		text += ": make " + list(right)
	case q.relation == relMerge:
		text += ": write " + d.separated(q, next)
	case q.relation == relSplit:
		text += fmt.Sprintf(": make them one %s", d.typeAt(&first))
	case q.relation == relBoth:
		right, _ := d.joinedType(q)
		text += ": make them one " + right
		if q.field.C != nil {
			text += " without a tag"
		}
		for _, other := range q.with {
			d.notes[other.field.Name] = append(d.notes[other.field.Name], string(p.kind))
		}
	case q.relation == relPart:
	case first.Size == 0 && q.field.Type.Kind == GoArray:
		text = "C gives it no length, so that sizeof is one element more in Go: remove it"
	case len(q.members) > 1 && first.Bits == 0 && q.field.C == nil:
		text += ": make it " + d.c.storage(q.end-q.from, d.mendedAlign(q))
	default:
		text += ": make it " + d.rightType(q)
	}
	if q.filled > 0 {
		behind := "it"
		if len(q.others) > 0 {
			behind = "each"
		}
		text += fmt.Sprintf(" and take %s out behind %s", plural(q.filled, "byte"), behind)
	}
	item := d.name(q)
	if q.field.C != nil && first.Bits > 0 {
		item = d.item + "." + d.wrongBits(q).Name
	}
	d.find(q, p.kind, item, "%s", text)
}

// separated are the fields to write for one that covers several members, before the field next or
// the end.
func (d *differences) separated(q, next *pair) string {
	want, align := d.decl.Size, d.align
	if next != nil {
		want, align = next.from, d.mendedAlign(next)
	}
	if end := q.merged[len(q.merged)-1].end(); alignUp(end, align) != want { // Go pads less
		want = max(q.end, end)
	}
	_, fields := d.described(q.merged, q.from, want, align)
	if q.gap > 0 { // the first of them needs less alignment
		fields = fmt.Sprintf("_ [%d]byte, %s", q.gap, fields)
	}
	return fields
}

// wrongBits is the first of several bit-fields that does not lie in its field.
func (d *differences) wrongBits(q *pair) *CMember {
	for i := range q.members {
		m := &q.members[i]
		if m.Bits > 0 && q.lacks(m) {
			return m
		}
	}
	return &q.members[0]
}

func (d *differences) absentNames(q *pair) {
	for _, name := range q.absent {
		d.find(q, KindAbsent, d.item+"."+name, "these headers do not have it%s", d.c.why(d.item+"."+name))
	}
}

// finish looks at what is behind the last field, and at the size of the struct.
func (d *differences) finish(rest []*pair, moved bool) {
	last := len(d.pairs)
	for last > 0 && len(d.pairs[last-1].members) == 0 {
		last--
	}
	var extra []*pair
	for _, q := range d.pairs[last:] {
		if q.relation != relGone && len(q.gaps) == 0 && (len(q.absent) > 0 || !d.padding(q)) {
			extra = append(extra, q)
		}
	}
	if d.absentFields(extra); len(extra) > 0 && alignUp(d.at, max(d.align, 1)) == d.decl.Size {
		rest = nil // the padding between them goes with them
	}
	if d.prefix() {
		run := slices.Concat(d.lacking(d.decl.Size)...)
		d.leaveBare(run)
		members, advice := d.adding(run, &rest, nil, d.decl.Size, 0)
		d.find(nil, KindPrefix, d.item, "Go has the first %d of %s, and C goes on with %s: %s", d.s.Size, plural(d.decl.Size, "byte"), memberNamesOf(members), advice)
		return
	}
	d.forgotten(d.decl.Size, &rest, nil)
	// The fields that are to be written for one may be aligned less, and less of the end be padding.
	if moved || slices.ContainsFunc(d.pairs, func(q *pair) bool { return q.relation == relMerge }) {
		d.sizeof(rest)
	}
}

// prefix reports whether Go has the start of the C struct, with nothing wrong in it, and no tags
// that claim more.
func (d *differences) prefix() bool {
	tagged := slices.ContainsFunc(d.s.Fields, func(f GoField) bool { return f.C != nil })
	runs := d.lacking(d.decl.Size)
	return !tagged && len(d.findings)+len(d.causes) == 0 && len(runs) > 0 && d.s.Size < d.decl.Size && d.seen > 0 && runs[0][0].Offset >= d.seen
}
