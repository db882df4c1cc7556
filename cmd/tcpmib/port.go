package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portview"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Formats of port.
const (
	portText = "text"
	portJSON = "json"
)

type portFlags struct {
	tcp, udp     bool
	format, from string
	output       string
}

func (a *app) portCommand() *cobra.Command {
	f := portFlags{format: portText}
	cmd := &cobra.Command{
		Use:   "port port...",
		Short: "Show who holds a port, or why it cannot be bound",
		Long: `port shows what holds local ports, over TCP and UDP, and how to free them: sockets that
listen, are only bound or are connected, connections in TIME-WAIT, and ports that Windows
has reserved or excluded. If no table shows the port, tcpmib briefly binds it, exclusively
and without listening: the only way to detect excluded ranges.

A port may be a range, a list, limited to a protocol (tcp:8080, 53/udp) or that of an address
(:8080, 127.0.0.1:8080, http://localhost:8080/), of which it is judged on all addresses.

Exit codes: 0 held, 1 free, 2 usage, 3 undecided. With several ports: 3 if any is
undecided, otherwise 0 if any is held.`,
		Example: `  tcpmib port 8080
  tcpmib port tcp:80 8000-8010
  tcpmib port 8080 --from capture.zip --json`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return a.listeningPorts(f.from)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.output(f.output, false, func() error { return a.port(args, &f) })
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&f.tcp, "tcp", "t", false, "only TCP")
	flags.BoolVarP(&f.udp, "udp", "u", false, "only UDP")
	cli.FormatFlag(cmd, &f.format, "output `format`", []string{portText, portJSON})
	addOutput(cmd, &f.output)
	addFrom(cmd, &f.from)
	return cmd
}

func (a *app) port(args []string, f *portFlags) error {
	ports, err := parsePorts(args, f.protocols())
	if err != nil {
		return err
	}
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	facts, err := a.portFacts(m, f.protocols())
	if err != nil {
		return err
	}
	readDetails(m, facts, ports)
	report := portview.Report{
		At: m.Now(), Processes: facts.Processes, Services: facts.Services,
		Details: facts.Details, Denied: facts.Denied, Elevated: facts.Elevated,
	}
	sortByPort(facts)
	for _, asked := range ports {
		onPort := factsOf(facts, asked.port)
		onPort.Protocols = asked.protocols
		report.Verdicts = append(report.Verdicts, judgePort(m, onPort, asked.port))
	}
	if err := a.writePorts(f, &report); err != nil {
		return err
	}
	return portsError(report.Verdicts)
}

// listeningPorts returns the TCP ports on which something listens, for the shell to offer.
func (a *app) listeningPorts(from string) ([]string, cobra.ShellCompDirective) {
	if from == machine.Stdin {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	m, err := a.machine(from)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	r := tcpmib.Reader{Source: m.Source()}
	conns, _ := r.AppendConns(nil, tcpmib.Both)
	ports := map[uint16]bool{}
	for _, c := range conns {
		if c.State == tcpmib.StateListen {
			ports[c.Local.Port()] = true
		}
	}
	var words []string
	for _, port := range slices.Sorted(maps.Keys(ports)) {
		words = append(words, fmt.Sprint(port))
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// askedPort is a port that the command was asked about, and over which protocols.
type askedPort struct {
	port      uint16
	protocols []rows.Protocol
}

// mostPorts is how many ports one command judges: each that no table shows takes four attempts to
// bind.
const mostPorts = 1000

// parsePorts parses ports: what --port takes, and a port as tables, addresses and other tools write
// it. Each is judged once, over the protocols that any of the arguments names.
func parsePorts(args []string, protocols []rows.Protocol) ([]askedPort, error) {
	var asked []askedPort
	for _, arg := range args {
		for word := range strings.SplitSeq(strings.Trim(arg, ","), ",") {
			low, high, over, err := parsePort(word, protocols)
			if err != nil {
				return nil, err
			}
			for port := low; port <= high; port++ {
				i := slices.IndexFunc(asked, func(a askedPort) bool { return a.port == uint16(port) })
				if i < 0 {
					asked = append(asked, askedPort{uint16(port), over})
				} else {
					asked[i].protocols = slices.Compact(slices.Sorted(slices.Values(slices.Concat(asked[i].protocols, over))))
				}
				if len(asked) > mostPorts {
					return nil, cli.Usagef("%s: more than %d ports; to see what listens on them: tcpmib list --listening --local-port %s",
						word, mostPorts, cmp.Or(strings.Join(args, ","), word))
				}
			}
		}
	}
	if len(asked) == 0 {
		return nil, cli.Usagef("want one or more ports, such as 8080 or 8000-8010")
	}
	return asked, nil
}

// parsePort parses a port or a range of ports, which may be limited to a protocol, as in tcp:8080
// and 53/udp, and may be that of an address, as in 127.0.0.1:8080, :8080 and
// http://localhost:8080/.
func parsePort(word string, protocols []rows.Protocol) (low, high int, over []rows.Protocol, err error) {
	text, over := strings.ToLower(strings.TrimSpace(word)), protocols
	for _, p := range []rows.Protocol{rows.TCP, rows.UDP} {
		before, hadBefore := strings.CutPrefix(text, p.String()+":")
		after, hadAfter := strings.CutSuffix(text, "/"+p.String())
		if hadBefore || hadAfter {
			if text = before; hadAfter {
				text = after
			}
			if !slices.Contains(protocols, p) {
				return 0, 0, nil, cli.Usagef("%q: the flags ask for the other protocol", word)
			}
			over = []rows.Protocol{p}
		}
	}
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		text = u.Host
	}
	if host, port, err := net.SplitHostPort(text); err == nil && (host == "" || host == "localhost" || strings.ContainsAny(host, ".:*")) {
		text = port
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	l, err1 := strconv.ParseUint(first, 10, 16)
	h, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || l == 0 || l > h {
		return 0, 0, nil, cli.Usagef("%q is not a port: want a number from 1 to 65535, or a range such as 8000-8010", word)
	}
	return int(l), int(h), over, nil
}

// protocols returns those of the flags; both flags are as none.
func (f *portFlags) protocols() []rows.Protocol {
	switch {
	case f.tcp == f.udp:
		return []rows.Protocol{rows.TCP, rows.UDP}
	case f.tcp:
		return []rows.Protocol{rows.TCP}
	}
	return []rows.Protocol{rows.UDP}
}

// portFacts reads what is the same for all ports: the tables and the processes.
func (a *app) portFacts(m *machine.Reader, protocols []rows.Protocol) (*portcheck.Facts, error) {
	defer a.Progress("reading the tables")()
	facts := &portcheck.Facts{Protocols: protocols}
	for _, p := range protocols {
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
			if err := readPorts(m, facts, p, family); err != nil {
				return nil, err
			}
		}
	}
	var err error
	if facts.Processes, err = m.Processes(); err != nil {
		a.Say("process names are missing: %s", cli.Sentence(err))
		facts.Processes = nil
	}
	if facts.Services, err = m.Services(); err != nil && !machine.IsNotCaptured(err) {
		a.Say("services are missing: %s", cli.Sentence(err))
	}
	facts.Elevated, err = m.Elevated()
	facts.Recorded = machine.IsNotCaptured(err)
	return facts, nil
}

// readPorts reads the tables of a protocol and a family. That one cannot be read is a fact too,
// except where there is no Windows to ask.
func readPorts(m machine.Machine, facts *portcheck.Facts, p rows.Protocol, family tcpmib.Family) (err error) {
	fails := func(question portcheck.Question, table string, err error) {
		reason := fmt.Sprintf("the table of %s could not be read: %s", table, cli.Sentence(err))
		if missing := (*machine.TableError)(nil); errors.As(machine.LacksTable(err), &missing) {
			reason = missing.Error()
		}
		facts.Failures = append(facts.Failures, portcheck.Failure{Protocol: p, Question: question, Reason: reason})
	}
	if p == rows.UDP {
		r := udpmib.Reader{Source: m.Source()}
		facts.UDP, err = r.AppendEndpoints(facts.UDP, family)
		if err != nil && !machine.NotWindows(err) {
			fails(portcheck.Table, "UDP sockets", err)
			return nil
		}
		return err
	}
	r := tcpmib.Reader{Source: m.Source()}
	if facts.TCP, err = r.AppendDatedConns(facts.TCP, family); machine.NotWindows(err) {
		return err
	} else if err != nil {
		fails(portcheck.Table, "TCP connections", err)
	}
	r = tcpmib.Reader{Source: m.Source()} // its buffer is for larger rows than those of bound sockets
	if facts.Bound, err = r.AppendBound(facts.Bound, family); err != nil {
		fails(portcheck.BoundTable, "bound TCP sockets", err)
	}
	return nil
}

// sortByPort sorts the tables by local port, so that those of many ports are not searched for each.
func sortByPort(facts *portcheck.Facts) {
	sort.Slice(facts.TCP, func(i, j int) bool { return facts.TCP[i].Local.Port() < facts.TCP[j].Local.Port() })
	sort.Slice(facts.Bound, func(i, j int) bool { return facts.Bound[i].Local.Port() < facts.Bound[j].Local.Port() })
	sort.Slice(facts.UDP, func(i, j int) bool { return facts.UDP[i].Local.Port() < facts.UDP[j].Local.Port() })
}

// factsOf returns the facts about one port, of facts that are sorted.
func factsOf(facts *portcheck.Facts, port uint16) portcheck.Facts {
	f := *facts
	f.TCP = onPort(f.TCP, port, func(c *tcpmib.DatedConn) netip.AddrPort { return c.Local })
	f.Bound = onPort(f.Bound, port, func(c *tcpmib.Conn) netip.AddrPort { return c.Local })
	f.UDP = onPort(f.UDP, port, func(e *udpmib.Endpoint) netip.AddrPort { return e.Local })
	return f
}

// onPort returns the sockets with a local port, of sockets that are sorted by it.
func onPort[Socket any](sockets []Socket, port uint16, local func(*Socket) netip.AddrPort) []Socket {
	start := sort.Search(len(sockets), func(i int) bool { return local(&sockets[i]).Port() >= port })
	end := sort.Search(len(sockets), func(i int) bool { return local(&sockets[i]).Port() > port })
	return sockets[start:end]
}

// judgePort judges by the tables. If they do not show a holder, it asks for what they cannot show.
func judgePort(m machine.Machine, facts portcheck.Facts, port uint16) portcheck.Verdict {
	facts.Port = port
	facts.Failures = slices.Clone(facts.Failures) // the next port has its own
	for _, f := range portcheck.Judge(facts).Findings {
		if f.Status == portcheck.Held {
			continue
		}
		if reserved, _ := m.Reserved(f.Protocol, port); reserved { // if it cannot tell, the bind does
			facts.Reserved = append(facts.Reserved, f.Protocol)
			continue
		}
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
			switch code, err := m.Bind(f.Protocol, family, port); {
			case machine.IsNotCaptured(err):
				// It is in facts.Recorded.
			case err != nil:
				facts.Failures = append(facts.Failures, portcheck.Failure{
					Protocol: f.Protocol, Question: portcheck.BindAttempt, Reason: "no bind could be tried: " + cli.Sentence(err),
				})
			default:
				facts.Attempts = append(facts.Attempts, portcheck.Attempt{Protocol: f.Protocol, Family: family, Code: code})
			}
		}
	}
	return portcheck.Judge(facts)
}

// readDetails asks about the processes with sockets on some ports.
func readDetails(m machine.Machine, facts *portcheck.Facts, ports []askedPort) {
	wanted := map[uint16]bool{}
	for _, asked := range ports {
		wanted[asked.port] = true
	}
	var pids []uint32
	seen := map[uint32]bool{owner.IdlePID: true, owner.SystemPID: true}
	add := func(local netip.AddrPort, pid uint32) {
		if _, known := facts.Processes[pid]; known && wanted[local.Port()] && !seen[pid] {
			seen[pid] = true
			pids = append(pids, pid)
		}
	}
	for _, o := range facts.TCP {
		add(o.Local, o.PID)
	}
	for _, c := range facts.Bound {
		add(c.Local, c.PID)
	}
	for _, e := range facts.UDP {
		add(e.Local, e.PID)
	}
	details, errs := m.Details(facts.Processes, pids...)
	facts.Details, facts.Denied = details, map[uint32]bool{}
	for pid, list := range errs {
		facts.Denied[pid] = errors.Is(errors.Join(list...), fs.ErrPermission)
	}
}

func (a *app) writePorts(f *portFlags, r *portview.Report) error {
	if f.format == portJSON {
		return portview.WriteJSON(a.Out, r)
	}
	return portview.WriteText(a.Out, r, portview.Options{Color: a.UseColor(), Width: a.Width()})
}

// portsError returns the error that stands for the exit code of these verdicts.
func portsError(verdicts []portcheck.Verdict) error {
	var all []portcheck.Status
	for _, v := range verdicts {
		all = append(all, v.Status())
	}
	switch {
	case slices.Contains(all, portcheck.Unknown):
		return cli.ErrReported // the verdict says what could not be read
	case slices.Contains(all, portcheck.Held):
		return nil
	}
	return cli.ErrNothing
}
