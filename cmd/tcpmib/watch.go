package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

const (
	formatScreen = "screen"
	formatJSONL  = "jsonl"
)

var watchFormats = []string{formatScreen, formatJSONL}

type watchFlags struct {
	filter   filter
	format   string
	interval time.Duration
	duration time.Duration
	once     bool
	from     []string
}

func (a *app) watchCommand() *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Watch connections open, change and close",
		Long: "watch shows the connections on a live screen, with those that opened, changed and\n" +
			"closed marked; ? lists its keys. Without a terminal, or with --format jsonl, it writes\n" +
			"one event a line: those of list --format jsonl with the keys time and event (present,\n" +
			"for what is there at the start, opened, changed, with previousState, and closed).\n" +
			"Trouble goes to stderr, and the watch goes on.\n\n" +
			"A connection is known by its endpoints and its process. What opens and closes between\n" +
			"two looks is not seen.\n\n" + filterHelp,
		Example: "  tcpmib watch\n" +
			"  tcpmib watch --process chrome --interval 500ms\n" +
			"  tcpmib watch --remote-port 443 --for 1m --format jsonl\n" +
			"  tcpmib watch --once --format jsonl\n" +
			"  tcpmib watch --from before.zip --from after.zip",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.watch(cmd.Flags(), &f) },
	}
	f.filter.addFlags(cmd)
	flags := cmd.Flags()
	flags.Var(oneOf{&f.format, watchFormats}, "format", "write in this `format`: "+alternatives(watchFormats)+" (default screen on a terminal, else jsonl)")
	flags.DurationVar(&f.interval, "interval", time.Second, "how long to wait between two looks, such as 500ms or 5s")
	flags.DurationVar(&f.duration, "for", 0, "stop after this `time`")
	flags.BoolVar(&f.once, "once", false, "look twice, write the events, and stop")
	flags.StringArrayVar(&f.from, "from", nil, "watch the captures in these `files`, one a look, not this machine")
	complete(cmd, "format", watchFormats)
	if err := cmd.MarkFlagFilename("from", "zip"); err != nil {
		panic(err) // it is declared above
	}
	return cmd
}

func (a *app) watch(flags *pflag.FlagSet, f *watchFlags) error {
	if f.interval <= 0 {
		return fmt.Errorf("--interval %v: want a time longer than 0, such as 1s", f.interval)
	}
	if f.duration < 0 {
		return fmt.Errorf("--for %v: want a time longer than 0, such as 1m", f.duration)
	}
	terminal := isTerminal(a.stdout) && isTerminal(a.stdin)
	switch {
	case f.format == "" && terminal && !f.once:
		f.format = formatScreen
	case f.format == "":
		f.format = formatJSONL
	case f.format == formatScreen && !terminal:
		return errors.New("--format screen needs a terminal: use --format jsonl")
	case f.format == formatScreen && f.once:
		return errors.New("--format screen is live: leave --once out, or use --format jsonl")
	}
	if f.from != nil && f.format == formatJSONL {
		for _, name := range []string{"interval", "for"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s is for a live view or a machine that goes on: leave it out, or --from", name)
			}
		}
	}
	captures, err := openAll(f.from)
	if err != nil {
		return failure{err}
	}
	if captures != nil {
		a.source = captures[0]
	}
	ctx, stop := a.untilInterrupt(context.Background())
	defer stop()
	if f.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.duration)
		defer cancel()
	}
	if f.format == formatScreen {
		return a.watchScreen(ctx, f, captures)
	}
	if captures != nil {
		return a.writeEvents(replay(captures, f.filter.families()), f, newReplayed(captures))
	}
	return a.writeEvents(a.events(ctx, f), f, &live{app: a})
}

// events is what happens on this machine, with --once up to the end of the second
// look.
func (a *app) events(ctx context.Context, f *watchFlags) iter.Seq2[tcpmib.Change, error] {
	r := tcpmib.Reader{Source: a.source}
	if !f.once {
		return r.Watch(ctx, f.interval, f.filter.families())
	}
	return func(yield func(tcpmib.Change, error) bool) {
		known := compared{}
		for look := range 2 {
			if look > 0 && !sleep(ctx, f.interval) || !known.look(&r, f.filter.families(), time.Now(), yield) {
				return
			}
		}
	}
}

func sleep(ctx context.Context, d time.Duration) (whole bool) {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// replay is what happened from one capture to the next.
func replay(captures []*capture.Capture, families tcpmib.Family) iter.Seq2[tcpmib.Change, error] {
	return func(yield func(tcpmib.Change, error) bool) {
		known := compared{}
		for _, c := range captures {
			if !known.look(&tcpmib.Reader{Source: c}, families, c.Info().Time, yield) {
				return
			}
		}
	}
}

// compared is what the looks so far found of each family.
type compared map[tcpmib.Family][]tcpmib.Conn

// look yields what is new since the last look at which a family could be read, and
// the errors of those that cannot be read now.
func (known compared) look(r *tcpmib.Reader, families tcpmib.Family, at time.Time, yield func(tcpmib.Change, error) bool) (goOn bool) {
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		if families&family == 0 {
			continue
		}
		newer, err := r.AppendConns([]tcpmib.Conn{}, family)
		if err != nil {
			if !yield(tcpmib.Change{Time: at}, failure{err}) {
				return false
			}
			continue
		}
		slices.SortFunc(newer, tcpmib.Conn.Compare)
		older := known[family]
		known[family] = newer
		for c := range tcpmib.Diff(older, newer) {
			c.Time = at
			if older == nil {
				c.Kind = tcpmib.Present
			}
			if !yield(c, nil) {
				return false
			}
		}
	}
	return true
}

func openAll(paths []string) ([]*capture.Capture, error) {
	var captures []*capture.Capture
	for _, path := range paths {
		c, err := capture.Open(path)
		if err != nil {
			return nil, err
		}
		captures = append(captures, c)
	}
	return captures, nil
}

// A naming says who was behind the process IDs at a time.
type naming interface {
	at(time.Time) owner.Processes
}

// live looks the names up again in each beat in which something happened.
type live struct {
	app       *app
	last      time.Time
	processes owner.Processes
}

func (l *live) at(t time.Time) owner.Processes {
	if l.processes == nil || !t.Equal(l.last) {
		old := l.processes
		l.processes, l.last = l.app.names(), t
		// A process that has ended with its connections is still known by name.
		for pid, process := range old {
			if _, ok := l.processes[pid]; !ok {
				l.processes[pid] = process
			}
		}
	}
	return l.processes
}

// replayed has the names that were captured.
type replayed map[time.Time]owner.Processes

func newReplayed(captures []*capture.Capture) replayed {
	p := replayed{}
	for _, c := range captures {
		p[c.Info().Time.UTC()] = capturedProcesses(c)
	}
	return p
}

func (p replayed) at(t time.Time) owner.Processes { return p[t.UTC()] }

// writeEvents writes an object a line, each when it is known. An error that is a
// failure is the command's in the end; others are said when they come.
func (a *app) writeEvents(changes iter.Seq2[tcpmib.Change, error], f *watchFlags, names naming) error {
	e := newObjects(dataColumns)
	var line []byte
	var failed error
	seen, found := false, false
	unread, missing := false, 0
	said := map[string]bool{} // the same trouble in every beat is said once
	for c, err := range changes {
		if err != nil {
			late := (*tcpmib.MissedError)(nil)
			unread = unread || !errors.As(err, &late)
			text := a.advise(err)
			first := !said[text]
			said[text] = true
			switch fatal := (failure{}); {
			case a.notWindows(err):
				return failure{err}
			case !first:
			case errors.As(err, &fatal):
				failed = errors.Join(failed, fatal.error)
			default:
				fmt.Fprintln(a.stderr, "tcpmib:", text)
				if errors.Is(err, errors.ErrUnsupported) {
					missing++
				}
				if !seen && missing == bits.OnesCount8(uint8(f.filter.families())) {
					return errSaid // this Windows has none of the families, and will have none
				}
			}
			continue
		}
		seen = true
		processes := names.at(c.Time)
		now := row{Conn: c.Conn, process: processes[c.Conn.PID].Name}
		before := row{Conn: c.Old, process: processes[c.Old.PID].Name}
		if !f.filter.match(&now) && !(c.Kind == tcpmib.Changed && f.filter.match(&before)) {
			continue
		}
		found = true
		line = append(line[:0], `{"time":"`...)
		line = c.Time.UTC().AppendFormat(line, time.RFC3339Nano)
		line = append(line, `","event":`...)
		line = appendQuoted(line, c.Kind.String())
		if c.Kind == tcpmib.Changed {
			line = append(line, `,"previousState":`...)
			line = appendQuoted(line, c.Old.State.String())
		}
		line = append(line, ',')
		line = append(append(line, e.object(&now)[1:]...), '\n')
		if _, err := a.stdout.Write(line); err != nil {
			return failure{err}
		}
	}
	switch {
	case failed != nil:
		return failure{failed}
	case !found && unread:
		return errSaid
	case !found:
		return errNothing
	}
	return nil
}
