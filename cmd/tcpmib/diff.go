package main

import (
	"errors"
	"fmt"
	"iter"
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
	output string
}

func (a *app) diffCommand() *cobra.Command {
	f := diffFlags{format: diffTable}
	cmd := &cobra.Command{
		Use:   "diff before.zip [after.zip]",
		Short: "Show what opened, closed and changed between two captures, or since one",
		Long: paragraphs(`diff shows the connections that opened (+), closed (-) and changed (~) between two captures, or
since one. A connection is identified by its endpoints and its process; what closed has the name
that its process had in the first capture. --format jsonl writes the events of watch. A capture
may be -, standard input.

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
		RunE: func(_ *cobra.Command, args []string) error {
			return a.output(f.output, false, func() error { return a.diff(args, &f) })
		},
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	cli.FormatFlag(cmd, &f.format, "output `format`", []string{diffTable, diffJSON, diffJSONL})
	addOutput(cmd, &f.output)
	return cmd
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
	d, readErr := compare(machines, &f.filter)
	if machine.NotWindows(readErr) {
		return readErr
	}
	out := newOutput(&a.Terminal)
	var err error
	switch {
	case f.format != diffTable:
		err = d.writeEvents(newEventWriter(out, rows.DataColumns, f.format == diffJSON))
	case len(d.numbers) == 0 && readErr != nil: // there may be a difference in what could not be read
	default:
		err = d.writeTable(out, elapsed, f.filter.Tables())
	}
	err = errors.Join(err, out.Flush())
	switch {
	case err != nil:
		return err
	case readErr != nil:
		return readErr
	case len(d.numbers) > 0:
		return cli.ErrNothing // that is, the exit code of a difference
	}
	return nil
}

// differences are the changes from one machine to the next, with the names of both.
type differences struct {
	tick    machine.Tick // of the newer one
	numbers []uint32     // of the changes that the filter selects
	names   machine.Names
}

// compare returns what changed from one machine to the next, as far as a filter selects it.
func compare(machines []*machine.Reader, f *filter.Filter) (d differences, err error) {
	needs := f.Needs()
	for d.tick = range machine.Replay(machines, f.Tables()) {
		d.names.Next(d.tick.Machine.KnownProcesses())
		n := 0
		var owners machine.OneOfEach
		for c, readErr := range d.tick.Changes {
			switch {
			case readErr != nil:
				err = errors.Join(err, readErr)
				continue
			case len(needs) > 0: // which have to be known before the filter can judge
				owners.Add(c.Now())
			default:
				d.add(n, &c, f)
			}
			n++
		}
		d.names.Know(d.tick.Machine, owners.Sockets, needs)
		for i := 0; len(needs) > 0 && i < n; i++ {
			c := d.tick.Change(i)
			d.add(i, &c, f)
		}
	}
	return d, err
}

// add adds the change with a number if a filter selects it, as it is or as it was.
func (d *differences) add(number int, c *rows.Change, f *filter.Filter) {
	if c.Kind == tcpmib.Present {
		return
	}
	now, before := d.names.Rows(c)
	if f.Match(&now) || c.Kind == tcpmib.Changed && f.Match(&before) {
		d.numbers = append(d.numbers, uint32(number))
	}
}

// all yields the changes, each valid until the next one.
func (d *differences) all() iter.Seq[*rows.Change] {
	return func(yield func(*rows.Change) bool) {
		var c rows.Change
		for _, i := range d.numbers {
			if c = d.tick.Change(int(i)); !yield(&c) {
				return
			}
		}
	}
}

// minDiff is the width from which a table of changes has room for states.
const minDiff = 60

// writeTable writes a table below a line that sums it up.
func (d *differences) writeTable(out *rows.Output, elapsed time.Duration, tables rows.Tables) error {
	fmt.Fprintln(out, d.sumUp()+" in "+cli.Age(elapsed.Abs()))
	if len(d.numbers) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	out.Columns = rows.DiffColumns
	if !(tables.TCP && tables.UDP) { // all have the same
		out.Columns = slices.DeleteFunc(slices.Clone(out.Columns), func(c rows.Column) bool { return c.Name == "protocol" })
	}
	out.Optional = out.Columns
	if out.Width >= minDiff { // what changed is a state: addresses shorten rather
		out.Optional = slices.DeleteFunc(slices.Clone(out.Columns), func(c rows.Column) bool { return c.Name == "state" })
	}
	return rows.WriteTable(out, func(yield func(*rows.Row) bool) {
		for c := range d.all() {
			r := d.shown(c)
			if !yield(&r) {
				return
			}
		}
	})
}

// sumUp counts what opened, closed and changed.
func (d *differences) sumUp() string {
	counts := map[tcpmib.ChangeKind]int{}
	for c := range d.all() {
		counts[c.Kind]++
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
func (d *differences) shown(c *rows.Change) rows.Row {
	now, before := d.names.Rows(c)
	if c.Kind == tcpmib.Changed && now.PID == 0 {
		now.PID, now.Process = before.PID, before.Process
	}
	now.Change = c
	return now
}

// writeEvents writes the events that watch writes.
func (d *differences) writeEvents(e *eventWriter) error {
	for c := range d.all() {
		now, _ := d.names.Rows(c)
		if err := e.write(d.tick.At, c, &now); err != nil {
			return err
		}
	}
	return e.end()
}
