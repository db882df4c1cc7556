package filter

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Baseline is what a machine had at an earlier time, which may be before its last restart.
//
// A socket that listens or is bound, and a UDP socket, is the same if its protocol, its local
// endpoint and the name of its process are: process IDs are others after a restart. Where one of
// the names is not known, the endpoint decides. A connection is the same if its endpoints and its
// process ID are, or one of the IDs is 0, as in TIME-WAIT.
type Baseline struct {
	// Both are sorted: maps of a million would take five times their memory.
	sockets     []socket
	connections []connection
	lower       map[string]string // names in lower case
}

// socket is a socket without a remote endpoint.
type socket struct {
	local    netip.AddrPort
	protocol rows.Protocol
	state    tcpmib.State // a socket that was only bound and listens now is new
	process  string       // in lower case
}

// compare orders sockets by their process last.
func (s socket) compare(t socket) int {
	return cmp.Or(s.compareEndpoint(t), strings.Compare(s.process, t.process))
}

func (s socket) compareEndpoint(t socket) int {
	return cmp.Or(s.local.Compare(t.local), cmp.Compare(s.protocol, t.protocol), cmp.Compare(s.state, t.state))
}

// connection is a connection, or several of one process between the same endpoints, which a capture
// may have.
type connection struct {
	tcpmib.Endpoints
	pid    uint32
	states states // that it has
	all    states // that those of any process have, if it is the first between these endpoints
}

// compare orders connections by their process last.
func (c connection) compare(d connection) int {
	return cmp.Or(c.compareEndpoints(d), cmp.Compare(c.pid, d.pid))
}

func (c connection) compareEndpoints(d connection) int {
	return cmp.Or(c.Local.Compare(d.Local), c.Remote.Compare(d.Remote))
}

// states is a set of states. Bit 0 is all that RFC 793 does not have: anything can follow these.
type states uint16

func statesOf(s tcpmib.State) states {
	if s > tcpmib.StateDeleteTCB {
		s = 0
	}
	return 1 << s
}

// precede reports whether a connection can have had one of the states before it became c.
func (s states) precede(c tcpmib.Conn) bool {
	for state := range tcpmib.StateDeleteTCB + 1 {
		before := c
		if before.State = state; s&(1<<state) != 0 && before.Same(c) {
			return true
		}
	}
	return false
}

// NewBaseline returns the baseline of a snapshot.
func NewBaseline(s *rows.Snapshot) *Baseline {
	b := &Baseline{lower: map[string]string{}}
	n := 0
	for r := range s.Rows() {
		if isConnection(r) {
			n++
		}
	}
	b.connections, b.sockets = make([]connection, 0, n), make([]socket, 0, len(s.Sockets)-n)
	for r := range s.Rows() {
		if isConnection(r) {
			b.connections = append(b.connections, connectionOf(r))
		} else {
			b.sockets = append(b.sockets, b.socketOf(r))
		}
	}
	sort.Slice(b.sockets, func(i, j int) bool { return b.sockets[i].compare(b.sockets[j]) < 0 })
	sort.Slice(b.connections, func(i, j int) bool { return b.connections[i].compare(b.connections[j]) < 0 })
	b.join()
	return b
}

// join makes one of the connections of one process between the same endpoints, and collects the
// states of all processes there.
func (b *Baseline) join() {
	n, first := 0, 0
	for _, c := range b.connections {
		switch {
		case n > 0 && b.connections[n-1].compare(c) == 0:
			b.connections[n-1].states |= c.states
		case n > 0 && b.connections[first].compareEndpoints(c) == 0:
			b.connections[n] = c
			n++
		default:
			b.connections[n] = c
			first = n
			n++
		}
		b.connections[first].all |= c.states
	}
	b.connections = b.connections[:n]
}

// isConnection reports whether a row has a remote endpoint. The main table may list bound sockets
// with one of zeros.
func isConnection(r *rows.Row) bool { return r.Remote.IsValid() && r.Remote.Port() != 0 }

// socketOf returns the socket of a row. Many have the same process, whose name is lowered once.
func (b *Baseline) socketOf(r *rows.Row) socket {
	process, ok := b.lower[r.Process]
	if !ok {
		process = strings.ToLower(r.Process)
		b.lower[r.Process] = process
	}
	return socket{r.Local, r.Protocol, r.State, process}
}

func connectionOf(r *rows.Row) connection {
	return connection{Endpoints: r.Endpoints(), pid: r.PID, states: statesOf(r.State)}
}

// Has reports whether the baseline has what a row shows.
func (b *Baseline) Has(r *rows.Row) bool {
	if isConnection(r) {
		return b.hasConnection(connectionOf(r), r.Conn)
	}
	s := b.socketOf(r)
	i, _ := slices.BinarySearchFunc(b.sockets, s, socket.compareEndpoint)
	if i == len(b.sockets) || b.sockets[i].compareEndpoint(s) != 0 {
		return false
	}
	if s.process == "" || b.sockets[i].process == "" { // which is the first of all names
		return true
	}
	_, ok := slices.BinarySearchFunc(b.sockets[i:], s, socket.compare)
	return ok
}

func (b *Baseline) hasConnection(c connection, now tcpmib.Conn) bool {
	i, ok := slices.BinarySearchFunc(b.connections, c, connection.compareEndpoints)
	if !ok {
		return false
	}
	first := b.connections[i]
	if c.pid == 0 {
		return first.all.precede(now)
	}
	var before states
	if first.pid == 0 {
		before = first.states
	}
	if at, ok := slices.BinarySearchFunc(b.connections[i:], c, connection.compare); ok {
		before |= b.connections[i+at].states
	}
	return before.precede(now)
}
