package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

const (
	formatSample   = "sample"
	formatTemplate = "template="
)

// listFormats are the values of --format.
var listFormats = append(rows.FormatNames(rows.Formats), formatSample, formatTemplate+cli.Rest)

// encodingHelp explains the encodings of the formats.
const encodingHelp = `JSON is ASCII. CSV and tables are UTF-8: before PowerShell reads them from a pipe, run
[Console]::OutputEncoding = [Text.Encoding]::UTF8`

// listFlags are the flags of list.
type listFlags struct {
	filter            filter.Filter
	columns, sortBy   []rows.Column
	extra             []rows.Column // added to those of the format
	reverse, noHeader bool
	count, pids       bool
	limit             int
	format, from      string
	notIn, output     string
	habits            func()
}

func (a *app) listCommand() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List connections and sockets",
		Long: paragraphs(`list shows TCP connections, listening sockets and, with --udp, UDP sockets, sorted by local and
remote endpoint.`, filter.Help, filter.ProtocolHelp, habitsHelp, `--not-in base.zip leaves out what the capture base.zip has. Listening, bound and UDP sockets match
on protocol, local endpoint and process name, because process IDs change after a restart; if a
name is unknown, the endpoint decides. Connections match on endpoints and process ID.

Columns, for --columns, --sort and templates:
`+columnHelp()+`
In templates, numbers are numbers (0 if missing), everything else is text, {{json .process}} quotes
for JSON, and \t is a tab. --format wide shows more columns than table; a narrow terminal leaves
some out, unless they are named with --columns. --format sample prints what the C program in
Microsoft's documentation of MIB_TCPROW2 prints.`, encodingHelp),
		Example: `  tcpmib list --listening --sort localPort
  tcpmib list --process chrome --remote 10.0.0.0/8 --state ` + cli.Negated("time-wait") + `
  tcpmib list --port 443,8000-8999 --format json
  tcpmib list -tu --listening --columns protocol,local,process,user,path
  tcpmib list --format csv --columns local,remote,process --no-header
  tcpmib list --format "template={{.process}}\t{{.localPort}}"
  tcpmib list --from capture.zip --state time-wait --count
  tcpmib list --listening --not-in base.zip`,
		Args: filtersOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.output(f.output, false, func() error { return a.list(cmd.Flags(), &f) })
		},
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	f.habits = addHabits(cmd, &f.filter)
	flags := cmd.Flags()
	f.format = listFormats[0]
	cli.FormatFlag(cmd, &f.format, "output `format`", listFormats)
	flags.Var(rows.ColumnList{List: &f.columns}, "columns", "show these `columns`, in this order")
	flags.Var(rows.ColumnList{List: &f.sortBy}, "sort", "sort by these `columns`")
	flags.BoolVar(&f.reverse, "reverse", false, "reverse the sort")
	cli.CountFlag(flags, &f.limit, "limit", "show only the first `n` connections; 0: all")
	flags.BoolVar(&f.count, "count", false, "print only the number of matches, whatever --limit says")
	flags.BoolVar(&f.pids, "pids", false, "print only the IDs of the owning processes, each once, one a line")
	flags.BoolVar(&f.noHeader, "no-header", false, "omit the header row")
	addExtraFlags(flags, &f.extra)
	columns := func(*cobra.Command) []string { return rows.Names(rows.Columns) }
	cli.CompleteList(cmd, "columns", columns)
	cli.CompleteList(cmd, "sort", columns)
	addOutput(cmd, &f.output)
	addFrom(cmd, &f.from)
	addNotIn(cmd, &f.notIn)
	return cmd
}

// addNotIn declares --not-in.
func addNotIn(cmd *cobra.Command, notIn *string) {
	cli.FileFlag(cmd.Flags(), notIn, "not-in", "leave out what the capture in `file` has, and show what is new")
	cli.CompleteFiles(cmd, "not-in", "zip")
}

// addExtraFlags declares the flags that add columns: these, or all that there are.
func addExtraFlags(flags *pflag.FlagSet, extra *[]rows.Column, columns ...string) {
	for _, e := range machine.Extras {
		if e.Flag == "" || len(columns) > 0 && !slices.Contains(columns, e.Column) {
			continue
		}
		flags.BoolFunc(e.Flag, e.Usage, cli.OnOff(func(on bool) {
			*extra = slices.DeleteFunc(*extra, func(c rows.Column) bool { return c.Name == e.Column })
			if on {
				*extra = append(*extra, rows.Named(e.Column)...)
			}
		}))
	}
}

// columnHelp returns the names of the columns, six on a line.
func columnHelp() string {
	text := ""
	for line := range slices.Chunk(rows.Names(rows.Columns), 6) {
		text += "  " + strings.Join(line, ", ") + "\n"
	}
	return text
}

// list writes what could be read, and then reports what could not.
func (a *app) list(flags *pflag.FlagSet, f *listFlags) error {
	f.habits()
	if f.pids {
		for _, other := range []string{"count", "format", "json", "columns"} {
			if flags.Changed(other) {
				return cli.Usagef("--pids prints process IDs only: remove --%s", other)
			}
		}
	}
	if f.format == formatSample {
		return a.listSample(flags, f)
	}
	out := newOutput(&a.Terminal)
	out.Header = !f.noHeader
	write, named, err := f.formatOf(out)
	if err != nil {
		return err
	}
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	var base *filter.Baseline
	if f.notIn != "" {
		if base, err = a.baseline(f.notIn, &f.filter); err != nil {
			return err
		}
	}
	s, readErr := read(m, &f.filter)
	if s == nil {
		return readErr
	}
	if base != nil {
		s.Keep(func(r *rows.Row) bool { return !base.Has(r) })
	}
	// The sort needs its columns of all rows; the others are read for the rows that are printed.
	m.Enrich(s, f.filter.Families(), f.sortBy, nil)
	s.Sort(f.sortBy, f.reverse)
	matches := len(s.Sockets)
	if f.limit > 0 {
		s.Sockets = s.Sockets[:min(f.limit, len(s.Sockets))]
	}
	switch {
	case f.count:
		fmt.Fprintln(out, matches)
	case f.pids:
		matches = writePIDs(out, s)
	default:
		sorted := func(c rows.Column) bool { return rows.Has(f.sortBy, c.Name) } // its trouble has been reported
		m.Enrich(s, f.filter.Families(), slices.DeleteFunc(slices.Concat(f.extra, f.columns, named), sorted), out.Columns)
		if err := write(out, s.Rows()); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if matches == 0 {
		switch {
		case !f.forPerson() || readErr != nil:
		case f.notIn != "":
			a.Say("nothing that matches is new since %s", f.notIn)
		case f.filter.UDP:
			a.Say("no socket matches")
		default:
			a.Say("no connection matches")
		}
		return withRead(readErr, cli.ErrNothing)
	}
	return readErr
}

// baseline reads what the capture in file has in the tables that a filter needs. If it lacks a
// table, everything in that table would look new.
func (a *app) baseline(file string, f *filter.Filter) (*filter.Baseline, error) {
	m, err := a.machine(file)
	if err != nil {
		return nil, err
	}
	s, err := m.Read(f.Tables())
	if err != nil {
		return nil, fmt.Errorf("%s cannot be a baseline: %w", file, err)
	}
	return filter.NewBaseline(s), nil
}

// writePIDs writes the process IDs of a snapshot, each once, and returns how many. Of a connection
// that nobody owns, as in TIME-WAIT, there is none.
func writePIDs(out *rows.Output, s *rows.Snapshot) int {
	written := map[uint32]bool{owner.IdlePID: true}
	for _, socket := range s.Sockets {
		if !written[socket.PID] {
			written[socket.PID] = true
			fmt.Fprintln(out, socket.PID)
		}
	}
	return len(written) - 1
}

// forPerson reports whether a person reads the output, who should not be left with a header row.
func (f *listFlags) forPerson() bool {
	return !f.count && !f.pids && (f.format == "table" || f.format == "wide")
}

// formatOf returns the writer that --format names, and the columns that its template uses. It sets
// the columns of out.
func (f *listFlags) formatOf(out *rows.Output) (write rows.Writer, named []rows.Column, err error) {
	if text, ok := strings.CutPrefix(f.format, formatTemplate); ok {
		if write, named, err = rows.ParseTemplate(text); err != nil {
			return nil, nil, cli.Usagef("--format %q: %w", f.format, err)
		}
		return write, named, nil
	}
	known, _ := rows.FormatNamed(rows.Formats, f.format) // the flag accepts no other
	out.Columns = f.columns
	if out.Columns == nil {
		columns := known.Columns
		switch {
		case known.Name != "table" || !f.filter.UDP:
		case f.filter.TCP:
			columns = rows.BothColumns
		default:
			columns = rows.UDPColumns
		}
		out.Columns = slices.Clone(columns)
		out.Optional = slices.DeleteFunc(slices.Clone(columns), func(c rows.Column) bool { return rows.Has(f.sortBy, c.Name) })
	}
	for _, c := range f.extra {
		if !rows.Has(out.Columns, c.Name) {
			out.Columns = append(out.Columns, c)
		}
	}
	return known.Write, nil, nil
}

// listSample writes the IPv4 table as the C program in Microsoft's documentation prints it.
func (a *app) listSample(flags *pflag.FlagSet, f *listFlags) error {
	var wrong error
	flags.Visit(func(flag *pflag.Flag) {
		if !slices.Contains([]string{"format", "output", "from", "ipv4", "color"}, flag.Name) {
			wrong = cli.Usagef("--format sample prints the whole IPv4 table: remove --%s, or use another format", flag.Name)
		}
	})
	if wrong != nil {
		return wrong
	}
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	r := tcpmib.Reader{Source: m.Source()}
	table, err := r.TCPTable2(true)
	if err != nil {
		return err
	}
	if err := rows.WriteSample(a.Out, table); err != nil {
		return err
	}
	if len(table) == 0 {
		return cli.ErrNothing
	}
	return nil
}
