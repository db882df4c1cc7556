package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
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

// read takes a snapshot of the sockets that match. If only a part of the tables could be read, it
// returns both a snapshot and an error.
func (a *app) read(m machine, f *filter.Filter) (*rows.Snapshot, error) {
	s, err := a.readTables(m, f.Tables())
	if s != nil {
		s.Keep(f.Match)
	}
	return s, err
}

// readTables takes a snapshot of all sockets in some tables, as read does.
func (a *app) readTables(m machine, tables filter.Tables) (*rows.Snapshot, error) {
	defer a.Progress("reading the tables")()
	sockets, err := readSockets(m, tables)
	if len(sockets) == 0 && err != nil {
		return nil, err
	}
	return &rows.Snapshot{Sockets: sockets, Processes: a.processes(m)}, err
}

func readSockets(m machine, tables filter.Tables) (sockets []rows.Socket, err error) {
	var errTCP, errBound, errUDP error
	r := tcpmib.Reader{Source: m.source()}
	var conns []tcpmib.Conn
	if tables.TCP {
		conns, errTCP = readConns(&r, tables)
	}
	if tables.Bound {
		conns, errBound = r.AppendBound(conns, tables.Families)
		errBound = noTable(boundSockets, errBound)
	}
	sockets = rows.AppendTCP(make([]rows.Socket, 0, len(conns)), conns)
	if tables.UDP {
		var endpoints []udpmib.Endpoint
		r := udpmib.Reader{Source: m.source()}
		endpoints, errUDP = r.AppendEndpoints(nil, tables.Families)
		errUDP = noTable(udpSockets, errUDP)
		sockets = rows.AppendUDP(sockets, endpoints)
	}
	return sockets, errors.Join(errTCP, errBound, errUDP)
}

// The tables that a machine may lack.
const (
	boundSockets = "bound TCP sockets"
	udpSockets   = "UDP sockets"
)

// noTable returns err in words if it says that a machine lacks a table. Of two families that lack it,
// one says so.
func noTable(table string, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			one = noTable(table, one)
			if !slices.ContainsFunc(all, func(e error) bool { return e.Error() == one.Error() }) {
				all = append(all, one)
			}
		}
		return errors.Join(all...)
	}
	e := (*tcpmib.Error)(nil)
	switch {
	case errors.As(err, &e) && e.Code == tcpmib.CodeNoAnswer:
		return &tableError{"the capture does not hold the table of " + table, err}
	case table == boundSockets && errors.Is(err, errors.ErrUnsupported) && !notWindows(err):
		return &tableError{"this Windows has no table of " + table + ", which came with Windows 10 version 1809", err}
	}
	return err
}

type tableError struct {
	text string
	err  error
}

func (e *tableError) Error() string { return e.text }
func (e *tableError) Unwrap() error { return e.err }

// readConns reads the TCP tables. Windows has one of listening sockets alone, which spares a busy
// machine its connections, and which captures do not have.
func readConns(r *tcpmib.Reader, tables filter.Tables) ([]tcpmib.Conn, error) {
	if tables.Listening {
		conns, err := readListening(r, tables.Families)
		if !errors.Is(err, errors.ErrUnsupported) {
			return conns, err
		}
	}
	return r.AppendConns(nil, tables.Families)
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

// extras are the columns that need more calls than the tables do, each with what to say when the
// calls fail, and its flag, if it has one.
var extras = []struct {
	column, flag, usage, missing string
	read                         func(a *app, m machine, s *rows.Snapshot, families tcpmib.Family) error
}{
	{"age", "", "", "creation times", (*app).readCreated},
	{"path", "", "", "paths", ownerReader(func(o *rows.Owner) bool { return o.Path != "" })},
	{"user", "", "", "users", ownerReader(func(o *rows.Owner) bool { return o.User != "" })},
	{"parent", "", "", "parents", ownerReader(func(o *rows.Owner) bool { return o.Parent != 0 })},
	{"parentProcess", "", "", "parents", ownerReader(func(o *rows.Owner) bool { return o.Parent != 0 })}, // it may have ended
	{"commandLine", "", "", "command lines", ownerReader(func(o *rows.Owner) bool { return o.CommandLine != "" })},
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
	s.At = m.now()
	s.Owned = make(map[rows.Identity]*rows.Owned, len(s.Sockets))
	tcp, udp := false, false
	for _, socket := range s.Sockets {
		s.Owned[socket.Identity()] = &rows.Owned{}
		tcp, udp = tcp || socket.Protocol == rows.TCP, udp || socket.Protocol == rows.UDP
	}
	var errTCP, errUDP error
	if tcp {
		errTCP = readCreatedTCP(m, s.Owned, families)
	}
	if udp {
		errUDP = readCreatedUDP(m, s.Owned, families)
	}
	return errors.Join(errTCP, errUDP)
}

func readCreatedTCP(m machine, owned map[rows.Identity]*rows.Owned, families tcpmib.Family) error {
	r := tcpmib.Reader{Source: m.source()}
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		var table []tcpmib.TCPRowOwnerModule
		table, err4 = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, false)
		for i := range table {
			if o := owned[rows.Socket{Conn: table[i].Conn()}.Identity()]; o != nil {
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
			if o := owned[rows.Socket{Conn: table[i].Conn()}.Identity()]; o != nil {
				row := table[i]
				o.Created = row.CreateTime()
				o.ReadModule = func() (tcpmib.OwnerModule, error) { return m.module6(&row) }
			}
		}
	}
	return errors.Join(err4, err6)
}

func readCreatedUDP(m machine, owned map[rows.Identity]*rows.Owned, families tcpmib.Family) error {
	r := udpmib.Reader{Source: m.source()}
	endpoints, err := r.AppendEndpoints(nil, families)
	for _, e := range endpoints {
		if o := owned[rows.OfEndpoint(e).Identity()]; o != nil {
			o.Created = e.Created
		}
	}
	return err
}

// readModules asks for the module of each connection. Many have none: their processes belong to
// another user, or have ended.
func (a *app) readModules(m machine, s *rows.Snapshot, families tcpmib.Family) error {
	defer a.Progress("asking for modules")()
	err := a.readCreated(m, s, families)
	for _, socket := range s.Sockets {
		o := s.Owned[socket.Identity()]
		if o == nil || o.ReadModule == nil || socket.PID == owner.IdlePID {
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

// ownerReader returns a function that reads what is known of the processes. It fails if something is
// not known of one that known looks for, and Windows says why.
func ownerReader(known func(o *rows.Owner) bool) func(a *app, m machine, s *rows.Snapshot, _ tcpmib.Family) error {
	return func(a *app, m machine, s *rows.Snapshot, _ tcpmib.Family) error {
		if s.Owners == nil {
			a.readOwners(m, s)
		}
		missing, first := 0, error(nil)
		for _, pid := range slices.Sorted(maps.Keys(s.Owners)) {
			if o := s.Owners[pid]; o.Err != nil && !known(o) {
				missing++
				first = cmp.Or(first, o.Err)
			}
		}
		if missing == 0 {
			return nil
		}
		return fmt.Errorf("%d of %d processes: %w", missing, len(s.Owners), first)
	}
}

// readOwners asks what is known of the processes.
func (a *app) readOwners(m machine, s *rows.Snapshot) {
	s.Owners = map[uint32]*rows.Owner{}
	var pids []uint32
	for _, socket := range s.Sockets {
		if s.Owners[socket.PID] == nil && socket.PID != owner.IdlePID {
			s.Owners[socket.PID] = &rows.Owner{}
			pids = append(pids, socket.PID)
		}
	}
	defer a.Progress("asking about processes")()
	details, errs := m.details(s.Processes, pids...)
	for _, pid := range pids {
		process, d := s.Processes[pid], details[pid]
		o := s.Owners[pid]
		*o = rows.Owner{Path: d.Path, User: d.User, CommandLine: d.CommandLine, Parent: process.Parent}
		// A process that started later only has the ID of the parent.
		if parent := s.Processes[process.Parent]; parent.PID != owner.IdlePID && !parent.ReusedPID(process.Created) {
			o.ParentProcess = parent.Name
		}
		if len(errs[pid]) > 0 && pid != owner.SystemPID { // the kernel has none of them
			o.Err = errs[pid][0]
		}
	}
}

func (a *app) readServices(m machine, s *rows.Snapshot, _ tcpmib.Family) (err error) {
	if s.Services != nil {
		return nil
	}
	s.Services, err = m.services()
	return err
}
