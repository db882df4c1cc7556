// Package filter decides which rows are meant. Filters come from flags and from typed text. Their
// names stand with the columns of rows; to add one, name it there, and add its kind of values to
// conditions.
package filter

import (
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Filter selects rows. The zero value selects everything of TCP but bound sockets.
type Filter struct {
	Family   tcpmib.Family // 0: both
	TCP, UDP bool          // neither: TCP

	states                     terms[tcpmib.State]
	ports                      terms[ports] // local or remote
	localPorts, remotePorts    terms[ports]
	addrs                      terms[network] // local or remote
	locals, remotes            terms[network]
	pids                       terms[uint32]
	processes, services        terms[pattern]
	paths, users, commandLines terms[pattern]
	words                      terms[word] // all of some occur in the table, and none of none
}

// condition is the filter by the values of a column: a flag, and name=value in typed text.
type condition struct {
	rows.Column
	values func(f *Filter) values
}

// values are the values of a filter that a condition has.
type values interface {
	add(text string) error
	text() []string // as add takes them
	any() bool
	clear()
}

// conditions are the conditions, in the order of help.
var conditions = func() (list []condition) {
	of := map[string]func(f *Filter) values{
		"port":        func(f *Filter) values { return of(&f.ports, parsePorts) },
		"addr":        func(f *Filter) values { return of(&f.addrs, parseNetwork) },
		"local":       func(f *Filter) values { return of(&f.locals, parseNetwork) },
		"localPort":   func(f *Filter) values { return of(&f.localPorts, parsePorts) },
		"remote":      func(f *Filter) values { return of(&f.remotes, parseNetwork) },
		"remotePort":  func(f *Filter) values { return of(&f.remotePorts, parsePorts) },
		"state":       func(f *Filter) values { return of(&f.states, parseState) },
		"pid":         func(f *Filter) values { return of(&f.pids, parsePID) },
		"process":     func(f *Filter) values { return of(&f.processes, parseProcess) },
		"path":        func(f *Filter) values { return of(&f.paths, parseText) },
		"user":        func(f *Filter) values { return of(&f.users, parseText) },
		"commandLine": func(f *Filter) values { return of(&f.commandLines, parseText) },
		"services":    func(f *Filter) values { return of(&f.services, parseName) },
	}
	for _, c := range slices.Concat(rows.EitherEnd, rows.Columns) {
		if c.Filter.Flag != "" {
			list = append(list, condition{c, of[c.Name]})
		}
	}
	return list
}()

// conditionFlag is a condition as the value of a flag.
type conditionFlag struct {
	condition
	filter *Filter
}

func (c conditionFlag) String() string     { return "" }
func (c conditionFlag) Type() string       { return c.Filter.Kind }
func (c conditionFlag) Set(s string) error { return c.values(c.filter).add(s) }
func (c conditionFlag) Repeated()          {}

// AddFlags declares the flags that set f.
func (f *Filter) AddFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SetNormalizeFunc(flagName)
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
		flags.Var(conditionFlag{c, f}, c.Filter.Flag, c.Filter.Usage)
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
	cli.CompleteList(cmd, "state", func(*cobra.Command) []string { return stateWords() })
}

// flagName returns the name of a flag that is written as a column is: localPort for local-port.
func flagName(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return pflag.NormalizedName(b.String())
}

// AddProtocolFlags declares the flags that choose protocols.
func (f *Filter) AddProtocolFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.TCP, "tcp", "t", false, "TCP, which is the default")
	cmd.Flags().BoolVarP(&f.UDP, "udp", "u", false, "UDP; with --tcp both")
}

// Any reports whether there is any condition.
func (f *Filter) Any() bool {
	return f.Family != 0 || f.UDP || f.words.any() ||
		slices.ContainsFunc(conditions, func(c condition) bool { return c.values(f).any() })
}

// Help explains filters to users of a command that takes them.
const Help = `Different filters are ANDed; values of one filter, separated by commas, are ORed. A ! before
a value negates it: --state !listen (in an interactive sh '!listen'). Ports can be ranges, addresses
can be CIDR blocks, and an endpoint can be pasted as it is printed. Names ignore case, and those of
processes an .exe at the end; --path, --user and --command-line match a part of the text. In all of
them * stands for anything.`

// ProtocolHelp explains the protocols to users of a command that has their flags.
const ProtocolHelp = `-t and -u choose the protocols, as ss does; -tu is both. UDP sockets have no state and no remote
endpoint; --listening selects them too. --state bound shows TCP sockets that hold a port and
neither listen nor are connected, from Windows 10 version 1809 on.`

// Families returns the families whose tables are needed.
func (f *Filter) Families() tcpmib.Family {
	if f.Family == 0 {
		return tcpmib.Both
	}
	return f.Family
}

// Needs returns the columns that the filter looks at and the tables do not have.
func (f *Filter) Needs() []rows.Column {
	var names []string
	for name, used := range map[string]bool{
		"path": f.paths.any(), "user": f.users.any(), "commandLine": f.commandLines.any(), "services": f.services.any(),
	} {
		if used {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return rows.Named(names...)
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

// Serving returns the filter without what only connections have: with which state, and from where.
// It selects the listening sockets at whose ports the selected connections may be.
func (f *Filter) Serving() Filter {
	serving := *f
	for _, c := range conditions {
		if slices.Contains([]string{"state", "addr", "local", "remote", "remotePort"}, c.Name) {
			c.values(&serving).clear()
		}
	}
	return serving
}

// Match reports whether the filter selects a row. Words are looked for in all columns that are
// shown by default.
func (f *Filter) Match(r *rows.Row) bool { return f.MatchShown(r, rows.BothColumns) }

// MatchShown does as Match, where words are looked for in columns.
func (f *Filter) MatchShown(r *rows.Row, columns []rows.Column) bool {
	local, remote, state := r.Local, r.Remote, r.State
	if r.Protocol == rows.UDP {
		state = tcpmib.StateListen // it receives from anyone
	}
	ofOwner := func(t *terms[pattern], text func(o *rows.Owner) string) bool {
		if !t.any() {
			return true
		}
		o := r.Owner
		if o == nil {
			o = &rows.Owner{}
		}
		return t.match(func(p pattern) bool { return p.MatchString(text(o)) })
	}
	return f.wants(r.Protocol) && f.Families()&r.Family() != 0 &&
		f.states.match(func(s tcpmib.State) bool { return s == state }) &&
		f.pids.match(func(pid uint32) bool { return pid == r.PID }) &&
		f.localPorts.match(func(p ports) bool { return p.contains(local.Port()) }) &&
		f.remotePorts.match(func(p ports) bool { return remote.IsValid() && p.contains(remote.Port()) }) &&
		f.ports.match(func(p ports) bool {
			return p.contains(local.Port()) || remote.IsValid() && p.contains(remote.Port())
		}) &&
		f.locals.match(func(n network) bool { return n.contains(local) }) &&
		f.remotes.match(func(n network) bool { return n.contains(remote) }) &&
		f.addrs.match(func(n network) bool { return n.contains(local) || n.contains(remote) }) &&
		f.processes.match(func(p pattern) bool { return p.MatchString(r.Process) }) &&
		f.services.match(func(p pattern) bool { return slices.ContainsFunc(r.Services, p.MatchString) }) &&
		ofOwner(&f.paths, func(o *rows.Owner) string { return o.Path }) &&
		ofOwner(&f.users, func(o *rows.Owner) string { return o.User }) &&
		ofOwner(&f.commandLines, func(o *rows.Owner) string { return o.CommandLine }) &&
		f.matchWords(r, columns)
}

// unsearched are columns that words are not looked for in: nearly all rows have the same there.
var unsearched = []string{"offload", "offloadCode", "stateCode", "family"}

func (f *Filter) matchWords(r *rows.Row, columns []rows.Column) bool {
	if !f.words.any() {
		return true
	}
	var text []byte
	for _, c := range columns {
		if !slices.Contains(unsearched, c.Name) {
			text = append(c.Text(text, r), '\n') // no word spans two cells
		}
	}
	cells := strings.ToLower(string(text))
	state := r.Protocol == rows.TCP && rows.Has(columns, "state")
	occurs := func(w word) bool { return state && w.isState && w.state == r.State || w.occurs(cells) }
	return !slices.ContainsFunc(f.words.none, occurs) &&
		!slices.ContainsFunc(f.words.some, func(w word) bool { return !occurs(w) })
}

// stateWords returns the states as they are typed.
func stateWords() []string {
	return strings.Split(strings.ToLower(strings.Join(rows.StateNames(), " ")), " ")
}
