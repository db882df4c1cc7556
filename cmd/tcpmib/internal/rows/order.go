package rows

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"
)

// Sort orders the sockets by columns. Without columns it orders them as Socket.Compare does, which
// needs no rows.
func (s *Snapshot) Sort(by []Column, reverse bool) {
	if len(by) == 0 {
		slices.SortFunc(s.Sockets, Socket.Compare)
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

// Sorted returns the numbers of n rows in the order of columns, which is that of Order. It makes the rows
// as it compares them: a million rows at once would take 250 MB. socket returns the socket of a row,
// which takes a tenth of the time of the row.
func Sorted(n int, row func(i int) Row, socket func(i int) Socket, by []Column, reverse bool) iter.Seq[int] {
	if !slices.ContainsFunc(by, func(c Column) bool { return !c.isOfSocket() }) {
		row = func(i int) Row { return Row{Socket: socket(i)} }
	}
	sorted := make([]ranked, n)
	for i := range sorted {
		sorted[i].row = i
	}
	// To make two rows for each comparison takes half a minute for a million of them.
	if len(by) > 0 && by[0].Time != nil {
		addTimes(sorted, row, &by[0], reverse)
		by = by[1:]
	} else {
		by = addKeys(sorted, row, by)
	}
	left, right := rowCache{row: row}, rowCache{row: row}
	slices.SortFunc(sorted, func(a, b ranked) int {
		order := cmp.Compare(a.rank, b.rank)
		if reverse {
			order = -order
		}
		if order == 0 && len(by) > 0 {
			order = compareBy(by, reverse, left.get(a.row), right.get(b.row))
		}
		if order == 0 {
			order = socket(a.row).Compare(socket(b.row))
			if reverse {
				order = -order
			}
		}
		return cmp.Or(order, cmp.Compare(a.row, b.row))
	})
	return func(yield func(int) bool) {
		for i := range sorted {
			if !yield(sorted[i].row) {
				return
			}
		}
	}
}

// addTimes ranks rows by a column of times. Unknown ones come last, reversed or not.
func addTimes(list []ranked, row func(i int) Row, c *Column, reverse bool) {
	for i := range list {
		r := row(list[i].row)
		switch {
		case !c.isUnknown(&r):
			list[i].rank = 1 + c.Time(&r)
		case !reverse:
			list[i].rank = math.MaxUint64
		}
	}
}

// addKeys ranks rows by the leading columns that have keys, and returns the others. A million sockets have a few
// hundred processes: their values are compared once. The product of two numbers of rows fits in 64
// bits, and sorts by more columns are rare.
func addKeys(list []ranked, row func(i int) Row, by []Column) []Column {
	for k := 0; k < 2 && len(by) > 0 && by[0].Key != nil; k++ {
		addRanks(list, row, &by[0])
		by = by[1:]
	}
	return by
}

// ranked is the number of a row, and the place of its values in the leading columns of a sort.
type ranked struct {
	rank uint64
	row  int
}

// rowCache has one row: a sort compares many rows with the same one.
type rowCache struct {
	row func(i int) Row
	has *Row // row i; nil: none yet
	i   int
}

func (c *rowCache) get(i int) *Row {
	if c.has == nil || c.i != i {
		r := c.row(i)
		c.has, c.i = &r, i
	}
	return c.has
}

// addRanks ranks rows by a column, below the ranks that they have. Rows whose values compare equal,
// such as names in different case, have the same rank.
func addRanks(list []ranked, row func(i int) Row, c *Column) {
	type value struct {
		row  int // one of those that have it
		rank uint64
	}
	values := map[Key]*value{}
	of := make([]*value, len(list))
	for i := range list {
		r := row(list[i].row)
		key := c.Key(&r)
		v := values[key]
		if v == nil {
			v = &value{row: list[i].row}
			values[key] = v
		}
		of[i] = v
	}
	left, right := rowCache{row: row}, rowCache{row: row}
	compare := func(a, b *value) int { return c.Compare(left.get(a.row), right.get(b.row)) }
	ordered := slices.SortedFunc(maps.Values(values), compare)
	for i, v := range ordered {
		if i > 0 {
			v.rank = ordered[i-1].rank
			if compare(ordered[i-1], v) != 0 {
				v.rank++
			}
		}
	}
	for i := range list {
		list[i].rank = list[i].rank*uint64(len(ordered)) + of[i].rank
	}
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
		if order := c.Compare(a, b); order != 0 {
			if reverse {
				return -order
			}
			return order
		}
	}
	return 0
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
