package layout

import (
	"cmp"
	"slices"
	"strings"
)

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
