package layout

import (
	"fmt"
	"slices"
	"strings"
)

// fillers finds the padding that makes up for a field that is too small, or for a union of which Go
// has several members, and that would be too much once the field is mended: one mistake, not two.
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

// mendOpenings gives the structs that were opened the alignment that they will have with the right
// fields, and with it the padding at their ends.
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

// padding reports whether a field that stands for nothing is padding: it is blank or called so.
func (d *differences) padding(q *pair) bool {
	return q.relation != relInherited && (q.blank() || q.field.Type.Size == 0 || paddingName(q.field.Name))
}

// paddingName reports whether a name is one that Go code gives to padding.
func paddingName(name string) bool {
	name = strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	return slices.ContainsFunc([]string{"pad", "reserved", "align", "unused"}, func(word string) bool { return strings.Contains(name, word) })
}

// packed finds fields that Go aligns more than C does: what stands there in C may be a struct that
// it aligns less, and else bytes help.
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

// mendedAlign is the alignment that Go has for a field and the structs that begin with it, or will
// have for the right ones.
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
		if padded > 0 && len(p.gaps) == 0 {
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
