package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Formats of diff.
const (
	diffTable = "table"
	diffJSON  = "json"
	diffJSONL = "jsonl"
)

type diffFlags struct {
	filter filter.Filter
	format string
}

func (a *app) diffCommand() *cobra.Command {
	f := diffFlags{format: diffTable}
	cmd := &cobra.Command{
		Use:   "diff before.zip [after.zip]",
		Short: "Show what opened, closed and changed between two captures, or since one",
		Long: paragraphs(`diff shows the connections that opened (+), closed (-) and changed (~) between two captures, or
since one. A connection is identified by its endpoints and its process; what closed has the name
that its process had in the first capture. --format jsonl writes the events of watch.

Exit codes, as those of diff elsewhere: 0 no difference, 1 a difference, 2 usage, 3 the system
or a file failed.`, filter.Help, filter.ProtocolHelp),
		Example: `  tcpmib diff before.zip after.zip
  tcpmib diff before.zip --listening
  tcpmib diff before.zip after.zip --process w3wp --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case slices.Contains(args, ""):
				return cli.Usagef("want the names of captures, got an empty one")
			case len(args) < 1 || len(args) > 2:
				return cli.Usagef("want one or two captures, the older one first, got %s", cli.Count(len(args), "argument"))
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"zip"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE:              func(_ *cobra.Command, args []string) error { return a.diff(args, &f) },
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	cli.EnumFlag(cmd, cmd.Flags(), &f.format, "format", "output `format`", []string{diffTable, diffJSON, diffJSONL})
	return cmd
}

// difference is a change with the rows of the connection as it is now and as it was.
type difference struct {
	rows.Change
	now, before rows.Row
}

// diff writes what could be compared, and then reports what could not.
func (a *app) diff(files []string, f *diffFlags) error {
	var machines []*machine.Reader
	for _, file := range files {
		m, err := a.machine(file)
		if err != nil {
			return err
		}
		machines = append(machines, m)
	}
	wrong := "%s is %s newer than the second capture: name the older one first"
	if len(machines) == 1 {
		machines = append(machines, a.reader(a.live))
		wrong = "%s is %s ahead of the clock of this machine"
	}
	elapsed := machines[1].Now().Sub(machines[0].Now())
	if elapsed < 0 {
		a.Say(wrong, files[0], cli.Age(-elapsed))
	}
	differences, readErr := a.compare(machines, &f.filter)
	if machine.NotWindows(readErr) {
		return readErr
	}
	var err error
	switch f.format {
	case diffTable:
		if len(differences) == 0 && readErr != nil {
			break // there may be a difference in what could not be read
		}
		err = a.writeDifferences(differences, elapsed, f.filter.Tables())
	case diffJSON:
		err = a.writeDifferencesJSON(differences)
	case diffJSONL:
		err = a.writeDifferencesLines(differences)
	}
	switch {
	case err != nil:
		return err
	case readErr != nil:
		return readErr
	case len(differences) > 0:
		return cli.ErrNothing // that is, the exit code of a difference
	}
	return nil
}

// compare returns what changed from one machine to the next, as far as a filter selects it.
func (a *app) compare(machines []*machine.Reader, f *filter.Filter) (differences []difference, err error) {
	n := &machine.Names{}
	for c, changeErr := range machine.Replay(machines, f.Tables(), n) {
		if changeErr != nil {
			err = errors.Join(err, changeErr)
			continue
		}
		d := difference{Change: c}
		d.now, d.before = n.Rows(c)
		if c.Kind != tcpmib.Present && (f.Match(&d.now) || c.Kind == tcpmib.Changed && f.Match(&d.before)) {
			differences = append(differences, d)
		}
	}
	return differences, err
}

// writeDifferences writes a table below a line that sums it up.
func (a *app) writeDifferences(differences []difference, elapsed time.Duration, tables rows.Tables) error {
	out := newOutput(&a.Terminal)
	fmt.Fprintln(out, sumUp(differences)+" in "+cli.Age(elapsed.Abs()))
	if len(differences) > 0 {
		fmt.Fprintln(out)
		out.Columns = rows.DiffColumns
		if !(tables.TCP && tables.UDP) { // all have the same
			out.Columns = slices.DeleteFunc(slices.Clone(out.Columns), func(c rows.Column) bool { return c.Name == "protocol" })
		}
		out.Optional = out.Columns
		err := rows.WriteTable(out, func(yield func(*rows.Row) bool) {
			for i := range differences {
				r := differences[i].shown()
				if !yield(&r) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// sumUp counts what opened, closed and changed.
func sumUp(differences []difference) string {
	counts := map[tcpmib.ChangeKind]int{}
	for _, d := range differences {
		counts[d.Kind]++
	}
	var parts []string
	for _, kind := range []tcpmib.ChangeKind{tcpmib.Opened, tcpmib.Closed, tcpmib.Changed} {
		if counts[kind] > 0 {
			parts = append(parts, fmt.Sprint(counts[kind], " ", kind))
		}
	}
	if parts == nil {
		return "no difference"
	}
	return strings.Join(parts, ", ")
}

// shown returns the row of a table. A connection that lost its owner, as it does in TIME-WAIT, is
// shown with the one that it had.
func (d *difference) shown() rows.Row {
	r := d.now
	if d.Kind == tcpmib.Changed && r.PID == 0 {
		r.PID, r.Process = d.before.PID, d.before.Process
	}
	r.Change = &d.Change.Change
	return r
}

// writeDifferencesLines writes the events that watch writes, one a line.
func (a *app) writeDifferencesLines(differences []difference) error {
	out, events := newOutput(&a.Terminal), rows.NewEvents()
	for i := range differences {
		out.Write(events.Line(differences[i].Change.Change, &differences[i].now))
	}
	return out.Flush()
}

// writeDifferencesJSON writes one array with an event on each line.
func (a *app) writeDifferencesJSON(differences []difference) error {
	out, events := newOutput(&a.Terminal), rows.NewEvents()
	sep, end := "[\n", "[]\n"
	for i := range differences {
		out.WriteString(sep)
		out.Write(bytes.TrimSuffix(events.Line(differences[i].Change.Change, &differences[i].now), []byte("\n")))
		sep, end = ",\n", "\n]\n"
	}
	out.WriteString(end)
	return out.Flush()
}
