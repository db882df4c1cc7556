package tcpmib

import (
	"iter"
	"time"
)

// ChangeKind is what happened to a connection.
type ChangeKind uint8

// The kinds.
const (
	Present ChangeKind = iota + 1 // it was there when a Watch began to look
	Opened                        // it is new
	Closed                        // it is gone
	Changed                       // it has another state or offload state
)

var changeKindNames = map[ChangeKind]string{
	Present: "present",
	Opened:  "opened",
	Closed:  "closed",
	Changed: "changed",
}

// String returns "present", "opened", "closed" or "changed".
func (k ChangeKind) String() string {
	if name, ok := changeKindNames[k]; ok {
		return name
	}
	return "ChangeKind(" + formatZone(uint32(k)) + ")"
}

// MarshalText writes what String prints.
func (k ChangeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Change is what happened to one connection between two snapshots.
//
// A connection is known by its endpoints and its PID. So one that Windows hands
// from its process to nobody, as it does in TIME-WAIT, is closed and opened.
type Change struct {
	Kind ChangeKind
	Conn Conn      // as it is now; for Closed, as it was last
	Old  Conn      // for Changed, as it was before; else the zero value
	Time time.Time // from Watch, when the beat began that found it; from Diff the zero time
}

// Diff yields what happened between two snapshots, in the order of
// Conn.Compare, by which both must be sorted. It does not keep them, and makes
// no garbage.
func Diff(older, newer []Conn) iter.Seq[Change] {
	return func(yield func(Change) bool) { diff(older, newer, yield) }
}

// diff is a merge: what is only in older was closed, what is only in newer was
// opened. It reports whether yield wants more.
func diff(older, newer []Conn, yield func(Change) bool) bool {
	for len(older) > 0 && len(newer) > 0 {
		o, n := &older[0], &newer[0]
		// Most connections are what they were, and equality costs less than order.
		if *o == *n {
			older, newer = older[1:], newer[1:]
			continue
		}
		var c Change
		switch order := compareIdentity(o, n); {
		case order < 0:
			c = Change{Kind: Closed, Conn: *o}
			older = older[1:]
		case order > 0:
			c = Change{Kind: Opened, Conn: *n}
			newer = newer[1:]
		// Where Windows lists a connection twice, one of the two may be what it was.
		case len(older) > 1 && older[1] == *n:
			c = Change{Kind: Closed, Conn: *o}
			older = older[1:]
		case len(newer) > 1 && newer[1] == *o:
			c = Change{Kind: Opened, Conn: *n}
			newer = newer[1:]
		default:
			c = Change{Kind: Changed, Conn: *n, Old: *o}
			older, newer = older[1:], newer[1:]
		}
		if !yield(c) {
			return false
		}
	}
	return each(Closed, older, yield) && each(Opened, newer, yield)
}

func each(kind ChangeKind, conns []Conn, yield func(Change) bool) bool {
	for i := range conns {
		if !yield(Change{Kind: kind, Conn: conns[i]}) {
			return false
		}
	}
	return true
}
