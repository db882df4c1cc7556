package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
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
	var shown atomic.Int32 // index of the capture
	w := screen.World{
		Look: func(request screen.Request) screen.Look {
			shown.Store(int32(request.Capture))
			return a.lookAtCapture(captures, request)
		},
		Inspect: func(s rows.Socket) []screen.Detail { return inspect(a.silent(captures[shown.Load()]), s) },
		Refuse:  func(s rows.Socket) error { return captures[0].Close(s.Conn) },
		Close:   func(s rows.Socket) error { return captures[0].Close(s.Conn) },
	}
	for _, c := range captures {
		w.Captures = append(w.Captures, screen.Capture{Name: filepath.Base(c.File), Time: c.Info().Time})
	}
	return w
}

// silent returns a reader that does not write on the terminal, on which the screen is.
func (a *app) silent(m machine.Machine) *machine.Reader {
	return &machine.Reader{Machine: m, Terminal: &cli.Terminal{Err: io.Discard}, Lookup: a.lookup}
}

func (a *app) liveWorld() screen.World {
	live, t := a.silent(a.live), &machine.Tracker{}
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
		Close: func(s rows.Socket) error { return a.closeVerified(s.Conn) },
	}
}

// lookAtCapture compares a capture with the one before it.
func (a *app) lookAtCapture(captures []*machine.Captured, request screen.Request) screen.Look {
	t := &machine.Tracker{}
	var before owner.Processes
	if request.Capture > 0 {
		c := captures[request.Capture-1]
		before, _ = c.Processes()
		for range t.Changes(a.silent(c), request.Tables, c.Now()) { // to have it compared
		}
		runtime.GC() // its buffers may take 176 MB, and the next capture takes as much at once
	}
	c := captures[request.Capture]
	l := look(t, a.silent(c), request, c.Info().Time)
	l.Before = before
	return l
}

// look takes the next snapshot of a tracker for the screen. A family that cannot be read keeps its
// last connections.
func look(t *machine.Tracker, m *machine.Reader, request screen.Request, at time.Time) screen.Look {
	l := screen.Look{Request: request, At: at}
	l.Snapshot.Processes, _ = m.Processes() // the table shows what has no name
	for c, err := range t.Changes(m, request.Tables, at) {
		switch {
		case err != nil:
			l.Err = errors.Join(l.Err, err)
		case c.Kind != tcpmib.Present:
			l.Changes = t.Changed // perhaps two million, which the tracker keeps in less memory
		}
	}
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

// inspect looks up everything that is known of one socket and its owner, most of which would be too
// slow for all. A capture cannot be asked for the module and the bytes.
func inspect(m *machine.Reader, socket rows.Socket) []screen.Detail {
	c := socket.Conn
	s := &rows.Snapshot{Sockets: []rows.Socket{socket}}
	s.Processes, _ = m.Processes()
	errModule := m.ReadModules(s, c.Family())
	m.Enrich(s, c.Family(), nil, rows.Named("created")) // unless they were read with the modules
	errServices := m.ReadServices(s, c.Family())
	m.ReadOwners(s)
	r := s.Row(socket)

	details := []screen.Detail{}
	add := func(name, text string, err error) {
		if text == "" {
			text = "-"
			if err != nil && !machine.IsNotCaptured(err) {
				text = "unknown: " + machine.Advise(err)
			}
		}
		details = append(details, screen.Detail{Name: name, Value: text})
	}
	process := s.Processes[c.PID]
	if o := r.Owner; o != nil {
		add("path", o.Path, o.Err)
		add("command line", o.CommandLine, o.Err)
		add("services", strings.Join(r.Services, ", "), errServices)
		add("user", o.User, o.Err)
		add("parent", parentOf(o), nil)
		if !process.Created.IsZero() {
			add("process since", sinceText(process.Created), nil)
		}
	}
	created := sinceText(r.Created)
	if process.ReusedPID(r.Created) {
		created += ", before the process that has its PID now started"
	}
	add("created", created, errModule)
	if _, err := m.Elevated(); machine.IsNotCaptured(err) {
		return details
	}
	add("module", r.Module, errModule)
	if connected(c) {
		add("bytes", byteCounters(m, c), nil)
	}
	return details
}

func sinceText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.RFC3339)
}

// parentOf names the process that created a process.
func parentOf(o *rows.Owner) string {
	switch {
	case o.Parent == 0:
		return ""
	case o.ParentProcess == "":
		return fmt.Sprintf("PID %d, which has ended", o.Parent)
	}
	return fmt.Sprintf("%s, PID %d", o.ParentProcess, o.Parent)
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
