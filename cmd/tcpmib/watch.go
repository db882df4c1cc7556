package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"math/bits"
	"slices"
	"sync"
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
	watchJSON   = "json"
)

type watchFlags struct {
	filter   filter.Filter
	habits   func()
	format   string
	interval time.Duration
	duration time.Duration
	once     bool
	from     []string
	output   string

	columns, sortBy []rows.Column
	extra           []rows.Column // added to those of the format
	notIn           string
}

// shownColumns returns the columns of events.
func (f *watchFlags) shownColumns() []rows.Column {
	columns := f.columns
	if columns == nil {
		columns = rows.DataColumns
	}
	columns = slices.Clone(columns)
	for _, c := range f.extra {
		if !rows.Has(columns, c.Name) {
			columns = append(columns, c)
		}
	}
	return columns
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
to stderr and watching continues. --json writes one array if the watch has an end (--once, --for
or --from), otherwise lines.

A connection is identified by its endpoints and its process. One that opens and closes
between two refreshes is not seen.`, filter.Help, filter.ProtocolHelp),
		Example: `  tcpmib watch
  tcpmib watch --process chrome --interval 500ms
  tcpmib watch --remote-port 443 --for 1m --format jsonl
  tcpmib watch --listening --not-in base.zip
  tcpmib watch --once --json
  tcpmib watch --from before.zip --from after.zip`,
		Args: filtersOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.output(f.output, true, func() error { return a.watch(cmd.Flags(), &f) })
		},
	}
	f.filter.AddFlags(cmd)
	f.filter.AddProtocolFlags(cmd)
	f.habits = addHabits(cmd, &f.filter)
	flags := cmd.Flags()
	cli.FormatFlag(cmd, &f.format, "output `format` (default screen on a terminal, else jsonl)", []string{watchScreen, watchJSONL, watchJSON})
	cli.IntervalFlag(flags, &f.interval, "interval", "refresh `interval`, such as 500ms or 5s")
	cli.DurationFlag(flags, &f.duration, "for", "stop after this `duration`, such as 1m")
	flags.BoolVar(&f.once, "once", false, "take two snapshots, print what changed, and exit")
	flags.Var(rows.ColumnList{List: &f.columns}, "columns", "show these `columns`, in this order")
	flags.Var(rows.ColumnList{List: &f.sortBy}, "sort", "sort by these `columns`; events of one refresh")
	addExtraFlags(flags, &f.extra, "created", "services")
	addNotIn(cmd, &f.notIn)
	columns := func(*cobra.Command) []string { return rows.Names(rows.Columns) }
	cli.CompleteList(cmd, "columns", columns)
	cli.CompleteList(cmd, "sort", columns)
	addOutput(cmd, &f.output)
	cli.FilesFlag(flags, &f.from, "from", "watch the capture in `file`, not this machine; repeat it for one per refresh")
	cli.CompleteFiles(cmd, "from", "zip")
	return cmd
}

func (a *app) watch(flags *pflag.FlagSet, f *watchFlags) error {
	f.habits()
	if f.format == "" && !f.once && a.Screen() && !a.Interactive() {
		a.Say("the live screen needs a console for its input and output; writing JSON lines instead")
	}
	if err := f.check(flags, a.Interactive()); err != nil {
		return err
	}
	var base *filter.Baseline
	if f.notIn != "" {
		var err error
		if base, err = a.baseline(f.notIn, &f.filter); err != nil {
			return err
		}
	}
	var captures []*machine.Captured
	for _, file := range f.from {
		c, err := a.openCapture(file)
		if err != nil {
			return err
		}
		captures = append(captures, c)
	}
	ctx, stop := a.untilInterrupt(context.Background())
	defer stop()
	if f.duration != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.duration)
		defer cancel()
	}
	switch {
	case f.format == watchScreen:
		return screen.Run(ctx, &a.Terminal, screen.Options{
			World: a.world(captures), Interval: f.interval, Filter: f.filter,
			Columns: f.columns, Extra: f.extra, Sort: f.sortBy, NotIn: base,
		})
	case captures != nil:
		var readers []*machine.Reader
		for _, c := range captures {
			readers = append(readers, a.reader(c))
		}
		return a.writeEvents(machine.Replay(readers, f.filter.Tables()), f, base, true)
	case f.once:
		return a.writeEvents(machine.Twice(ctx, a.reader(a.live), f.filter.Tables(), f.interval), f, base, true)
	}
	return a.writeEvents(machine.Watch(ctx, a.reader(a.live), f.filter.Tables(), f.interval), f, base, false)
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
	case f.format == watchScreen && slices.Contains(f.from, machine.Stdin):
		return cli.Usagef("--from - is standard input, from which the screen takes keys: use --format jsonl")
	case f.format == watchScreen && f.once:
		return cli.Usagef("--format screen is live: remove --once, or use --format jsonl")
	}
	endless := f.from == nil && !f.once && f.duration == 0
	switch {
	case endless && f.format == watchJSON && flags.Changed("json"):
		f.format = watchJSONL
	case endless && f.format == watchJSON:
		return cli.Usagef("--format json is one array, and a watch has no end: use --format jsonl, --once or --for")
	}
	if f.from != nil && f.format != watchScreen {
		for _, name := range []string{"interval", "for"} {
			if flags.Changed(name) {
				return cli.Usagef("--%s needs the screen or a live machine: remove it, or --from", name)
			}
		}
	}
	return nil
}

// eventWriter writes changes as JSON, one event a line: a list of lines, or one array.
type eventWriter struct {
	out     io.Writer
	encoder *rows.Events
	array   bool
	written bool // a change
}

func newEventWriter(out io.Writer, columns []rows.Column, array bool) *eventWriter {
	return &eventWriter{out: out, encoder: rows.NewEvents(columns), array: array}
}

// write writes a change to a row in the snapshot of a time.
func (e *eventWriter) write(at time.Time, c *rows.Change, r *rows.Row) error {
	line := e.encoder.Line(at, c, r)
	if e.array {
		before := ",\n"
		if !e.written {
			before = "[\n"
		}
		line = append([]byte(before), bytes.TrimSuffix(line, []byte("\n"))...)
	}
	e.written = true
	_, err := e.out.Write(line)
	return err
}

// end ends an array.
func (e *eventWriter) end() error {
	if !e.array {
		return nil
	}
	text := "\n]\n"
	if !e.written {
		text = "[]\n"
	}
	_, err := io.WriteString(e.out, text)
	return err
}

// writeEvents writes the changes that match, those of a tick together. Errors end the command with
// a failure if final, and are reported at once otherwise.
func (a *app) writeEvents(ticks iter.Seq[machine.Tick], f *watchFlags, base *filter.Baseline, final bool) error {
	buffer := bufio.NewWriterSize(a.Out, 64<<10)
	out := newEventWriter(buffer, f.shownColumns(), f.format == watchJSON)
	trouble := watchTrouble{app: a, families: f.filter.Families(), final: final, reported: reports{}}
	known := newRemembered(f)
	selected := func(c *rows.Change, now, before *rows.Row) bool {
		return (f.filter.Match(now) || c.Kind == tcpmib.Changed && f.filter.Match(before)) && (base == nil || !base.Has(now))
	}
	if !f.filter.Any() && base == nil {
		selected = nil // all are
	}
	for tick := range ticks {
		var failed error
		changes := func(yield func(*rows.Change) bool) {
			var c rows.Change // one for all: there may be millions
			for change, err := range tick.Changes {
				if c = change; err != nil {
					failed = trouble.add(err)
				}
				trouble.read = trouble.read || err == nil
				if failed != nil || err == nil && !yield(&c) {
					return
				}
			}
		}
		err := known.events(&tick, changes, selected, func(c *rows.Change, now *rows.Row) error { return out.write(tick.At, c, now) })
		if err := cmp.Or(err, buffer.Flush(), failed); err != nil {
			return err
		}
	}
	err := errors.Join(out.end(), buffer.Flush())
	switch {
	case err != nil:
		return err
	case trouble.failed != nil:
		return trouble.failed
	case !out.written && trouble.unread:
		return cli.ErrReported
	case !out.written:
		return cli.ErrNothing
	}
	return nil
}

// remembered is what is known of the sockets while they are watched: of one that closed nothing can
// be read any more.
type remembered struct {
	names    machine.Names
	tables   rows.Tables
	needs    []rows.Column // of the filter
	asked    []rows.Column // to show or to sort by, which need calls
	reported bool          // missing columns, once
	sortBy   []rows.Column
	sockets  map[rows.Fingerprint]rememberedSocket // those with a creation time or a module
	texts    texts
}

// rememberedSocket is what belongs to one socket. There may be a million: what belongs to a process
// or to an address is kept once, in names, and so is each text.
type rememberedSocket struct {
	created         rows.Moment
	process, module uint32 // numbers of texts
}

func newRemembered(f *watchFlags) *remembered {
	asked := slices.DeleteFunc(slices.Concat(f.columns, f.extra, f.sortBy), func(c rows.Column) bool {
		return !slices.ContainsFunc(machine.Extras, func(e machine.Extra) bool { return e.Column == c.Name })
	})
	return &remembered{tables: f.filter.Tables(), needs: f.filter.Needs(), asked: asked, sortBy: f.sortBy}
}

// events writes the selected changes of a tick, sorted; if selected is nil, all of them. They are
// not kept: if what they show has to be asked for each socket or process before, or they have to be
// sorted, it looks at them twice.
func (k *remembered) events(tick *machine.Tick, changes iter.Seq[*rows.Change],
	selected func(c *rows.Change, now, before *rows.Row) bool, write func(c *rows.Change, now *rows.Row) error) error {
	m := tick.Machine
	next := sync.OnceFunc(func() { k.names.Next(m.KnownProcesses()) }) // not at a tick without changes
	if len(k.needs) > 0 {
		var owners machine.OneOfEach
		n := 0
		for c := range changes {
			next()
			owners.Add(c.Now())
			n++
		}
		k.names.Know(m, owners.Sockets, k.needs)
		changes = again(tick, n)
	}
	ofProcess, ofSocket := k.asks(machine.OfProcess), k.asks(machine.OfSocket)
	later := len(k.sortBy) > 0 || ofProcess || ofSocket
	var numbers []uint32         // of changes to write later
	var owners machine.OneOfEach // of those that have not closed, to ask about
	var s *rows.Snapshot         // what the columns need, read once there is a change to show
	var now, before rows.Row
	n := uint32(0)
	for c := range changes {
		next()
		n++
		if selected != nil || !later && k.needsNames(c) {
			now, before = k.names.Rows(c)
		}
		switch {
		case selected != nil && !selected(c, &now, &before):
			continue
		case later:
			numbers = append(numbers, n-1)
			if ofProcess && c.Kind != tcpmib.Closed {
				owners.Add(c.Now())
			}
			continue
		case s == nil:
			s = k.enrich(m, nil)
		}
		if len(k.asked) > 0 {
			now = k.row(s, c, &now)
			k.remember(tick, c, &now)
		}
		if err := write(c, &now); err != nil {
			return err
		}
	}
	if len(numbers) > 0 {
		asked := owners.Sockets
		if ofSocket {
			asked = stillThere(tick, numbers)
		}
		s = k.enrich(m, asked)
		if err := k.writeLater(tick, numbers, s, write); err != nil {
			return err
		}
	}
	if s != nil && len(k.asked) > 0 {
		k.names.Keep(s)
	}
	return nil
}

// again yields the first n changes of a tick, from which they have been taken before.
func again(tick *machine.Tick, n int) iter.Seq[*rows.Change] {
	return func(yield func(*rows.Change) bool) {
		var c rows.Change
		for i := range n {
			if c = tick.Change(i); !yield(&c) {
				return
			}
		}
	}
}

// writeLater writes the changes of a tick with these numbers, sorted, with what a snapshot knows of
// them.
func (k *remembered) writeLater(tick *machine.Tick, numbers []uint32, s *rows.Snapshot, write func(c *rows.Change, now *rows.Row) error) error {
	var c rows.Change // change i, and its row
	var now rows.Row
	take := func(i int) {
		if c = tick.Change(int(numbers[i])); k.needsNames(&c) {
			now, _ = k.names.Rows(&c)
		}
	}
	look := func(i int) {
		take(i)
		now = k.row(s, &c, &now)
		k.remember(tick, &c, &now)
	}
	if len(k.sortBy) == 0 {
		for i := range numbers {
			look(i)
			if err := write(&c, &now); err != nil {
				return err
			}
		}
		return nil
	}
	// Creation times are looked up in the order of their table, which is much faster than in any
	// other.
	var known []rememberedSocket
	if len(k.asked) > 0 {
		known = make([]rememberedSocket, len(numbers))
		for i := range numbers {
			look(i)
			known[i] = k.socketOf(&now)
		}
		s.Created = nil
	}
	row := func(i int) rows.Row {
		take(i)
		if known != nil {
			if c.Kind != tcpmib.Closed {
				now = s.Row(c.Now())
			}
			k.know(&now, known[i], s.At)
		}
		return now
	}
	socket := func(i int) rows.Socket {
		c := tick.Change(int(numbers[i]))
		return c.Now()
	}
	for i := range rows.Sorted(len(numbers), row, socket, k.sortBy, false) {
		row(i)
		if err := write(&c, &now); err != nil {
			return err
		}
	}
	return nil
}

// asks reports whether a column is asked for that needs such calls.
func (k *remembered) asks(of machine.Of) bool {
	return slices.ContainsFunc(machine.Extras, func(e machine.Extra) bool { return e.Of == of && rows.Has(k.asked, e.Column) })
}

// needsNames reports whether row needs the row of a change that names make, which takes as long as
// its own: the process of what closed is not in the snapshot.
func (k *remembered) needsNames(c *rows.Change) bool {
	return c.Kind == tcpmib.Closed || len(k.asked) == 0
}

// stillThere returns the sockets of changes that have not closed.
func stillThere(tick *machine.Tick, numbers []uint32) (sockets []rows.Socket) {
	for _, i := range numbers {
		if c := tick.Change(int(i)); c.Kind != tcpmib.Closed {
			sockets = append(sockets, c.Now())
		}
	}
	return sockets
}

// enrich returns what the columns need: creation times of all sockets, and what is known of some.
func (k *remembered) enrich(m *machine.Reader, sockets []rows.Socket) *rows.Snapshot {
	s := &rows.Snapshot{Processes: k.names.Newer()}
	if len(k.asked) == 0 {
		return s // to sort takes no calls
	}
	if k.tables.TCP {
		s.Sockets = append(s.Sockets, rows.Socket{}) // so that its table of creation times is read
	}
	if k.tables.UDP {
		s.Sockets = append(s.Sockets, rows.Socket{Protocol: rows.UDP})
	}
	s.Sockets = append(s.Sockets, sockets...)
	if k.reported {
		m.Enrich(s, k.tables.Families, nil, k.asked)
	} else {
		m.Enrich(s, k.tables.Families, k.asked, nil)
	}
	k.reported = true
	s.Sockets = nil // rows are made from the changes
	return s
}

// row returns the row of a change, with what is known of a socket; known is what k.names know of
// it. It uses what is remembered for a socket that closed, and for one whose creation time Windows
// no longer has.
func (k *remembered) row(s *rows.Snapshot, c *rows.Change, known *rows.Row) rows.Row {
	if c.Kind != tcpmib.Closed {
		now := s.Row(c.Now())
		if c.Kind == tcpmib.Changed && now.Created.IsZero() {
			now.SetCreated(k.sockets[c.Before().Fingerprint()].created.Time(), s.At)
		}
		return now
	}
	now := *known
	if older, ok := k.sockets[c.Now().Fingerprint()]; ok {
		k.know(&now, older, s.At)
	}
	return now
}

// know gives the row of a socket what is remembered of it.
func (k *remembered) know(r *rows.Row, socket rememberedSocket, at time.Time) {
	process := k.texts.of(socket.process)
	if process == "" && r.Process != "" {
		r.Services, r.Owner = nil, nil // another process has the ID of its owner, which had ended
	}
	r.Process, r.Module = process, k.texts.of(socket.module)
	r.SetCreated(socket.created.Time(), at)
}

// socketOf returns what is to be remembered of the socket of a row.
func (k *remembered) socketOf(r *rows.Row) rememberedSocket {
	return rememberedSocket{rows.MomentOf(r.Created), k.texts.number(r.Process), k.texts.number(r.Module)}
}

// remember remembers the socket of a change for the next tick, and forgets it if it closed.
func (k *remembered) remember(tick *machine.Tick, c *rows.Change, now *rows.Row) {
	if tick.Last {
		return
	}
	switch c.Kind {
	case tcpmib.Closed:
		delete(k.sockets, c.Now().Fingerprint())
		return
	case tcpmib.Changed:
		delete(k.sockets, c.Before().Fingerprint())
	}
	if now.Module != "" || !now.Created.IsZero() {
		if k.sockets == nil { // to grow to its size would take as long as to fill it
			k.sockets = make(map[rows.Fingerprint]rememberedSocket, tick.Len())
		}
		k.sockets[c.Now().Fingerprint()] = k.socketOf(now)
	}
}

// texts are texts by number, each once.
type texts struct {
	numbers map[string]uint32
	texts   []string
}

func (t *texts) number(text string) uint32 {
	n, ok := t.numbers[text]
	if !ok {
		if t.numbers == nil {
			t.numbers = map[string]uint32{}
		}
		n = uint32(len(t.texts))
		t.numbers[text], t.texts = n, append(t.texts, text)
	}
	return n
}

func (t *texts) of(number uint32) string { return t.texts[number] }

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

// add reports or keeps an error, the first of its kind only. It returns an error if watching
// further is no use.
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
