package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/summaryview"
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
		Long: "summary counts connections by state, by process, by remote address and by local port.\n\n" +
			"--format prometheus writes metrics for the textfile collector of windows_exporter:\n" +
			"connections by family and state, by process, and by local port with a listening socket (whatever\n" +
			"--state, --remote, --remote-port and --addr say, which select connections), and with --udp UDP\n" +
			"sockets by family and by process. Remote addresses are left out because their number is\n" +
			"unbounded. Use --output with it:\n" +
			"the file is replaced atomically, and PowerShell's > would write UTF-16.\n\n" +
			ephemeralHelp + "\n\n" + filter.Help + "\n\n" + filter.ProtocolHelp,
		Example: "  tcpmib summary\n" +
			"  tcpmib summary --process w3wp --limit 20\n" +
			"  tcpmib summary --format prometheus --output C:\\metrics\\tcpmib.prom\n" +
			"  tcpmib summary --ephemeral --dynamic-range 10000-65535",
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case f.ephemeral && f.filter.UDP:
				return cli.Usagef("--ephemeral is about TCP: remove --udp")
			case f.ephemeral:
				return a.summaryEphemeral(&f)
			case cmd.Flags().Changed("dynamic-range"):
				return cli.Usagef("--dynamic-range needs --ephemeral")
			}
			return a.summary(&f)
		},
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	flags := cmd.Flags()
	cli.EnumFlag(cmd, flags, &f.format, "format", "output `format`", []string{summaryTable, summaryJSON, summaryPrometheus})
	cli.CountFlag(flags, &f.limit, "limit", "show the `n` largest counts of each table; 0: all")
	flags.BoolVar(&f.ephemeral, "ephemeral", false, "show how much of the dynamic port range is in use")
	flags.Var(&f.dynamic, "dynamic-range", "the dynamic port `range` of the machine")
	cli.FileFlag(flags, &f.output, "output", "write to `file`, replaced once everything is written; - is stdout")
	cli.CompleteFiles(cmd, "output")
	addFrom(cmd, &f.from)
	return cmd
}

func (a *app) summary(f *summaryFlags) error {
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	tables := f.filter.Tables()
	if f.format == summaryPrometheus {
		// Ports are those of all listening sockets, and connections at them those of all states.
		tables.Listening = false
	}
	s, readErr := a.readTables(m, tables)
	// Half a count is not a metric: the missing family would look idle.
	if s == nil || readErr != nil && f.format == summaryPrometheus {
		return readErr
	}
	serving := f.filter.Serving()
	listening := summaryview.ListeningPorts(s, serving.Match)
	s.Keep(f.filter.Match)
	write := func(w io.Writer, o summaryview.CountsOptions, screen bool) error {
		switch f.format {
		case summaryJSON:
			return summaryview.WriteCountsJSON(w, s)
		case summaryPrometheus:
			return summaryview.WritePrometheus(w, s, summaryview.PrometheusOptions{
				TCP: tables.TCP, UDP: tables.UDP, Families: tables.Families, Listening: listening, Screen: screen,
			})
		}
		return summaryview.WriteCounts(w, s, o)
	}
	if f.output != "" {
		err = writeFile(a.Out, f.output, func(w io.Writer) error {
			return write(w, summaryview.CountsOptions{Limit: f.limit, ASCII: true}, false)
		})
	} else {
		out := newOutput(&a.Terminal)
		o := summaryview.CountsOptions{Limit: f.limit, Color: out.Color, ASCII: out.Width == 0, Width: out.Width}
		err = errors.Join(write(out, o, out.Screen), out.Flush())
	}
	switch {
	case err != nil:
		return err
	case len(s.Sockets) == 0:
		return withRead(readErr, cli.ErrNothing)
	}
	return readErr
}
