package machine

import (
	"context"
	"errors"
	"iter"
	"slices"
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
	Changes []rows.Change
	Errs    []error // tables that could not be read, and ticks that were missed
}

// Tick takes a snapshot of a machine.
func (t *Tracker) Tick(m *Reader, tables rows.Tables, at time.Time) Tick {
	tick := Tick{Machine: m, At: at}
	add := func(c rows.Change, err error) {
		if err = LacksTable(err); err == nil {
			tick.Changes = append(tick.Changes, c)
		} else if !slices.ContainsFunc(tick.Errs, func(e error) bool { return isTableError(e) && e.Error() == err.Error() }) {
			tick.Errs = append(tick.Errs, err)
		}
	}
	t.conns.Source, t.endpoints.Source = m.Source(), m.Source()
	if !tables.TCP || tables.Bound != t.tcp.Bound {
		t.tcp = tcpmib.Tracker{Bound: tables.Bound}
	}
	if tables.TCP {
		for c, err := range t.tcp.Changes(&t.conns, tables.Families, at) {
			add(rows.Change{Change: c}, err)
		}
	}
	if !tables.UDP {
		t.udp = udpmib.Tracker{}
		return tick
	}
	for c, err := range t.udp.Changes(&t.endpoints, tables.Families, at) {
		change := tcpmib.Change{Kind: c.Kind, Conn: rows.OfEndpoint(c.Endpoint).Conn, Old: rows.OfEndpoint(c.Old).Conn, Time: c.Time}
		add(rows.Change{Change: change, Protocol: rows.UDP}, err)
	}
	return tick
}

func isTableError(err error) bool { return errors.As(err, new(*TableError)) }

// Sockets returns the last snapshot, sorted.
func (t *Tracker) Sockets() []rows.Socket {
	var sockets []rows.Socket
	for _, c := range t.tcp.AppendDatedConns(nil) {
		sockets = append(sockets, rows.Socket{Conn: c.Conn})
	}
	sockets = rows.AppendUDP(sockets, t.udp.AppendEndpoints(nil))
	slices.SortFunc(sockets, rows.Socket.Compare)
	return sockets
}

// Watch yields a Tick at once and then every interval, until ctx ends.
func Watch(ctx context.Context, m *Reader, tables rows.Tables, interval time.Duration) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		t := &Tracker{}
		for at, err := range tcpmib.Ticks(ctx, interval) {
			tick := Tick{Machine: m, At: at, Errs: []error{err}}
			if err == nil {
				tick = t.Tick(m, tables, at)
			}
			if ctx.Err() != nil || !yield(tick) {
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
			if slices.ContainsFunc(tick.Errs, isMissed) {
				continue // the second one comes late
			}
			if taken++; !yield(tick) || taken == 2 {
				return
			}
		}
	}
}

func isMissed(err error) bool { return errors.As(err, new(*tcpmib.MissedError)) }

// Replay yields a Tick for each machine, at the time at which it was captured.
func Replay(machines []*Reader, tables rows.Tables) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		t := &Tracker{}
		for _, m := range machines {
			if !yield(t.Tick(m, tables, m.Now())) {
				return
			}
		}
	}
}
