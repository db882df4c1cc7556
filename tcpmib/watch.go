package tcpmib

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"slices"
	"time"
)

// MissedError says that a Watch left out beats, because reading the tables, or
// what was done with their changes, took longer than its interval. Changes are
// not lost with a beat: the next one reports them. A connection that opened and
// closed between two snapshots is not seen.
type MissedError struct {
	Beats    int           // how many were left out
	Interval time.Duration // how far apart they were to be
}

// Error says how many beats were missed, and why.
func (e *MissedError) Error() string {
	return fmt.Sprintf("tcpmib: beats missed: %d, because the tables could not be read and handled every %v", e.Beats, e.Interval)
}

// Watch watches the connections of this machine, IPv4 and IPv6: see
// Reader.Watch.
func Watch(ctx context.Context, interval time.Duration) iter.Seq2[Change, error] {
	return new(Reader).Watch(ctx, interval, Both)
}

// Watch takes a snapshot of the connections of a family at once and then every
// interval, and yields how each differs from the one before. The connections of
// the first are yielded as Present, so that the changes add up to what there is.
// Changes of one beat have the same Time and come in the order of Conn.Compare.
//
// Trouble is reported in the stream, as an error beside a Change that holds only
// the Time, and the watch goes on. A family that could not be read in a beat is
// left as it was, so that its connections are not reported as closed: the next
// snapshot that succeeds is compared with the last one that did. Beats that were
// left out are a *MissedError.
//
// The stream ends when the loop over it does, or when ctx does, at once and
// without an error. Once its buffers are large enough it makes no garbage. The
// Reader must not be used otherwise meanwhile.
func (r *Reader) Watch(ctx context.Context, interval time.Duration, family Family) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if interval <= 0 {
			yield(Change{}, fmt.Errorf("tcpmib: watch every %v: the interval has to be longer than 0: %w", interval, fs.ErrInvalid))
			return
		}
		if err := family.check(); err != nil {
			yield(Change{}, err)
			return
		}
		watched := [...]snapshots{{family: family & IPv4}, {family: family & IPv6}}
		var beat time.Time
		change := func(c Change) bool {
			c.Time = beat
			return ctx.Err() == nil && yield(c, nil)
		}
		timer := time.NewTimer(0)
		defer timer.Stop()
		due := time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			beat = time.Now()
			for i := range watched {
				if watched[i].family == 0 {
					continue
				}
				err := watched[i].read(r)
				if ctx.Err() != nil {
					return
				}
				if err != nil && !yield(Change{Time: beat}, err) {
					return
				}
				if err == nil && !watched[i].changes(change) {
					return
				}
			}
			due = due.Add(interval)
			if late := time.Since(due); late >= 0 {
				missed := late/interval + 1
				due = due.Add(missed * interval)
				if ctx.Err() != nil || !yield(Change{Time: beat}, &MissedError{int(min(missed, math.MaxInt)), interval}) {
					return
				}
			}
			timer.Reset(time.Until(due))
		}
	}
}

// snapshots are the last two of one family.
type snapshots struct {
	family       Family
	older, newer []Conn // sorted; older is the last one that could be read
	begun        bool   // there is an older one
}

func (s *snapshots) read(r *Reader) (err error) {
	s.newer, err = r.appendConns(s.newer[:0], s.family, true)
	sortConns(s.newer)
	return err
}

// changes yields how newer differs from older and makes newer the older one. It
// reports whether yield wants more.
func (s *snapshots) changes(yield func(Change) bool) (more bool) {
	if s.begun {
		more = diff(s.older, s.newer, yield)
	} else {
		more = each(Present, s.newer, yield)
	}
	s.older, s.newer, s.begun = s.newer, s.older, true
	return more
}

// sortConns sorts by Conn.Compare. Windows was asked to sort already, which costs
// a tenth of sorting here, so this looks first.
func sortConns(conns []Conn) {
	for i := 1; i < len(conns); i++ {
		if compare(&conns[i-1], &conns[i]) > 0 {
			slices.SortFunc(conns, Conn.Compare)
			return
		}
	}
}
