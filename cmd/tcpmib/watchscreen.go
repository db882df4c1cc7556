package main

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// world returns what the screen shows: this computer, or captures one after the other.
func (a *app) world(captures []*capturedMachine) screen.World {
	if captures == nil {
		return a.liveWorld()
	}
	w := screen.World{
		Look:    func(request screen.Request) screen.Look { return a.lookAtCapture(captures, request) },
		Inspect: func(tcpmib.Conn) []screen.Detail { return []screen.Detail{} },
		Refuse:  captures[0].close,
		Close:   captures[0].close,
	}
	for _, c := range captures {
		w.Captures = append(w.Captures, screen.Capture{Name: filepath.Base(c.file), Time: c.Info().Time})
	}
	return w
}

func (a *app) liveWorld() screen.World {
	t, r := &tcpmib.Tracker{}, &tcpmib.Reader{Source: a.live.source()}
	var before owner.Processes
	return screen.World{
		Look: func(request screen.Request) screen.Look {
			l := a.look(t, a.live, r, request, time.Now())
			l.Before, before = before, l.Snapshot.Processes
			return l
		},
		Inspect: func(c tcpmib.Conn) []screen.Detail { return a.inspect(a.live, c) },
		Refuse:  cannotClose,
		Close: func(c tcpmib.Conn) error {
			_, err := a.closeVerified(c)
			return err
		},
	}
}

// lookAtCapture compares a capture with the one before it.
func (a *app) lookAtCapture(captures []*capturedMachine, request screen.Request) screen.Look {
	t := &tcpmib.Tracker{}
	var before owner.Processes
	if request.Capture > 0 {
		c := captures[request.Capture-1]
		before = a.look(t, c, &tcpmib.Reader{Source: c.source()}, request, c.Info().Time).Snapshot.Processes
	}
	c := captures[request.Capture]
	l := a.look(t, c, &tcpmib.Reader{Source: c.source()}, request, c.Info().Time)
	l.Before = before
	return l
}

// look takes the next snapshot of a tracker for the screen. A family that cannot be read keeps its
// last connections.
func (a *app) look(t *tcpmib.Tracker, m machine, r *tcpmib.Reader, request screen.Request, at time.Time) screen.Look {
	l := screen.Look{Request: request, At: at}
	l.Snapshot.Processes, _ = m.processes() // the table shows what has no name
	for c, err := range t.Changes(r, request.Families, at) {
		if err != nil {
			l.Err = errors.Join(l.Err, err)
			continue
		}
		l.Changes = append(l.Changes, c)
	}
	for _, o := range t.AppendOwned(nil) {
		l.Snapshot.Conns = append(l.Snapshot.Conns, o.Conn)
	}
	var columns []rows.Column
	if request.Created {
		columns = append(columns, rows.Named("created")...)
	}
	if request.Services {
		columns = append(columns, rows.Named("services")...)
	}
	a.enrich(m, &l.Snapshot, request.Families, nil, columns)
	return l
}
