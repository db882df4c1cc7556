package main

import (
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// names are the processes of two snapshots. What closed has the name that its process had in the
// older one: it may have ended since, and its PID may belong to another.
type names struct{ older, newer owner.Processes }

// next takes the processes of the next snapshot. Those that have ended keep their names.
func (n *names) next(processes owner.Processes) {
	n.older, n.newer = n.newer, owner.Processes{}
	for _, known := range []owner.Processes{n.older, processes} {
		for pid, process := range known {
			n.newer[pid] = process
		}
	}
}

// rows returns the rows of a change, as it is now and as it was.
func (n *names) rows(c rows.Change) (now, before rows.Row) {
	older, newer := rows.Snapshot{Processes: n.older}, rows.Snapshot{Processes: n.newer}
	now, before = newer.Row(c.Now()), older.Row(c.Before())
	if c.Kind == tcpmib.Closed {
		if closed := older.Row(c.Now()); closed.Process != "" {
			now = closed
		}
	}
	return now, before
}

// A naming returns the names at a time.
type naming func(time.Time) *names

// liveNames reads the processes again at each tick with a change.
func (a *app) liveNames() naming {
	var last time.Time
	n := &names{}
	return func(t time.Time) *names {
		if n.newer == nil || !t.Equal(last) {
			last = t
			n.next(a.processes(a.live))
		}
		return n
	}
}
