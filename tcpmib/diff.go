package tcpmib

import (
	"iter"
	"time"
)

// ChangeKind is what happened to a connection.
type ChangeKind uint8

// The kinds.
const (
	Present ChangeKind = iota + 1 // it is in the first snapshot
	Opened                        // it is new
	Closed                        // it has gone
	Changed                       // it has another state, offload state or owner
)

var changeKinds = enum[ChangeKind]{"ChangeKind", "kind of change", map[ChangeKind]string{
	Present: "present", Opened: "opened", Closed: "closed", Changed: "changed",
}}

// String returns "present", "opened", "closed" or "changed", or "ChangeKind(5)" for any other number.
func (k ChangeKind) String() string { return changeKinds.string(k) }

// MarshalText writes what String prints.
func (k ChangeKind) MarshalText() ([]byte, error) { return changeKinds.marshal(k) }

// UnmarshalText reads what String prints, in any case.
func (k *ChangeKind) UnmarshalText(text []byte) (err error) {
	*k, err = changeKinds.parse(string(text))
	return err
}

// Change is what happened to one connection between two snapshots. Conn.Same and Owned.Same say what
// one connection is.
type Change struct {
	Kind    ChangeKind
	Conn    Conn      // as it is now; for Closed, as it was last
	Old     Conn      // for Changed, as it was before; else the zero value
	Created time.Time // of Conn, from a Tracker with Created set; else the zero time
	Time    time.Time // of the snapshot that has the change, from a Tracker or Watch; from Diff the zero time
}

// Diff yields what happened between two snapshots, in the order of Conn.Compare, by which both must
// be sorted. It does not keep them, and makes no garbage.
func Diff(older, newer []Conn) iter.Seq[Change] {
	return func(yield func(Change) bool) { diffConns(older, newer, yield) }
}

// diffConns keeps the loop over Diff off the heap: the compiler does not see across packages that
// the generic diff keeps nothing of it.
//
//go:noinline
func diffConns(older, newer []Conn, yield func(Change) bool) { diff(older, newer, yield) }

// snapshotRow is what snapshots have of a connection.
type snapshotRow interface {
	Conn | Owned
	comparable
}

// diff is a merge: what is only in older was closed, what is only in newer was opened.
func diff[Row snapshotRow](older, newer []Row, yield func(Change) bool) (more bool) {
	for len(older) > 0 && len(newer) > 0 {
		o, n := &older[0], &newer[0]
		// Most connections have not changed, and equality costs less than order.
		if *o == *n {
			older, newer = older[1:], newer[1:]
			continue
		}
		oConn, nConn := connOf(o), connOf(n)
		kind := Changed
		switch order := compareEndpoints(oConn, nConn); {
		case order < 0:
			kind = Closed
		case order > 0:
			kind = Opened
		// Where Windows lists a pair of endpoints twice, one of the two may be unchanged.
		case len(older) > 1 && older[1] == *n:
			kind = Closed
		case len(newer) > 1 && newer[1] == *o:
			kind = Opened
		case !sameOwner(oConn, nConn) && oConn.PID > nConn.PID:
			kind = Opened // o is next
		case !sameOwner(oConn, nConn) || !sameTime(createdOf(o), createdOf(n)):
			kind = Closed // the endpoints were used again: n is next
		}
		var c Change
		switch kind {
		case Closed:
			c = Change{Kind: Closed, Conn: *oConn, Created: createdOf(o)}
			older = older[1:]
		case Opened:
			c = Change{Kind: Opened, Conn: *nConn, Created: createdOf(n)}
			newer = newer[1:]
		default:
			c = Change{Kind: Changed, Conn: *nConn, Old: *oConn, Created: createdOf(n)}
			older, newer = older[1:], newer[1:]
		}
		if !yield(c) {
			return false
		}
	}
	return each(Closed, older, yield) && each(Opened, newer, yield)
}

func each[Row snapshotRow](kind ChangeKind, rows []Row, yield func(Change) bool) (more bool) {
	for i := range rows {
		row := &rows[i]
		if !yield(Change{Kind: kind, Conn: *connOf(row), Created: createdOf(row)}) {
			return false
		}
	}
	return true
}

func connOf[Row snapshotRow](row *Row) *Conn {
	switch row := any(row).(type) {
	case *Owned:
		return &row.Conn
	case *Conn:
		return row
	}
	panic("tcpmib: a row of snapshotRow without a Conn")
}

func createdOf[Row snapshotRow](row *Row) time.Time {
	if owned, ok := any(row).(*Owned); ok {
		return owned.Created
	}
	return time.Time{}
}
