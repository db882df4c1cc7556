// Package rows knows what a row of the command's output is, its columns, and every format that
// writes rows.
//
// To add a column, add an entry to Columns (columns.go); to show it without being asked, name it in
// a set of columns (format.go). To add a format, add an entry to Formats (format.go).
package rows

import (
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Row is a socket and what is known about it. Formats render rows.
type Row struct {
	Socket
	Process string // name of the program that owns it
	Known

	Measured *Measured      // traffic, for estats only
	Change   *Change        // what happened to it, for diff only
	Ports    *ephemeral.Use // what its pair uses of the dynamic range, for summary --ephemeral only
}

// Known is what is read about a socket only when asked for. Zero values are unknown.
type Known struct {
	RemoteName string    // DNS name of the remote address
	Created    time.Time // when the socket was bound or connected
	Module     string    // the part of the program that opened it
	Age        time.Duration
	Services   []string // services that run in the process
	Owner      *Owner   // what else is known of the process
}

// SetCreated sets when the socket was created, and its age at a time. Zero times are unknown.
func (k *Known) SetCreated(created, at time.Time) {
	k.Created, k.Age = created, 0
	if !created.IsZero() && !at.IsZero() {
		k.Age = max(at.Sub(created), 0)
	}
}

// Owner is what is known about a process apart from its name. Zero values are unknown.
type Owner struct {
	Path, User, CommandLine string

	Parent        uint32 // the ID of the process that created it
	ParentProcess string // its name, if it is still the same process

	Err error // why something of it is not known
}

// Measured is the traffic of a connection while estats collected statistics.
type Measured struct {
	BytesIn, BytesOut, Retransmitted uint64
	RTT, RTTMin, RTTMax              uint32 // in milliseconds; 0 if nothing was sent and acknowledged
}

// Protocol is the protocol of a socket.
type Protocol uint8

// The protocols.
const (
	TCP Protocol = iota
	UDP
)

// String returns "tcp" or "udp".
func (p Protocol) String() string {
	if p == UDP {
		return "udp"
	}
	return "tcp"
}

// Socket is a TCP connection, a TCP socket without one, or a UDP socket. A UDP socket has no remote
// endpoint, no state and no offload state: these are zero.
type Socket struct {
	tcpmib.Conn
	Protocol Protocol
}

// AppendTCP appends TCP sockets to dst.
func AppendTCP(dst []Socket, conns []tcpmib.Conn) []Socket {
	dst = slices.Grow(dst, len(conns))
	for i := range conns {
		dst = append(dst, Socket{Conn: conns[i]})
	}
	return dst
}

// AppendUDP appends UDP sockets to dst.
func AppendUDP(dst []Socket, endpoints []udpmib.Endpoint) []Socket {
	dst = slices.Grow(dst, len(endpoints))
	for _, e := range endpoints {
		dst = append(dst, OfEndpoint(e))
	}
	return dst
}

// OfEndpoint returns a UDP socket.
func OfEndpoint(e udpmib.Endpoint) Socket {
	return Socket{tcpmib.Conn{Local: e.Local, PID: e.PID}, UDP}
}

// Compare orders sockets by protocol, TCP first, and then as tcpmib.Conn.Compare does.
func (s Socket) Compare(t Socket) int {
	if s.Protocol != t.Protocol {
		return int(s.Protocol) - int(t.Protocol)
	}
	return s.Conn.Compare(t.Conn)
}

// Same reports whether s and t, of two snapshots, can be one socket: see tcpmib.Conn.Same.
func (s Socket) Same(t Socket) bool { return s.Protocol == t.Protocol && s.Conn.Same(t.Conn) }

// Identity identifies a socket across tables. It can be the key of a map, unlike what Same says:
// that a connection which lost its owner is the same.
type Identity struct {
	Protocol Protocol
	tcpmib.Endpoints
	PID uint32
}

// Identity returns what identifies s.
func (s Socket) Identity() Identity { return Identity{s.Protocol, s.Endpoints(), s.PID} }

// Endpoints returns the endpoints of a connection as text.
func Endpoints(c tcpmib.Conn) string {
	if !c.Remote.IsValid() {
		return c.Local.String()
	}
	return c.Local.String() + " to " + c.Remote.String()
}

// StateNames returns the names of the states that the header knows.
func StateNames() []string {
	var names []string
	for s := tcpmib.StateClosed; s <= tcpmib.StateDeleteTCB; s++ {
		names = append(names, s.String())
	}
	return append(names, tcpmib.StateReserved.String())
}
