package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/summaryview"
	"github.com/winmib/winmib/tcpmib"
)

// Formats of summary.
const (
	summaryTable      = "table"
	summaryJSON       = "json"
	summaryPrometheus = "prometheus"
)

type summaryFlags struct {
	filter       filter.Filter
	format, from string
	limit        int
	output       string
	ephemeral    bool
	dynamic      ephemeral.Range
}

func (a *app) summaryCommand() *cobra.Command {
	f := summaryFlags{format: summaryTable, limit: 10, dynamic: ephemeral.Default}
	cmd := &cobra.Command{
		Use:   "summary",
		Short: "Count connections by state, process, remote address and local port",
		Long: paragraphs(`summary counts connections by state, by process, by remote address and by local port.

--format prometheus writes metrics for the textfile collector of windows_exporter:
connections by family and state, by process, and by local port with a listening socket (whatever
--state, --remote, --remote-port and --addr say, which select connections), and with --udp UDP
sockets by family and by process. Remote addresses are left out because their number is
unbounded. There is no series of a state whose table was not read. Use --output with it: the file
is replaced atomically, and PowerShell's > would write UTF-16.`, ephemeralHelp, filter.Help, filter.ProtocolHelp),
		Example: `  tcpmib summary
  tcpmib summary --process w3wp --limit 20
  tcpmib summary --format prometheus --output tcpmib.prom
  tcpmib summary --ephemeral --dynamic-range 10000-65535`,
		Args: filtersOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case f.ephemeral && f.filter.UDP:
				return cli.Usagef("--ephemeral is about TCP: remove --udp")
			case f.ephemeral:
				return a.output(f.output, false, func() error { return a.summaryEphemeral(&f) })
			case cmd.Flags().Changed("dynamic-range"):
				return cli.Usagef("--dynamic-range needs --ephemeral")
			}
			return a.output(f.output, false, func() error { return a.summary(&f) })
		},
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	flags := cmd.Flags()
	cli.FormatFlag(cmd, &f.format, "output `format`", []string{summaryTable, summaryJSON, summaryPrometheus})
	cli.CountFlag(flags, &f.limit, "limit", "show the `n` largest counts of each table; 0: all")
	flags.BoolVar(&f.ephemeral, "ephemeral", false, "show how much of the dynamic port range is in use")
	flags.Var(&f.dynamic, "dynamic-range", "the dynamic port `range` of the machine")
	addOutput(cmd, &f.output)
	addFrom(cmd, &f.from)
	return cmd
}

func (a *app) summary(f *summaryFlags) error {
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	tables := f.filter.Tables()
	s, readErr := m.Read(tables)
	// Half a count is not a metric: the missing family would look idle.
	if s == nil || readErr != nil && f.format == summaryPrometheus {
		return readErr
	}
	m.Enrich(s, f.filter.Families(), f.filter.Needs(), nil)
	serving := f.filter.Serving()
	listening := summaryview.ListeningPorts(s, serving.Match)
	s.Keep(f.filter.Match)
	write := func(w io.Writer, o summaryview.CountsOptions) error {
		switch f.format {
		case summaryJSON:
			return summaryview.WriteCountsJSON(w, s)
		case summaryPrometheus:
			return summaryview.WritePrometheus(w, s, summaryview.PrometheusOptions{
				TCP: tables.TCP, Bound: tables.Bound, UDP: tables.UDP, Families: tables.Families, Listening: listening,
			})
		}
		return summaryview.WriteCounts(w, s, o)
	}
	out := newOutput(&a.Terminal)
	o := summaryview.CountsOptions{Limit: f.limit, Color: out.Color, ASCII: out.Width == 0, Width: out.Width}
	err = errors.Join(write(out, o), out.Flush())
	switch {
	case err != nil:
		return err
	case len(s.Sockets) == 0:
		return withRead(readErr, cli.ErrNothing)
	}
	return readErr
}

const ephemeralHelp = `--ephemeral shows how much of the dynamic port range, from which Windows takes the ports of
outgoing connections, is in use: for each pair of a local address and a remote endpoint, the
largest first, and for the whole machine, as 0.0.0.0 and :: to *. USED includes TIME-WAIT and
BOUND: sockets that listen, or are bound and not connected, hold their port for every remote
endpoint. Connections at a port where a socket listens were accepted, and do not count.

Why a single ratio is wrong: where Windows reuses ports, one port serves many remote endpoints,
and a connection fails only when its own pair has none left. Windows reuses ports if the
administrator has set an auto-reuse range (Set-NetTCPSetting), from which they then come, and the
program does not bind before it connects, or sets SO_REUSE_UNICASTPORT. Any other socket needs a
port that nothing on the machine uses: the line of * is its limit. The tables do not say which
sockets reuse ports. No documented Windows function returns the ranges; netsh int ipv4 show
dynamicport tcp and Get-NetTCPSetting do. Pass a non-default one with --dynamic-range.`

// summaryEphemeral writes how much of the dynamic port range is in use.
func (a *app) summaryEphemeral(f *summaryFlags) error {
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	s, readErr := m.Read(rows.Tables{Families: f.filter.Families(), TCP: true}) // ports are taken whoever has them
	if s == nil || readErr != nil && f.format == summaryPrometheus {
		return readErr
	}
	m.Enrich(s, f.filter.Families(), f.filter.Needs(), nil)
	r := tcpmib.Reader{Source: m.Source()}
	conns := make([]tcpmib.Conn, len(s.Sockets))
	for i := range conns {
		conns[i] = s.Sockets[i].Conn
	}
	s.Sockets = nil // a million take 88 MB
	if conns, err = r.AppendBound(conns, f.filter.Families()); err != nil && readErr == nil {
		a.Say("bound sockets are missing: %s", machine.Advise(machine.LacksTable(err)))
	}
	uses := ephemeral.Count(conns, f.filter.Families(), f.dynamic, func(c tcpmib.Conn) bool {
		r := s.Row(rows.Socket{Conn: c})
		return f.filter.Match(&r)
	})
	selected := f.filter
	selected.Family = 0
	uses = slices.DeleteFunc(uses, func(u ephemeral.Use) bool {
		// A filter selects pairs, and a family that could not be read is not idle.
		return !u.Remote.IsValid() && (selected.Any() || readErr != nil && u.Used == 0)
	})
	out := newOutput(&a.Terminal)
	err = errors.Join(f.writeEphemeral(out, s, uses), out.Flush())
	used := slices.ContainsFunc(uses, func(u ephemeral.Use) bool { return u.Used > 0 })
	switch {
	case err != nil:
		return err
	case !used:
		return withRead(readErr, cli.ErrNothing)
	}
	return readErr
}

func (f *summaryFlags) writeEphemeral(out *rows.Output, s *rows.Snapshot, uses []ephemeral.Use) error {
	switch f.format {
	case summaryJSON:
		out.Columns = summaryview.EphemeralDataColumns
		return rows.WriteJSON(out, summaryview.EphemeralRows(s, uses))
	case summaryPrometheus:
		return summaryview.WriteEphemeralPrometheus(out, uses, f.limit)
	}
	fmt.Fprintf(out, "dynamic range %s: %d ports\n\n", &f.dynamic, f.dynamic.Size())
	shown := uses
	if f.limit > 0 {
		shown = uses[:min(f.limit, len(uses))]
	}
	out.Columns, out.Optional = summaryview.EphemeralColumns, summaryview.EphemeralColumns
	if err := rows.WriteTable(out, summaryview.EphemeralRows(s, shown)); err != nil {
		return err
	}
	if more := len(uses) - len(shown); more > 0 {
		fmt.Fprintf(out, "and %d more\n", more)
	}
	return nil
}
