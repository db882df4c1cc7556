package mib

import "slices"

// History is the last two snapshots of one table that succeeded, sorted. The zero value has none.
type History[Row comparable] struct {
	older, newer []Row
	spare        []Row // memory for the next
	count        int   // of snapshots, up to 2
}

// Read takes a snapshot with appendTo. One that fails leaves the history as it was.
func (h *History[Row]) Read(order *Order[Row], appendTo func([]Row) ([]Row, error)) error {
	rows, err := appendTo(h.spare[:0])
	h.spare = rows
	if err != nil {
		return err
	}
	// Windows was asked to sort already, which costs a tenth of sorting here.
	for i := 1; i < len(rows); i++ {
		if key := order.Key(&rows[i-1], &rows[i]); key > 0 || key == 0 && order.Compare(rows[i-1], rows[i]) > 0 {
			slices.SortFunc(rows, order.Compare)
			break
		}
	}
	h.older, h.newer, h.spare = h.newer, rows, h.older
	h.count = min(h.count+1, 2)
	return nil
}

// Changes yields how the last snapshot differs from the one before, or that its rows are present if
// it is the first. It stops when yield returns false, and reports whether it did not.
func (h *History[Row]) Changes(order *Order[Row], yield func(kind Kind, older, newer *Row) bool) (more bool) {
	if h.count != 1 {
		return Diff(order, h.older, h.newer, yield)
	}
	for i := range h.newer {
		if !yield(Present, nil, &h.newer[i]) {
			return false
		}
	}
	return true
}

// Rows returns the last snapshot, which must not be changed.
func (h *History[Row]) Rows() []Row { return h.newer }
