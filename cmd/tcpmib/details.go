package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// extras are the columns that take more questions than the connections do, each
// with its flag and with what is said when the questions are not answered.
var extras = []struct {
	column, flag, usage, missing string
	read                         func(a *app, s *snapshot, family tcpmib.Family) error
}{
	{"created", "created", "show when each was created", "creation times", (*app).readCreated},
	{"module", "module", "show which part of its program opened each, such as a service", "modules", (*app).readModules},
	{"services", "services", "show the services that run in the process of each", "services", (*app).readServices},
	{"remoteName", "resolve", "look up the names of remote addresses, for 3 seconds at most", "names", (*app).resolve},
}

// enrich reads what the columns need that is not read yet: of those that were
// asked for, and of those that are shown anyway, where nothing is said of what is
// missing.
func (a *app) enrich(s *snapshot, family tcpmib.Family, asked, shown []column) {
	for _, e := range extras {
		if !has(asked, e.column) && !has(shown, e.column) {
			continue
		}
		if err := e.read(a, s, family); err != nil && has(asked, e.column) {
			fmt.Fprintf(a.stderr, "tcpmib: %s are missing: %s\n", e.missing, a.advise(err))
		}
	}
}

// identity is what a connection is known by across tables.
type identity struct {
	local, remote netip.AddrPort
	pid           uint32
}

func identityOf(c tcpmib.Conn) identity { return identity{c.Local, c.Remote, c.PID} }

// owned is what the owner module tables say of a connection.
type owned struct {
	created    time.Time
	readModule func() (tcpmib.OwnerModule, error)
	module     string
}

func (a *app) readCreated(s *snapshot, family tcpmib.Family) error {
	if s.owned != nil {
		return nil
	}
	s.owned = map[identity]*owned{}
	r := tcpmib.Reader{Source: a.source}
	var err4, err6 error
	if family&tcpmib.IPv4 != 0 {
		var rows []tcpmib.TCPRowOwnerModule
		rows, err4 = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, false)
		for _, row := range rows {
			s.owned[identity{row.Local(), row.Remote(), row.OwningPid}] = &owned{
				created:    row.CreateTime(),
				readModule: func() (tcpmib.OwnerModule, error) { return a.module4(&row) },
			}
		}
	}
	if family&tcpmib.IPv6 != 0 {
		var rows []tcpmib.TCP6RowOwnerModule
		rows, err6 = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerModule](&r, tcpmib.AllRows, false)
		for _, row := range rows {
			s.owned[identity{row.Local(), row.Remote(), row.OwningPid}] = &owned{
				created:    row.CreateTime(),
				readModule: func() (tcpmib.OwnerModule, error) { return a.module6(&row) },
			}
		}
	}
	return cmp.Or(err4, err6)
}

// readModules asks for the module of each connection. That some have none is
// usual: their processes are those of others, or have ended.
func (a *app) readModules(s *snapshot, family tcpmib.Family) error {
	if a.from != "" {
		return fmt.Errorf("%s does not hold them: only the machine itself knows", a.from)
	}
	defer a.progress("asking for modules")()
	err := a.readCreated(s, family)
	for _, c := range s.conns {
		o, ok := s.owned[identityOf(c)]
		if !ok || c.PID == 0 {
			continue
		}
		if m, err := o.readModule(); err == nil {
			o.module = m.Name
		}
	}
	return err
}

func (a *app) readServices(s *snapshot, _ tcpmib.Family) (err error) {
	if a.from != "" {
		return fmt.Errorf("%s does not hold them: only the machine itself knows", a.from)
	}
	s.services, err = a.services()
	return err
}
