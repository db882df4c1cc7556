// Package filter decides which rows are meant. Filters come from flags and from typed text, which
// share one table of conditions: to add a condition, add an entry to conditions.
package filter

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Filter selects rows. The zero value selects everything of TCP but bound sockets.
type Filter struct {
	Family      tcpmib.Family // 0: both
	TCP, UDP    bool          // neither: TCP
	states      terms[tcpmib.State]
	ports       terms[ports] // local or remote
	localPorts  terms[ports]
	remotePorts terms[ports]
	addrs       terms[network] // local or remote
	remotes     terms[network]
	pids        terms[uint32]
	processes   terms[pattern]
	words       terms[string] // lower case; all of some occur in the table, and none of none
}

// A condition is a flag, and name=value in typed text.
type condition struct {
	name, kind, usage string
	add               func(f *Filter, text string) error
}

var conditions = []condition{
	{"state", "states", "`states`, such as listen,time-wait",
		func(f *Filter, s string) error { return f.states.add(s, parseState) }},
	{"port", "ports", "local or remote `ports`, such as 443,8000-8999",
		func(f *Filter, s string) error { return f.ports.add(s, parsePorts) }},
	{"local-port", "ports", "local `ports`",
		func(f *Filter, s string) error { return f.localPorts.add(s, parsePorts) }},
	{"remote-port", "ports", "remote `ports`",
		func(f *Filter, s string) error { return f.remotePorts.add(s, parsePorts) }},
	{"addr", "addresses", "local or remote `addresses`, such as 10.0.0.0/8",
		func(f *Filter, s string) error { return f.addrs.add(s, parseNetwork) }},
	{"remote", "addresses", "remote `addresses`",
		func(f *Filter, s string) error { return f.remotes.add(s, parseNetwork) }},
	{"pid", "PIDs", "`IDs` of the owning processes",
		func(f *Filter, s string) error { return f.pids.add(s, parsePID) }},
	{"process", "names", "`names` of the owning processes, such as chrome or sql*",
		func(f *Filter, s string) error { return f.processes.add(s, parsePattern) }},
}

// conditionFlag is a condition as the value of a flag.
type conditionFlag struct {
	condition
	filter *Filter
}

func (c conditionFlag) String() string     { return "" }
func (c conditionFlag) Type() string       { return c.kind }
func (c conditionFlag) Set(s string) error { return c.add(c.filter, s) }
func (c conditionFlag) Repeated()          {}

// AddFlags declares the flags that set f.
func (f *Filter) AddFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	for _, one := range []struct {
		name, short, usage string
		family             tcpmib.Family
	}{
		{"ipv4", "4", "IPv4 only", tcpmib.IPv4},
		{"ipv6", "6", "IPv6 only", tcpmib.IPv6},
	} {
		flags.BoolFuncP(one.name, one.short, one.usage, cli.OnOff(func(on bool) {
			f.Family &^= one.family
			if on {
				f.Family |= one.family
			}
		}))
	}
	for _, c := range conditions {
		flags.Var(conditionFlag{c, f}, c.name, c.usage)
	}
	for _, one := range []struct {
		name, short, usage string
		state              tcpmib.State
	}{
		{"listening", "l", "short for --state listen", tcpmib.StateListen},
		{"established", "", "short for --state established", tcpmib.StateEstab},
	} {
		flags.BoolFuncP(one.name, one.short, one.usage, cli.OnOff(func(on bool) {
			f.states.some = slices.DeleteFunc(f.states.some, func(s tcpmib.State) bool { return s == one.state })
			if on {
				f.states.some = append(f.states.some, one.state)
			}
		}))
	}
	cli.CompleteList(cmd, "state", func(*cobra.Command) []string {
		return strings.Split(strings.ToLower(strings.Join(rows.StateNames(), " ")), " ")
	})
}

// AddProtocolFlags declares the flags that choose protocols.
func (f *Filter) AddProtocolFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.TCP, "tcp", "t", false, "TCP, which is the default")
	cmd.Flags().BoolVarP(&f.UDP, "udp", "u", false, "UDP; with --tcp both")
}

// Any reports whether there is any condition.
func (f *Filter) Any() bool {
	return f.Family != 0 || f.UDP || f.words.any() || f.states.any() || f.pids.any() || f.processes.any() ||
		f.ports.any() || f.localPorts.any() || f.remotePorts.any() || f.addrs.any() || f.remotes.any()
}

// Help explains filters to users of a command that takes them.
const Help = "Different filters are ANDed; values of one filter, separated by commas, are ORed. A ! before\n" +
	"a value negates it: --state '!listen'. Process names ignore case and an .exe at the end, and\n" +
	"may contain *. Ports can be ranges and addresses can be CIDR blocks."

// ProtocolHelp explains the protocols to users of a command that has their flags.
const ProtocolHelp = "-t and -u choose the protocols, as ss does; -tu is both. UDP sockets have no state and no remote\n" +
	"endpoint; --listening selects them too. --state bound shows TCP sockets that hold a port and\n" +
	"neither listen nor are connected, from Windows 10 version 1809 on."

// Families returns the families whose tables are needed.
func (f *Filter) Families() tcpmib.Family {
	if f.Family == 0 {
		return tcpmib.Both
	}
	return f.Family
}

// Tables returns the tables that the filter needs.
func (f *Filter) Tables() rows.Tables {
	tcp := f.wants(rows.TCP)
	return rows.Tables{
		Families:  f.Families(),
		TCP:       tcp,
		Listening: tcp && f.onlyListening(),
		Bound:     tcp && slices.Contains(f.states.some, tcpmib.StateReserved),
		UDP:       f.UDP,
	}
}

// onlyListening reports whether of TCP the filter can select nothing but listening sockets.
func (f *Filter) onlyListening() bool {
	return len(f.states.some) > 0 && !slices.ContainsFunc(f.states.some, func(s tcpmib.State) bool { return s != tcpmib.StateListen })
}

func (f *Filter) wants(p rows.Protocol) bool {
	if p == rows.UDP {
		return f.UDP
	}
	return f.TCP || !f.UDP
}

// Serving returns the filter without what only connections have: with which state, and from where. It
// selects the listening sockets at whose ports the selected connections may be.
func (f *Filter) Serving() Filter {
	serving := *f
	serving.states = terms[tcpmib.State]{}
	serving.addrs, serving.remotes = terms[network]{}, terms[network]{}
	serving.remotePorts = terms[ports]{}
	return serving
}

// Match reports whether the filter selects a row.
func (f *Filter) Match(r *rows.Row) bool {
	local, remote, state := r.Local, r.Remote, r.State
	if r.Protocol == rows.UDP {
		state = tcpmib.StateListen // it receives from anyone
	}
	return f.wants(r.Protocol) && f.Families()&r.Family() != 0 &&
		f.states.match(func(s tcpmib.State) bool { return s == state }) &&
		f.pids.match(func(pid uint32) bool { return pid == r.PID }) &&
		f.localPorts.match(func(p ports) bool { return p.contains(local.Port()) }) &&
		f.remotePorts.match(func(p ports) bool { return remote.IsValid() && p.contains(remote.Port()) }) &&
		f.ports.match(func(p ports) bool {
			return p.contains(local.Port()) || remote.IsValid() && p.contains(remote.Port())
		}) &&
		f.remotes.match(func(n network) bool { return remote.IsValid() && n.contains(remote.Addr()) }) &&
		f.addrs.match(func(n network) bool {
			return n.contains(local.Addr()) || remote.IsValid() && n.contains(remote.Addr())
		}) &&
		f.processes.match(func(p pattern) bool { return p.matches(r.Process) }) &&
		f.matchWords(r)
}

func (f *Filter) matchWords(r *rows.Row) bool {
	if !f.words.any() {
		return true
	}
	var text []byte
	for _, c := range rows.BothColumns {
		text = append(c.Text(text, r), ' ')
	}
	shown := strings.ToLower(string(text))
	occurs := func(word string) bool { return strings.Contains(shown, word) }
	return !slices.ContainsFunc(f.words.none, occurs) &&
		!slices.ContainsFunc(f.words.some, func(word string) bool { return !occurs(word) })
}
