package main

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// lazily returns a function that compiles an expression when it is first needed: most runs need
// none.
func lazily(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// Users of ss, netstat and lsof have habits. Those that mean something here do what they mean, and
// for others an error says what to type.

const habitsHelp = `The flags -a, -n, -o, -p, -b and -i of ss, netstat and lsof work: -ano and -an show TCP and UDP,
-tulpn what listens, and -i :8080 one port. Numbers, process IDs and names are always shown.`

// addHabits declares flags that other tools have, without listing them in help.
func addHabits(cmd *cobra.Command, f *filter.Filter) (apply func()) {
	flags := cmd.Flags()
	var all bool
	flags.BoolVarP(&all, "all", "a", false, "TCP and UDP")
	hidden := []string{"all", "internet"}
	for _, shown := range []struct{ name, short string }{
		{"numeric", "n"}, {"processes", "p"}, {"owner", "o"}, {"binary", "b"}, {"numeric-ports", "P"},
	} {
		flags.BoolP(shown.name, shown.short, false, "which tcpmib always does")
		hidden = append(hidden, shown.name)
	}
	flags.VarP(&internet{flags}, "internet", "i", "what lsof -i takes, such as tcp:8080")
	for _, name := range hidden {
		flags.Lookup(name).Hidden = true
	}
	return func() {
		if all && !f.TCP && !f.UDP {
			f.TCP, f.UDP = true, true
		}
	}
}

// internet is the value of lsof's -i, which sets flags.
type internet struct{ flags *pflag.FlagSet }

func (i *internet) String() string { return "" }
func (i *internet) Type() string   { return "endpoint" }

var internetSyntax = lazily(`(?i)^([46])?(tcp|udp)?(?:@(\[[^]]*\]|[^:\[\]]+))?(?::(.+))?$`)

func (i *internet) Set(text string) error {
	parts := internetSyntax().FindStringSubmatch(text)
	if parts == nil {
		return errors.New("want [4|6][tcp|udp][@address][:ports], as lsof does")
	}
	set := func(name, value string) error {
		if value == "" {
			return nil
		}
		return i.flags.Set(name, value)
	}
	family := map[string]string{"4": "ipv4", "6": "ipv6"}[parts[1]]
	var errs error
	if family != "" {
		errs = set(family, "true")
	}
	if parts[2] != "" {
		errs = errors.Join(errs, set(strings.ToLower(parts[2]), "true"))
	}
	errs = errors.Join(errs, set("addr", strings.Trim(parts[3], "[]")), set("port", parts[4]))
	if invalid := (*pflag.InvalidValueError)(nil); errors.As(errs, &invalid) {
		return invalid.Unwrap()
	}
	return errs
}

// filtersOnly rejects arguments of a command that has filters, and says how to write what was
// probably meant.
func filtersOnly(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return cli.Usagef("%s takes no arguments, got %q%s", cmd.CommandPath(), args[0], filterHint(cmd, args))
}

// noCommand rejects an unknown command, and says what was probably meant.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if hint := knownHint(cmd, args); hint != "" {
		return cli.Usagef("unknown command %q%s", args[0], hint)
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	near := cli.Nearest(args[0], names)
	if near == "" {
		return cli.Usagef("unknown command %q; commands are %s%s", args[0], strings.Join(names, ", "), processHint(args[0]))
	}
	return cli.Usagef("unknown command %q; did you mean %s?", args[0], near)
}

// filterHint returns how to write what an argument probably means.
func filterHint(cmd *cobra.Command, args []string) string {
	if hint := knownHint(cmd, args); hint != "" {
		return hint
	}
	return processHint(args[0])
}

var processName = lazily(`^[\pL\pN][\pL\pN._*+-]*$`)

// processHint suggests the filter for a name of a process, if a word may be one.
func processHint(word string) string {
	if !processName().MatchString(word) {
		return ""
	}
	return "; for the connections of a process: --process " + word
}

var portsSyntax = lazily(`^:?(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*),?$`)

// words of other tools, and what stands for them here.
var words = map[string]string{
	"tcp": "-t", "tcpv6": "-t -6", "udp": "-u", "udpv6": "-u -6", "all": "-a", "inet": "-4", "inet6": "-6",
	"state": "--state established", "sport": "--local-port", "dport": "--remote-port", "src": "--local", "dst": "--remote",
	"listen": "--listening", "listening": "--listening", "new": "--not-in base.zip",
}

// knownHint returns how to write an argument that is a port, an address, an endpoint, a state, a
// word of another tool or the name of a flag.
func knownHint(cmd *cobra.Command, args []string) string {
	word := args[0]
	var others []string // what follows a list that a shell or a space took apart
	for _, arg := range args {
		if portsSyntax().MatchString(arg) {
			others = append(others, portsSyntax().FindStringSubmatch(arg)[1])
		}
	}
	if len(others) == len(args) {
		if flag := cmd.Flags().Lookup("port"); flag != nil && flag.Changed {
			return "; separate ports with commas, without spaces, in PowerShell --port ($list -join ',')"
		}
		return "; use --port " + strings.Join(others, ",") + portCommandHint(cmd, others)
	}
	lower := strings.ToLower(word)
	if flags, ok := words[lower]; ok {
		return "; use " + flags
	}
	if _, err := netip.ParseAddrPort(word); err == nil {
		return "; use --addr " + word
	}
	if _, err := netip.ParseAddr(strings.Trim(word, "[]")); err == nil {
		return "; use --addr " + word
	}
	if _, err := netip.ParsePrefix(word); err == nil {
		return "; use --addr " + word
	}
	if state, err := tcpmib.ParseState(word); err == nil && slices.Contains(rows.StateNames(), state.String()) {
		return "; use --state " + strings.ToLower(state.String())
	}
	if flag := cmd.Flags().Lookup(lower); flag != nil && !flag.Hidden {
		return "; use --" + lower
	}
	return ""
}

// portCommandHint names the command port where a bare port was typed after tcpmib.
func portCommandHint(cmd *cobra.Command, ports []string) string {
	if cmd.HasParent() {
		return ""
	}
	return ", or ask who holds it: tcpmib port " + strings.Join(ports, " ")
}

// checkDashes rejects a long flag with one dash, as in -port 8080, which would be taken for several
// short ones. It reports whether there is a /? or -?, with which Windows users ask for help.
func checkDashes(root *cobra.Command, args []string) (help bool, err error) {
	cmd, _, findErr := root.Find(args)
	if findErr != nil {
		cmd = root
	}
	for _, arg := range args {
		name, single := strings.CutPrefix(arg, "-")
		name, _, _ = strings.Cut(name, "=")
		switch {
		case arg == "--":
			return false, nil
		case arg == "/?" || arg == "-?":
			return true, nil
		case single && len(name) > 2 && name[0] != '-':
			if long := longFlag(cmd, name); long != "" {
				return false, cli.Usagef("%s: write --%s, with two dashes", arg, long)
			}
		}
	}
	return false, nil
}

// longFlag returns the long flag with a name, as PowerShell's habits may write it.
func longFlag(cmd *cobra.Command, name string) (long string) {
	plain := strings.ReplaceAll(strings.ToLower(name), "-", "")
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden && strings.ReplaceAll(flag.Name, "-", "") == plain {
			long = flag.Name
		}
	})
	return long
}
