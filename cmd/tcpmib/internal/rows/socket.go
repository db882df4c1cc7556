package rows

import (
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

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
	for i := range conns {
		dst = append(dst, Socket{Conn: conns[i]})
	}
	return dst
}

// AppendUDP appends UDP sockets to dst.
func AppendUDP(dst []Socket, endpoints []udpmib.Endpoint) []Socket {
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

// Identity identifies a socket across tables. It can be the key of a map, unlike what Same says: that
// a connection which lost its owner is the same.
type Identity struct {
	Protocol Protocol
	tcpmib.Endpoints
	PID uint32
}

// Identity returns what identifies s.
func (s Socket) Identity() Identity { return Identity{s.Protocol, s.Endpoints(), s.PID} }

// Change is what happened to a socket between two snapshots.
type Change struct {
	tcpmib.Change
	Protocol Protocol
}

// Now returns the socket as it is, or was when it closed.
func (c Change) Now() Socket { return Socket{c.Conn, c.Protocol} }

// Before returns the socket as it was before it changed.
func (c Change) Before() Socket { return Socket{c.Old, c.Protocol} }
