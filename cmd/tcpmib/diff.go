package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
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
		Use:   "diff before.zip after.zip",
		Short: "Show what opened, closed and changed between two captures",
		Long: "diff compares two captures and shows the connections that opened (+), closed (-) and changed (~).\n" +
			"A connection is identified by its endpoints and its process; what closed has the name that\n" +
			"its process had in the first capture. --format jsonl writes the events of watch.\n\n" +
			"Exit codes, as those of diff elsewhere: 0 no difference, 1 a difference, 2 usage, 3 a file failed.\n\n" +
			filter.Help,
		Example: "  tcpmib diff before.zip after.zip\n" +
			"  tcpmib diff before.zip after.zip --listening\n" +
			"  tcpmib diff before.zip after.zip --process w3wp --format json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return cli.Usagef("want two captures, the older one first, got %s", cli.Count(len(args), "argument"))
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"zip"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE:              func(_ *cobra.Command, args []string) error { return a.diff(args[0], args[1], &f) },
	}
	f.filter.AddFlags(cmd)
	cli.EnumFlag(cmd, cmd.Flags(), &f.format, "format", "output `format`", []string{diffTable, diffJSON, diffJSONL})
	return cmd
}

// difference is a change with the rows of the connection as it is now and as it was.
type difference struct {
	tcpmib.Change
	now, before rows.Row
}

// diff writes what could be compared, and then reports what could not.
func (a *app) diff(before, after string, f *diffFlags) error {
	var captures []*capturedMachine
	for _, file := range []string{before, after} {
		c, err := openCaptured(file)
		if err != nil {
			return err
		}
		captures = append(captures, c)
	}
	elapsed := captures[1].Info().Time.Sub(captures[0].Info().Time)
	if elapsed < 0 {
		a.Say("%s is %s older than %s: name the older capture first", after, cli.Duration(-elapsed), before)
	}
	differences, readErr := compare(captures, &f.filter)
	var err error
	switch f.format {
	case diffTable:
		if len(differences) == 0 && readErr != nil {
			break // there may be a difference in what could not be read
		}
		err = a.writeDifferences(differences, elapsed)
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

// compare returns what changed between two captures, as far as a filter selects it.
func compare(captures []*capturedMachine, f *filter.Filter) (differences []difference, err error) {
	n := &names{}
	for c, changeErr := range replay(captures, f.Families(), n) {
		if changeErr != nil {
			err = errors.Join(err, changeErr)
			continue
		}
		d := difference{Change: c}
		d.now, d.before = n.rows(c)
		if c.Kind != tcpmib.Present && (f.Match(&d.now) || c.Kind == tcpmib.Changed && f.Match(&d.before)) {
			differences = append(differences, d)
		}
	}
	return differences, err
}

// writeDifferences writes a table below a line that sums it up.
func (a *app) writeDifferences(differences []difference, elapsed time.Duration) error {
	out := newOutput(&a.Terminal)
	fmt.Fprintln(out, sumUp(differences)+" in "+cli.Duration(elapsed.Abs()))
	if len(differences) > 0 {
		fmt.Fprintln(out)
		out.Columns = rows.DiffColumns
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
	r.Change = &d.Change
	return r
}

// writeDifferencesLines writes the events that watch writes, one a line.
func (a *app) writeDifferencesLines(differences []difference) error {
	out, events := newOutput(&a.Terminal), rows.NewEvents()
	for i := range differences {
		out.Write(events.Line(differences[i].Change, &differences[i].now))
	}
	return out.Flush()
}

// writeDifferencesJSON writes one array with an event on each line.
func (a *app) writeDifferencesJSON(differences []difference) error {
	out, events := newOutput(&a.Terminal), rows.NewEvents()
	sep, end := "[\n", "[]\n"
	for i := range differences {
		out.WriteString(sep)
		out.Write(bytes.TrimSuffix(events.Line(differences[i].Change, &differences[i].now), []byte("\n")))
		sep, end = ",\n", "\n]\n"
	}
	out.WriteString(end)
	return out.Flush()
}
