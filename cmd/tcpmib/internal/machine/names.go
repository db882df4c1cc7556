package machine

import (
	"maps"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Names are the processes of two snapshots. A closed socket has the name that its process had in
// the older one: it may have ended since, and its PID may belong to another.
type Names struct {
	older, newer owner.Processes
	owners       map[uint32]*rows.Owner // by process ID, if Know was called
	services     map[uint32][]string
	reported     bool // missing columns, once
}

// Next takes the processes of the next snapshot. Those that have ended keep their names.
func (n *Names) Next(processes owner.Processes) {
	n.older, n.newer = n.newer, owner.Processes{}
	for _, known := range []owner.Processes{n.older, processes} {
		for pid, process := range known {
			n.newer[pid] = process
		}
	}
}

// Know reads what columns need of the processes of changes, after Next. Processes that have ended
// stay known.
func (n *Names) Know(m *Reader, changes *rows.Changes, columns []rows.Column) {
	if len(columns) == 0 || changes.Len() == 0 {
		return
	}
	s := rows.Snapshot{Processes: n.newer}
	seen := map[uint32]bool{}
	for c := range changes.All() {
		if !seen[c.Conn.PID] { // one socket of each process is enough
			seen[c.Conn.PID] = true
			s.Sockets = append(s.Sockets, c.Now())
		}
	}
	asked, shown := columns, []rows.Column(nil)
	if n.reported {
		asked, shown = shown, asked
	}
	m.Enrich(&s, tcpmib.Both, asked, shown)
	n.reported = true
	if n.owners == nil {
		n.owners, n.services = map[uint32]*rows.Owner{}, map[uint32][]string{}
	}
	for pid, o := range s.Owners {
		if o.Path != "" || n.owners[pid] == nil {
			n.owners[pid] = o
		}
	}
	maps.Copy(n.services, s.Services)
}

// Rows returns the rows of a change, as it is now and as it was.
func (n *Names) Rows(c *rows.Change) (now, before rows.Row) {
	older := rows.Snapshot{Processes: n.older, Owners: n.owners, Services: n.services}
	newer := rows.Snapshot{Processes: n.newer, Owners: n.owners, Services: n.services}
	now, before = newer.Row(c.Now()), older.Row(c.Before())
	if c.Kind == tcpmib.Closed {
		if closed := older.Row(c.Now()); closed.Process != "" {
			now = closed
		}
	}
	return now, before
}

// Newer returns the processes of the newer snapshot, and those that have ended.
func (n *Names) Newer() owner.Processes { return n.newer }
