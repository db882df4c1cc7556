package portcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// message says what was found and what to do.
func (f *Facts) message(finding *Finding, failures []string) string {
	port := fmt.Sprintf("%s port %d", strings.ToUpper(finding.Protocol.String()), f.Port)
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
			"5 minutes (TcpTimedWaitDelay in the registry)."
	case Reserved:
		return fmt.Sprintf("%s is reserved: no program can bind it but one that knows the token of its persistent reservation. "+
			"%s Choose another port, or delete the reservation as administrator.", port, f.listRanges(finding.Protocol, tcpmib.IPv4))
	case Excluded:
		_, family := f.refused(finding.Protocol)
		return fmt.Sprintf("No socket is known to hold %s, yet Windows refuses to bind it over %s (WSAEACCES, 10013): it lies in a "+
			"range that is reserved or excluded, as Hyper-V, WSL and Docker do, or a socket that no table shows holds it exclusively. "+
			"%s Choose a port outside of them.", port, familyName(family), f.listRanges(finding.Protocol, family))
	case Hidden:
		_, family := f.refused(finding.Protocol)
		return fmt.Sprintf("%s is held, but by whom is not known: Windows refuses to bind it over %s (WSAEADDRINUSE, 10048), and "+
			"no table shows the socket. %sChoose another port.", port, familyName(family), f.unreadTables(failures))
	case Unreadable:
		return fmt.Sprintf("Whether %s is free is not known. Nothing was found to hold it, but %s.", port, strings.Join(failures, "; "))
	}
	if f.Recorded {
		return port + " was free when the capture was made, as far as it shows: it does not hold the ranges that Windows " +
			"has reserved or excluded."
	}
	return port + " is free."
}

func (f *Facts) listening(port string, holders []Holder) string {
	listeners := only(holders, Listening)
	text := fmt.Sprintf("%s is held by %s, which %s on %s.", port, f.owners(listeners), verb(listeners, "listens", "listen"), addresses(listeners))
	return text + " " + f.advice(listeners) + overlap(listeners)
}

func (f *Facts) bound(port string, holders []Holder) string {
	bound := only(holders, Bound)
	if bound[0].Protocol == rows.UDP {
		return fmt.Sprintf("%s is held by %s, which %s a socket on %s. %s",
			port, f.owners(bound), verb(bound, "has", "have"), addresses(bound), f.advice(bound))
	}
	return fmt.Sprintf("%s is held by %s, which %s bound it on %s, and neither %s nor %s connected: most tools do not show such a socket. %s",
		port, f.owners(bound), verb(bound, "has", "have"), addresses(bound), verb(bound, "listens", "listen"), verb(bound, "is", "are"), f.advice(bound))
}

func (f *Facts) connected(port string, holders []Holder) string {
	connected := only(holders, Connected)
	noun := "connections"
	if len(connected) == 1 {
		noun = "a connection"
	}
	return fmt.Sprintf("%s is the local port of %s of %s, and nothing listens on it. Another program can usually listen on it all "+
		"the same, but one that asks for it exclusively (SO_EXCLUSIVEADDRUSE) only when %s. %s",
		port, noun, f.owners(connected), verbOf(len(connected), "it has ended", "they have ended"), f.advice(connected))
}

// only returns the holders that weigh as much as cause.
func only(holders []Holder, cause Cause) []Holder {
	return slices.DeleteFunc(slices.Clone(holders), func(h Holder) bool { return causeOf(h) != cause })
}

// verb returns the form for one process or for several.
func verb(holders []Holder, one, several string) string {
	return verbOf(len(pids(holders)), one, several)
}

func verbOf(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// pids returns the owners of sockets, each once.
func pids(holders []Holder) []uint32 {
	var pids []uint32
	for _, h := range holders {
		if !slices.Contains(pids, h.PID) {
			pids = append(pids, h.PID)
		}
	}
	return pids
}

// owners names the owners of sockets.
func (f *Facts) owners(holders []Holder) string {
	const most = 3
	var names []string
	for _, pid := range pids(holders) {
		i := slices.IndexFunc(holders, func(h Holder) bool { return h.PID == pid })
		names = append(names, f.owner(holders[i]))
	}
	if len(names) > most+1 {
		names = append(names[:most], fmt.Sprintf("%d more processes", len(names)-most))
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

// advice says how to free a port.
func (f *Facts) advice(holders []Holder) string {
	all := pids(holders)
	h := holders[0]
	switch {
	case len(all) > 1:
		return "Stop these processes, or choose another port."
	case h.PID == owner.IdlePID:
		return "Choose another port."
	case h.PID == owner.SystemPID:
		return f.kernel(h.Protocol)
	case h.Process == "" && f.Processes != nil:
		return f.heirs(h)
	}
	switch services := f.Services[h.PID]; len(services) {
	case 0:
		return fmt.Sprintf("Stop that process (taskkill /PID %d), or choose another port.", h.PID)
	case 1:
		return fmt.Sprintf("Stop the service (sc stop %s, as administrator), or choose another port.", services[0])
	}
	return "Stop the service among these that uses it, or choose another port."
}

// kernel says on whose behalf the kernel holds a port.
func (f *Facts) kernel(p rows.Protocol) string {
	switch {
	case p == rows.TCP && (f.Port == 139 || f.Port == 445):
		return "This is Windows file sharing (SMB), the service LanmanServer. Choose another port."
	case p == rows.UDP && (f.Port == 137 || f.Port == 138):
		return "This is NetBIOS over TCP/IP. Choose another port."
	case p == rows.TCP:
		return "Most often this is http.sys, which serves other programs: netsh http show servicestate says which. " +
			"Stop that program, or choose another port."
	}
	return "This is one of its drivers. Choose another port."
}

// heirs says who may hold a socket whose process has ended: a child process that inherited it.
func (f *Facts) heirs(h Holder) string {
	var children []string
	_, reused := f.Processes[h.PID] // then the children may be those of the process that has its ID by now
	for pid, p := range f.Processes {
		if p.Parent == h.PID && pid != h.PID && !reused {
			children = append(children, fmt.Sprintf("%s (PID %d)", p.Name, pid))
		}
	}
	if len(children) == 0 {
		return "A process that it started may have inherited the socket, and holds the port until it ends. Choose another port."
	}
	slices.Sort(children)
	return fmt.Sprintf("It started %s, which may have inherited the socket: stop %s, or choose another port.",
		cli.Enumeration(children), verbOf(len(children), "it", "them"))
}

// overlap says what a listener does not hold, or may hold besides.
func overlap(listeners []Holder) string {
	has := func(addr string) bool {
		return slices.ContainsFunc(listeners, func(h Holder) bool { return h.Local.Addr().WithZone("").String() == addr })
	}
	switch {
	case has("::") && !has("0.0.0.0"):
		return " A listener on [::] may take IPv4 connections too (dual-stack): Windows does not say whether it does."
	case has("0.0.0.0") || has("::"):
		return ""
	}
	return " Other addresses of this machine can be bound, but not all of them at once by a program that asks for the port " +
		"exclusively (SO_EXCLUSIVEADDRUSE)."
}

// addresses names the local addresses of sockets.
func addresses(holders []Holder) string {
	const most = 4
	var names []string
	for _, h := range holders {
		name := h.Local.Addr().String()
		switch {
		case name == "0.0.0.0":
			name = "all IPv4 addresses"
		case name == "::":
			name = "all IPv6 addresses"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if slices.Contains(names, "all IPv4 addresses") && slices.Contains(names, "all IPv6 addresses") {
		names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "all ") })
		names = slices.Insert(names, 0, "all addresses")
	}
	if len(names) > most+1 {
		names = append(names[:most], fmt.Sprintf("%d more addresses", len(names)-most))
	}
	return cli.Enumeration(names)
}

// listRanges says how to list the ranges that Windows has reserved or excluded.
func (f *Facts) listRanges(p rows.Protocol, family tcpmib.Family) string {
	return fmt.Sprintf("netsh interface %v show excludedportrange protocol=%v lists the ranges.", family, p)
}

// unreadTables says that a table which might have shown the holder could not be read.
func (f *Facts) unreadTables(failures []string) string {
	if len(failures) == 0 {
		return ""
	}
	return "It may be in one that could not be read: " + strings.Join(failures, "; ") + ". "
}

func familyName(family tcpmib.Family) string {
	if family == tcpmib.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}
