package main

import (
	"context"
	"errors"
	"iter"
	"math/bits"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib"
)

// Formats of watch.
const (
	watchScreen = "screen"
	watchJSONL  = "jsonl"
)

type watchFlags struct {
	filter   filter.Filter
	format   string
	interval time.Duration
	duration time.Duration
	once     bool
	from     []string
}

func (a *app) watchCommand() *cobra.Command {
	f := watchFlags{interval: time.Second}
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Watch connections open, change and close",
		Long: paragraphs(`watch shows connections on a live screen and marks those that opened, changed and closed;
? lists its keys. Without a terminal, or with --format jsonl, it writes one event a line:
the objects of list --format jsonl with the keys time and event (present for connections
that were there at the start, opened, changed with previousState, and closed). Errors go
to stderr and watching continues.

A connection is identified by its endpoints and its process. One that opens and closes
between two refreshes is not seen.`, filter.Help, filter.ProtocolHelp),
		Example: `  tcpmib watch
  tcpmib watch --process chrome --interval 500ms
  tcpmib watch --remote-port 443 --for 1m --format jsonl
  tcpmib watch --once --format jsonl
  tcpmib watch --from before.zip --from after.zip`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.watch(cmd.Flags(), &f) },
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	flags := cmd.Flags()
	cli.EnumFlag(cmd, flags, &f.format, "format", "output `format` (default screen on a terminal, else jsonl)", []string{watchScreen, watchJSONL})
	cli.IntervalFlag(flags, &f.interval, "interval", "refresh `interval`, such as 500ms or 5s")
	cli.DurationFlag(flags, &f.duration, "for", "stop after this `duration`, such as 1m")
	flags.BoolVar(&f.once, "once", false, "take two snapshots, print what changed, and exit")
	cli.FilesFlag(flags, &f.from, "from", "watch the capture in `file`, not this machine; repeat it for one per refresh")
	cli.CompleteFiles(cmd, "from", "zip")
	return cmd
}

func (a *app) watch(flags *pflag.FlagSet, f *watchFlags) error {
	if f.format == "" && !f.once && a.Screen() && !a.Interactive() {
		a.Say("the live screen needs a console for its input and output, such as Windows has and build.sh run has not: writing JSON lines")
	}
	if err := f.check(flags, a.Interactive()); err != nil {
		return err
	}
	var captures []*machine.Captured
	for _, file := range f.from {
		c, err := machine.Open(file)
		if err != nil {
			return err
		}
		captures = append(captures, c)
	}
	ctx, stop := a.untilInterrupt(context.Background())
	defer stop()
	if f.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.duration)
		defer cancel()
	}
	switch {
	case f.format == watchScreen:
		return screen.Run(ctx, &a.Terminal, screen.Options{
			World: a.world(captures), Interval: f.interval, Filter: f.filter,
		})
	case captures != nil:
		n := &machine.Names{}
		var readers []*machine.Reader
		for _, c := range captures {
			readers = append(readers, a.reader(c))
		}
		return a.writeEvents(machine.Replay(readers, f.filter.Tables(), n), f, func(time.Time) *machine.Names { return n }, true)
	case f.once:
		return a.writeEvents(once(ctx, a.live, f), f, a.reader(a.live).Naming(), true)
	}
	return a.writeEvents(watched(ctx, a.live, f), f, a.reader(a.live).Naming(), false)
}

// check completes the flags, or returns what is wrong with them.
func (f *watchFlags) check(flags *pflag.FlagSet, interactive bool) error {
	switch {
	case f.format == "" && interactive && !f.once:
		f.format = watchScreen
	case f.format == "":
		f.format = watchJSONL
	case f.format == watchScreen && !interactive:
		return cli.Usagef("--format screen needs a terminal: use --format jsonl")
	case f.format == watchScreen && f.once:
		return cli.Usagef("--format screen is live: remove --once, or use --format jsonl")
	}
	if f.from != nil && f.format == watchJSONL {
		for _, name := range []string{"interval", "for"} {
			if flags.Changed(name) {
				return cli.Usagef("--%s needs the screen or a live machine: remove it, or --from", name)
			}
		}
	}
	return nil
}

// watched yields the changes of a machine from one refresh to the next, until ctx ends.
func watched(ctx context.Context, m machine.Machine, f *watchFlags) iter.Seq2[rows.Change, error] {
	if tables := f.filter.Tables(); tables.UDP || tables.Bound {
		return machine.Watch(ctx, m.Source(), tables, f.interval)
	}
	return func(yield func(rows.Change, error) bool) {
		r := tcpmib.Reader{Source: m.Source()}
		for c, err := range r.Watch(ctx, f.interval, f.filter.Families()) {
			if !yield(rows.Change{Change: c}, err) {
				return
			}
		}
	}
}

// once yields the changes from one snapshot to a second.
func once(ctx context.Context, m machine.Machine, f *watchFlags) iter.Seq2[rows.Change, error] {
	return func(yield func(rows.Change, error) bool) {
		t := &machine.Tracker{}
		for i := range 2 {
			if i > 0 && !cli.Sleep(ctx, f.interval) {
				return
			}
			for c, err := range t.Changes(m.Source(), f.filter.Tables(), time.Now()) {
				if !yield(c, err) {
					return
				}
			}
		}
	}
}

// writeEvents writes each change as a line. Errors end the command with a failure if final, and are
// reported at once otherwise.
func (a *app) writeEvents(changes iter.Seq2[rows.Change, error], f *watchFlags, named machine.Naming, final bool) error {
	encoder := rows.NewEvents()
	trouble := watchTrouble{app: a, families: f.filter.Families(), final: final, reported: reports{}}
	found := false
	for c, err := range changes {
		if err != nil {
			if err := trouble.add(err); err != nil {
				return err
			}
			continue
		}
		trouble.read = true
		now, before := named(c.Time).Rows(c)
		if !f.filter.Match(&now) && !(c.Kind == tcpmib.Changed && f.filter.Match(&before)) {
			continue
		}
		found = true
		if _, err := a.Out.Write(encoder.Line(c.Change, &now)); err != nil {
			return err
		}
	}
	switch {
	case trouble.failed != nil:
		return trouble.failed
	case !found && trouble.unread:
		return cli.ErrReported
	case !found:
		return cli.ErrNothing
	}
	return nil
}

// watchTrouble is what went wrong while a watch read tables.
type watchTrouble struct {
	app      *app
	families tcpmib.Family
	final    bool // whether errors end the command, rather than being reported at once
	reported reports

	read    bool  // whether a table was read
	unread  bool  // whether a table could not be read
	missing int   // families that this Windows does not support
	failed  error // what to end with
}

// add reports or keeps an error, the first of its kind only. It returns an error if watching further
// is no use.
func (t *watchTrouble) add(err error) error {
	if late := (*tcpmib.MissedError)(nil); !errors.As(err, &late) {
		t.unread = true
	}
	switch {
	case machine.NotWindows(err):
		return err
	case !t.reported.first(err):
		return nil
	case t.final:
		t.failed = errors.Join(t.failed, err)
		return nil
	}
	t.app.Say("%s", machine.Advise(err))
	if errors.Is(err, errors.ErrUnsupported) {
		t.missing++
	}
	if !t.read && t.missing == bits.OnesCount8(uint8(t.families)) {
		return cli.ErrReported // this Windows supports none of the families
	}
	return nil
}
