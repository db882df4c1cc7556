package tcpmib

import (
	"iter"
	"slices"
	"time"
)

// Tracker takes snapshots of the connections and says how each differs from the one before. The zero
// value is ready to use. A Tracker is for one goroutine at a time, and must not be copied.
//
// Each family has its own history: one that cannot be read stays as it was, and its next snapshot
// that succeeds is compared with the last one that did.
type Tracker struct {
	_ noCopy

	// Created has the Tracker read creation times too, from larger tables, so that endpoints that
	// were used again between two snapshots are a connection that closed and one that opened. Set
	// it before the first snapshot.
	Created bool

	conns [2]history[Conn]  // of IPv4 and IPv6
	owned [2]history[Owned] // in their place with Created
}

// Changes takes a snapshot of the connections of a family with r, and yields how it differs from the
// last one, in the order of Conn.Compare, IPv4 first. The connections of the first snapshot of a
// family are yielded as Present, so that the changes add up to what there is. All have the time at.
//
// A family that cannot be read is an error beside a Change that has only a Time. All is read before
// the first change is yielded; a loop that ends early loses the changes that it did not take. Each
// snapshot may have another r: one for each capture, say. Once the buffers are large enough it makes
// no garbage.
func (t *Tracker) Changes(r *Reader, family Family, at time.Time) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) { t.changes(r, family, at, yield) }
}

// AppendOwned appends the connections of the last snapshot of each family that succeeded to dst,
// sorted by Owned.Compare, and returns the longer slice, which the caller owns. Creation times are
// zero without Created.
func (t *Tracker) AppendOwned(dst []Owned) []Owned {
	for i := range t.conns {
		for _, c := range t.conns[i].newer {
			dst = append(dst, Owned{Conn: c})
		}
		dst = append(dst, t.owned[i].newer...)
	}
	return dst
}

func (t *Tracker) changes(r *Reader, family Family, at time.Time, yield func(Change, error) bool) {
	if err := family.check(); err != nil {
		yield(Change{Time: at}, err)
		return
	}
	families := [2]Family{family & IPv4, family & IPv6}
	var errs [2]error
	for i, family := range families {
		switch {
		case family == 0:
		case t.Created:
			errs[i] = t.owned[i].read(compareOwned, func(dst []Owned) ([]Owned, error) { return r.appendOwned(dst, family, true) })
		default:
			errs[i] = t.conns[i].read(compareConns, func(dst []Conn) ([]Conn, error) { return r.appendConns(dst, family, true) })
		}
	}
	change := func(c Change) bool {
		c.Time = at
		return yield(c, nil)
	}
	for i, family := range families {
		more := true
		switch {
		case family == 0:
		case errs[i] != nil:
			more = yield(Change{Time: at}, errs[i])
		case t.Created:
			more = t.owned[i].changes(change)
		default:
			more = t.conns[i].changes(change)
		}
		if !more {
			return
		}
	}
}

// history is the last two snapshots of one family that succeeded, sorted.
type history[Row snapshotRow] struct {
	older, newer []Row
	spare        []Row // memory for the next
	count        int   // of snapshots, up to 2
}

func (h *history[Row]) read(compare func(a, b *Row) int, appendTo func([]Row) ([]Row, error)) error {
	rows, err := appendTo(h.spare[:0])
	h.spare = rows
	if err != nil {
		return err
	}
	// Windows was asked to sort already, which costs a tenth of sorting here.
	for i := 1; i < len(rows); i++ {
		if compare(&rows[i-1], &rows[i]) > 0 {
			slices.SortFunc(rows, func(a, b Row) int { return compare(&a, &b) })
			break
		}
	}
	h.older, h.newer, h.spare = h.newer, rows, h.older
	h.count = min(h.count+1, 2)
	return nil
}

func (h *history[Row]) changes(yield func(Change) bool) (more bool) {
	if h.count == 1 {
		return each(Present, h.newer, yield)
	}
	return diff(h.older, h.newer, yield)
}
