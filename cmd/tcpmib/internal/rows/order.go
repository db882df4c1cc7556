package rows

import "cmp"

// Order returns a comparison of rows by columns. Rows that are equal there are ordered as by
// Socket.Compare.
func Order(by []Column, reverse bool) func(a, b *Row) int {
	return func(a, b *Row) int {
		order := 0
		for i := 0; i < len(by) && order == 0; i++ {
			order = by[i].Compare(a, b)
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
