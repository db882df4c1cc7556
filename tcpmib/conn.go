package tcpmib

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"sync"
	"time"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Conn is one TCP connection, or one listening socket.
type Conn struct {
	// Local is the endpoint of this machine. The zone of an IPv6 address is its scope ID, a number,
	// where package net has the name of the interface: owner.FindConn compares them.
	Local   netip.AddrPort
	Remote  netip.AddrPort // the zero value when State is StateListen
	PID     uint32         // the process that owns it; 0 if none does, as in TIME-WAIT
	State   State
	Offload OffloadState
}

// DatedConn is a Conn with its creation time. A Reader leaves its Offload 0: the table with creation
// times has no offload states.
type DatedConn struct {
	Conn
	Created time.Time // in UTC, with a resolution of 100 ns; the zero time where Windows has none
}

// Endpoints is the pair of endpoints that identifies a connection in one snapshot. It can be the
// key of a map.
type Endpoints struct {
	Local, Remote netip.AddrPort
}

// Endpoints returns the endpoints of c.
func (c Conn) Endpoints() Endpoints { return Endpoints{c.Local, c.Remote} }

// String returns the endpoints, such as "10.0.0.1:50120 -> 203.0.113.7:443", or the local one alone
// if there is no other.
func (e Endpoints) String() string {
	if !e.Remote.IsValid() {
		return e.Local.String()
	}
	return e.Local.String() + " -> " + e.Remote.String()
}

// String returns the connection in one line, such as
// "10.0.0.1:50120 -> 203.0.113.7:443 ESTABLISHED pid 9216", "0.0.0.0:135 LISTEN pid 1044" or
// "10.0.0.1:50119 -> 203.0.113.7:443 TIME-WAIT", which has no owner.
func (c Conn) String() string {
	if !c.Local.IsValid() {
		return "invalid Conn"
	}
	return c.Endpoints().String() + " " + c.condition()
}

// condition is the state and, if there is one, the owner.
func (c Conn) condition() string {
	if c.PID == 0 {
		return c.State.String()
	}
	return fmt.Sprintf("%v pid %d", c.State, c.PID)
}

// String returns what Conn.String does and, where it is known, the creation time (RFC 3339), such
// as "0.0.0.0:135 LISTEN pid 1044 since 2024-01-17T21:20:00Z".
func (c DatedConn) String() string {
	if c.Created.IsZero() {
		return c.Conn.String()
	}
	return c.Conn.String() + " since " + c.Created.Format(time.RFC3339)
}

// Same reports whether c, of an older snapshot, and d, of a newer one, can be one connection: they
// have the same endpoints, the state of d can follow that of c (RFC 793), and d has no other owner.
// A connection that loses its owner, as it does in TIME-WAIT, stays the same.
func (c Conn) Same(d Conn) bool {
	return c.Local == d.Local && c.Remote == d.Remote && sameConn(&c, &d, c.PID)
}

// Same reports whether c, of an older snapshot, and d, of a newer one, can be one connection: as
// Conn.Same does, and when both creation times are known, they must be equal.
func (c DatedConn) Same(d DatedConn) bool {
	return c.Conn.Same(d.Conn) && sameTime(c.Created, d.Created)
}

// sameConn is Conn.Same for two connections with the same endpoints; owner is the last known owner
// of the older one.
func sameConn(older, newer *Conn, owner uint32) bool {
	return (owner == newer.PID || owner == 0 || newer.PID == 0) && newer.State.follows(older.State)
}

func sameTime(t, u time.Time) bool { return t.Equal(u) || t.IsZero() || u.IsZero() }

// Family is IPv4 or IPv6, by the local address. An IPv4 address mapped into IPv6 is IPv6, because
// the socket is.
func (c Conn) Family() Family {
	if c.Local.Addr().Is4() {
		return IPv4
	}
	return IPv6
}

// Compare orders connections by family, local endpoint, remote endpoint, PID, state and offload
// state, for slices.SortFunc.
func (c Conn) Compare(d Conn) int {
	return cmp.Or(compareEndpoints(&c, &d),
		cmp.Compare(c.PID, d.PID), cmp.Compare(c.State, d.State), cmp.Compare(c.Offload, d.Offload))
}

// Compare orders connections as Conn.Compare does, and then by creation time.
func (c DatedConn) Compare(d DatedConn) int {
	return cmp.Or(c.Conn.Compare(d.Conn), c.Created.Compare(d.Created))
}

func compareEndpoints(c, d *Conn) int {
	if o := c.Local.Compare(d.Local); o != 0 {
		return o
	}
	return c.Remote.Compare(d.Remote)
}

// TCPRow returns the header's row for an IPv4 connection, for functions that act on one connection,
// such as SetTcpEntry. It returns fs.ErrInvalid for an IPv6 connection.
func (c Conn) TCPRow() (TCPRow, error) {
	row := TCPRow{State: c.State}
	local, remote := c.Local.Addr(), c.Remote.Addr()
	if !local.Is4() || c.Remote.IsValid() && !remote.Is4() {
		return TCPRow{}, fmt.Errorf("tcpmib: %v to %v is not an IPv4 connection: %w", c.Local, c.Remote, fs.ErrInvalid)
	}
	row.LocalAddr, row.LocalPort = local.As4(), mib.NetworkPort(c.Local)
	if c.Remote.IsValid() {
		row.RemoteAddr, row.RemotePort = remote.As4(), mib.NetworkPort(c.Remote)
	}
	return row, nil
}

// TCP6Row returns the header's row for an IPv6 connection, for functions that act on one
// connection. It returns fs.ErrInvalid for an IPv4 connection, and for a zone that is not the index
// of an interface.
func (c Conn) TCP6Row() (TCP6Row, error) {
	row := TCP6Row{State: c.State}
	local, remote := c.Local.Addr(), c.Remote.Addr()
	if !local.Is6() || c.Remote.IsValid() && !remote.Is6() {
		return TCP6Row{}, fmt.Errorf("tcpmib: %v to %v is not an IPv6 connection: %w", c.Local, c.Remote, fs.ErrInvalid)
	}
	var errLocal, errRemote error
	row.LocalAddr, row.LocalPort = local.As16(), mib.NetworkPort(c.Local)
	row.LocalScopeID, errLocal = mib.ScopeID(local)
	if c.Remote.IsValid() {
		row.RemoteAddr, row.RemotePort = remote.As16(), mib.NetworkPort(c.Remote)
		row.RemoteScopeID, errRemote = mib.ScopeID(remote)
	}
	return row, errors.Join(errLocal, errRemote)
}

// Family says which addresses: IPv4, IPv6 or Both.
type Family uint8

// The families.
const (
	IPv4 Family = 1 << iota
	IPv6
	Both = IPv4 | IPv6
)

var familyNames = mib.EnumOf("tcpmib", "Family", "family", map[Family]string{IPv4: "ipv4", IPv6: "ipv6", Both: "both"})

// String returns "ipv4", "ipv6" or "both", or "Family(4)" for any other number.
func (f Family) String() string { return familyNames.String(f) }

// MarshalText writes what String prints.
func (f Family) MarshalText() ([]byte, error) { return familyNames.MarshalText(f) }

// UnmarshalText reads what String prints, in any case.
func (f *Family) UnmarshalText(text []byte) (err error) {
	*f, err = familyNames.Parse(string(text))
	return err
}

// readers pools the Readers of Conns, so that Conns allocates only its result.
var readers = sync.Pool{New: func() any { return new(Reader) }}

// Conns returns the TCP connections of this machine, IPv4 first, in the order in which Windows has
// them. When one family cannot be read, the connections of the other are returned together with the
// error.
//
// An invalid family is fs.ErrInvalid. Each call allocates its result; a Reader can reuse memory.
func Conns(family Family) ([]Conn, error) { return conns(nil, family) }

func conns(src Source, family Family) ([]Conn, error) {
	r := readers.Get().(*Reader)
	defer readers.Put(r)
	r.Source = src
	return r.AppendConns(nil, family)
}
