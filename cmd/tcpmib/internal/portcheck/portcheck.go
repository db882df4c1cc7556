// Package portcheck judges who holds a port, or why it cannot be bound, from what a machine said.
// It asks the machine nothing itself.
//
// The tables come first: every socket in them holds its port. A range that Windows has excluded is
// in no table: only an attempt to bind the port finds it.
package portcheck

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Facts are what a machine said about a port.
type Facts struct {
	Port      uint16
	Protocols []rows.Protocol // those to judge

	// The tables. Sockets on other ports are ignored.
	TCP   []tcpmib.DatedConn // listening sockets and connections
	Bound []tcpmib.Conn      // TCP sockets that are only bound
	UDP   []udpmib.Endpoint  // UDP sockets

	Reserved []rows.Protocol // with a persistent reservation of exactly this port
	Attempts []Attempt       // to bind the port on all addresses, exclusively; none where a table explains the port
	Failures []Failure       // what could not be read
	Recorded bool            // the facts are those of a capture, which cannot try to bind

	Processes owner.Processes          // nil: not known
	Services  map[uint32][]string      // by process ID
	Details   map[uint32]owner.Details // by process ID, as far as they are known
	Denied    map[uint32]bool          // by process ID: only an administrator may see or end it
	Elevated  bool                     // the user is an administrator already

	children map[uint32][]uint32 // process IDs by that of their parent, once somebody needs them
}

// Attempt is an attempt to bind a port on all addresses of a family, with SO_EXCLUSIVEADDRUSE.
type Attempt struct {
	Protocol rows.Protocol
	Family   tcpmib.Family
	Code     uint32 // of Winsock; 0: it worked
}

// The codes of Winsock that tell something about a port.
// https://learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2
const (
	codeAccess    = 10013 // WSAEACCES: the port is reserved or excluded, or held exclusively
	codeInUse     = 10048 // WSAEADDRINUSE: a socket holds it
	codeNoFamily  = 10047 // WSAEAFNOSUPPORT: the machine does not have this family
	codeNoAddress = 10049 // WSAEADDRNOTAVAIL: it has, but no address of it
)

// Failure is a question that the machine did not answer.
type Failure struct {
	Protocol rows.Protocol
	Question Question
	Reason   string // a sentence for people, without a full stop
}

// Question is what was asked.
type Question int

// The questions.
const (
	Table       Question = iota // the table of connections, or of UDP sockets
	BoundTable                  // the table of TCP sockets that are only bound
	BindAttempt                 // whether the port can be bound
)

// Status is what became of the question who holds a port.
type Status string

// The statuses.
const (
	Held    Status = "held"
	Free    Status = "free"
	Unknown Status = "unknown"
)

// Cause is what a Status rests on.
type Cause string

// The causes, those that weigh most first.
const (
	Listening  Cause = "listening"  // a socket listens on the port
	Bound      Cause = "bound"      // a socket is bound to it; for TCP one that neither listens nor is connected
	Connected  Cause = "connected"  // connections have it as their local port
	TimeWait   Cause = "time-wait"  // only connections in TIME-WAIT have
	Reserved   Cause = "reserved"   // it has a persistent reservation
	Excluded   Cause = "excluded"   // a bind is refused with WSAEACCES
	Hidden     Cause = "hidden"     // a bind is refused with WSAEADDRINUSE, and no table shows a holder
	Unreadable Cause = "unreadable" // what could show a holder could not be read
	None       Cause = "none"       // nothing holds it
)

// Verdict is who holds a port, for each protocol that was asked for.
type Verdict struct {
	Port     uint16
	Findings []Finding
}

// Finding is the verdict for one protocol.
type Finding struct {
	Protocol rows.Protocol
	Status   Status
	Cause    Cause
	Found    string   // what was found, in sentences
	Advice   []Advice // what to do about it, if there is anything to do
	Message  string   // both as one text
	Holders  []Holder // all sockets on the port, those that weigh most first
}

// Advice is one thing that the user can do.
type Advice struct {
	Text     string   // a sentence without its full stop
	Commands []string // to type one after the other, in cmd, Windows PowerShell or PowerShell; may be none
}

// String returns the advice in one line.
func (a Advice) String() string {
	if len(a.Commands) == 0 {
		return a.Text
	}
	return a.Text + ": `" + strings.Join(a.Commands, "`, then `") + "`"
}

// Holder is a socket on the port.
type Holder struct {
	Protocol         rows.Protocol
	tcpmib.DatedConn        // State is 0 for UDP
	Process          string // name of the program that owns it; "" where that is not known
}

// Status is Held if any protocol is held, else Unknown if any is not known.
func (v Verdict) Status() Status {
	all := make([]Status, len(v.Findings))
	for i, f := range v.Findings {
		all[i] = f.Status
	}
	for _, s := range []Status{Held, Unknown} {
		if slices.Contains(all, s) {
			return s
		}
	}
	return Free
}

// Judge weighs the facts.
func Judge(f Facts) Verdict {
	v := Verdict{Port: f.Port}
	for _, p := range f.Protocols {
		v.Findings = append(v.Findings, f.judge(p))
	}
	return v
}

func (f *Facts) judge(p rows.Protocol) Finding {
	finding := Finding{Protocol: p, Status: Held, Holders: f.holders(p)}
	failures := f.failuresOf(p)
	switch code, _ := f.refused(p); {
	case len(finding.Holders) > 0:
		finding.Cause = causeOf(finding.Holders[0])
	case slices.Contains(f.Reserved, p):
		finding.Cause = Reserved
	case code == codeAccess:
		finding.Cause = Excluded
	case code == codeInUse:
		finding.Cause = Hidden
	case len(failures) > 0:
		finding.Status, finding.Cause = Unknown, Unreadable
	default:
		finding.Status, finding.Cause = Free, None
	}
	f.explain(&finding, failures)
	return finding
}

// holders returns the sockets on the port, those that weigh most first.
func (f *Facts) holders(p rows.Protocol) []Holder {
	n := len(f.TCP) + len(f.Bound)
	if p == rows.UDP {
		n = len(f.UDP)
	}
	holders := make([]Holder, 0, n)
	add := func(o tcpmib.DatedConn) {
		if o.Local.Port() == f.Port {
			holders = append(holders, Holder{p, o, f.process(o)})
		}
	}
	switch p {
	case rows.TCP:
		for i := range f.TCP {
			add(f.TCP[i])
		}
		used := map[uint32]bool{} // the processes that have the port in the table of connections
		for i := range holders {
			used[holders[i].PID] = true
		}
		// A client that connects a dual-stack socket to an IPv4 address is bound over IPv6 and
		// connected over IPv4.
		for _, c := range f.Bound {
			if !used[c.PID] {
				add(tcpmib.DatedConn{Conn: c})
			}
		}
	case rows.UDP:
		for _, e := range f.UDP {
			add(tcpmib.DatedConn{Conn: tcpmib.Conn{Local: e.Local, PID: e.PID}, Created: e.Created})
		}
	}
	sort.Slice(holders, func(i, j int) bool {
		a, b := holders[i], holders[j]
		return cmp.Or(slices.Index(weights, causeOf(a))-slices.Index(weights, causeOf(b)), a.DatedConn.Compare(b.DatedConn)) < 0
	})
	return holders
}

var weights = []Cause{Listening, Bound, Connected, TimeWait}

func causeOf(h Holder) Cause {
	switch {
	case h.Protocol == rows.UDP || h.State == tcpmib.StateReserved || unconnected(h):
		return Bound
	case h.State == tcpmib.StateListen:
		return Listening
	case h.State == tcpmib.StateTimeWait:
		return TimeWait
	}
	return Connected
}

// unconnected reports whether a socket is listed as closed and has no remote endpoint: it was never
// connected, so it is bound, or was.
func unconnected(h Holder) bool {
	closed := h.State == tcpmib.StateClosed || h.State == tcpmib.StateDeleteTCB
	return closed && (!h.Remote.IsValid() || h.Remote.Port() == 0 && h.Remote.Addr().WithZone("").IsUnspecified())
}

// process returns the name of the owner of a socket, or "" if the process with its ID is another.
func (f *Facts) process(o tcpmib.DatedConn) string {
	process := f.Processes[o.PID]
	if o.PID == owner.IdlePID || process.ReusedPID(o.Created) {
		return ""
	}
	return process.Name
}

// refused returns the first refusal of a bind that depends on the port.
func (f *Facts) refused(p rows.Protocol) (code uint32, family tcpmib.Family) {
	for _, a := range f.Attempts {
		if a.Protocol == p && (a.Code == codeAccess || a.Code == codeInUse) {
			return a.Code, a.Family
		}
	}
	return 0, 0
}

// failuresOf returns why it is unknown whether a port is free, if no holder was found. A bind that
// worked makes up for the table of bound sockets: it is exclusive, so any of them would have
// refused it.
func (f *Facts) failuresOf(p rows.Protocol) []string {
	var reasons []string
	for _, failure := range f.Failures {
		made := failure.Question == BoundTable && f.bindable(p)
		if failure.Protocol == p && !made && !slices.Contains(reasons, failure.Reason) {
			reasons = append(reasons, failure.Reason)
		}
	}
	for _, a := range f.Attempts {
		conclusive := slices.Contains([]uint32{0, codeAccess, codeInUse, codeNoFamily, codeNoAddress}, a.Code)
		if a.Protocol == p && !conclusive {
			reasons = append(reasons, fmt.Sprintf("a bind over %s failed with the Winsock code %d", familyName(a.Family), a.Code))
		}
	}
	return reasons
}

// bindable reports whether the port could be bound over each family that the machine has.
func (f *Facts) bindable(p rows.Protocol) bool {
	var bound, tried tcpmib.Family
	for _, a := range f.Attempts {
		if a.Protocol != p {
			continue
		}
		if a.Code == 0 {
			bound |= a.Family
		}
		if a.Code == 0 || a.Code == codeNoFamily || a.Code == codeNoAddress {
			tried |= a.Family
		}
	}
	return bound != 0 && tried == tcpmib.Both
}
