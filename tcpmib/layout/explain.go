package layout

import (
	"cmp"
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

// fillers finds the padding that makes up for a field that is too small, or for a union of which Go has
// several members, and that would be too much once the field is mended: one mistake, not two.
func (d *differences) fillers() {
	for i, q := range d.pairs {
		small := q.problem != nil && q.problem.kind == KindSize && q.relation == relOne && len(q.members) == 1
		missing := q.end - q.from - q.field.Type.Size
		if !small && q.relation != relBoth {
			continue
		}
		first := i + 1 + len(q.with)
		sum, n := int64(0), first
		for ; n < len(d.pairs) && (sum < missing || !small) && d.pairs[n].blank() && len(d.pairs[n].members) == 0; n++ {
			sum += d.pairs[n].field.Type.Size
		}
		next, align := d.decl.Size, max(d.s.Align, d.mendedAlign(q)) // of what follows
		end := q.end                                                 // of the padding that stays
		for _, x := range d.pairs[n:] {
			if len(x.members) > 0 {
				next, align = x.from, d.mendedAlign(x)
				break
			}
			if end += x.field.Type.Size; x.hole() {
				end = alignUp(end, x.field.Type.Align)
			}
		}
		if (sum == missing || !small) && sum > 0 && alignUp(end, align) == next && alignUp(end+sum, align) != next {
			q.filled = sum
			for _, pad := range d.pairs[first:n] {
				if !pad.hole() {
					pad.relation = relGone
				}
			}
		}
	}
}

// mendOpenings gives the structs that were opened the alignment that they will have with the right fields, and
// with it the padding at their ends.
func (d *differences) mendOpenings() {
	for _, q := range d.pairs {
		for _, o := range q.openings {
			was, align := int64(1), int64(1)
			for _, in := range o.fields {
				if in.hole() {
					continue
				}
				was = max(was, in.field.Type.Align)
				if len(in.members)+len(in.gaps) > 0 || in.relation == relNone && len(in.absent) == 0 && d.padding(in) { // it stays
					align = max(align, d.ownAlign(in))
				}
			}
			if was < o.align { // something without a size aligns it
				align = max(align, o.align)
			}
			q.lead = align
			if o.hole != nil {
				o.hole.field.Type.Align = align
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

// padding reports whether a field that stands for nothing is padding: it is blank or called so.
func (d *differences) padding(q *pair) bool {
	return q.relation != relInherited && (q.blank() || q.field.Type.Size == 0 || paddingName(q.field.Name))
}

// paddingName reports whether a name is one that Go code gives to padding.
func paddingName(name string) bool {
	name = strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	return slices.ContainsFunc([]string{"pad", "reserved", "align", "unused"}, func(word string) bool { return strings.Contains(name, word) })
}

// packed finds fields that Go aligns more than C does: what stands there in C may be a struct that it aligns
// less, and else bytes help.
func (d *differences) packed(places []place) {
	var types []string
	var first *pair
	for _, g := range places {
		q := g.q
		if a := d.ownAlign(q); q.mended == 0 && q.from%a == 0 && d.decl.Size%a == 0 {
			continue
		}
		if first == nil || first.from == first.field.Offset {
			first = q
		}
		right := fmt.Sprintf("[%d]byte", q.end-q.from)
		q.mended = 1
		if q.relation == relOne && len(q.members) == 1 && q.members[0].Bits == 0 {
			m := &q.members[0]
			right, q.mended = d.typeAt(m), d.unpacked(m.Offset, d.c.goAlign(m.Type))
		}
		types = append(types, q.field.Name+" "+right)
		q.problem = nil
	}
	switch {
	case first == nil:
	case first.from != first.field.Offset:
		d.find(first, KindOffset, d.name(first), "Go aligns it more than C does: offset is %d in C and %d in Go: make %s", first.from, first.field.Offset, list(types))
	default:
		d.find(first, KindStruct, d.name(first), "Go aligns it more than C does: sizeof is %d in C and %d in Go: make %s", d.decl.Size, d.s.Size, list(types))
	}
}

// list joins words.
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// structIn is the Go struct of a field or of its elements, and the C type in its place.
func (d *differences) structIn(q *pair) (s *GoStruct, in cType) {
	if q.relation != relOne || len(q.members) != 1 || q.members[0].Bits > 0 {
		return nil, in
	}
	t, in := &q.field.Type, d.c.h.typeOf(q.members[0].Type)
	for in.kind == cArray && (t.Kind == GoArray && t.Len == in.len || t.Kind != GoArray && in.len == 1) {
		if t.Kind == GoArray {
			t = t.Elem
		}
		in = d.c.h.typeOf(in.elem)
	}
	if t.Kind != GoStructKind || in.decl == nil {
		return nil, in
	}
	return t.Struct, in
}

// nestedWrong finds fields whose Go struct is compared on its own, and has its findings there.
func (d *differences) nestedWrong() {
	for _, q := range d.pairs {
		s, in := d.structIn(q)
		if s == nil || s.Size == in.size && s.Align == d.c.goAlign(in.name) {
			continue
		}
		if q.cause = d.c.cause(s, in.decl); q.cause != nil && q.problem == nil {
			q.problem = problemf(KindAlign, "")
		}
	}
}

// wrongTogether finds fields that are wrong because of one Go struct, which is compared nowhere but in them:
// one mistake, and a finding for the first of them.
func (d *differences) wrongTogether() {
	first := map[any]*pair{}
	for _, q := range d.pairs {
		s, in := d.structIn(q)
		if s == nil || s.Name == "struct" || q.problem == nil || q.cause != nil || !d.c.mayBe(s, in.decl) {
			continue
		}
		key := struct {
			declaration
			*CStruct
			filled int64
		}{s.declaration(), in.decl, q.filled}
		if first[key] == nil {
			first[key] = q
			continue
		}
		first[key].others, q.follows = append(first[key].others, q), true
	}
}

// cause is the Go struct with the findings that make another than decl of a nested struct, if they
// are all there.
func (c *comparison) cause(s *GoStruct, decl *CStruct) *GoStruct {
	key := nesting{s, decl}
	if cause, ok := c.causes[key]; ok {
		return cause
	}
	found := c.fields(s, decl, s.C)
	rest, _ := c.accept(found.findings)
	var cause *GoStruct
	switch {
	case c.claimed(s, decl) && len(rest)+len(found.causes) > 0:
		cause = s
	case len(rest) == 0 && len(found.causes) > 0:
		cause = found.causes[0]
	}
	c.causes[key] = cause
	return cause
}

// mendedAlign is the alignment that Go has for a field and the structs that begin with it, or will have for
// the right ones.
func (d *differences) mendedAlign(q *pair) int64 { return max(d.ownAlign(q), q.lead) }

// ownAlign is the alignment that Go has for a field, or will have for the right one.
func (d *differences) ownAlign(q *pair) int64 {
	if q.mended > 0 {
		return q.mended
	}
	if q.problem == nil {
		return max(q.field.Type.Align, 1)
	}
	if q.relation == relBoth {
		_, a := d.joinedType(q)
		return a
	}
	if _, elem := d.resized(q); elem != nil {
		return max(elem.Align, 1)
	}
	if q.relation == relMerge { // the first of several
		return d.slotAlign(&q.merged[0])
	}
	a := int64(1)
	for _, m := range q.members {
		a = max(a, d.unpacked(m.Offset, d.c.goAlign(m.Type)))
	}
	return a
}

// resized is the Go type for a field that is an array of the right elements and of another length than
// in C, and those elements. They may be of a struct that Go declares in its own way, or the integers
// that stand for a union.
func (d *differences) resized(q *pair) (name string, elem *GoType) {
	if q.field.Type.Kind != GoArray || len(q.members) != 1 || q.members[0].Bits > 0 {
		return "", nil
	}
	for elem = &q.field.Type; elem.Kind == GoArray; elem = elem.Elem {
	}
	m := q.members[0]
	t := d.c.h.typeOf(m.Type)
	if t.kind == cUnion && q.field.Type.storage() && t.size%elem.Size == 0 && m.Offset%elem.Align == 0 {
		return fmt.Sprintf("[%d]%s", t.size/elem.Size, elem.Name), elem // its alignment may be needed
	}
	for ; t.kind == cArray && t.len > 0; t = d.c.h.typeOf(t.elem) {
		name += fmt.Sprintf("[%d]", t.len)
	}
	c := CMember{Size: t.size, Sign: t.sign, Type: t.name}
	if name == "" || d.unpacked(m.Offset, elem.Align) != elem.Align || elem.Size != t.size || d.c.fits(elem, &c) != nil {
		return "", nil
	}
	return name + elem.Name, elem
}

// goAlign is the alignment of the Go type for a C type.
func (c *comparison) goAlign(name string) int64 {
	if a, ok := c.aligns[name]; ok {
		return a
	}
	a := c.alignOf(c.h.typeOf(name))
	c.aligns[name] = a
	return a
}

func (c *comparison) alignOf(t cType) int64 {
	switch t.kind {
	case cArray:
		return c.goAlign(t.elem)
	case cStruct, cUnion:
		a := int64(1)
		for _, s := range c.slots(t.decl) {
			own := c.leavesAlign(&s)
			packed := s.Offset%own != 0 || t.size%own != 0 || t.decl.Align > 0 && own > t.decl.Align
			if !packed { // or Go has bytes for it
				a = max(a, own)
			}
		}
		return a
	}
	return max(min(t.size, pointerSize(c.h.GOARCH)), 1)
}

// goType is the Go type for a C type, as advice writes it.
func (c *comparison) goType(m *CMember) string {
	if m.Bits > 0 {
		return fmt.Sprintf("uint%d", 8*m.Size) // of the unit, or of what is left of it
	}
	t := c.h.typeOf(m.Type)
	switch t.kind {
	case cInteger, cEnum:
		bits := num(8 * t.size)
		if t.size == pointerSize(c.h.GOARCH) && c.named(m.Type, pointerSized...) {
			bits = map[string]string{signed: "", unsigned: "ptr"}[t.sign]
		}
		if t.sign == signed {
			return "int" + bits
		}
		return "uint" + bits
	case cFloat:
		return fmt.Sprintf("float%d", 8*t.size)
	case cPointer:
		if t.size != pointerSize(c.h.GOARCH) {
			return fmt.Sprintf("uint%d", 8*t.size)
		}
		return "uintptr"
	case cArray:
		return fmt.Sprintf("[%d]%s", t.len, c.goType(&CMember{Size: c.h.typeOf(t.elem).size, Type: t.elem}))
	case cUnion:
		for _, in := range t.decl.Members {
			if kind := c.h.typeOf(in.Type).kind; in.Size == m.Size && in.Bits == 0 && (kind == cInteger || kind == cPointer || kind == cFloat) {
				return c.goType(&in)
			}
		}
		return c.storage(m.Size, c.goAlign(m.Type))
	case cStruct:
		return cmp.Or(c.goNames[t.decl], m.Type) // a Go struct for it
	}
	return fmt.Sprintf("[%d]byte", m.Size)
}

// pointerSized are the integers that have the size of a pointer on every architecture, and so one Go type.
var pointerSized = strings.Fields("UINT_PTR ULONG_PTR DWORD_PTR INT_PTR LONG_PTR HANDLE_PTR SIZE_T SSIZE_T " +
	"size_t ssize_t ptrdiff_t uintptr_t intptr_t")

// storage is an array of integers with a size and an alignment.
func (c *comparison) storage(size, align int64) string {
	if align < 2 || size%align != 0 {
		return fmt.Sprintf("[%d]byte", size)
	}
	return fmt.Sprintf("[%d]uint%d", size/align, 8*align)
}

// name is what findings call the member of a field.
func (d *differences) name(q *pair) string {
	if len(q.members) == 0 || q.members[0].Name == "" {
		return d.item + "." + q.field.Name
	}
	return d.item + "." + q.members[0].Name
}

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

// fieldNames are the names of the Go fields to write for slots. Where the names of two are alike without
// their prefixes, or there is such a field, they keep them.
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

// slotAlign is the alignment of the Go type for a slot.
func (d *differences) slotAlign(s *slot) int64 {
	return d.unpacked(s.Offset, d.c.leavesAlign(s))
}

// leavesAlign is the alignment of the Go type for a slot that is not packed. That of a union whose size
// is no multiple of it is bytes.
func (c *comparison) leavesAlign(s *slot) int64 {
	a := int64(1)
	for _, m := range s.leaves() {
		a = max(a, c.goAlign(m.Type))
	}
	if s.arms != nil && s.Size%a != 0 {
		return 1
	}
	return a
}

// unpacked is an alignment, or 1 where C packs what Go can help by bytes alone.
func (d *differences) unpacked(offset, align int64) int64 {
	if offset%align != 0 || d.decl.Size%align != 0 {
		return 1
	}
	return align
}

// typeFor is the Go type for a slot.
func (d *differences) typeFor(s *slot) string {
	a := d.slotAlign(s)
	if s.arms != nil || a == 1 && s.bits != nil {
		return d.c.storage(s.Size, a)
	}
	return d.typeAt(&s.CMember)
}

// typeAt is the Go type for a member.
func (d *differences) typeAt(m *CMember) string {
	if a := d.c.goAlign(m.Type); m.Bits == 0 && d.unpacked(m.Offset, a) != a {
		return fmt.Sprintf("[%d]byte", m.Size)
	}
	return d.c.goType(m)
}

// goName is a member's name as an exported Go name.
func goName(c string) string {
	if bare := withoutPrefix(c); bare != "" {
		c = bare
	}
	return exported(c)
}

// exported is a C name as an exported Go name, with its prefix.
func exported(c string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(c, func(r rune) bool { return r == '_' || r == '.' || r == '[' || r == ']' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func alignUp(n, a int64) int64 { return (n + a - 1) / a * a }

// place lays a field out behind the mended fields before it.
func (d *differences) place(g *place, moved bool) {
	q := g.q
	a := d.mendedAlign(q)
	d.align = max(d.align, a)
	for i := range q.merged {
		d.align = max(d.align, d.slotAlign(&q.merged[i]))
	}
	put := func(drop int64) int64 {
		at := d.at
		for _, p := range g.pads {
			size := p.field.Type.Size
			cut := min(drop, size)
			drop -= cut
			if size > cut || p.hole() {
				at = alignUp(at, max(p.field.Type.Align, 1)) + size - cut
			}
		}
		return alignUp(at, a)
	}
	padded := int64(0)
	for _, p := range g.pads {
		padded += p.field.Type.Size
		if padded > 0 && len(p.gaps) == 0 && p.field.Type.Align > 0 {
			d.align = max(d.align, p.field.Type.Align)
		}
	}
	start := put(0)
	d.absentFields(extraFields(d, q))
	switch {
	case q.relation == relMerge && start < q.from: // the fields to write for it may be aligned less
		q.gap, start = q.from-start, q.from
	case q.problem != nil && q.relation != relBoth && alignUp(start, max(q.field.Type.Align, 1)) == q.from:
		start = q.from // what is to be mended keeps its alignment
	}
	if moved && start != q.from {
		d.wrongPlace(g, put, start, padded)
	}
	d.at = q.from + d.mendedSize(q)
}

// mendedSize is the size of the Go type, or that of the right one.
func (d *differences) mendedSize(q *pair) int64 {
	if q.problem == nil && q.mended == 0 && q.relation != relSplit {
		return q.field.Type.Size
	}
	return q.end - q.from
}

// wrongPlace says how a field gets to its offset.
func (d *differences) wrongPlace(g *place, put func(int64) int64, start, padded int64) {
	q := g.q
	by := q.from - start
	text, advice := "early", fmt.Sprintf("pad %s before it", plural(by, "byte"))
	if by < 0 {
		text = "late"
		advice = ""
		for n := int64(1); n <= padded; n++ {
			if put(n) == q.from {
				advice = fmt.Sprintf("take %s out before it", plural(n, "byte"))
				break
			}
		}
		by = -by
	}
	detail := fmt.Sprintf("offset is %d in C and %d in Go: it is %s %s on %s, and so is every field after it", q.from, q.field.Offset, plural(by, "byte"), text, d.c.g.GOARCH)
	if advice != "" {
		detail += ": " + advice
	}
	d.find(q, KindOffset, d.name(q), "%s", detail)
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

// judge reports what a field before the field next, or the last, is not, and names that these headers do
// not have.
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

// rightType is the Go type for a field that stands for one member.
func (d *differences) rightType(q *pair) string {
	if name, elem := d.resized(q); elem != nil {
		return name
	}
	return d.typeAt(&q.members[0])
}

// separated are the fields to write for one that covers several members, before the field next or the end.
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
		if lo, hi := 8*m.Offset+m.Bit-8*q.from, 8*m.Offset+m.Bit+m.Bits-8*q.from; m.Bits > 0 && (lo < 0 || hi > 8*q.field.Type.Size) {
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

// sizeof compares the size of the mended struct.
func (d *differences) sizeof(pads []*pair) {
	put := func(drop int64) (end, size int64) {
		at, align := d.at, d.align
		for _, p := range pads {
			cut := min(drop, p.field.Type.Size)
			drop -= cut
			if p.field.Type.Size > cut || p.hole() {
				a := max(p.field.Type.Align, 1)
				at, align = alignUp(at, a)+p.field.Type.Size-cut, max(align, a)
			}
		}
		return at, alignUp(at, max(align, 1))
	}
	end, size := put(0)
	padded := int64(0)
	for _, p := range pads {
		padded += p.field.Type.Size
	}
	if size == d.decl.Size {
		if len(d.findings)+len(d.causes) == 0 { // the fields do not explain it
			d.find(nil, KindStruct, d.item, "sizeof is %d in C and %d in Go on %s", d.decl.Size, d.s.Size, d.c.g.GOARCH)
		}
		return
	}
	text := fmt.Sprintf("sizeof is %d in C and %d in Go on %s", d.decl.Size, d.s.Size, d.c.g.GOARCH)
	if size < d.decl.Size {
		// What is to be added is aligned less than the field that was there once.
		for i := range slices.Backward(d.findings) {
			if d.findings[i].Kind == KindForgotten || strings.Contains(d.findings[i].Detail, ": write ") {
				d.findings[i].Detail += fmt.Sprintf(", and _ [%d]byte at the end", d.decl.Size-end)
				return
			}
		}
		text += fmt.Sprintf(": pad %s at the end", plural(d.decl.Size-size, "byte"))
	}
	for n := int64(1); n <= padded && size > d.decl.Size; n++ {
		if _, size := put(n); size == d.decl.Size {
			text += fmt.Sprintf(": take %s out at the end", plural(n, "byte"))
			break
		}
	}
	d.find(nil, KindStruct, d.item, "%s", text)
}

// prefix reports whether Go has the start of the C struct, with nothing wrong in it, and no tags
// that claim more.
func (d *differences) prefix() bool {
	tagged := slices.ContainsFunc(d.s.Fields, func(f GoField) bool { return f.C != nil })
	runs := d.lacking(d.decl.Size)
	return !tagged && len(d.findings)+len(d.causes) == 0 && len(runs) > 0 && d.s.Size < d.decl.Size && d.seen > 0 && runs[0][0].Offset >= d.seen
}

// reports are all fields of a Go struct, its padding and holes included, next to the members.
func (d *differences) reports() []FieldReport {
	var list []FieldReport
	for _, q := range d.pairs {
		f := q.field
		switch {
		case q.hole():
			continue
		case f.Name == "_":
			list = append(list, FieldReport{Name: "_", Type: f.Type.Name, Go: Place{Offset: f.Offset, Size: f.Type.Size}, OK: true})
			continue
		}
		r := FieldReport{Name: f.Name, Type: f.Type.Name, Go: Place{f.Offset, f.Type.Size, f.Type.sign()}, OK: len(d.notes[f.Name]) == 0}
		r.C = strings.Join(f.C, "|")
		if f.C == nil {
			r.C = d.joined(q)
		}
		if len(q.members) > 0 {
			r.Header = d.header(q)
		}
		for _, a := range q.gaps {
			r.Absent = append(r.Absent, Omission{Name: a.name, Reason: a.reason})
		}
		r.Note = strings.Join(d.notes[f.Name], ", ")
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b FieldReport) int { return cmp.Compare(a.Go.Offset, b.Go.Offset) })
	return withHoles(list, d.s.Size)
}

// header is the place in C of what a field stands for.
func (d *differences) header(q *pair) *Place {
	p := &Place{q.from, q.end - q.from, q.members[0].Sign}
	if len(q.members) > 1 && q.members[0].Bits == 0 && q.field.C == nil {
		p.Sign = ""
	}
	return p
}

// joined are the members that a field stands for, side by side or in a union.
func (d *differences) joined(q *pair) string {
	const most, wide = 3, 40
	sep := "+"
	if q.relation == relBoth {
		sep = "|"
	}
	if q.relation == relOne && len(q.members) > 1 && q.members[0].Bits == 0 {
		sep = "|"
		fits := func(m CMember) bool { return m.Bits == 0 && d.c.fits(&q.field.Type, &m) == nil }
		if i := slices.IndexFunc(q.members, fits); i >= 0 && !q.field.Type.storage() {
			return q.members[i].Name // the one that Go chose
		}
	}
	var all []string
	for _, m := range q.members {
		all = append(all, m.Name)
	}
	for n := min(most, len(all)); len(all) > most+1 && n > 0; n-- {
		if text := strings.Join(all[:n], sep); len(text) <= wide || n == 1 {
			return text + sep + "..."
		}
	}
	return strings.Join(all, sep)
}

// withHoles adds the bytes between the fields.
func withHoles(list []FieldReport, size int64) []FieldReport {
	var all []FieldReport
	end := int64(0)
	fill := func(to int64) {
		if to > end {
			all = append(all, FieldReport{Name: "_", Type: hole, Go: Place{Offset: end, Size: to - end}, OK: true})
		}
	}
	for _, f := range list {
		fill(f.Go.Offset)
		all = append(all, f)
		end = f.Go.Offset + f.Go.Size
	}
	fill(size)
	return all
}
