package rows

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"
	"sort"
)

// Sort orders the sockets by columns. Without columns it orders them as Socket.Compare does, which
// needs no rows.
func (s *Snapshot) Sort(by []Column, reverse bool) {
	if len(by) == 0 {
		sort.Slice(s.Sockets, func(i, j int) bool { return s.Sockets[i].Compare(s.Sockets[j]) < 0 })
		if reverse {
			slices.Reverse(s.Sockets)
		}
		return
	}
	sorted := make([]Socket, 0, len(s.Sockets))
	row := func(i int) Row { return s.Row(s.Sockets[i]) }
	for i := range Sorted(len(s.Sockets), row, func(i int) Socket { return s.Sockets[i] }, by, reverse) {
		sorted = append(sorted, s.Sockets[i])
	}
	s.Sockets = sorted
}

// Sorted returns the numbers of n rows in the order of columns, which is that of Order. It makes
// the rows as it needs them: a million rows at once would take 250 MB. socket returns the socket of
// a row, which takes a tenth of the time of the row.
func Sorted(n int, row func(i int) Row, socket func(i int) Socket, by []Column, reverse bool) iter.Seq[int] {
	if !slices.ContainsFunc(by, func(c Column) bool { return !c.isOfSocket() }) {
		row = func(i int) Row { return Row{Socket: socket(i)} }
	}
	list := make([]ranked, n)
	for i := range list {
		list[i].row = uint32(i)
	}
	s := sorter{row, socket, reverse}
	s.sort(list, by)
	return func(yield func(int) bool) {
		for i := range list {
			if !yield(int(list[i].row)) {
				return
			}
		}
	}
}

// sorter sorts rows by one column after the other. To make two rows for each comparison would take
// half a minute for a million of them, so where it can it makes each row once, and ranks its value.
type sorter struct {
	row     func(i int) Row
	socket  func(i int) Socket
	reverse bool
}

// ranked is the number of a row, and the rank of its value in the column at hand.
type ranked struct {
	rank uint64
	row  uint32
}

// few is up to how many rows it takes less time to compare texts than to rank them.
const few = 12

// sort sorts rows, which are in the order of their numbers, by columns and then as Socket.Compare
// does.
func (s *sorter) sort(list []ranked, by []Column) {
	switch {
	case len(list) < 2:
		return
	case len(by) > 0 && by[0].Rank != nil:
		s.rankNumbers(list, &by[0])
	case len(by) > 0 && len(list) > few && by[0].Word != nil:
		s.rankWords(list, &by[0])
	default:
		left, right := rowCache{row: s.row}, rowCache{row: s.row}
		slices.SortFunc(list, func(a, b ranked) int {
			order := 0
			if len(by) > 0 {
				order = compareBy(by, s.reverse, left.get(a.row), right.get(b.row))
			}
			if order == 0 {
				order = s.directed(s.socket(int(a.row)).Compare(s.socket(int(b.row))))
			}
			return cmp.Or(order, cmp.Compare(a.row, b.row))
		})
		return
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(s.directed(cmp.Compare(a.rank, b.rank)), cmp.Compare(a.row, b.row))
	})
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].rank == list[0].rank {
			n++
		}
		s.sort(list[:n], by[1:])
		list = list[n:]
	}
}

func (s *sorter) directed(order int) int {
	if s.reverse {
		return -order
	}
	return order
}

// rankNumbers ranks rows by a column of numbers or times. Unknown times come last, reversed or not.
func (s *sorter) rankNumbers(list []ranked, c *Column) {
	for i := range list {
		r := s.row(int(list[i].row))
		switch {
		case !c.isUnknown(&r):
			list[i].rank = 1 + c.Rank(&r)
		case s.reverse:
			list[i].rank = 0
		default:
			list[i].rank = math.MaxUint64
		}
	}
}

// rankWords ranks rows by a column with a few hundred texts for a million rows, such as the
// process. Rows whose texts compare equal, such as names in different case, have the same rank.
func (s *sorter) rankWords(list []ranked, c *Column) {
	type word struct {
		row  uint32 // one of those that have it
		rank uint64
	}
	words := map[string]*word{}
	of := make([]*word, len(list))
	for i := range list {
		r := s.row(int(list[i].row))
		text := c.Word(&r)
		if words[text] == nil {
			words[text] = &word{row: list[i].row}
		}
		of[i] = words[text]
	}
	left, right := rowCache{row: s.row}, rowCache{row: s.row}
	compare := func(a, b *word) int { return c.compare(left.get(a.row), right.get(b.row)) }
	ordered := slices.SortedFunc(maps.Values(words), compare)
	for i, w := range ordered {
		if i > 0 {
			w.rank = ordered[i-1].rank
			if compare(ordered[i-1], w) != 0 {
				w.rank++
			}
		}
	}
	for i := range list {
		list[i].rank = of[i].rank
	}
}

// rowCache has one row: a sort compares many rows with the same one.
type rowCache struct {
	row func(i int) Row
	has bool
	i   uint32
	r   Row // row i, if it has one
}

func (c *rowCache) get(i uint32) *Row {
	if !c.has || c.i != i {
		c.r, c.has, c.i = c.row(int(i)), true, i
	}
	return &c.r
}

// Order returns a comparison of rows by columns. Rows that are equal there are ordered as by
// Socket.Compare. A row without a creation time comes last, reversed or not.
func Order(by []Column, reverse bool) func(a, b *Row) int {
	return func(a, b *Row) int {
		order := compareBy(by, reverse, a, b)
		if order != 0 {
			return order
		}
		if order = a.Socket.Compare(b.Socket); reverse {
			return -order
		}
		return order
	}
}

// compareBy compares rows by columns.
func compareBy(by []Column, reverse bool, a, b *Row) int {
	for i := range by {
		c := &by[i]
		switch aUnknown, bUnknown := c.isUnknown(a), c.isUnknown(b); {
		case aUnknown && !bUnknown:
			return 1
		case bUnknown && !aUnknown:
			return -1
		}
		if order := c.compare(a, b); order != 0 {
			if reverse {
				return -order
			}
			return order
		}
	}
	return 0
}

// compare compares rows by the column.
func (c *Column) compare(a, b *Row) int {
	switch {
	case c.Rank != nil:
		return cmp.Compare(c.Rank(a), c.Rank(b))
	case c.Word != nil:
		return compareFold(c.Word(a), c.Word(b))
	}
	return c.Order(a, b)
}

// isUnknown reports whether the column shows a time of a row that has none.
func (c *Column) isUnknown(r *Row) bool {
	return (c.Name == "age" || c.Name == "created") && r.Created.IsZero()
}

// compareFold compares names ignoring the case of ASCII letters, as Windows does.
func compareFold(a, b string) int {
	if a == b { // as most names of a busy machine are: much faster
		return 0
	}
	for i := range min(len(a), len(b)) {
		if order := cmp.Compare(lower(a[i]), lower(b[i])); order != 0 {
			return order
		}
	}
	return cmp.Compare(len(a), len(b))
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}
