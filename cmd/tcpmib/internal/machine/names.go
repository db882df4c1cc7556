package machine

import (
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Names are the processes of two snapshots. What closed has the name that its process had in the
// older one: it may have ended since, and its PID may belong to another.
type Names struct{ older, newer owner.Processes }

// Next takes the processes of the next snapshot. Those that have ended keep their names.
func (n *Names) Next(processes owner.Processes) {
	n.older, n.newer = n.newer, owner.Processes{}
	for _, known := range []owner.Processes{n.older, processes} {
		for pid, process := range known {
			n.newer[pid] = process
		}
	}
}

// Rows returns the rows of a change, as it is now and as it was.
func (n *Names) Rows(c rows.Change) (now, before rows.Row) {
	older, newer := rows.Snapshot{Processes: n.older}, rows.Snapshot{Processes: n.newer}
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
