package tcpmib

import (
	"iter"
	"time"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Tracker takes snapshots of the connections and reports how each differs from the one before. The
// zero value is ready to use. A Tracker is for one goroutine at a time, and must not be copied.
//
// Each family has its own history: when one cannot be read, its history stays as it was, and its
// next snapshot that succeeds is compared with the last one that did. A Tracker remembers the owner
// of a connection that has lost it: if another process owns it later, it is another connection.
type Tracker struct {
	_ mib.NoCopy

	// Created makes the Tracker read creation times too, from larger tables: if endpoints were used
	// again between two snapshots, it then reports that one connection closed and another opened.
	// Set it before the first snapshot.
	Created bool

	// Bound makes the Tracker read the sockets of Reader.AppendBound too. Set it before the first
	// snapshot.
	Bound bool

	// By family.
	conns [2]mib.History[Conn]
	dated [2]mib.History[DatedConn] // in their place with Created
	bound [2]mib.History[Conn]

	at time.Time // of the last snapshot
}

// Changes takes a snapshot of the connections of a family with r, and yields how it differs from
// the last one, in the order of Diff, IPv4 first, and then how the bound sockets differ. The
// connections of the first snapshot of a family are yielded as Present, so that the changes add up
// to the current connections. All have the time at.
//
// If a family cannot be read, Changes yields the error with a Change that has only a Time; an
// invalid family is fs.ErrInvalid. All tables are read before the first change is yielded; a loop
// that ends early loses the remaining changes. Each snapshot may come from another r: one for each
// capture, say. Once the buffers are large enough it makes no garbage.
func (t *Tracker) Changes(r *Reader, family Family, at time.Time) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) { t.changes(r, family, at, yield) }
}

// AppendDatedConns appends to dst the connections of each family's last snapshot that succeeded,
// then the bound sockets, and returns the extended slice, which the caller owns. Both are sorted by
// DatedConn.Compare. Creation times are zero without Created, and for bound sockets.
func (t *Tracker) AppendDatedConns(dst []DatedConn) []DatedConn {
	for i := range t.conns {
		dst = appendUndated(dst, t.conns[i].Rows())
		dst = append(dst, t.dated[i].Rows()...)
	}
	for i := range t.bound {
		dst = appendUndated(dst, t.bound[i].Rows())
	}
	return dst
}

// Conns yields the connections and bound sockets that AppendDatedConns appends, in the same order,
// without their creation times and without a slice. The loop must end before the next snapshot.
func (t *Tracker) Conns() iter.Seq[Conn] {
	return func(yield func(Conn) bool) {
		for i := range t.conns {
			for _, c := range t.conns[i].Rows() {
				if !yield(c) {
					return
				}
			}
			for _, c := range t.dated[i].Rows() {
				if !yield(c.Conn) {
					return
				}
			}
		}
		for i := range t.bound {
			for _, c := range t.bound[i].Rows() {
				if !yield(c) {
					return
				}
			}
		}
	}
}

func appendUndated(dst []DatedConn, conns []Conn) []DatedConn {
	for _, c := range conns {
		dst = append(dst, DatedConn{Conn: c})
	}
	return dst
}

func (t *Tracker) changes(r *Reader, family Family, at time.Time, yield func(Change, error) bool) {
	if err := mib.CheckFamily("tcpmib", family); err != nil {
		yield(Change{Time: at}, err)
		return
	}
	t.at = at
	var errs, errsBound [2]error
	for i, family := range [2]Family{family & IPv4, family & IPv6} {
		t.conns[i].Skip()
		t.dated[i].Skip()
		t.bound[i].Skip()
		if family == 0 {
			continue
		}
		if t.Created {
			errs[i] = t.dated[i].Read(&datedOrder, func(dst []DatedConn) ([]DatedConn, error) { return r.appendDatedConns(dst, family, true) })
		} else {
			errs[i] = t.conns[i].Read(&connOrder, func(dst []Conn) ([]Conn, error) { return r.appendConns(dst, family, true) })
		}
		if t.Bound {
			errsBound[i] = t.bound[i].Read(&connOrder, func(dst []Conn) ([]Conn, error) { return r.AppendBound(dst, family) })
		}
	}
	next := 0
	yieldTable := func(n int, err error) (more bool) {
		if err != nil {
			return yield(Change{Time: at}, err)
		}
		for more = true; more && n > 0; n-- {
			more = yield(t.Change(next), nil)
			next++
		}
		return more
	}
	for i, err := range errs {
		if !yieldTable(t.conns[i].Len()+t.dated[i].Len(), err) {
			return
		}
	}
	for i, err := range errsBound {
		if !yieldTable(t.bound[i].Len(), err) {
			return
		}
	}
}

// NumChanges returns how many changes the last snapshot had.
func (t *Tracker) NumChanges() (n int) {
	for i := range t.conns {
		n += t.conns[i].Len() + t.dated[i].Len() + t.bound[i].Len()
	}
	return n
}

// Change returns change i of the NumChanges of the last snapshot, counted as Changes yields them,
// so that nobody has to keep millions of changes to look at them again. It returns the zero value
// if there is no such change.
func (t *Tracker) Change(i int) Change {
	if i < 0 {
		return Change{}
	}
	c := t.change(i)
	if c.Kind != 0 {
		c.Time = t.at
	}
	return c
}

func (t *Tracker) change(i int) Change {
	for f := range t.conns {
		if h := &t.conns[f]; i < h.Len() {
			return changeOf(h.Change(i))
		}
		i -= t.conns[f].Len()
		if h := &t.dated[f]; i < h.Len() {
			return changeOfDated(h.Change(i))
		}
		i -= t.dated[f].Len()
	}
	for f := range t.bound {
		if h := &t.bound[f]; i < h.Len() {
			return changeOf(h.Change(i))
		}
		i -= t.bound[f].Len()
	}
	return Change{}
}
