package screen

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// mark is a change that the table still shows.
type mark struct {
	at   time.Duration     // since Model.began
	kind tcpmib.ChangeKind // 0: none
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
	if s.began.IsZero() {
		s.began = l.At
	}
	// Captures may be days apart and in any order, so that each has its own marks only.
	over := func(age time.Duration) bool { return s.captured() || age >= stays[s.stay] }
	now := l.At.Sub(s.began)
	marks := marker{sockets: l.Snapshot.Sockets}
	for i, m := range s.marks {
		if m.kind != 0 && !over(now-m.at) {
			marks.set(&s.snapshot.Sockets[i], m)
		}
	}
	s.closed = slices.DeleteFunc(s.closed, func(c closedRow) bool { return over(l.At.Sub(c.at)) })
	before := rows.Snapshot{Processes: l.Before}
	for c := range l.Changes { // perhaps two million
		if c.Kind != tcpmib.Closed {
			continue
		}
		socket := c.Now()
		s.closed = append(s.closed, closedRow{before.Row(socket), l.At})
		marks.set(&socket, mark{})
		if len(s.closed) == 2*mostClosed {
			s.closed = slices.Delete(s.closed, 0, mostClosed)
		}
	}
	s.closed = s.closed[max(0, len(s.closed)-mostClosed):]
	closed := map[markKey]bool{}
	for _, c := range s.closed {
		closed[keyOf(c.row.Socket)] = true
	}
	for c := range l.Changes {
		socket := c.Now()
		switch {
		case c.Kind == tcpmib.Opened:
			if closed[keyOf(socket)] {
				s.closed = slices.DeleteFunc(s.closed, func(r closedRow) bool { return r.row.Same(socket) })
			}
			marks.set(&socket, mark{now, c.Kind})
		case c.Kind == tcpmib.Changed && marks.kind(&socket) != tcpmib.Opened:
			marks.set(&socket, mark{now, c.Kind})
		}
	}
	s.marks = marks.list
}

// marker sets the marks of sockets, which are sorted by rows.Socket.Compare. It is fast if it is
// asked in their order, and then remembers where it was.
type marker struct {
	sockets []rows.Socket
	list    []mark // nil: none is set
	at      int    // the first socket that is not before the last one that was asked for
}

// of returns the range of the sockets with the endpoints of another.
func (m *marker) of(s *rows.Socket) (from, to int) {
	if m.at > 0 && compareKeys(&m.sockets[m.at-1], s) >= 0 {
		m.at = 0
	}
	for m.at < len(m.sockets) && compareKeys(&m.sockets[m.at], s) < 0 {
		m.at++
	}
	to = m.at
	for to < len(m.sockets) && compareKeys(&m.sockets[to], s) == 0 {
		to++
	}
	return m.at, to
}

func (m *marker) set(s *rows.Socket, to mark) {
	if m.list == nil {
		if to.kind == 0 {
			return
		}
		m.list = make([]mark, len(m.sockets))
	}
	from, end := m.of(s)
	for i := from; i < end; i++ {
		m.list[i] = to
	}
}

func (m *marker) kind(s *rows.Socket) tcpmib.ChangeKind {
	if from, to := m.of(s); m.list != nil && from < to {
		return m.list[from].kind
	}
	return 0
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

// compareKeys orders sockets by their keys, as rows.Socket.Compare does.
func compareKeys(a, b *rows.Socket) int {
	if a.Protocol != b.Protocol {
		return cmp.Compare(a.Protocol, b.Protocol)
	}
	if order := a.Local.Compare(b.Local); order != 0 {
		return order
	}
	return a.Remote.Compare(b.Remote)
}
