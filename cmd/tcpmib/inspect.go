package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// inspect looks up what the screen shows of one connection: what costs too much
// to look up for all.
func (a *app) inspect(c tcpmib.Conn) []detail {
	s := &snapshot{conns: []tcpmib.Conn{c}}
	why := func(err error) string { return "unknown: " + a.advise(err) }
	value := func(text string, err error) string {
		if err != nil {
			return why(err)
		}
		return cmp.Or(text, "-")
	}
	s.processes, _ = a.processes()
	process := s.processes[c.PID]
	details := []detail{}
	if c.PID != owner.IdlePID { // nobody
		path, err := a.path(process)
		details = append(details, detail{"path", value(path, err)})
		if !process.Created.IsZero() {
			details = append(details, detail{"process since", process.Created.Local().Format(time.RFC3339)})
		}
		err = a.readServices(s, c.Family())
		details = append(details, detail{"services", value(strings.Join(s.services[c.PID], ", "), err)})
	}
	err := a.readModules(s, c.Family())
	r := s.row(c)
	created := ""
	if !r.created.IsZero() {
		created = r.created.Local().Format(time.RFC3339)
		if process.ReusedPID(r.created) {
			created += ", before the process that has its PID now"
		}
	}
	details = append(details, detail{"created", value(created, err)}, detail{"module", value(r.module, err)})
	if c.Remote.IsValid() {
		details = append(details, detail{"bytes", a.byteCounters(c)})
	}
	return details
}

func (a *app) byteCounters(c tcpmib.Conn) string {
	data, err := a.estatsCalls.data(c)
	switch {
	case err != nil:
		return "unknown: " + a.advise(err)
	case data.RW.EnableCollection == 0:
		return "not collected: see tcpmib estats"
	}
	return fmt.Sprintf("%d in, %d out since collection was enabled", data.DataBytesIn, data.DataBytesOut)
}
