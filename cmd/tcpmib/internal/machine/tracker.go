package machine

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Tracker takes snapshots of the sockets in some tables and says how each differs from the one
// before, with a tcpmib.Tracker and a udpmib.Tracker. The zero value is ready to use. A table that
// a snapshot leaves out is forgotten.
type Tracker struct {
	tcp tcpmib.Tracker
	udp udpmib.Tracker

	conns     tcpmib.Reader
	endpoints udpmib.Reader
}

// A Tick is a snapshot of a machine, as it differs from the one before.
type Tick struct {
	Machine *Reader
	At      time.Time
	Last    bool // no other follows, for which something would have to be remembered

	// Changes takes the snapshot and yields what Tracker.Changes does, or that ticks were missed.
	// It is for one loop.
	Changes iter.Seq2[rows.Change, error]
	tracker *Tracker
	missed  bool // there is no snapshot
}

// Len returns how many changes Changes yielded, errors not counted.
func (t *Tick) Len() int { return t.tracker.len() }

// Change returns change i of them.
func (t *Tick) Change(i int) rows.Change { return t.tracker.change(i) }

// Changes takes a snapshot of a machine, and yields how it differs from the last one. A table that
// cannot be read yields an error with the zero value. A loop that ends early loses changes.
func (t *Tracker) Changes(m *Reader, tables rows.Tables, at time.Time) iter.Seq2[rows.Change, error] {
	return func(yield func(rows.Change, error) bool) { t.changes(m, tables, at, yield) }
}

func (t *Tracker) changes(m *Reader, tables rows.Tables, at time.Time, yield func(rows.Change, error) bool) {
	var lacks []string // of both families it is said once
	fails := func(err error) bool {
		err = LacksTable(err)
		if isTableError(err) {
			if slices.Contains(lacks, err.Error()) {
				return true
			}
			lacks = append(lacks, err.Error())
		}
		return yield(rows.Change{}, err)
	}
	t.conns.Source, t.endpoints.Source = m.Source(), m.Source()
	if !tables.TCP || tables.Bound != t.tcp.Bound {
		t.tcp = tcpmib.Tracker{Bound: tables.Bound}
	}
	if !tables.UDP {
		t.udp = udpmib.Tracker{}
	}
	// A capture is read once. When the first change comes all tables of its protocol have been
	// read, and their buffers are for the next snapshot.
	_, once := m.Machine.(*Captured)
	if tables.TCP {
		for c, err := range t.tcp.Changes(&t.conns, tables.Families, at) {
			if once {
				t.conns = tcpmib.Reader{}
			}
			if more := err == nil && yield(rows.OfTCP(c), nil) || err != nil && fails(err); !more {
				return
			}
		}
	}
	if tables.UDP {
		for c, err := range t.udp.Changes(&t.endpoints, tables.Families, at) {
			if once {
				t.endpoints = udpmib.Reader{}
			}
			if more := err == nil && yield(rows.OfUDP(c), nil) || err != nil && fails(err); !more {
				return
			}
		}
	}
}

// len returns how many changes the last snapshot has.
func (t *Tracker) len() int { return t.tcp.NumChanges() + t.udp.NumChanges() }

// change returns change i of the last snapshot.
func (t *Tracker) change(i int) rows.Change {
	n := t.tcp.NumChanges()
	if i < n {
		return rows.OfTCP(t.tcp.Change(i))
	}
	return rows.OfUDP(t.udp.Change(i - n))
}

// Changed yields the changes of the last snapshot again, but not the sockets that were Present.
func (t *Tracker) Changed(yield func(rows.Change) bool) {
	for i := range t.len() {
		if c := t.change(i); c.Kind != tcpmib.Present && !yield(c) {
			return
		}
	}
}

func isTableError(err error) bool { return errors.As(err, new(*TableError)) }

// Sockets returns the last snapshot, sorted.
func (t *Tracker) Sockets() []rows.Socket {
	n := 0
	for range t.tcp.Conns() {
		n++
	}
	for range t.udp.Endpoints() {
		n++
	}
	sockets := make([]rows.Socket, 0, n)
	for c := range t.tcp.Conns() {
		sockets = append(sockets, rows.Socket{Conn: c})
	}
	for e := range t.udp.Endpoints() {
		sockets = append(sockets, rows.OfEndpoint(e))
	}
	sort.Slice(sockets, func(i, j int) bool { return sockets[i].Compare(sockets[j]) < 0 })
	return sockets
}

// Watch yields a Tick at once and then every interval, until ctx ends.
func Watch(ctx context.Context, m *Reader, tables rows.Tables, interval time.Duration) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		t := &Tracker{}
		for at, err := range tcpmib.Ticks(ctx, interval) {
			changes := t.Changes(m, tables, at)
			if err != nil {
				changes = func(yield func(rows.Change, error) bool) { yield(rows.Change{}, err) }
			}
			if !yield(Tick{Machine: m, At: at, Changes: until(ctx, changes), tracker: t, missed: isMissed(err)}) {
				return
			}
		}
	}
}

// until yields changes until ctx ends.
func until(ctx context.Context, changes iter.Seq2[rows.Change, error]) iter.Seq2[rows.Change, error] {
	return func(yield func(rows.Change, error) bool) {
		for c, err := range changes {
			if ctx.Err() != nil || !yield(c, err) {
				return
			}
		}
	}
}

// Twice yields two Ticks, an interval apart, unless ctx ends between them.
func Twice(ctx context.Context, m *Reader, tables rows.Tables, interval time.Duration) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		taken := 0
		for tick := range Watch(ctx, m, tables, interval) {
			if tick.missed {
				continue // the second one comes late
			}
			taken++
			tick.Last = taken == 2
			if !yield(tick) || tick.Last {
				return
			}
		}
	}
}

func isMissed(err error) bool { return errors.As(err, new(*tcpmib.MissedError)) }

// Replay yields a Tick for each machine, at the time at which it was captured. It takes each
// machine out of the list, so that its memory is free for the next.
func Replay(machines []*Reader, tables rows.Tables) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		t := &Tracker{}
		for i, m := range machines {
			machines[i] = nil
			last := i == len(machines)-1
			if !yield(Tick{Machine: m, At: m.Now(), Last: last, Changes: t.Changes(m, tables, m.Now()), tracker: t}) {
				return
			}
		}
	}
}
