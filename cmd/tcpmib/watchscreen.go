package main

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib/owner"
)

// world returns what the screen shows: this computer, or captures one after the other.
func (a *app) world(captures []*capturedMachine) screen.World {
	if captures == nil {
		return a.liveWorld()
	}
	w := screen.World{
		Look:    func(request screen.Request) screen.Look { return a.lookAtCapture(captures, request) },
		Inspect: func(rows.Socket) []screen.Detail { return []screen.Detail{} },
		Refuse:  func(s rows.Socket) error { return captures[0].close(s.Conn) },
		Close:   func(s rows.Socket) error { return captures[0].close(s.Conn) },
	}
	for _, c := range captures {
		w.Captures = append(w.Captures, screen.Capture{Name: filepath.Base(c.file), Time: c.Info().Time})
	}
	return w
}

func (a *app) liveWorld() screen.World {
	t := &tracker{}
	var before owner.Processes
	return screen.World{
		Look: func(request screen.Request) screen.Look {
			l := a.look(t, a.live, request, time.Now())
			l.Before, before = before, l.Snapshot.Processes
			return l
		},
		Inspect: func(s rows.Socket) []screen.Detail { return a.inspect(a.live, s) },
		Refuse: func(s rows.Socket) error {
			if s.Protocol == rows.UDP {
				return errors.New("a UDP socket is not a connection: end its process instead")
			}
			return cannotClose(s.Conn)
		},
		Close: func(s rows.Socket) error {
			_, err := a.closeVerified(s.Conn)
			return err
		},
	}
}

// lookAtCapture compares a capture with the one before it.
func (a *app) lookAtCapture(captures []*capturedMachine, request screen.Request) screen.Look {
	t := &tracker{}
	var before owner.Processes
	if request.Capture > 0 {
		c := captures[request.Capture-1]
		before = a.look(t, c, request, c.Info().Time).Snapshot.Processes
	}
	c := captures[request.Capture]
	l := a.look(t, c, request, c.Info().Time)
	l.Before = before
	return l
}

// look takes the next snapshot of a tracker for the screen. A family that cannot be read keeps its
// last connections.
func (a *app) look(t *tracker, m machine, request screen.Request, at time.Time) screen.Look {
	l := screen.Look{Request: request, At: at}
	l.Snapshot.Processes, _ = m.processes() // the table shows what has no name
	for c, err := range t.changes(m.source(), request.Tables, at) {
		if err != nil {
			l.Err = errors.Join(l.Err, err)
			continue
		}
		l.Changes = append(l.Changes, c)
	}
	l.Snapshot.Sockets = t.sockets()
	var columns []rows.Column
	if request.Created {
		columns = append(columns, rows.Named("created")...)
	}
	if request.Services {
		columns = append(columns, rows.Named("services")...)
	}
	if request.Owners {
		columns = append(columns, rows.Named("path")...)
	}
	a.enrich(m, &l.Snapshot, request.Tables.Families, nil, columns)
	return l
}
