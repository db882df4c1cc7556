package tcpmib

import (
	"iter"
	"time"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// ChangeKind is what happened to a connection.
type ChangeKind uint8

// The kinds.
const (
	Present ChangeKind = ChangeKind(mib.Present) // it is in the first snapshot
	Opened  ChangeKind = ChangeKind(mib.Opened)  // it is new
	Closed  ChangeKind = ChangeKind(mib.Closed)  // it has gone
	Changed ChangeKind = ChangeKind(mib.Changed) // it has another state, offload state or owner
)

var changeKinds = mib.EnumOf("tcpmib", "ChangeKind", "kind of change", map[ChangeKind]string{
	Present: "present", Opened: "opened", Closed: "closed", Changed: "changed",
})

// String returns "present", "opened", "closed" or "changed", or "ChangeKind(5)" for any other
// number.
func (k ChangeKind) String() string { return changeKinds.String(k) }

// MarshalText writes what String prints.
func (k ChangeKind) MarshalText() ([]byte, error) { return changeKinds.MarshalText(k) }

// UnmarshalText reads what String prints, in any case.
func (k *ChangeKind) UnmarshalText(text []byte) (err error) {
	*k, err = changeKinds.Parse(string(text))
	return err
}

// Change is what happened to one connection between two snapshots. Conn.Same and DatedConn.Same say
// what one connection is.
type Change struct {
	Kind    ChangeKind
	Conn    Conn      // as it is now; for Closed, as it was last
	Old     Conn      // for Changed, as it was before; else the zero value
	Created time.Time // of Conn, from a Tracker with Created set; else the zero time
	Time    time.Time // of the snapshot that has the change, from a Tracker or Watch; from Diff the zero time
}

// String returns the change in one line, such as "opened 10.0.0.1:50120 -> 203.0.113.7:443 SYN-SENT
// pid 9216". For Changed it says what was before: "changed 10.0.0.1:50120 -> 203.0.113.7:443
// TIME-WAIT, was ESTABLISHED pid 9216".
func (c Change) String() string {
	text := c.Kind.String() + " " + DatedConn{c.Conn, c.Created}.String()
	if c.Kind == Changed {
		text += ", was " + c.Old.condition()
	}
	return text
}

// Diff yields what happened between two snapshots, which must be sorted by Conn.Compare, in the
// order of their endpoints. If endpoints were used again, the closed connection comes before the
// opened one. It does not keep the snapshots, and makes no garbage.
func Diff(older, newer []Conn) iter.Seq[Change] {
	return func(yield func(Change) bool) { diffConns(older, newer, yield) }
}

// diffConns keeps the loop over Diff off the heap: the compiler does not see across packages that
// the generic mib.Diff keeps nothing of it.
//
//go:noinline
func diffConns(older, newer []Conn, yield func(Change) bool) {
	mib.Diff(&connOrder, older, newer, func(kind mib.Kind, older, newer *Conn) bool {
		return yield(changeOf(kind, older, newer))
	})
}

var connOrder = mib.Order[Conn]{
	Key:     compareEndpoints,
	Compare: Conn.Compare,
	Owner:   func(c *Conn) uint32 { return c.PID },
	Same:    sameConn,
}

var datedOrder = mib.Order[DatedConn]{
	Key:     func(c, d *DatedConn) int { return compareEndpoints(&c.Conn, &d.Conn) },
	Compare: DatedConn.Compare,
	Owner:   func(c *DatedConn) uint32 { return c.PID },
	Same: func(older, newer *DatedConn, owner uint32) bool {
		return sameConn(&older.Conn, &newer.Conn, owner) && sameTime(older.Created, newer.Created)
	},
}

// changeOf returns a change of a connection; a Change has no Old unless its kind is Changed.
func changeOf(kind mib.Kind, older, newer *Conn) Change {
	switch kind {
	case mib.Closed:
		return Change{Kind: Closed, Conn: *older}
	case mib.Changed:
		return Change{Kind: Changed, Conn: *newer, Old: *older}
	}
	return Change{Kind: ChangeKind(kind), Conn: *newer}
}

// changeOfDated is changeOf for connections with creation times.
func changeOfDated(kind mib.Kind, older, newer *DatedConn) Change {
	switch kind {
	case mib.Closed:
		return Change{Kind: Closed, Conn: older.Conn, Created: older.Created}
	case mib.Changed:
		return Change{Kind: Changed, Conn: newer.Conn, Old: older.Conn, Created: newer.Created}
	}
	return Change{Kind: ChangeKind(kind), Conn: newer.Conn, Created: newer.Created}
}
