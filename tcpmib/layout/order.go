package layout

import (
	"cmp"
	"slices"
	"sort"
)

// reorder brings the fields into the order of C: first by exchanging two that are in each other's
// place, then by moving as few as possible.
func (d *differences) reorder(places []place) {
	want := make([]*pair, len(places))
	for i, g := range places {
		want[i] = g.q
	}
	slices.SortStableFunc(want, func(a, b *pair) int { return cmp.Compare(a.from, b.from) })
	index := func(q *pair) int { return slices.IndexFunc(places, func(g place) bool { return g.q == q }) }
	for i, b := range want {
		a := places[i].q
		if a == b {
			continue
		}
		if j := index(b); want[j] == a {
			places[i].q, places[j].q = b, a
			d.find(a, KindOffset, d.name(a), "offset is %d in C and %d in Go: exchange it with %s", a.from, a.field.Offset, b.field.Name)
		}
	}
	stays := staying(places)
	for i := len(want) - 1; i >= 0; i-- { // what is behind it is in order already
		q := want[i]
		if stays[q] {
			continue
		}
		from, to, where := index(q), len(places)-1, "to the end"
		if i+1 < len(want) {
			next := want[i+1]
			to, where = index(next), "before "+next.field.Name
			if from < to {
				to--
			}
		}
		d.find(q, KindOffset, d.name(q), "offset is %d in C and %d in Go: move it %s", q.from, q.field.Offset, where)
		for ; from < to; from++ {
			places[from].q, places[from+1].q = places[from+1].q, q
		}
		for ; from > to; from-- {
			places[from].q, places[from-1].q = places[from-1].q, q
		}
	}
}

// staying are as many fields as there can be that follow each other as in C.
func staying(places []place) map[*pair]bool {
	var ends []int // of the best run of each length: the index of its last field
	before := make([]int, len(places))
	for i, g := range places {
		n := sort.Search(len(ends), func(n int) bool { return places[ends[n]].q.from > g.q.from })
		if n == len(ends) {
			ends = append(ends, i)
		}
		ends[n], before[i] = i, -1
		if n > 0 {
			before[i] = ends[n-1]
		}
	}
	stay := map[*pair]bool{}
	if len(ends) == 0 {
		return stay
	}
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		stay[places[i].q] = true
	}
	return stay
}
