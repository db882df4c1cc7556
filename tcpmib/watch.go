package tcpmib

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"time"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// MissedError says that Ticks or a Watch skipped ticks, because reading the tables, or handling
// their changes, took longer than the interval. No change is lost with a tick: the next one reports
// it. A connection that opens and closes between two snapshots is not seen.
type MissedError struct {
	Ticks    int           // how many were skipped
	Interval time.Duration // between two ticks
}

// Error says how many ticks were missed, and why.
func (e *MissedError) Error() string {
	return fmt.Sprintf("tcpmib: ticks missed: %d; reading and handling the tables took longer than the interval of %v", e.Ticks, e.Interval)
}

// Ticks yields the time, at once and then every interval, until the loop ends or ctx is done, which
// is not an error. The body of the loop takes a snapshot with each of its Trackers:
//
//	for tick, err := range tcpmib.Ticks(ctx, time.Second) {
//		if err != nil {
//			log.Print(err)
//			continue
//		}
//		for change, err := range tcp.Changes(&reader, tcpmib.Both, tick) {
//			...
//		}
//	}
//
// Ticks that pass while the body runs are skipped: after a body that took too long, Ticks yields its
// time again, with a *MissedError. An interval of 0 or less yields fs.ErrInvalid, and nothing else.
func Ticks(ctx context.Context, interval time.Duration) iter.Seq2[time.Time, error] {
	return func(yield func(time.Time, error) bool) {
		if interval <= 0 {
			yield(time.Time{}, fmt.Errorf("tcpmib: invalid interval %v; want more than 0: %w", interval, fs.ErrInvalid))
			return
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
			tick := time.Now()
			if ctx.Err() != nil || !yield(tick, nil) {
				return
			}
			due = due.Add(interval)
			if late := time.Since(due); late >= 0 {
				missed := late/interval + 1
				due = due.Add(missed * interval)
				if ctx.Err() != nil || !yield(tick, &MissedError{int(min(missed, math.MaxInt)), interval}) {
					return
				}
			}
			timer.Reset(time.Until(due))
		}
	}
}

// Watch watches the connections of this machine: see Reader.Watch.
func Watch(ctx context.Context, interval time.Duration, family Family) iter.Seq2[Change, error] {
	return new(Reader).Watch(ctx, interval, family)
}

// Watch takes a snapshot of the connections of a family at once and then every interval, and yields
// how each differs from the one before, as Tracker.Changes does. A connection that opens and closes
// between two snapshots is in neither, so it is not reported.
//
// All changes of a snapshot have its Time. To know where a snapshot ends, even one without a
// change, or to follow more than connections, loop over Ticks with a Tracker instead.
//
// An error is yielded with a Change that has only a Time, and watching continues: a family that
// cannot be read is reported at each tick, and skipped ticks are a *MissedError. Only an invalid
// family or interval, which is fs.ErrInvalid, ends the sequence.
//
// Otherwise it ends with the loop, or when ctx is done, which is not an error. Once its buffers are
// large enough it makes no garbage. Do not use the Reader for anything else meanwhile.
func (r *Reader) Watch(ctx context.Context, interval time.Duration, family Family) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		if err := mib.CheckFamily("tcpmib", family); err != nil {
			yield(Change{}, err)
			return
		}
		var t Tracker
		for tick, err := range Ticks(ctx, interval) {
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
