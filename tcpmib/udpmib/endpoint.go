package udpmib

import (
	"cmp"
	"fmt"
	"net/netip"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// Endpoint is one UDP socket. The table does not show with whom it exchanges datagrams.
type Endpoint struct {
	Local   netip.AddrPort // an IPv6 address carries its scope ID as its zone
	PID     uint32         // the process that owns it; 0 if none does
	Created time.Time      // in UTC, with a resolution of 100 ns; the zero time where Windows has none
}

// String returns the socket in one line, such as "0.0.0.0:53 pid 4 since 2024-01-17T21:20:00Z",
// without what is not known.
func (e Endpoint) String() string {
	if !e.Local.IsValid() {
		return "invalid Endpoint"
	}
	text := e.Local.String()
	if e.PID != 0 {
		text += fmt.Sprintf(" pid %d", e.PID)
	}
	if !e.Created.IsZero() {
		text += " since " + e.Created.Format(time.RFC3339)
	}
	return text
}

// Family is IPv4 or IPv6, by the local address.
func (e Endpoint) Family() tcpmib.Family {
	if e.Local.Addr().Is4() {
		return tcpmib.IPv4
	}
	return tcpmib.IPv6
}

// Same reports whether e and f, of two snapshots, can be one socket: they have the same endpoint,
// not two different owners, and not two different creation times.
func (e Endpoint) Same(f Endpoint) bool { return e.Local == f.Local && same(&e, &f, e.PID) }

// same is Endpoint.Same for two sockets with the same endpoint; owner is the last known owner of
// the older one.
func same(older, newer *Endpoint, owner uint32) bool {
	return (owner == newer.PID || owner == 0 || newer.PID == 0) &&
		(older.Created.Equal(newer.Created) || older.Created.IsZero() || newer.Created.IsZero())
}

// Compare orders endpoints by family, address, port, PID and creation time, for slices.SortFunc.
func (e Endpoint) Compare(f Endpoint) int {
	return cmp.Or(e.Local.Compare(f.Local), cmp.Compare(e.PID, f.PID), e.Created.Compare(f.Created))
}

// Endpoints returns the UDP sockets of this machine, IPv4 first, in the order in which Windows has
// them. When one family cannot be read, the sockets of the other are returned together with the
// error.
func Endpoints(family tcpmib.Family) ([]Endpoint, error) {
	return new(Reader).AppendEndpoints(nil, family)
}
