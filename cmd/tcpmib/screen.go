package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// world returns what the screen shows: this computer, or captures one after the other.
func (a *app) world(captures []*machine.Captured) screen.World {
	if captures == nil {
		return a.liveWorld()
	}
	w := screen.World{
		Look:    func(request screen.Request) screen.Look { return a.lookAtCapture(captures, request) },
		Inspect: func(rows.Socket) []screen.Detail { return []screen.Detail{} },
		Refuse:  func(s rows.Socket) error { return captures[0].Close(s.Conn) },
		Close:   func(s rows.Socket) error { return captures[0].Close(s.Conn) },
	}
	for _, c := range captures {
		w.Captures = append(w.Captures, screen.Capture{Name: filepath.Base(c.File), Time: c.Info().Time})
	}
	return w
}

func (a *app) liveWorld() screen.World {
	live, t := a.reader(a.live), &machine.Tracker{}
	var before owner.Processes
	return screen.World{
		Look: func(request screen.Request) screen.Look {
			l := look(t, live, request, time.Now())
			l.Before, before = before, l.Snapshot.Processes
			return l
		},
		Inspect: func(s rows.Socket) []screen.Detail { return inspect(live, s) },
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
func (a *app) lookAtCapture(captures []*machine.Captured, request screen.Request) screen.Look {
	t := &machine.Tracker{}
	var before owner.Processes
	if request.Capture > 0 {
		c := captures[request.Capture-1]
		before = look(t, a.reader(c), request, c.Info().Time).Snapshot.Processes
	}
	c := captures[request.Capture]
	l := look(t, a.reader(c), request, c.Info().Time)
	l.Before = before
	return l
}

// look takes the next snapshot of a tracker for the screen. A family that cannot be read keeps its
// last connections.
func look(t *machine.Tracker, m *machine.Reader, request screen.Request, at time.Time) screen.Look {
	l := screen.Look{Request: request, At: at}
	l.Snapshot.Processes, _ = m.Processes() // the table shows what has no name
	tick := t.Tick(m, request.Tables, at)
	l.Changes, l.Err = tick.Changes, errors.Join(tick.Errs...)
	l.Snapshot.Sockets = t.Sockets()
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
	m.Enrich(&l.Snapshot, request.Tables.Families, nil, columns)
	return l
}

// inspect looks up what the screen shows about one connection, and what would be too slow for all.
func inspect(m *machine.Reader, socket rows.Socket) []screen.Detail {
	c := socket.Conn
	s := &rows.Snapshot{Sockets: []rows.Socket{socket}}
	why := func(err error) string { return "unknown: " + machine.Advise(err) }
	value := func(text string, err error) string {
		if err != nil {
			return why(err)
		}
		return cmp.Or(text, "-")
	}
	s.Processes, _ = m.Processes()
	process := s.Processes[c.PID]
	details := []screen.Detail{}
	add := func(name, value string) { details = append(details, screen.Detail{Name: name, Value: value}) }
	if c.PID != owner.IdlePID { // no owner
		path, err := m.Path(process)
		add("path", value(path, err))
		if !process.Created.IsZero() {
			add("process since", process.Created.Local().Format(time.RFC3339))
		}
		err = m.ReadServices(s, c.Family())
		add("services", value(strings.Join(s.Services[c.PID], ", "), err))
	}
	err := m.ReadModules(s, c.Family())
	r := s.Row(socket)
	created := ""
	if !r.Created.IsZero() {
		created = r.Created.Local().Format(time.RFC3339)
		if process.ReusedPID(r.Created) {
			created += ", before the process that has its PID now started"
		}
	}
	add("created", value(created, err))
	add("module", value(r.Module, err))
	if c.Remote.IsValid() {
		add("bytes", byteCounters(m, c))
	}
	return details
}

func byteCounters(m machine.Machine, c tcpmib.Conn) string {
	data, err := m.EStats().Data(c)
	switch {
	case err != nil:
		return "unknown: " + machine.Advise(err)
	case data.RW.EnableCollection == 0:
		return "not collected: see tcpmib estats"
	}
	return fmt.Sprintf("%d in, %d out since collection was enabled", data.DataBytesIn, data.DataBytesOut)
}
