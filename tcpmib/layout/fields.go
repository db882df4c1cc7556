package layout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// match is a Go field and the C members that it was found to stand for.
type match struct {
	field   *GoField
	members []CMember // those that the headers have
	absent  []string  // those that they should have and have not
	gaps    []absence
	closed  []absence // known to be absent, and there
	part    bool      // it stands for a part of one member, or for several that lie side by side
}

// absence is a member that the headers are known to lack.
type absence struct{ name, reason string }

// delta is how many bytes further up C has the field.
func (m *match) delta() int64 {
	if len(m.members) == 0 || m.part {
		return 0
	}
	return m.distance(&m.members[0])
}

func (m *match) distance(c *CMember) int64 {
	if m.holdsBits(c, 0) {
		return 0
	}
	return c.Offset - m.field.Offset
}

// holdsBits reports whether c is a bit-field within the field, if that were moved.
func (m *match) holdsBits(c *CMember, by int64) bool {
	first, last := 8*c.Offset+c.Bit, 8*c.Offset+c.Bit+c.Bits
	return c.Bits > 0 && first >= 8*(m.field.Offset+by) && last <= 8*(m.field.end()+by)
}

// compared is what became of the fields of a struct.
type compared struct {
	fields   []FieldReport
	findings []Finding
}

// fields compares the fields of a Go struct with the members of a C struct or union. item is what
// findings call the C struct.
func (c *comparison) fields(s *GoStruct, decl *CStruct, item string) compared {
	r := compared{}
	matches := c.matchFields(s, decl, item)
	forgotten := c.forgotten(s, matches, decl)
	d := &differences{c: c, item: item, goStruct: s, decl: decl, forgotten: forgotten}
	for _, m := range matches {
		d.add(m)
	}
	d.finish(decl)
	r.findings = d.findings
	r.fields = c.fieldReports(s, matches, d.notes)
	return r
}

// matchFields finds the members that each field that is not blank stands for.
func (c *comparison) matchFields(s *GoStruct, decl *CStruct, item string) []*match {
	var matches, untagged []*match
	for _, f := range c.unfolded(s, decl) {
		m := &match{field: &f}
		matches = append(matches, m)
		if f.C == nil {
			untagged = append(untagged, m)
			continue
		}
		for _, name := range f.C {
			member := c.h.member(decl, name)
			gap, known := c.gap(item + "." + name)
			if !known && s.C != "" && s.C != item { // a struct within another
				gap, known = c.gap(s.C + "." + name)
			}
			switch {
			case member != nil:
				m.members = append(m.members, *member)
				if known && !gap.Older {
					m.closed = append(m.closed, absence{name, gap.Reason})
				}
			case slices.Contains(decl.BitFields, name): // declared, and nobody said where
			case known:
				m.gaps = append(m.gaps, absence{name, gap.Reason})
			default:
				m.absent = append(m.absent, name)
			}
		}
	}
	if len(untagged) > 0 {
		c.matchUntagged(untagged, matches, decl)
	}
	return matches
}

// unfolded are the fields that are not blank. A struct whose fields C has without a struct around
// them is replaced by its fields.
func (c *comparison) unfolded(s *GoStruct, decl *CStruct) []GoField {
	var list []GoField
	for _, f := range s.Fields {
		if f.Name == "_" {
			continue
		}
		if f.C == nil && f.Type.Kind == GoStructKind && !c.hasStructAt(decl, &f) {
			for _, in := range c.unfolded(f.Type.Struct, decl) {
				in.Name = f.Name + "." + in.Name
				in.Offset += f.Offset
				list = append(list, in)
			}
			continue
		}
		list = append(list, f)
	}
	return list
}

// hasStructAt reports whether C has a struct, union or something else of the field's size where the
// field is.
func (c *comparison) hasStructAt(decl *CStruct, f *GoField) bool {
	return slices.ContainsFunc(decl.Members, func(m CMember) bool {
		t := c.h.typeOf(m.Type)
		if t.kind == cArray && t.len == 1 { // T x[ANYSIZE_ARRAY]
			t = c.h.typeOf(t.elem)
		}
		return m.Size == f.Type.Size && (m.Offset == f.Offset || t.decl != nil)
	})
}

// forgotten are the members that lie in bytes which no Go field stands for, the lowest first.
// Another member of the same union may stand for them. Where nothing is tagged, so may a blank
// field, or a member of the same union that is smaller.
func (c *comparison) forgotten(s *GoStruct, matches []*match, decl *CStruct) []CMember {
	var covered []span
	untagged := !slices.ContainsFunc(s.Fields, func(f GoField) bool { return f.C != nil })
	if untagged {
		for _, f := range s.Fields {
			if f.Name == "_" {
				covered = append(covered, span{f.Offset, f.end()})
			}
		}
	}
	for _, m := range matches {
		for _, in := range m.members {
			if in.Bits > 0 || m.part {
				start := m.field.Offset + m.delta()
				covered = append(covered, span{start, start + m.field.Type.Size})
			}
			if !m.part {
				covered = append(covered, in.bytes())
			}
		}
	}
	var list []CMember
	for _, m := range decl.Members {
		if !within(m.bytes(), covered) && !(untagged && taken(matches, m)) {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b CMember) int { // whole members before bit-fields
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(min(a.Bits, 1), min(b.Bits, 1)))
	})
	return list
}

// taken reports whether a field stands for another member of the union that m is in.
func taken(matches []*match, m CMember) bool {
	return m.Bits == 0 && slices.ContainsFunc(matches, func(other *match) bool {
		return !other.part && slices.ContainsFunc(other.members, func(in CMember) bool { return in.Offset == m.Offset && in.Bits == 0 })
	})
}

// bytes are those that a member, or a bit-field, is in.
func (m *CMember) bytes() span {
	if m.Bits > 0 {
		return span{m.Offset + m.Bit/8, m.Offset + (m.Bit+m.Bits+7)/8}
	}
	return span{m.Offset, m.end()}
}

// span is the bytes from start to before end.
type span struct{ start, end int64 }

// within reports whether every byte of s is in one of the spans.
func within(s span, spans []span) bool {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	at := s.start
	for _, in := range spans {
		if in.start <= at {
			at = max(at, in.end)
		}
	}
	return at >= s.end
}

// differences collects the findings of one struct, one for each cause: a field that is too long
// moves all that follow, which is said once.
type differences struct {
	c         *comparison
	item      string
	goStruct  *GoStruct
	decl      *CStruct
	forgotten []CMember
	findings  []Finding
	notes     map[*GoField][]string

	shift     int64 // how much further up C has the last field
	explained bool  // something before this field accounts for another shift
	end       int64 // of what was seen in C
}

func (d *differences) find(f *GoField, kind Kind, item, format string, args ...any) {
	finding := Finding{Kind: kind, Item: item, Detail: fmt.Sprintf(format, args...)}
	if f != nil {
		finding.Field, finding.Pos = f.Name, f.Pos
		if d.notes == nil {
			d.notes = map[*GoField][]string{}
		}
		d.notes[f] = append(d.notes[f], string(kind))
	}
	d.findings = append(d.findings, finding)
}

// add looks at a field after all that lie before it in Go.
func (d *differences) add(m *match) {
	for _, name := range m.absent {
		why := d.c.why(d.item + "." + name)
		d.find(m.field, KindAbsent, d.item+"."+name, "these headers do not have it%s", why)
	}
	for _, a := range m.closed {
		d.find(m.field, KindGap, d.item+"."+a.name, closedGap, d.c.h.Set, a.reason)
	}
	if m.field.C == nil && len(m.members) == 0 && d.padding(m.field) {
		return
	}
	if len(m.members) == 0 {
		if len(m.absent) == 0 && len(m.gaps) == 0 {
			d.find(m.field, KindAbsent, d.item+"."+m.field.Name, "Go has %s at offset %d, and C has nothing to match it", m.field.Type.Name, m.field.Offset)
		}
		d.explained = true
		return
	}
	if !m.part {
		d.place(m)
		d.types(m)
	}
	d.end = max(d.end, m.members[0].end())
}

// padding reports whether an untagged field is padding that has a name, where C has padding, too.
func (d *differences) padding(f *GoField) bool {
	return f.Type.Size == 0 || paddingName(f.Name) && f.end() <= d.decl.Size &&
		!slices.ContainsFunc(d.decl.Members, func(m CMember) bool { return m.Offset < f.end() && m.end() > f.Offset })
}

// place compares the offset of a field with that in C.
func (d *differences) place(m *match) {
	first := m.members[0]
	if d.forgottenBefore(first.Offset) {
		d.explained = true
	}
	delta := m.delta()
	if delta != 0 && delta != d.shift && !d.explained && first.Size <= m.field.Type.Size { // what is wider may be aligned more
		d.find(m.field, KindOffset, d.item+"."+first.Name, "offset is %d in C and %d in Go: %s", first.Offset, m.field.Offset, d.remedy(delta))
	}
	d.shift, d.explained = delta, false
	for _, in := range m.members[1:] {
		if m.distance(&in) != delta {
			d.find(m.field, KindOffset, d.item+"."+in.Name, "offset is %d in C and %d in Go", in.Offset, m.field.Offset)
		}
	}
}

// types compares what a field is.
func (d *differences) types(m *match) {
	for _, in := range m.members {
		p := d.c.fits(&m.field.Type, &in)
		if p == nil && in.Bits > 0 && !m.holdsBits(&in, m.delta()) {
			p = problemf(KindSize, "it is bits %d to %d of the unit at offset %d in C, and Go has %d bytes at offset %d",
				in.Bit, in.Bit+in.Bits-1, in.Offset, m.field.Type.Size, m.field.Offset)
		}
		if p == nil {
			continue
		}
		d.find(m.field, p.kind, d.item+"."+in.Name, "%s", p.text)
		if p.kind == KindSize {
			d.explained = true
		}
	}
}

// remedy says what a new shift means and how to undo it.
func (d *differences) remedy(delta int64) string {
	n, early := delta-d.shift, "early"
	what := "pad %d bytes before it"
	if n < 0 {
		n, early = -n, "late"
		what = "take %d bytes out before it"
	}
	return fmt.Sprintf("it is %d bytes %s on %s, and so is every field after it: "+what, n, early, d.c.g.GOARCH, n)
}

// forgottenBefore reports whether C has a member between what was seen and an offset that no Go
// field names.
func (d *differences) forgottenBefore(offset int64) bool {
	return slices.ContainsFunc(d.forgotten, func(m CMember) bool { return m.Offset >= d.end && m.Offset < offset })
}

// finish adds what concerns the struct as a whole.
func (d *differences) finish(decl *CStruct) {
	s := d.goStruct
	if d.prefix(decl) {
		d.find(nil, KindPrefix, d.item, "Go has the first %d of %d bytes, and C goes on with %s", s.Size, decl.Size, names(d.forgotten))
		return
	}
	for _, run := range runs(d.forgotten, decl) {
		first, size := run[0], int64(0)
		for _, m := range run {
			size = max(size, m.end()-first.Offset)
		}
		if len(run) == 1 {
			d.find(nil, KindForgotten, d.item+"."+first.Name, "C has %d bytes at offset %d that no Go field names", size, first.Offset)
		} else {
			d.find(nil, KindForgotten, d.item+"."+first.Name, "C has %d bytes at offset %d that no Go field names: %s", size, first.Offset, names(run))
		}
	}
	if s.Size != decl.Size && !slices.ContainsFunc(d.findings, func(f Finding) bool { return f.Kind.moves() }) {
		text := "sizeof is %d in C and %d in Go on %s"
		if n := decl.Size - s.Size; n > 0 {
			text += fmt.Sprintf(": pad %d bytes at the end", n)
		}
		d.find(nil, KindStruct, d.item, text, decl.Size, s.Size, d.c.g.GOARCH)
	}
}

// moves reports whether a difference of this kind may change the size of the struct.
func (k Kind) moves() bool {
	return slices.Contains([]Kind{KindOffset, KindSize, KindForgotten, KindAbsent, KindElem}, k)
}

// prefix reports whether Go has the start of the C struct, with nothing wrong in it, and no tags
// that claim more.
func (d *differences) prefix(decl *CStruct) bool {
	tagged := slices.ContainsFunc(d.goStruct.Fields, func(f GoField) bool { return f.C != nil })
	beyond := func(m CMember) bool { return m.Offset >= d.end }
	return !tagged && len(d.findings) == 0 && len(d.forgotten) > 0 && d.goStruct.Size < decl.Size &&
		d.end > 0 && !slices.ContainsFunc(d.forgotten, func(m CMember) bool { return !beyond(m) })
}

// runs splits members where one that is not among them lies in between.
func runs(list []CMember, decl *CStruct) [][]CMember {
	var all [][]CMember
	for i, m := range list {
		if i > 0 && !slices.ContainsFunc(decl.Members, func(x CMember) bool {
			return x.Offset >= list[i-1].end() && x.Offset < m.Offset && !slices.Contains(list, x)
		}) {
			all[len(all)-1] = append(all[len(all)-1], m)
			continue
		}
		all = append(all, []CMember{m})
	}
	return all
}

func names(list []CMember) string {
	const most = 4
	var all []string
	for _, m := range list {
		all = append(all, m.Name)
	}
	if len(all) > most {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}

// fieldReports are all fields of a Go struct, its padding and holes included, beside the members.
func (c *comparison) fieldReports(s *GoStruct, matches []*match, notes map[*GoField][]string) []FieldReport {
	var list []FieldReport
	for _, f := range s.Fields {
		if f.Name == "_" {
			list = append(list, FieldReport{Name: "_", Type: f.Type.Name, Go: Place{Offset: f.Offset, Size: f.Type.Size}, OK: true})
		}
	}
	for _, m := range matches {
		f := m.field
		r := FieldReport{Name: f.Name, Type: f.Type.Name, Go: Place{f.Offset, f.Type.Size, f.Type.sign()}, OK: len(notes[f]) == 0}
		r.C = strings.Join(f.C, "|")
		if f.C == nil {
			r.C = memberList(m.members)
		}
		if len(m.members) > 0 {
			in := m.members[0]
			r.Header = &Place{in.Offset, in.Size, in.Sign}
		}
		for _, a := range m.gaps {
			r.Absent = append(r.Absent, Omission{Name: a.name, Reason: a.reason})
		}
		r.Note = strings.Join(notes[f], ", ")
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b FieldReport) int { return cmp.Compare(a.Go.Offset, b.Go.Offset) })
	return withHoles(list, s.Size)
}

func memberList(members []CMember) string {
	var all []string
	for _, m := range members {
		all = append(all, m.Name)
	}
	return strings.Join(all, "+")
}

// withHoles adds the bytes between the fields.
func withHoles(list []FieldReport, size int64) []FieldReport {
	var all []FieldReport
	end := int64(0)
	hole := func(to int64) {
		if to > end {
			all = append(all, FieldReport{Name: "_", Type: "hole", Go: Place{Offset: end, Size: to - end}, OK: true})
		}
	}
	for _, f := range list {
		hole(f.Go.Offset)
		all = append(all, f)
		end = f.Go.Offset + f.Go.Size
	}
	hole(size)
	return all
}
