package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib"
)

// filter says which connections are meant. The zero value means all.
type filter struct {
	family      tcpmib.Family // 0 is both
	states      terms[tcpmib.State]
	ports       terms[ports] // of either end
	localPorts  terms[ports]
	remotePorts terms[ports]
	addrs       terms[network] // of either end
	remotes     terms[network]
	pids        terms[uint32]
	processes   terms[pattern]
	words       []string // each is in what a person sees of the row
}

// A condition that filters take as a flag, and as name=value in words.
type condition struct {
	name, kind, usage string
	add               func(f *filter, text string) error
}

var conditions = []condition{
	{"state", "states", "in one of these `states`, such as listen,time-wait",
		func(f *filter, s string) error { return f.states.add(s, parseState) }},
	{"port", "ports", "with one of these `ports`, such as 443,8000-8999, at an end",
		func(f *filter, s string) error { return f.ports.add(s, parsePorts) }},
	{"local-port", "ports", "with one of these `ports` on this side",
		func(f *filter, s string) error { return f.localPorts.add(s, parsePorts) }},
	{"remote-port", "ports", "with one of these `ports` on the other side",
		func(f *filter, s string) error { return f.remotePorts.add(s, parsePorts) }},
	{"addr", "addresses", "with one of these `addresses`, such as 10.0.0.0/8, at an end",
		func(f *filter, s string) error { return f.addrs.add(s, parseNetwork) }},
	{"remote", "addresses", "with one of these `addresses` on the other side",
		func(f *filter, s string) error { return f.remotes.add(s, parseNetwork) }},
	{"pid", "PIDs", "owned by one of these process `IDs`",
		func(f *filter, s string) error { return f.pids.add(s, parsePID) }},
	{"process", "names", "owned by a program with one of these `names`, such as chrome or sql*",
		func(f *filter, s string) error { return f.processes.add(s, parsePattern) }},
}

// conditionFlag makes a condition a flag.
type conditionFlag struct {
	condition
	filter *filter
}

func (c conditionFlag) String() string     { return "" }
func (c conditionFlag) Type() string       { return c.kind }
func (c conditionFlag) Set(s string) error { return c.add(c.filter, s) }

// addFlags declares the flags that fill f in.
func (f *filter) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	for _, one := range []struct {
		name, short, usage string
		family             tcpmib.Family
	}{
		{"ipv4", "4", "IPv4 only", tcpmib.IPv4},
		{"ipv6", "6", "IPv6 only", tcpmib.IPv6},
	} {
		flags.BoolFuncP(one.name, one.short, one.usage, onOff(func(on bool) {
			f.family &^= one.family
			if on {
				f.family |= one.family
			}
		}))
	}
	for _, c := range conditions {
		flags.Var(conditionFlag{c, f}, c.name, c.usage)
	}
	for _, one := range []struct {
		name, usage string
		state       tcpmib.State
	}{
		{"listening", "the same as --state listen", tcpmib.StateListen},
		{"established", "the same as --state established", tcpmib.StateEstab},
	} {
		flags.BoolFunc(one.name, one.usage, onOff(func(on bool) {
			f.states.some = slices.DeleteFunc(f.states.some, func(s tcpmib.State) bool { return s == one.state })
			if on {
				f.states.some = append(f.states.some, one.state)
			}
		}))
	}
	complete(cmd, "state", stateNames())
}

// onOff is what a flag does that is on by its name alone, and off with =false.
func onOff(set func(on bool)) func(string) error {
	return func(text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("want true or false")
		}
		set(on)
		return nil
	}
}

// any reports whether there is a condition at all.
func (f *filter) any() bool {
	return f.family != 0 || len(f.words) > 0 || f.states.any() || f.pids.any() || f.processes.any() ||
		f.ports.any() || f.localPorts.any() || f.remotePorts.any() || f.addrs.any() || f.remotes.any()
}

func stateNames() []string {
	var names []string
	for s := tcpmib.StateClosed; s <= tcpmib.StateDeleteTCB; s++ {
		names = append(names, s.String())
	}
	return append(names, tcpmib.StateReserved.String())
}

const filterHelp = "Conditions of different kinds must all hold; of several values in one, separated by\n" +
	"commas, one must. A ! before a value negates it: --state '!listen'. In names of programs\n" +
	"case does not matter, and .exe may be left out. Ports may be ranges, addresses blocks."

// parseFilter reads the filter that a person types: words that the row shows, and
// conditions such as port=443 and state=!listen.
func parseFilter(text string) (filter, error) {
	var f filter
	for word := range strings.FieldsSeq(text) {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			f.words = append(f.words, strings.ToLower(word))
			continue
		}
		c, ok := conditionNamed(name)
		if !ok {
			return filter{}, fmt.Errorf("%q is no condition: use %s", name, conditionNames())
		}
		if err := c.add(&f, value); err != nil {
			return filter{}, fmt.Errorf("%s: %w", word, err)
		}
	}
	return f, nil
}

func conditionNamed(name string) (condition, bool) {
	for _, c := range conditions {
		if strings.EqualFold(c.name, name) {
			return c, true
		}
	}
	return condition{}, false
}

func conditionNames() string {
	var names []string
	for _, c := range conditions {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

// families is which tables have to be read.
func (f *filter) families() tcpmib.Family {
	if f.family == 0 {
		return tcpmib.Both
	}
	return f.family
}

func (f *filter) match(r *row) bool {
	local, remote := r.Local, r.Remote
	return f.families()&r.Family() != 0 &&
		f.states.match(func(s tcpmib.State) bool { return s == r.State }) &&
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
		f.processes.match(func(p pattern) bool { return p.matches(r.process) }) &&
		f.matchWords(r)
}

func (f *filter) matchWords(r *row) bool {
	if len(f.words) == 0 {
		return true
	}
	var text []byte
	for _, c := range tableColumns {
		text = append(c.text(text, r), ' ')
	}
	shown := strings.ToLower(string(text))
	for _, word := range f.words {
		if !strings.Contains(shown, word) {
			return false
		}
	}
	return true
}
