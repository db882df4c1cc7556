package rows

import (
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Snapshot is the connections at one time, and what is known about them.
type Snapshot struct {
	Conns     []tcpmib.Conn
	Processes owner.Processes

	// Read only when asked for.
	Hosts    map[netip.Addr]string // names of remote addresses
	Owned    map[Identity]*Owned
	Services map[uint32][]string // by process ID
}

// Identity identifies a connection across tables and snapshots.
type Identity struct {
	Local, Remote netip.AddrPort
	PID           uint32
}

// IdentityOf returns the identity of a connection.
func IdentityOf(c tcpmib.Conn) Identity { return Identity{c.Local, c.Remote, c.PID} }

// Owned is what the owner module tables say about a connection.
type Owned struct {
	Created    time.Time
	Module     string                             // "" until read
	ReadModule func() (tcpmib.OwnerModule, error) // nil if there is nothing to ask
}

// Rows yields a row for each connection, valid until the next one.
func (s *Snapshot) Rows() iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		var r Row
		for _, c := range s.Conns {
			if r = s.Row(c); !yield(&r) {
				return
			}
		}
	}
}

// Keep drops the connections whose rows do not match.
func (s *Snapshot) Keep(match func(*Row) bool) {
	s.Conns = slices.DeleteFunc(s.Conns, func(c tcpmib.Conn) bool {
		r := s.Row(c)
		return !match(&r)
	})
}

// Sort orders the connections by columns. Without columns it orders them as tcpmib.Conn.Compare
// does, which needs no rows.
func (s *Snapshot) Sort(by []Column, reverse bool) {
	if len(by) == 0 {
		slices.SortFunc(s.Conns, tcpmib.Conn.Compare)
		if reverse {
			slices.Reverse(s.Conns)
		}
		return
	}
	// Rows are made once each, and not for each of the comparisons.
	list, sorted := make([]Row, len(s.Conns)), make([]*Row, len(s.Conns))
	for i, c := range s.Conns {
		list[i] = s.Row(c)
		sorted[i] = &list[i]
	}
	slices.SortFunc(sorted, Order(by, reverse))
	for i, r := range sorted {
		s.Conns[i] = r.Conn
	}
}

// Row returns the row of a connection.
func (s *Snapshot) Row(c tcpmib.Conn) Row {
	process := s.Processes[c.PID]
	if c.PID == owner.IdlePID {
		process = owner.Process{} // nobody owns it, as in TIME-WAIT
	}
	r := Row{
		Conn:       c,
		Process:    process.Name,
		RemoteName: s.Hosts[c.Remote.Addr()],
		Services:   s.Services[c.PID],
	}
	if s.Owned == nil {
		return r
	}
	if o := s.Owned[IdentityOf(c)]; o != nil {
		r.Created, r.Module = o.Created, o.Module
		if process.ReusedPID(o.Created) {
			r.Process, r.Services = "", nil // its owner has ended
		}
	}
	return r
}
