package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// inspect looks up what the screen shows about one connection, and what would be too slow for all.
func (a *app) inspect(m machine, socket rows.Socket) []screen.Detail {
	c := socket.Conn
	s := &rows.Snapshot{Sockets: []rows.Socket{socket}}
	why := func(err error) string { return "unknown: " + advise(err) }
	value := func(text string, err error) string {
		if err != nil {
			return why(err)
		}
		return cmp.Or(text, "-")
	}
	s.Processes, _ = m.processes()
	process := s.Processes[c.PID]
	details := []screen.Detail{}
	add := func(name, value string) { details = append(details, screen.Detail{Name: name, Value: value}) }
	if c.PID != owner.IdlePID { // no owner
		path, err := m.path(process)
		add("path", value(path, err))
		if !process.Created.IsZero() {
			add("process since", process.Created.Local().Format(time.RFC3339))
		}
		err = a.readServices(m, s, c.Family())
		add("services", value(strings.Join(s.Services[c.PID], ", "), err))
	}
	err := a.readModules(m, s, c.Family())
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

func byteCounters(m machine, c tcpmib.Conn) string {
	data, err := m.estats().data(c)
	switch {
	case err != nil:
		return "unknown: " + advise(err)
	case data.RW.EnableCollection == 0:
		return "not collected: see tcpmib estats"
	}
	return fmt.Sprintf("%d in, %d out since collection was enabled", data.DataBytesIn, data.DataBytesOut)
}
