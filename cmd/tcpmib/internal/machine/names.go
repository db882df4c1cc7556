package machine

import (
	"maps"
	"net/netip"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Names are the processes of two snapshots. A closed socket has the name that its process had in
// the older one: it may have ended since, and its PID may belong to another.
type Names struct {
	older, newer owner.Processes
	owners       map[uint32]*rows.Owner // by process ID, if Keep was called
	services     map[uint32][]string
	hosts        map[netip.Addr]string
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

// OneOfEach collects one socket of each process, which is enough to ask about processes.
type OneOfEach struct {
	Sockets []rows.Socket
	seen    map[uint32]bool
}

// Add adds a socket, unless there is one of its process.
func (o *OneOfEach) Add(s rows.Socket) {
	if o.seen == nil {
		o.seen = map[uint32]bool{}
	}
	if !o.seen[s.PID] {
		o.seen[s.PID] = true
		o.Sockets = append(o.Sockets, s)
	}
}

// Know reads what columns need of the processes of sockets, after Next. Processes that have ended
// stay known.
func (n *Names) Know(m *Reader, sockets []rows.Socket, columns []rows.Column) {
	if len(columns) == 0 || len(sockets) == 0 {
		return
	}
	s := rows.Snapshot{Processes: n.newer, Sockets: sockets}
	asked, shown := columns, []rows.Column(nil)
	if n.reported {
		asked, shown = shown, asked
	}
	m.Enrich(&s, tcpmib.Both, asked, shown)
	n.reported = true
	n.Keep(&s)
}

// Keep keeps what a snapshot knows of processes and of remote addresses, for the rows of sockets
// that close later.
func (n *Names) Keep(s *rows.Snapshot) {
	if n.owners == nil {
		n.owners, n.services, n.hosts = map[uint32]*rows.Owner{}, map[uint32][]string{}, map[netip.Addr]string{}
	}
	for pid, o := range s.Owners {
		if o.Path != "" || n.owners[pid] == nil {
			n.owners[pid] = o
		}
	}
	maps.Copy(n.services, s.Services)
	for addr, host := range s.Hosts {
		if host != "" {
			n.hosts[addr] = host
		}
	}
}

// Rows returns the rows of a change, as it is now and, if it changed, as it was.
func (n *Names) Rows(c *rows.Change) (now, before rows.Row) {
	older := rows.Snapshot{Processes: n.older, Owners: n.owners, Services: n.services, Hosts: n.hosts}
	newer := rows.Snapshot{Processes: n.newer, Owners: n.owners, Services: n.services, Hosts: n.hosts}
	switch c.Kind {
	case tcpmib.Changed:
		before = older.Row(c.Before())
	case tcpmib.Closed:
		if now = older.Row(c.Now()); now.Process != "" {
			return now, before
		}
	}
	return newer.Row(c.Now()), before
}

// Newer returns the processes of the newer snapshot, and those that have ended.
func (n *Names) Newer() owner.Processes { return n.newer }
