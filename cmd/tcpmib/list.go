package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/tcpmib"
)

const (
	formatWide     = "wide"
	formatSample   = "sample"
	formatTemplate = "template="
)

// listFormats are the formats of list, and the columns each shows by itself.
var listFormats = map[string]struct {
	write   format
	columns []column
}{
	"table":    {writeTable, tableColumns},
	formatWide: {writeTable, wideColumns},
	"json":     {writeJSON, dataColumns},
	"jsonl":    {writeJSONLines, dataColumns},
	"csv":      {writeCSV, dataColumns},
}

var formatNames = []string{"table", formatWide, "json", "jsonl", "csv", formatSample, formatTemplate + "..."}

// listFlags are the flags of list.
type listFlags struct {
	filter                   filter
	columns, sortBy          []column
	extra                    []column // besides those of the format
	reverse, noHeader, count bool
	limit                    int
	format                   string
}

func (a *app) listCommand() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the TCP connections",
		Long: "list shows the TCP connections and the sockets that listen, sorted by local and\n" +
			"remote endpoint.\n\n" + filterHelp + "\n\n" +
			"Columns, for --columns, --sort and templates:\n" + columnHelp() + "\n" +
			"In templates numbers are numbers, 0 where there is none, and all else is text.\n" +
			"--format wide shows more of them than table; --format sample prints what the C program\n" +
			"in Microsoft's documentation of MIB_TCPROW2 prints.",
		Example: "  tcpmib list --listening --sort localPort\n" +
			"  tcpmib list --process chrome --remote 10.0.0.0/8 --state '!time-wait'\n" +
			"  tcpmib list --port 443,8000-8999 --format json\n" +
			"  tcpmib list --format csv --columns local,remote,process --no-header\n" +
			"  tcpmib list --format 'template={{.process}} {{.localPort}}'\n" +
			"  tcpmib list --from capture.zip --state time-wait --count",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.list(cmd.Flags(), &f) },
	}
	f.filter.addFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "table", "write in this `format`: "+alternatives(formatNames))
	flags.Var(columnList{&f.columns}, "columns", "show these `columns`, in this order")
	flags.Var(columnList{&f.sortBy}, "sort", "sort by these `columns`")
	flags.BoolVar(&f.reverse, "reverse", false, "sort the other way round")
	flags.IntVar(&f.limit, "limit", 0, "show the first `n` connections only")
	flags.BoolVar(&f.count, "count", false, "print how many there are, and nothing else")
	flags.BoolVar(&f.noHeader, "no-header", false, "leave out the line that names the columns")
	for _, e := range extras {
		flags.BoolFunc(e.flag, e.usage, onOff(func(on bool) {
			f.extra = slices.DeleteFunc(f.extra, func(c column) bool { return c.name == e.column })
			if on {
				f.extra = append(f.extra, columnsNamed(e.column)...)
			}
		}))
	}
	complete(cmd, "format", formatNames)
	complete(cmd, "columns", columnNames())
	complete(cmd, "sort", columnNames())
	a.addFrom(cmd)
	return cmd
}

// columnHelp is the names of the columns, some a line.
func columnHelp() string {
	text := ""
	for line := range slices.Chunk(columnNames(), 6) {
		text += "  " + strings.Join(line, ", ") + "\n"
	}
	return text
}

// list writes what it could read, and then says what it could not.
func (a *app) list(flags *pflag.FlagSet, f *listFlags) error {
	if f.format == formatSample {
		return a.listSample(flags)
	}
	out := a.newOutput()
	out.header = !f.noHeader
	write, named, err := f.formatOf(out)
	if err != nil {
		return err
	}
	if f.limit < 0 {
		return fmt.Errorf("--limit %d: want 1 or more", f.limit)
	}
	s, readErr := a.read(&f.filter)
	if s == nil {
		return readErr
	}
	a.enrich(s, f.filter.families(), slices.Concat(f.extra, f.columns, f.sortBy, named), out.columns)
	s.sort(f.sortBy, f.reverse)
	if f.limit > 0 {
		s.conns = s.conns[:min(f.limit, len(s.conns))]
	}
	if f.count {
		fmt.Fprintln(out, len(s.conns))
	} else if err := write(out, s.rows()); err != nil {
		return failure{err}
	}
	if err := out.Flush(); err != nil {
		return failure{err}
	}
	switch {
	case readErr != nil:
		return readErr
	case len(s.conns) == 0:
		return errNothing
	}
	return nil
}

// formatOf is the format that --format names, and the columns that it names itself
// if it is a template; it tells out which columns to show.
func (f *listFlags) formatOf(out *output) (write format, named []column, err error) {
	if text, ok := strings.CutPrefix(f.format, formatTemplate); ok {
		if write, named, err = parseTemplate(text); err != nil {
			return nil, nil, fmt.Errorf("--format %q: %w", f.format, err)
		}
		return write, named, nil
	}
	known, ok := listFormats[f.format]
	if !ok {
		return nil, nil, fmt.Errorf("--format %q: want %s", f.format, alternatives(formatNames))
	}
	out.columns = f.columns
	if out.columns == nil {
		out.columns = slices.Clone(known.columns)
	}
	for _, c := range f.extra {
		if !has(out.columns, c.name) {
			out.columns = append(out.columns, c)
		}
	}
	return known.write, nil, nil
}

// listSample writes the IPv4 table as the C program reads and prints it.
func (a *app) listSample(flags *pflag.FlagSet) error {
	var wrong error
	flags.Visit(func(flag *pflag.Flag) {
		if !slices.Contains([]string{"format", "from", "ipv4", "color"}, flag.Name) {
			wrong = fmt.Errorf("--format sample prints the whole IPv4 table: leave --%s out, or use another format", flag.Name)
		}
	})
	if wrong != nil {
		return wrong
	}
	r := tcpmib.Reader{Source: a.source}
	rows, err := r.TCPTable2(true)
	if err != nil {
		return failure{err}
	}
	if err := writeSample(a.stdout, rows); err != nil {
		return failure{err}
	}
	if len(rows) == 0 {
		return errNothing
	}
	return nil
}
