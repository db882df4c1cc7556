package screen

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// mark is a change that the table still shows.
type mark struct {
	kind tcpmib.ChangeKind
	at   time.Time
}

// closedRow is a connection that the table still shows.
type closedRow struct {
	row rows.Row
	at  time.Time
}

// stays are how long marks stay on the live screen; 0 is until the next refresh. m takes the next.
var stays = []time.Duration{5 * time.Second, 30 * time.Second, 5 * time.Minute, 0}

// mostClosed limits the memory that closed connections take.
const mostClosed = 1000

// mark removes the marks whose time is over, and sets those of a new snapshot.
func (s *Model) mark(l Look) {
	// Captures may be days apart and in any order, so that each has its own marks only.
	over := func(at time.Time) bool { return s.captured() || l.At.Sub(at) >= stays[s.stay] }
	for endpoints, m := range s.marks {
		if over(m.at) {
			delete(s.marks, endpoints)
		}
	}
	s.closed = slices.DeleteFunc(s.closed, func(c closedRow) bool { return over(c.at) })
	before := rows.Snapshot{Processes: l.Before}
	for _, c := range l.Changes { // perhaps a million
		if c.Kind == tcpmib.Closed {
			s.closed = append(s.closed, closedRow{before.Row(c.Now()), l.At})
			delete(s.marks, keyOf(c.Now()))
		}
		if len(s.closed) == 2*mostClosed {
			s.closed = slices.Delete(s.closed, 0, mostClosed)
		}
	}
	s.closed = s.closed[max(0, len(s.closed)-mostClosed):]
	closed := map[markKey]bool{}
	for _, c := range s.closed {
		closed[keyOf(c.row.Socket)] = true
	}
	for _, c := range l.Changes {
		switch {
		case c.Kind == tcpmib.Opened:
			if closed[keyOf(c.Now())] {
				s.closed = slices.DeleteFunc(s.closed, func(r closedRow) bool { return r.row.Same(c.Now()) })
			}
			s.marks[keyOf(c.Now())] = mark{c.Kind, l.At}
		case c.Kind == tcpmib.Changed && s.marks[keyOf(c.Now())].kind != tcpmib.Opened:
			s.marks[keyOf(c.Now())] = mark{c.Kind, l.At}
		}
	}
}

// nextStay changes how long marks stay.
func (s *Model) nextStay() tea.Cmd {
	if s.captured() {
		s.say("marks show what changed since the capture before")
		return nil
	}
	s.stay = (s.stay + 1) % len(stays)
	if stays[s.stay] == 0 {
		s.say("marks stay until the next refresh")
	} else {
		s.say(fmt.Sprintf("marks stay for %v", stays[s.stay]))
	}
	return nil
}

// markKey identifies a socket across snapshots, whoever owns it.
type markKey struct {
	protocol  rows.Protocol
	endpoints tcpmib.Endpoints
}

func keyOf(s rows.Socket) markKey { return markKey{s.Protocol, s.Endpoints()} }
