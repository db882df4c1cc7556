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

// AppendDatedConns appends to dst the connections of each family's last snapshot that succeeded, then
// the bound sockets, and returns the extended slice, which the caller owns. Both are sorted by
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
	families := [2]Family{family & IPv4, family & IPv6}
	var errs, errsBound [2]error
	for i, family := range families {
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
	change := func(c Change) bool {
		c.Time = at
		return yield(c, nil)
	}
	conn := func(kind mib.Kind, older, newer *Conn) bool { return change(changeOf(kind, older, newer)) }
	for i, family := range families {
		more := true
		switch {
		case family == 0:
		case errs[i] != nil:
			more = yield(Change{Time: at}, errs[i])
		case t.Created:
			more = t.dated[i].Changes(func(kind mib.Kind, older, newer *DatedConn) bool { return change(changeOfDated(kind, older, newer)) })
		default:
			more = t.conns[i].Changes(conn)
		}
		if !more {
			return
		}
	}
	for i, family := range families {
		more := true
		switch {
		case family == 0 || !t.Bound:
		case errsBound[i] != nil:
			more = yield(Change{Time: at}, errsBound[i])
		default:
			more = t.bound[i].Changes(conn)
		}
		if !more {
			return
		}
	}
}
