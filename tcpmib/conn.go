package tcpmib

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/netip"
)

// Conn is one TCP connection, or one socket that listens.
type Conn struct {
	Local   netip.AddrPort // an IPv6 address carries its scope ID as its zone
	Remote  netip.AddrPort // the zero value when State is StateListen
	PID     uint32         // the process that owns it; 0 when that is nobody, as in TIME-WAIT
	State   State
	Offload OffloadState
}

// Family is IPv4 or IPv6, by the local address. An IPv4 address mapped into
// IPv6 is IPv6, because the socket is.
func (c Conn) Family() Family {
	if c.Local.Addr().Is4() {
		return IPv4
	}
	return IPv6
}

// Compare orders connections by family, local endpoint, remote endpoint and
// PID, which together are their identity, and those that are the same by state and
// offload state; it is made for slices.SortFunc.
func (c Conn) Compare(d Conn) int { return compare(&c, &d) }

func compare(c, d *Conn) int {
	if o := compareIdentity(c, d); o != 0 {
		return o
	}
	return cmp.Or(cmp.Compare(c.State, d.State), cmp.Compare(c.Offload, d.Offload))
}

func compareIdentity(c, d *Conn) int {
	if o := c.Local.Compare(d.Local); o != 0 {
		return o
	}
	if o := c.Remote.Compare(d.Remote); o != 0 {
		return o
	}
	return cmp.Compare(c.PID, d.PID)
}

// Family says which addresses: IPv4, IPv6 or Both.
type Family uint8

// The families.
const (
	IPv4 Family = 1 << iota
	IPv6
	Both = IPv4 | IPv6
)

var familyNames = map[Family]string{IPv4: "ipv4", IPv6: "ipv6", Both: "both"}

// String returns "ipv4", "ipv6" or "both".
func (f Family) String() string {
	if name, ok := familyNames[f]; ok {
		return name
	}
	return "Family(" + formatZone(uint32(f)) + ")"
}

// check is why f cannot be read.
func (f Family) check() error {
	if f&Both == 0 || f&^Both != 0 {
		return fmt.Errorf("tcpmib: %v is no family: use IPv4, IPv6 or Both: %w", f, fs.ErrInvalid)
	}
	return nil
}

// Conns returns the TCP connections of this machine, IPv4 first, in the order in
// which Windows has them. When one family cannot be read, the connections of the
// other are returned together with the error.
//
// It allocates for each call; a Reader does not.
func Conns(family Family) ([]Conn, error) {
	var r Reader
	return r.AppendConns(nil, family)
}
