package rows

import (
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Snapshot is the sockets at one time, and what is known about them.
type Snapshot struct {
	Sockets   []Socket
	Processes owner.Processes

	// Read only when asked for.
	Hosts    map[netip.Addr]string // names of remote addresses
	Owned    map[Identity]*Owned
	At       time.Time           // for ages
	Owners   map[uint32]*Owner   // by process ID
	Services map[uint32][]string // by process ID
}

// Owned is what the owner module tables say about a socket.
type Owned struct {
	Created    time.Time
	Module     string                             // "" until read
	ReadModule func() (tcpmib.OwnerModule, error) // nil if there is nothing to ask
}

// Rows yields a row for each socket, valid until the next one.
func (s *Snapshot) Rows() iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		var r Row
		for i := range s.Sockets {
			if r = s.Row(s.Sockets[i]); !yield(&r) {
				return
			}
		}
	}
}

// Count says how many sockets there are.
func (s *Snapshot) Count() string {
	switch udp := s.CountUDP(); udp {
	case 0:
		return cli.Count(len(s.Sockets), "connection")
	case len(s.Sockets):
		return cli.Count(udp, "UDP socket")
	default:
		return cli.Count(len(s.Sockets)-udp, "connection") + ", " + cli.Count(udp, "UDP socket")
	}
}

// CountUDP returns how many of the sockets are UDP.
func (s *Snapshot) CountUDP() (n int) {
	for i := range s.Sockets {
		if s.Sockets[i].Protocol == UDP {
			n++
		}
	}
	return n
}

// Keep drops the sockets whose rows do not match.
func (s *Snapshot) Keep(match func(*Row) bool) {
	s.Sockets = slices.DeleteFunc(s.Sockets, func(socket Socket) bool {
		r := s.Row(socket)
		return !match(&r)
	})
}

// Row returns the row of a socket.
func (s *Snapshot) Row(socket Socket) Row {
	process := s.Processes[socket.PID]
	if socket.PID == owner.IdlePID {
		process = owner.Process{} // nobody owns it, as in TIME-WAIT
	}
	r := Row{
		Socket:     socket,
		Process:    process.Name,
		RemoteName: s.Hosts[socket.Remote.Addr()],
		Services:   s.Services[socket.PID],
		Owner:      s.Owners[socket.PID],
	}
	if s.Owned == nil {
		return r
	}
	if o := s.Owned[socket.Identity()]; o != nil {
		r.Created, r.Module = o.Created, o.Module
		if !o.Created.IsZero() && !s.At.IsZero() {
			r.Age = max(s.At.Sub(o.Created), 0)
		}
		if process.ReusedPID(o.Created) {
			r.Process, r.Services, r.Owner = "", nil, nil // its owner has ended
		}
	}
	return r
}
