package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"
)

// A group is one way to count connections: by the values of a column.
type group struct {
	title  string
	key    string // of the array in JSON
	column column // its name is the key of the value in JSON
}

var groups = []group{
	{"STATE", "states", columnsNamed("state")[0]},
	{"PROCESS", "processes", columnsNamed("process")[0]},
	{"REMOTE ADDRESS", "remoteAddresses", columnsNamed("remoteAddress")[0]},
	{"LOCAL PORT", "localPorts", columnsNamed("localPort")[0]},
}

// tally is how many connections have a value.
type tally struct {
	row row // one of them
	n   int
}

// count counts, the most frequent first. A connection without a value, such as a
// socket in LISTEN by its remote address, does not count.
func (g *group) count(s *snapshot) []tally {
	counts := map[string]*tally{}
	var value []byte
	for r := range s.rows() {
		value = g.column.appendJSON(value[:0], r)
		if string(value) == "null" {
			continue
		}
		c, ok := counts[string(value)]
		if !ok {
			c = &tally{row: *r}
			counts[string(value)] = c
		}
		c.n++
	}
	return slices.SortedFunc(func(yield func(tally) bool) {
		for c := range maps.Values(counts) {
			if !yield(*c) {
				return
			}
		}
	}, func(a, b tally) int { return cmp.Or(cmp.Compare(b.n, a.n), g.column.compare(&a.row, &b.row)) })
}

var summaryFormats = map[string]func(w io.Writer, s *snapshot, f *summaryFlags) error{
	"table":      writeCounts,
	"json":       writeSummaryJSON,
	"prometheus": writePrometheus,
}

var summaryFormatNames = []string{"table", "json", "prometheus"}

type summaryFlags struct {
	filter filter
	format string
	limit  int
	output string
	color  bool
	screen bool // whether a person looks at it
}

func (a *app) summaryCommand() *cobra.Command {
	var f summaryFlags
	cmd := &cobra.Command{
		Use:   "summary",
		Short: "Count the connections by state, process, remote address and local port",
		Long: "summary counts the connections by state, by process, by remote address and by local\n" +
			"port.\n\n" +
			"--format prometheus writes metrics for the textfile collector of windows_exporter:\n" +
			"connections by family and state, by process, and by local port where something\n" +
			"listens. Remote addresses are left out, because there is no end to them. Use --output\n" +
			"for it: the file is replaced at once, and PowerShell's > would write UTF-16.\n\n" + filterHelp,
		Example: "  tcpmib summary\n" +
			"  tcpmib summary --process w3wp --limit 20\n" +
			"  tcpmib summary --format prometheus --output C:\\metrics\\tcpmib.prom",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.summary(&f) },
	}
	f.filter.addFlags(cmd)
	flags := cmd.Flags()
	f.format = summaryFormatNames[0]
	flags.Var(oneOf{&f.format, summaryFormatNames}, "format", "write in this `format`: "+alternatives(summaryFormatNames))
	flags.IntVar(&f.limit, "limit", 10, "show the `n` largest of each in the table; 0 is all")
	flags.StringVar(&f.output, "output", "", "write to `file`, which is replaced when all is written")
	complete(cmd, "format", summaryFormatNames)
	a.addFrom(cmd)
	return cmd
}

func (a *app) summary(f *summaryFlags) error {
	if f.limit < 0 {
		return fmt.Errorf("--limit %d: want 0 or more", f.limit)
	}
	s, readErr := a.read(&f.filter)
	// Half a count is no metric: a family that is missing would look idle.
	if s == nil || readErr != nil && f.format == "prometheus" {
		return readErr
	}
	write := summaryFormats[f.format]
	var err error
	if f.output != "" {
		err = replaceFile(f.output, func(w io.Writer) error { return write(w, s, f) })
	} else {
		f.color, f.screen = a.useColor(), a.width() > 0
		out := a.newOutput()
		err = errors.Join(write(out, s, f), out.Flush())
	}
	switch {
	case err != nil:
		return failure{err}
	case readErr != nil:
		return readErr
	case len(s.conns) == 0:
		return errNothing
	}
	return nil
}

const barWidth = 30

// writeCounts draws a bar for each count, as long as its share of the largest.
func writeCounts(w io.Writer, s *snapshot, f *summaryFlags) error {
	// Old programs behind a pipe take what is not ASCII for something else.
	bar := "#"
	if f.screen {
		bar = "▇"
	}
	title := lipgloss.Style{}
	if f.color {
		title = titleStyle
	}
	text := plural(len(s.conns), "connection") + "\n"
	for i := range groups {
		g := &groups[i]
		counts := g.count(s)
		if len(counts) == 0 {
			continue
		}
		text += "\n" + title.Render(g.title) + "\n"
		shown := counts
		if f.limit > 0 {
			shown = counts[:min(f.limit, len(counts))]
		}
		t := table{columns: []column{g.column}, color: f.color}
		t.columns[0].number = false
		t.fit(func(yield func(*row) bool) {
			for i := range shown {
				if !yield(&shown[i].row) {
					return
				}
			}
		}, false, 0)
		digits := len(fmt.Sprint(counts[0].n))
		for _, c := range shown {
			line := t.line(&c.row)
			length := max(1, c.n*barWidth/counts[0].n)
			text += fmt.Sprintf("%s  %*d  %s\n", line+spaces(t.widths[0]-lipgloss.Width(line)), digits, c.n, strings.Repeat(bar, length))
		}
		if more := len(counts) - len(shown); more > 0 {
			text += fmt.Sprintf("and %d more\n", more)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func writeSummaryJSON(w io.Writer, s *snapshot, _ *summaryFlags) error {
	text := fmt.Appendf(nil, "{\n\"connections\":%d", len(s.conns))
	for i := range groups {
		g := &groups[i]
		text = fmt.Appendf(text, ",\n%q:[", g.key)
		for j, c := range g.count(s) {
			if j > 0 {
				text = append(text, ',')
			}
			text = fmt.Appendf(text, "\n{%q:", g.column.name)
			text = g.column.appendJSON(text, &c.row)
			text = fmt.Appendf(text, ",\"connections\":%d}", c.n)
		}
		text = append(text, ']')
	}
	_, err := w.Write(append(text, "\n}\n"...))
	return err
}

// replaceFile puts a new file in the place of path when all of it is written.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
