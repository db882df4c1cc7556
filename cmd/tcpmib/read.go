package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// addFrom declares --from.
func addFrom(cmd *cobra.Command, from *string) {
	cli.FileFlag(cmd.Flags(), from, "from", "read the capture in `file` (see tcpmib capture), not this machine")
	cli.CompleteFiles(cmd, "from", "zip")
}

// machine returns the capture that --from names, or this computer.
func (a *app) machine(from string) (machine, error) {
	if from == "" {
		return a.live, nil
	}
	defer a.Progress("reading " + from)()
	return openCaptured(from)
}

// read takes a snapshot of the connections that match. If only one family could be read, it returns
// both a snapshot and an error.
func (a *app) read(m machine, f *filter.Filter) (*rows.Snapshot, error) {
	defer a.Progress("reading the TCP tables")()
	s := &rows.Snapshot{}
	var err error
	s.Conns, err = readConns(m, f)
	if len(s.Conns) == 0 && err != nil {
		return nil, err
	}
	s.Processes = a.processes(m)
	s.Keep(f.Match)
	return s, err
}

// readConns reads the tables that a filter needs. Windows has one of listening sockets alone, which
// spares a busy machine its connections, and which captures do not have.
func readConns(m machine, f *filter.Filter) ([]tcpmib.Conn, error) {
	r := tcpmib.Reader{Source: m.source()}
	if f.OnlyListening() {
		conns, err := readListening(&r, f.Families())
		if !errors.Is(err, errors.ErrUnsupported) {
			return conns, err
		}
	}
	return r.AppendConns(nil, f.Families())
}

// readListening reads the listening sockets. Their table has no offload states; a socket without a
// connection has none to offload, so the zero value, in host, is what the full table has.
func readListening(r *tcpmib.Reader, families tcpmib.Family) (conns []tcpmib.Conn, err error) {
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		var table []tcpmib.TCPRowOwnerPID
		table, err4 = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerPID](r, tcpmib.Listeners, false)
		for i := range table {
			conns = append(conns, table[i].Conn())
		}
	}
	if families&tcpmib.IPv6 != 0 {
		var table []tcpmib.TCP6RowOwnerPID
		table, err6 = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerPID](r, tcpmib.Listeners, false)
		for i := range table {
			conns = append(conns, table[i].Conn())
		}
	}
	return conns, errors.Join(err4, err6)
}

// withRead returns the error of a command that ended with err after it could read only a part.
func withRead(readErr, err error) error {
	switch {
	case readErr == nil || cli.ExitCode(err) == cli.ExitUsage:
		return err
	case err == nil, errors.Is(err, cli.ErrNothing):
		return readErr
	}
	return errors.Join(err, readErr)
}

// processes returns the processes of a machine. Connections without the names of their owners are
// better than none.
func (a *app) processes(m machine) owner.Processes {
	processes, err := m.processes()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		a.Say("process names are missing: %s", cli.Sentence(err))
	}
	return processes
}

// extras are the columns that need more calls than the tables do, each with its flag and what to say
// when the calls fail.
var extras = []struct {
	column, flag, usage, missing string
	read                         func(a *app, m machine, s *rows.Snapshot, families tcpmib.Family) error
}{
	{"created", "created", "show when each connection was created", "creation times", (*app).readCreated},
	{"module", "module", "show which part of its program opened each connection, such as a service", "modules", (*app).readModules},
	{"services", "services", "show the services that run in the owning process", "services", (*app).readServices},
	{"remoteName", "resolve", "look up the names of remote addresses, for at most 3 seconds", "names", (*app).resolve},
}

// enrich reads what columns need and the snapshot does not have yet: the columns that the user asked
// for, and those shown by default, for which missing values are not reported.
func (a *app) enrich(m machine, s *rows.Snapshot, families tcpmib.Family, asked, shown []rows.Column) {
	for _, e := range extras {
		if !rows.Has(asked, e.column) && !rows.Has(shown, e.column) {
			continue
		}
		if err := e.read(a, m, s, families); err != nil && rows.Has(asked, e.column) {
			a.Say("%s are missing: %s", e.missing, advise(err))
		}
	}
}

// readCreated reads the owner module tables, once, and keeps what belongs to the connections.
func (a *app) readCreated(m machine, s *rows.Snapshot, families tcpmib.Family) error {
	if s.Owned != nil {
		return nil
	}
	s.Owned = make(map[rows.Identity]*rows.Owned, len(s.Conns))
	for _, c := range s.Conns {
		s.Owned[rows.IdentityOf(c)] = &rows.Owned{}
	}
	r := tcpmib.Reader{Source: m.source()}
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		var table []tcpmib.TCPRowOwnerModule
		table, err4 = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, false)
		for i := range table {
			if o := s.Owned[rows.IdentityOf(table[i].Conn())]; o != nil {
				row := table[i] // the table is overwritten by the next one
				o.Created = row.CreateTime()
				o.ReadModule = func() (tcpmib.OwnerModule, error) { return m.module4(&row) }
			}
		}
	}
	if families&tcpmib.IPv6 != 0 {
		var table []tcpmib.TCP6RowOwnerModule
		table, err6 = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerModule](&r, tcpmib.AllRows, false)
		for i := range table {
			if o := s.Owned[rows.IdentityOf(table[i].Conn())]; o != nil {
				row := table[i]
				o.Created = row.CreateTime()
				o.ReadModule = func() (tcpmib.OwnerModule, error) { return m.module6(&row) }
			}
		}
	}
	return errors.Join(err4, err6)
}

// readModules asks for the module of each connection. Many have none: their processes belong to
// another user, or have ended.
func (a *app) readModules(m machine, s *rows.Snapshot, families tcpmib.Family) error {
	defer a.Progress("asking for modules")()
	err := a.readCreated(m, s, families)
	for _, c := range s.Conns {
		o := s.Owned[rows.IdentityOf(c)]
		if o == nil || o.ReadModule == nil || c.PID == owner.IdlePID {
			continue
		}
		module, err := o.ReadModule()
		o.ReadModule = nil // once is enough
		if missing := (*notCapturedError)(nil); errors.As(err, &missing) {
			return err
		}
		if err == nil {
			o.Module = module.Name
		}
	}
	return err
}

func (a *app) readServices(m machine, s *rows.Snapshot, _ tcpmib.Family) (err error) {
	if s.Services != nil {
		return nil
	}
	s.Services, err = m.services()
	return err
}
