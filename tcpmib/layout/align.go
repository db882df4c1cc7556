package layout

import "slices"

// step is a way to go on in pairing fields with slots in their order: so many of either, worth so
// much, and what it means.
type step struct {
	fields, slots int
	score         int
	take          func()
}

// The worth of each step. A field that fits is worth more than any mistake.
const (
	worthFit   = 20
	worthStore = 16 // a member that integers cover with others: their size says more than a blank field
	worthBlank = 15 // a blank field that fits
	worthMerge = 8
	worthName  = 2
	worthSize  = 5
	worthKind  = 3
	worthMiss  = 15 // less, for a field without a member
	worthLack  = 9  // less, for a member without a field
)

// align pairs fields that have no name in common with the free slots, in the order of both, so that
// as many as possible fit.
func (p *pairing) align(fields []*pair, free []int) {
	n, k := len(fields), len(free)
	if n*k > 1<<20 { // no header has so many members without a name
		fields = fields[:min(n, 1<<10)]
		free = free[:min(k, 1<<10)]
		n, k = len(fields), len(free)
	}
	best := make([][]step, n+1)
	total := make([][]int, n+1)
	for i := range best {
		best[i], total[i] = make([]step, k+1), make([]int, k+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := k; j >= 0; j-- {
			for _, s := range p.steps(fields[i:], free[j:]) {
				if t := s.score + total[i+s.fields][j+s.slots]; best[i][j].fields+best[i][j].slots == 0 || t > total[i][j] {
					best[i][j], total[i][j] = s, t
				}
			}
		}
	}
	for i, j := 0, 0; i < n; {
		s := best[i][j]
		if s.take != nil {
			s.take()
			for _, x := range free[j : j+s.slots] {
				p.used[x] = true
			}
		}
		i, j = i+s.fields, j+s.slots
	}
}

// steps are the ways to go on with the first of the fields and the first of the slots.
func (p *pairing) steps(fields []*pair, free []int) []step {
	q := fields[0]
	if len(free) == 0 {
		return []step{skip(q)}
	}
	s := &p.slots[free[0]]
	steps := []step{p.single(q, s)}
	if q.field.Type.bytes() || q.blank() {
		steps = append(steps, p.covering(q, free)...)
	} else if t := &q.field.Type; t.Kind == GoSigned || t.Kind == GoUnsigned || t.Kind == GoFloat || t.storage() {
		steps = append(steps, p.merging(q, free)...)
	}
	if q.field.Type.storage() && free[0] == 0 && len(free) > 1 && p.alone(q) && p.fits(q, s) != nil {
		return []step{p.whole(q, free)}
	}
	for _, in := range p.c.openSlot(s) {
		if len(in) < 2 && (len(in) == 0 || in[0].arms == nil) {
			continue
		}
		if n, fits, take := p.run(fields, in, 0); n > 0 {
			steps = append(steps, step{n, 1, worthFit*fits - 1, take})
		}
	}
	if t := &q.field.Type; t.Kind == GoStructKind && !t.storage() {
		if in := p.opened(q.field, newNames(nil)); len(in) > 1 {
			list := make([]slot, len(free))
			for i, x := range free {
				list[i] = p.slots[x]
			}
			if used, fits, take := p.runInside(in, list); used > 0 {
				steps = append(steps, step{1, used, worthFit*fits - 1, func() { take(); p.replace(q, in) }})
			}
		}
	}
	steps = append(steps, p.splitting(fields, s)...)
	lack := step{slots: 1}
	if !s.tail && s.Size > 0 {
		lack.score = -worthLack
	}
	return append(steps, skip(q), lack)
}

// skip leaves a field without a member.
func skip(q *pair) step {
	if q.blank() || paddingName(q.field.Name) {
		return step{fields: 1}
	}
	return step{fields: 1, score: -worthMiss}
}

// fits is what is wrong with a field for a slot. A blank field stands for no member of a union that
// is smaller than the union: it is padding.
func (p *pairing) fits(q *pair, s *slot) *problem {
	if q.blank() && q.field.Type.Size != s.Size {
		return problemf(KindSize, "it is blank")
	}
	return p.c.fitsSlot(&q.field.Type, s)
}

// single pairs one with one.
func (p *pairing) single(q *pair, s *slot) step {
	problem := p.fits(q, s)
	score := 1
	switch {
	case problem == nil && q.blank():
		score = worthBlank
	case problem == nil:
		score = worthFit
		switch {
		case s.tail:
			score = worthBlank
		case q.field.Type.Size != s.Size: // a small member of a union
			score -= worthKind
		}
	case q.blank() || s.tail:
		return skip(q)
	default:
		if q.field.Type.Size == s.Size {
			score += worthSize
		}
		if problem.kind == KindSize || problem.kind == KindSign {
			score += worthKind
		}
	}
	if s.Name != "" && similar(q.field.Name, s.Name) {
		score += worthName
	}
	return step{1, 1, score, func() { q.take(s); q.problem = problem }}
}

// similar reports whether one name ends in the other.
func similar(goName, c string) bool {
	g, m := foldName(goName), foldName(c)
	return len(g) >= 3 && len(m) >= 3 && (len(g) > len(m) && g[len(g)-len(m):] == m || len(m) > len(g) && m[len(m)-len(g):] == g || g == m)
}

// covering lets bytes stand for the members that they cover exactly.
func (p *pairing) covering(q *pair, free []int) []step {
	first := p.slots[free[0]]
	var steps []step
	for n, x := range free {
		s := p.slots[x]
		if s.Offset-first.Offset >= q.field.Type.Size {
			break
		}
		if end, ok := p.ends(q, first.Offset, x); ok && n > 0 { // of one member single takes care
			covered := p.slotsOf(free[:n+1])
			worth := worthFit*(n+1) - 1
			if q.blank() {
				worth = worthBlank * (n + 1)
			}
			steps = append(steps, step{1, n + 1, worth, func() { q.cover(covered, end) }})
		}
	}
	return steps
}

// merging finds several members that one number has the size of, or integers that would do for a
// union.
func (p *pairing) merging(q *pair, free []int) []step {
	first := p.slots[free[0]]
	for n, x := range free {
		s := p.slots[x]
		if s.arms != nil && !q.field.Type.storage() || s.tail {
			return nil
		}
		if end, ok := p.ends(q, first.Offset, x); ok && n > 0 {
			worth := worthMerge
			if q.field.Type.storage() {
				worth = worthStore * (n + 1)
			}
			return []step{{1, n + 1, worth, func() { q.cover(p.slotsOf(free[:n+1]), end) }}}
		}
	}
	return nil
}

// ends reports whether a field that begins where C has offset ends with a slot, or, as an array,
// with the padding behind it.
func (p *pairing) ends(q *pair, offset int64, i int) (end int64, ok bool) {
	end, next := offset+q.field.Type.Size, p.slots[i].end()
	if q.field.Type.storage() && end > next {
		if next = p.decl.Size; i+1 < len(p.slots) {
			next = p.slots[i+1].Offset
		}
	}
	return end, end == next
}

// alone reports whether a field is all that a struct has.
func (p *pairing) alone(q *pair) bool {
	return !slices.ContainsFunc(p.pairs, func(other *pair) bool { return other != q && !other.blank() })
}

// whole lets integers in a struct that has nothing else stand for all members, whatever their
// number.
func (p *pairing) whole(q *pair, free []int) step {
	return step{1, len(free), worthBlank * len(free), func() { q.cover(p.slotsOf(free), p.decl.Size) }}
}

// slotsOf are some of the slots.
func (p *pairing) slotsOf(indexes []int) []slot {
	var list []slot
	for _, i := range indexes {
		list = append(list, p.slots[i])
	}
	return list
}

// splitting finds several fields that have the size of one member together.
func (p *pairing) splitting(fields []*pair, s *slot) []step {
	if s.arms != nil || s.tail || s.Size < 2 {
		return nil
	}
	size := int64(0)
	for n, q := range fields {
		if q.hole() || size > 0 && q.field.Offset != fields[n-1].field.end() || q.blank() && s.bits == nil {
			return nil
		}
		size += q.field.Type.Size
		if size == s.Size && n > 0 {
			list := slices.Clone(fields[:n+1])
			score := worthMerge
			if s.bits != nil && p.holdBits(list, s) || len(list) == 2 && p.c.named(s.Type, halves...) && list[0].field.Type.Size == 4 {
				score = worthFit
			}
			if s.bits != nil && score != worthFit {
				return nil
			}
			return []step{{n + 1, 1, score, func() { p.split(list, s) }}}
		}
		if size >= s.Size {
			return nil
		}
	}
	return nil
}

// holdBits reports whether each bit-field of a unit lies in one of the fields that share it.
func (p *pairing) holdBits(fields []*pair, s *slot) bool {
	return !slices.ContainsFunc(s.bits, func(m CMember) bool {
		at := int64(0)
		for _, q := range fields {
			end := at + 8*q.field.Type.Size
			if m.Bit >= at && m.Bit+m.Bits <= end {
				return false
			}
			at = end
		}
		return true
	})
}

// run pairs the first fields with all of the slots of a struct, an array or one arm of a union. n
// is how many fields that takes, 0 if they do not fit.
func (p *pairing) run(fields []*pair, list []slot, depth int) (n, fits int, take func()) {
	var takes []func()
	for i := range list {
		s := &list[i]
		for n < len(fields) && fields[n].blank() && p.fits(fields[n], s) != nil && !s.tail { // padding
			n++
		}
		if s.tail {
			if n < len(fields) && p.fits(fields[n], s) == nil {
				q := fields[n]
				takes = append(takes, func() { q.take(s) })
				n++
			}
			continue
		}
		if n == len(fields) {
			return 0, 0, nil
		}
		if q := fields[n]; p.fits(q, s) == nil {
			takes = append(takes, func() { q.take(s) })
			if n++; !q.blank() { // which would fit padding as well
				fits++
			}
			continue
		}
		opened := false
		if depth < 4 {
			for _, in := range p.c.openSlot(s) {
				if k, more, inside := p.run(fields[n:], in, depth+1); k > 0 {
					takes = append(takes, inside)
					n, fits, opened = n+k, fits+more, true
					break
				}
			}
		}
		if !opened {
			return 0, 0, nil
		}
	}
	return n, fits, func() {
		for _, t := range takes {
			t()
		}
	}
}

// runInside pairs all fields of an opened struct with the first of the slots.
func (p *pairing) runInside(fields []*pair, list []slot) (used, fits int, take func()) {
	for used = 1; used <= len(list) && used <= len(fields); used++ {
		if n, fits, take := p.run(fields, list[:used], 0); n > 0 && onlyBlank(fields[n:]) {
			return used, fits, take
		}
	}
	return 0, 0, nil
}

func onlyBlank(list []*pair) bool {
	return !slices.ContainsFunc(list, func(q *pair) bool { return !q.blank() })
}

// replace puts the fields of a struct in the place of the field that is the struct.
func (p *pairing) replace(q *pair, in []*pair) {
	if i := slices.Index(p.pairs, q); i >= 0 {
		p.pairs = slices.Replace(p.pairs, i, i+1, in...)
	}
}
