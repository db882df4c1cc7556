package mib

import "slices"

// History is the last two snapshots of one table that succeeded, sorted, and how they differ. The
// zero value has none.
type History[Row comparable] struct {
	older, newer []Row // the next is read into the memory of older, which only the changes need
	room         Room  // of each of the two
	first        bool  // whether newer is the first snapshot

	changes List[change]
	owners  [2]List[ownerOf] // the last known owners of rows of older and newer that have none
}

type change struct {
	kind         Kind
	older, newer int32 // rows: a table of DefaultMaxBytes has fewer than 2^31
}

// Read takes a snapshot with appendTo, and compares it with the last one. One that fails leaves the
// snapshots as they were, and has no changes.
func (h *History[Row]) Read(order *Order[Row], appendTo func([]Row) ([]Row, error)) error {
	if enough, excess := h.room.Excess(cap(h.older), spareRows); excess {
		h.older = make([]Row, enough)
	}
	h.Skip()
	rows, err := appendTo(h.older[:0])
	if err != nil {
		h.older = rows
		return err
	}
	h.room.Use(len(rows))
	// Windows was asked to sort already, which costs a tenth of sorting here.
	for i := 1; i < len(rows); i++ {
		if key := order.Key(&rows[i-1], &rows[i]); key > 0 || key == 0 && order.Compare(rows[i-1], rows[i]) > 0 {
			slices.SortFunc(rows, order.Compare)
			break
		}
	}
	h.first = h.newer == nil
	if rows == nil {
		rows = []Row{} // nil is no snapshot
	}
	h.older, h.newer = h.newer, rows
	h.owners[0], h.owners[1] = h.owners[1], h.owners[0]
	h.owners[1].Reset()
	if h.first {
		return nil
	}
	d := differ[Row]{
		order: order, older: h.older, newer: h.newer, olderOwners: h.owners[0].Items, newerOwners: h.owners[1].Items,
	}
	d.diff(func(kind Kind, i, j int) bool {
		h.changes.Items = append(h.changes.Items, change{kind, int32(i), int32(j)})
		return true
	})
	h.owners[1].Items = d.newerOwners
	return nil
}

// Skip forgets the changes: the history has no new snapshot.
func (h *History[Row]) Skip() {
	h.first = false
	h.changes.Reset()
}

// Len returns how many changes the last snapshot has.
func (h *History[Row]) Len() int {
	if h.first {
		return len(h.newer)
	}
	return len(h.changes.Items)
}

// Change returns change i: how the last snapshot differs from the one before, or that its rows are
// present if it is the first. older is nil for Opened and Present, newer for Closed.
func (h *History[Row]) Change(i int) (kind Kind, older, newer *Row) {
	if h.first {
		return Present, nil, &h.newer[i]
	}
	c := h.changes.Items[i]
	if c.kind != Opened {
		older = &h.older[c.older]
	}
	if c.kind != Closed {
		newer = &h.newer[c.newer]
	}
	return c.kind, older, newer
}

// Rows returns the last snapshot, which must not be changed.
func (h *History[Row]) Rows() []Row { return h.newer }
