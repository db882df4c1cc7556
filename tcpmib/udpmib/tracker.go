package udpmib

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Change is what happened to one UDP socket between two snapshots. Endpoint.Same says what one
// socket is.
type Change struct {
	Kind     tcpmib.ChangeKind
	Endpoint Endpoint  // as it is now; for tcpmib.Closed, as it was last
	Old      Endpoint  // for tcpmib.Changed, as it was before; else the zero value
	Time     time.Time // of the snapshot that has the change
}

// String returns the change in one line, such as "opened 0.0.0.0:53 pid 4". For tcpmib.Changed it
// says who owned the socket before: "changed 0.0.0.0:53, was pid 4".
func (c Change) String() string {
	text := c.Kind.String() + " " + c.Endpoint.String()
	if c.Kind == tcpmib.Changed && c.Old.PID != c.Endpoint.PID {
		text += fmt.Sprintf(", was pid %d", c.Old.PID)
	}
	return text
}

// Tracker takes snapshots of the UDP sockets and reports how each differs from the one before, as
// tcpmib.Tracker does for connections. The zero value is ready to use. A Tracker is for one
// goroutine at a time, and must not be copied.
type Tracker struct {
	_ mib.NoCopy

	endpoints [2]mib.History[Endpoint] // of IPv4 and IPv6
	at        time.Time                // of the last snapshot
}

// Changes takes a snapshot of the UDP sockets of a family with r, and yields how it differs from
// the last one, IPv4 first, in the order of their endpoints; if an endpoint was used again, the
// closed socket comes before the opened one. The sockets of the first snapshot of a family are
// yielded as tcpmib.Present. All have the time at.
//
// If a family cannot be read, Changes yields the error with a Change that has only a Time, and the
// family's history stays as it was; an invalid family is fs.ErrInvalid. Once the buffers are large
// enough Changes makes no garbage.
func (t *Tracker) Changes(r *Reader, family tcpmib.Family, at time.Time) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) { t.changes(r, family, at, yield) }
}

// AppendEndpoints appends to dst the sockets of the last snapshot that succeeded, of each family,
// sorted by Endpoint.Compare, and returns the extended slice, which the caller owns.
func (t *Tracker) AppendEndpoints(dst []Endpoint) []Endpoint {
	for i := range t.endpoints {
		dst = append(dst, t.endpoints[i].Rows()...)
	}
	return dst
}

// Endpoints yields the sockets that AppendEndpoints appends, in the same order, without a slice. The
// loop must end before the next snapshot.
func (t *Tracker) Endpoints() iter.Seq[Endpoint] {
	return func(yield func(Endpoint) bool) {
		for i := range t.endpoints {
			for _, e := range t.endpoints[i].Rows() {
				if !yield(e) {
					return
				}
			}
		}
	}
}

func (t *Tracker) changes(r *Reader, family tcpmib.Family, at time.Time, yield func(Change, error) bool) {
	if err := mib.CheckFamily("udpmib", family); err != nil {
		yield(Change{Time: at}, err)
		return
	}
	t.at = at
	var errs [2]error
	for i, family := range [2]tcpmib.Family{family & tcpmib.IPv4, family & tcpmib.IPv6} {
		t.endpoints[i].Skip()
		if family != 0 {
			errs[i] = t.endpoints[i].Read(&order, func(dst []Endpoint) ([]Endpoint, error) { return r.appendEndpoints(dst, family, true) })
		}
	}
	next := 0
	for i := range t.endpoints {
		if errs[i] != nil && !yield(Change{Time: at}, errs[i]) {
			return
		}
		for range t.endpoints[i].Len() {
			if !yield(t.Change(next), nil) {
				return
			}
			next++
		}
	}
}

// NumChanges returns how many changes the last snapshot had.
func (t *Tracker) NumChanges() int { return t.endpoints[0].Len() + t.endpoints[1].Len() }

// Change returns change i of the NumChanges of the last snapshot, as tcpmib.Tracker.Change does for
// connections.
func (t *Tracker) Change(i int) Change {
	h := &t.endpoints[0]
	if i >= h.Len() {
		i -= h.Len()
		h = &t.endpoints[1]
	}
	if i < 0 || i >= h.Len() {
		return Change{}
	}
	kind, older, newer := h.Change(i)
	c := Change{Kind: tcpmib.ChangeKind(kind), Time: t.at}
	switch kind {
	case mib.Closed:
		c.Endpoint = *older
	case mib.Changed:
		c.Endpoint, c.Old = *newer, *older
	default:
		c.Endpoint = *newer
	}
	return c
}

var order = mib.Order[Endpoint]{
	Key:     func(e, f *Endpoint) int { return e.Local.Compare(f.Local) },
	Compare: Endpoint.Compare,
	Owner:   func(e *Endpoint) uint32 { return e.PID },
	Same:    same,
}

// Watch watches the UDP sockets of this machine: see Reader.Watch.
func Watch(ctx context.Context, interval time.Duration, family tcpmib.Family) iter.Seq2[Change, error] {
	return new(Reader).Watch(ctx, interval, family)
}

// Watch takes a snapshot of the UDP sockets of a family at once and then every interval, and yields
// how each differs from the one before, as tcpmib.Reader.Watch does for connections. The Reader
// must not be used otherwise meanwhile.
func (r *Reader) Watch(ctx context.Context, interval time.Duration, family tcpmib.Family) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if err := mib.CheckFamily("udpmib", family); err != nil {
			yield(Change{}, err)
			return
		}
		var t Tracker
		for tick, err := range tcpmib.Ticks(ctx, interval) {
			if err != nil {
				if !yield(Change{Time: tick}, err) {
					return
				}
				continue
			}
			for change, err := range t.Changes(r, family, tick) {
				if ctx.Err() != nil || !yield(change, err) {
					return
				}
			}
		}
	}
}
