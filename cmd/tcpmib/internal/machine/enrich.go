package machine

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// An Extra is a column that needs more calls than the tables do.
type Extra struct {
	Column      string
	Flag, Usage string // "": the column has none
	missing     string // what to say when the calls fail
	read        func(r *Reader, s *rows.Snapshot, families tcpmib.Family) error
}

// Extras are the columns that need more calls than the tables do.
var Extras = []Extra{
	{"age", "", "", "creation times", (*Reader).readCreated},
	{"path", "", "", "paths", ownerReader(func(o *rows.Owner) bool { return o.Path != "" })},
	{"user", "", "", "users", ownerReader(func(o *rows.Owner) bool { return o.User != "" })},
	{"parent", "", "", "parents", ownerReader(func(o *rows.Owner) bool { return o.Parent != 0 })},
	{"parentProcess", "", "", "parents", ownerReader(func(o *rows.Owner) bool { return o.Parent != 0 })}, // it may have ended
	{"commandLine", "", "", "command lines", ownerReader(func(o *rows.Owner) bool { return o.CommandLine != "" })},
	{"created", "created", "show when each connection was created", "creation times", (*Reader).readCreated},
	{"module", "module", "show which part of its program opened each connection, such as a service", "modules", (*Reader).ReadModules},
	{"services", "services", "show the services that run in the owning process", "services", (*Reader).ReadServices},
	{"remoteName", "resolve", "look up the names of remote addresses, for at most 3 seconds", "names", (*Reader).resolve},
}

// Enrich reads what columns need and the snapshot does not have yet: the columns that the user
// asked for, and those shown by default, for which missing values are not reported.
func (r *Reader) Enrich(s *rows.Snapshot, families tcpmib.Family, asked, shown []rows.Column) {
	if s.Created == nil && (rows.Has(asked, "module") || rows.Has(shown, "module")) {
		s.Modules = map[rows.Identity]*rows.Module{} // creation times are read from the same tables, once
	}
	for _, e := range Extras {
		if !rows.Has(asked, e.Column) && !rows.Has(shown, e.Column) {
			continue
		}
		if err := e.read(r, s, families); err != nil && rows.Has(asked, e.Column) {
			r.Terminal.Say("%s are missing: %s", e.missing, Advise(err))
		}
	}
}

// readCreated reads the owner module tables, once, and keeps what belongs to the sockets.
func (r *Reader) readCreated(s *rows.Snapshot, families tcpmib.Family) error {
	if s.Created != nil {
		return nil
	}
	s.At, s.Created = r.Now(), rows.NewCreated(s.Sockets)
	tcp, udp := false, false
	for i := range s.Sockets {
		protocol := s.Sockets[i].Protocol
		tcp, udp = tcp || protocol == rows.TCP, udp || protocol == rows.UDP
	}
	var errTCP, errUDP error
	if tcp {
		errTCP = readCreatedTCP(r, s, families)
	}
	if udp {
		errUDP = readCreatedUDP(r, s, families)
	}
	return errors.Join(errTCP, errUDP)
}

func readCreatedTCP(m Machine, s *rows.Snapshot, families tcpmib.Family) error {
	r := tcpmib.Reader{Source: m.Source()}
	// module notes when a connection was created, and returns its module if that will be asked for.
	module := func(c tcpmib.Conn, created time.Time) *rows.Module {
		socket := rows.Socket{Conn: c}
		if !s.Created.Set(socket, created) || s.Modules == nil {
			return nil
		}
		module := &rows.Module{}
		s.Modules[socket.Identity()] = module
		return module
	}
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		var table []tcpmib.TCPRowOwnerModule
		table, err4 = tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, false)
		for i := range table {
			if o := module(table[i].Conn(), table[i].CreateTime()); o != nil {
				row := table[i] // the table is overwritten by the next one
				o.Read = func() (tcpmib.OwnerModule, error) { return m.Module4(&row) }
			}
		}
	}
	if families&tcpmib.IPv6 != 0 {
		var table []tcpmib.TCP6RowOwnerModule
		table, err6 = tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerModule](&r, tcpmib.AllRows, false)
		for i := range table {
			if o := module(table[i].Conn(), table[i].CreateTime()); o != nil {
				row := table[i]
				o.Read = func() (tcpmib.OwnerModule, error) { return m.Module6(&row) }
			}
		}
	}
	return errors.Join(err4, err6)
}

func readCreatedUDP(m Machine, s *rows.Snapshot, families tcpmib.Family) error {
	r := udpmib.Reader{Source: m.Source()}
	endpoints, err := r.AppendEndpoints(nil, families)
	for _, e := range endpoints {
		s.Created.Set(rows.OfEndpoint(e), e.Created)
	}
	return err
}

// ReadModules asks for the module of each connection. Many have none: their processes belong to
// another user, or have ended.
func (r *Reader) ReadModules(s *rows.Snapshot, families tcpmib.Family) error {
	defer r.Terminal.Progress("asking for modules")()
	if s.Modules == nil {
		s.Modules, s.Created = map[rows.Identity]*rows.Module{}, nil // which were read without the rows that ask
	}
	err := r.readCreated(s, families)
	for _, socket := range s.Sockets {
		m := s.Modules[socket.Identity()]
		if m == nil || m.Read == nil || socket.PID == owner.IdlePID {
			continue
		}
		module, err := m.Read()
		m.Read = nil // once is enough
		if IsNotCaptured(err) {
			return err
		}
		if err == nil {
			m.Name = module.Name
		}
	}
	return err
}

// ownerReader returns a function that reads what is known of the processes. It fails if something
// is not known of one that known looks for, and Windows says why.
func ownerReader(known func(o *rows.Owner) bool) func(r *Reader, s *rows.Snapshot, _ tcpmib.Family) error {
	return func(r *Reader, s *rows.Snapshot, _ tcpmib.Family) error {
		if s.Owners == nil {
			r.ReadOwners(s)
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

// ReadOwners asks what is known of the processes.
func (r *Reader) ReadOwners(s *rows.Snapshot) {
	s.Owners = map[uint32]*rows.Owner{}
	var pids []uint32
	for _, socket := range s.Sockets {
		if s.Owners[socket.PID] == nil && socket.PID != owner.IdlePID {
			s.Owners[socket.PID] = &rows.Owner{}
			pids = append(pids, socket.PID)
		}
	}
	defer r.Terminal.Progress("asking about processes")()
	details, errs := r.Details(s.Processes, pids...)
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

// ReadServices reads the services of the processes, once.
func (r *Reader) ReadServices(s *rows.Snapshot, _ tcpmib.Family) (err error) {
	if s.Services != nil {
		return nil
	}
	s.Services, err = r.Services()
	return err
}
