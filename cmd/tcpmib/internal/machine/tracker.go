package machine

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Tracker takes snapshots of the sockets in some tables and says how each differs from the one
// before: a tcpmib.Tracker, and the same for bound and UDP sockets. The zero value is ready to use.
type Tracker struct {
	tcp        tcpmib.Tracker
	bound, udp [2]history // of IPv4 and IPv6

	reader    tcpmib.Reader
	endpoints udpmib.Reader
}

// history is the last snapshot of one table that succeeded.
type history struct {
	sockets []tcpmib.Conn // sorted
	known   bool
}

// Changes takes a snapshot, and yields what tcpmib.Tracker.Changes would.
func (t *Tracker) Changes(source tcpmib.Source, tables rows.Tables, at time.Time) iter.Seq2[rows.Change, error] {
	t.reader.Source, t.endpoints.Source = source, source
	return func(yield func(rows.Change, error) bool) {
		if tables.TCP {
			for c, err := range t.tcp.Changes(&t.reader, tables.Families, at) {
				if !yield(rows.Change{Change: c}, err) {
					return
				}
			}
		} else {
			t.tcp = tcpmib.Tracker{}
		}
		for i, family := range []tcpmib.Family{tables.Families & tcpmib.IPv4, tables.Families & tcpmib.IPv6} {
			if family != 0 && tables.Bound {
				conns, err := t.reader.AppendBound(nil, family)
				if !t.bound[i].changes(rows.TCP, conns, LacksTable(BoundSockets, err), at, yield) {
					return
				}
			} else {
				t.bound[i] = history{}
			}
			if family != 0 && tables.UDP {
				endpoints, err := t.endpoints.AppendEndpoints(nil, family)
				var conns []tcpmib.Conn
				for _, s := range rows.AppendUDP(nil, endpoints) {
					conns = append(conns, s.Conn)
				}
				if !t.udp[i].changes(rows.UDP, conns, LacksTable(UDPSockets, err), at, yield) {
					return
				}
			} else {
				t.udp[i] = history{}
			}
		}
	}
}

// changes yields how sockets differ from the last ones, and keeps them in their place.
func (h *history) changes(p rows.Protocol, sockets []tcpmib.Conn, err error, at time.Time, yield func(rows.Change, error) bool) (more bool) {
	if err != nil {
		return yield(rows.Change{Change: tcpmib.Change{Time: at}, Protocol: p}, err)
	}
	slices.SortFunc(sockets, tcpmib.Conn.Compare)
	first, older := !h.known, h.sockets
	*h = history{sockets, true}
	for c := range tcpmib.Diff(older, sockets) {
		if c.Time = at; first {
			c.Kind = tcpmib.Present
		}
		if !yield(rows.Change{Change: c, Protocol: p}, nil) {
			return false
		}
	}
	return true
}

// Sockets returns the last snapshot, sorted.
func (t *Tracker) Sockets() []rows.Socket {
	var sockets []rows.Socket
	for _, o := range t.tcp.AppendDatedConns(nil) {
		sockets = append(sockets, rows.Socket{Conn: o.Conn})
	}
	for i := range t.bound {
		sockets = rows.AppendTCP(sockets, t.bound[i].sockets)
		for _, c := range t.udp[i].sockets {
			sockets = append(sockets, rows.Socket{Conn: c, Protocol: rows.UDP})
		}
	}
	slices.SortFunc(sockets, rows.Socket.Compare)
	return sockets
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
	for c, err := range t.Changes(m.Source(), tables, at) {
		if err != nil {
			tick.Errs = append(tick.Errs, err)
		} else {
			tick.Changes = append(tick.Changes, c)
		}
	}
	return tick
}

// Watch yields a Tick at once and then every interval, until ctx ends.
func Watch(ctx context.Context, m *Reader, tables rows.Tables, interval time.Duration) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		t, due := &Tracker{}, time.Now()
		for {
			tick := t.Tick(m, tables, time.Now())
			if ctx.Err() != nil || !yield(tick) {
				return
			}
			due = due.Add(interval)
			if late := time.Since(due); late >= 0 {
				missed := late/interval + 1
				due = due.Add(missed * interval)
				err := &tcpmib.MissedError{Ticks: int(missed), Interval: interval}
				if ctx.Err() != nil || !yield(Tick{Machine: m, At: tick.At, Errs: []error{err}}) {
					return
				}
			}
			if !cli.Sleep(ctx, time.Until(due)) {
				return
			}
		}
	}
}

// Twice yields two Ticks, an interval apart, unless ctx ends between them.
func Twice(ctx context.Context, m *Reader, tables rows.Tables, interval time.Duration) iter.Seq[Tick] {
	return func(yield func(Tick) bool) {
		t := &Tracker{}
		if yield(t.Tick(m, tables, time.Now())) && cli.Sleep(ctx, interval) {
			yield(t.Tick(m, tables, time.Now()))
		}
	}
}

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
