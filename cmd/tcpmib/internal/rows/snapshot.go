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

// Snapshot is the sockets at one time, and what is known about them. There may be a million sockets:
// a row is made when it is needed.
type Snapshot struct {
	Sockets   []Socket
	Processes owner.Processes

	// Read only when asked for.
	Hosts    map[netip.Addr]string // names of remote addresses
	Created  *Created
	At       time.Time // for ages
	Modules  map[Identity]*Module
	Owners   map[uint32]*Owner   // by process ID
	Services map[uint32][]string // by process ID
}

// Module is the part of a program that opened a socket.
type Module struct {
	Name string                             // "" until read
	Read func() (tcpmib.OwnerModule, error) // nil if there is nothing to ask
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
		Socket:  socket,
		Process: process.Name,
		Known: Known{
			RemoteName: s.Hosts[socket.Remote.Addr()],
			Services:   s.Services[socket.PID],
			Owner:      s.Owners[socket.PID],
		},
	}
	if s.Created != nil {
		r.SetCreated(s.Created.At(socket), s.At)
	}
	if s.Modules != nil {
		if m := s.Modules[socket.Identity()]; m != nil {
			r.Module = m.Name
		}
	}
	if process.ReusedPID(r.Created) {
		r.Process, r.Services, r.Owner = "", nil, nil // its owner has ended
	}
	return r
}
