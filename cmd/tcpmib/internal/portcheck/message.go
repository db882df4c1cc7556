package portcheck

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// explain says what was found and what to do.
func (f *Facts) explain(finding *Finding, failures []string) {
	port := fmt.Sprintf("%s port %d", strings.ToUpper(finding.Protocol.String()), f.Port)
	finding.Found, finding.Advice = f.found(port, finding, failures)
	var text strings.Builder
	text.WriteString(finding.Found)
	for _, a := range finding.Advice {
		text.WriteString(" " + a.String() + ".")
	}
	finding.Message = text.String()
}

func (f *Facts) found(port string, finding *Finding, failures []string) (string, []Advice) {
	_, family := f.refused(finding.Protocol)
	switch finding.Cause {
	case Listening:
		return f.listening(port, finding.Holders)
	case Bound:
		return f.bound(port, finding.Holders)
	case Connected:
		return f.connected(port, finding.Holders)
	case TimeWait:
		return port + " is held only by connections in TIME-WAIT, which have ended and which no process owns. A program " +
			"can usually listen on it all the same; one that cannot has to wait until Windows drops them, after 30 seconds to " +
			"5 minutes (TcpTimedWaitDelay in the registry).", nil
	case Reserved:
		return port + " is reserved: only a program that holds the token of its persistent reservation can bind it.",
			f.reserved(finding.Protocol)
	case Excluded:
		return fmt.Sprintf("No socket is known to hold %s, yet Windows refuses to bind it over %s (WSAEACCES, 10013): it lies in a "+
			"range that is reserved or excluded, as Hyper-V, WSL and Docker do, or a socket that no table shows holds it exclusively.",
			port, familyName(family)), f.excluded(finding.Protocol, family)
	case Hidden:
		return fmt.Sprintf("%s is held, but by whom is not known: Windows refuses to bind it over %s (WSAEADDRINUSE, 10048), and "+
			"no table shows the socket.%s", port, familyName(family), unreadTables(failures)), []Advice{another}
	case Unreadable:
		return fmt.Sprintf("Whether %s is free is not known. Nothing was found to hold it, but %s.", port, strings.Join(failures, "; ")), nil
	}
	if f.Recorded {
		return port + " was free when the capture was made. Captures do not record reserved or excluded ranges.", nil
	}
	return port + " is free.", nil
}

func (f *Facts) listening(port string, holders []Holder) (string, []Advice) {
	listeners := only(holders, Listening)
	text := fmt.Sprintf("%s is held by %s, which %s on %s.", port, f.owners(listeners), verb(listeners, "listens", "listen"), addresses(listeners))
	return text + overlap(listeners), f.advice(listeners)
}

func (f *Facts) bound(port string, holders []Holder) (string, []Advice) {
	bound := only(holders, Bound)
	advice := f.advice(bound)
	if bound[0].Protocol == rows.UDP {
		return fmt.Sprintf("%s is held by %s, which %s a socket on %s.",
			port, f.owners(bound), verb(bound, "has", "have"), addresses(bound)), advice
	}
	if !slices.ContainsFunc(bound, func(h Holder) bool { return !unconnected(h) }) {
		return fmt.Sprintf("%s is held by %s, which %s a closed socket on %s: it was never connected, and is bound or has been.",
			port, f.owners(bound), verb(bound, "has", "have"), addresses(bound)), advice
	}
	return fmt.Sprintf("%s is held by %s, which bound it on %s without listening or connecting; most tools do not show such sockets.",
		port, f.owners(bound), addresses(bound)), advice
}

func (f *Facts) connected(port string, holders []Holder) (string, []Advice) {
	connected := only(holders, Connected)
	noun := "connections"
	if len(connected) == 1 {
		noun = "a connection"
	}
	return fmt.Sprintf("%s is the local port of %s of %s, and nothing listens on it. Another program can usually listen on it all "+
		"the same, but one that asks for it exclusively (SO_EXCLUSIVEADDRUSE) only when %s.",
		port, noun, f.owners(connected), verbOf(len(connected), "it has ended", "they have ended")), f.advice(connected)
}

// only returns the holders that weigh as much as the first, which weighs as much as cause.
func only(holders []Holder, cause Cause) []Holder {
	n := slices.IndexFunc(holders, func(h Holder) bool { return causeOf(h) != cause })
	if n < 0 {
		return holders
	}
	return holders[:n]
}

// verb returns the form for one process or for several.
func verb(holders []Holder, one, several string) string {
	return verbOf(len(byOwner(holders)), one, several)
}

func verbOf(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// byOwner returns the first socket of each owner.
func byOwner(holders []Holder) []*Holder {
	var first []*Holder
	seen := map[uint32]bool{}
	for i := range holders {
		if h := &holders[i]; !seen[h.PID] {
			seen[h.PID] = true
			first = append(first, h)
		}
	}
	return first
}

// owners names the owners of sockets.
func (f *Facts) owners(holders []Holder) string {
	const most = 3
	owners := byOwner(holders)
	shown, more := owners, 0
	if len(owners) > most+1 {
		shown, more = owners[:most], len(owners)-most
	}
	var names []string
	for _, h := range shown {
		names = append(names, f.owner(*h))
	}
	if more > 0 {
		names = append(names, fmt.Sprintf("%d more processes", more))
	}
	return cli.Enumeration(names)
}

func (f *Facts) owner(h Holder) string {
	switch {
	case h.PID == owner.IdlePID:
		return "a process that Windows does not name"
	case h.PID == owner.SystemPID:
		return "System (PID 4), the kernel"
	case h.Process == "" && f.Processes == nil:
		return fmt.Sprintf("the process with PID %d", h.PID)
	case h.Process == "":
		return fmt.Sprintf("a process that has ended (PID %d)", h.PID)
	}
	services := ""
	switch names := f.Services[h.PID]; len(names) {
	case 0:
	case 1:
		services = ", service " + names[0]
	default:
		services = ", services " + cli.Enumeration(names)
	}
	return fmt.Sprintf("%s (PID %d%s)", h.Process, h.PID, services)
}

// overlap says what a listener does not hold. Windows lists a dual-stack listener in the tables of
// both families, so one that is in the IPv6 table alone takes no IPv4 connections.
func overlap(listeners []Holder) string {
	has := func(addr netip.Addr) bool {
		return slices.ContainsFunc(listeners, func(h Holder) bool { return h.Local.Addr().WithZone("") == addr })
	}
	ipv4 := slices.ContainsFunc(listeners, func(h Holder) bool { return h.Family() == tcpmib.IPv4 })
	switch {
	case has(netip.IPv6Unspecified()) && !ipv4:
		return " It is IPv6 only: another program can listen on the port over IPv4."
	case has(netip.IPv4Unspecified()) || has(netip.IPv6Unspecified()):
		return ""
	}
	return " Other addresses of this machine can be bound, but not all of them at once by a program that asks for the port " +
		"exclusively (SO_EXCLUSIVEADDRUSE)."
}

// addresses names the local addresses of sockets.
func addresses(holders []Holder) string {
	const most = 4
	var addrs []netip.Addr
	seen := map[netip.Addr]bool{}
	for i := range holders {
		if addr := holders[i].Local.Addr(); !seen[addr] {
			seen[addr] = true
			addrs = append(addrs, addr)
		}
	}
	var names []string
	ipv4, ipv6 := netip.IPv4Unspecified(), netip.IPv6Unspecified()
	if seen[ipv4] && seen[ipv6] {
		addrs = slices.DeleteFunc(addrs, func(a netip.Addr) bool { return a == ipv4 || a == ipv6 })
		names = append(names, "all addresses")
	}
	more := 0
	if n := len(names) + len(addrs); n > most+1 {
		more = n - most
		addrs = addrs[:most-len(names)]
	}
	for _, addr := range addrs {
		switch addr {
		case ipv4:
			names = append(names, "all IPv4 addresses")
		case ipv6:
			names = append(names, "all IPv6 addresses")
		default:
			names = append(names, addr.String())
		}
	}
	if more > 0 {
		names = append(names, fmt.Sprintf("%d more addresses", more))
	}
	return cli.Enumeration(names)
}

// unreadTables says that a table which might have shown the holder could not be read.
func unreadTables(failures []string) string {
	if len(failures) == 0 {
		return ""
	}
	return " It may be in one that could not be read: " + strings.Join(failures, "; ") + "."
}

func familyName(family tcpmib.Family) string {
	if family == tcpmib.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}
