package rows

import (
	"cmp"
	"maps"
	"slices"
)

// Sort orders the sockets by columns. Without columns it orders them as Socket.Compare does, which
// needs no rows.
func (s *Snapshot) Sort(by []Column, reverse bool) {
	if len(by) > 0 {
		s.sortRanked(by, reverse)
		return
	}
	slices.SortFunc(s.Sockets, Socket.Compare)
	if reverse {
		slices.Reverse(s.Sockets)
	}
}

// ranked is a row, and the place of its values in the leading columns of a sort.
type ranked struct {
	rank uint64
	row  *Row
}

// sortRanked sorts by columns. A million sockets have a few hundred processes: the values of the
// leading columns are compared once, and the rows by their ranks.
func (s *Snapshot) sortRanked(by []Column, reverse bool) {
	list, sorted := make([]Row, len(s.Sockets)), make([]ranked, len(s.Sockets))
	for i, socket := range s.Sockets {
		list[i] = s.Row(socket)
		sorted[i].row = &list[i]
	}
	// The product of two numbers of rows fits in 64 bits, and sorts by more columns are rare.
	for n := 0; n < 2 && len(by) > 0 && by[0].Key != nil; n++ {
		addRanks(sorted, &by[0])
		by = by[1:]
	}
	rest := Order(by, reverse)
	slices.SortFunc(sorted, func(a, b ranked) int {
		switch {
		case a.rank == b.rank:
			return rest(a.row, b.row)
		case reverse:
			return cmp.Compare(b.rank, a.rank)
		}
		return cmp.Compare(a.rank, b.rank)
	})
	for i := range sorted {
		s.Sockets[i] = sorted[i].row.Socket
	}
}

// addRanks ranks rows by a column, below the ranks that they have. Rows whose values compare equal,
// such as names in different case, have the same rank.
func addRanks(list []ranked, c *Column) {
	type value struct {
		row  *Row // one of those that have it
		rank uint64
	}
	values := map[Key]*value{}
	of := make([]*value, len(list))
	for i := range list {
		key := c.Key(list[i].row)
		v := values[key]
		if v == nil {
			v = &value{row: list[i].row}
			values[key] = v
		}
		of[i] = v
	}
	ordered := slices.SortedFunc(maps.Values(values), func(a, b *value) int { return c.Compare(a.row, b.row) })
	for i, v := range ordered {
		if i > 0 {
			v.rank = ordered[i-1].rank
			if c.Compare(ordered[i-1].row, v.row) != 0 {
				v.rank++
			}
		}
	}
	for i := range list {
		list[i].rank = list[i].rank*uint64(len(ordered)) + of[i].rank
	}
}

// Order returns a comparison of rows by columns. Rows that are equal there are ordered as by
// Socket.Compare. Where Windows does not say when a socket was created, its row comes last, reversed or
// not.
func Order(by []Column, reverse bool) func(a, b *Row) int {
	return func(a, b *Row) int {
		order := 0
		for i := 0; i < len(by) && order == 0; i++ {
			c := &by[i]
			switch aUnknown, bUnknown := c.isUnknown(a), c.isUnknown(b); {
			case aUnknown && !bUnknown:
				return 1
			case bUnknown && !aUnknown:
				return -1
			}
			order = c.Compare(a, b)
		}
		if order == 0 {
			order = a.Socket.Compare(b.Socket)
		}
		if reverse {
			return -order
		}
		return order
	}
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
