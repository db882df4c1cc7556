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
	Of          Of
	Flag, Usage string // "": the column has none
	missing     string // what to say when the calls fail
	read        func(r *Reader, s *rows.Snapshot, families tcpmib.Family) error
}

// Of says for what calls are made.
type Of uint8

// For what calls are made.
const (
	OfTables  Of = iota // all sockets at once
	OfProcess           // each process
	OfSocket            // each socket
)

// Extras are the columns that need more calls than the tables do.
var Extras = []Extra{
	{"age", OfTables, "", "", "creation times", (*Reader).readCreated},
	{"path", OfProcess, "", "", "paths", ownerReader(func(o *rows.Owner) bool { return o.Path != "" })},
	{"user", OfProcess, "", "", "users", ownerReader(func(o *rows.Owner) bool { return o.User != "" })},
	{"parent", OfProcess, "", "", "parents", ownerReader(func(o *rows.Owner) bool { return o.Parent != 0 })},
	{"parentProcess", OfProcess, "", "", "parents", ownerReader(func(o *rows.Owner) bool { return o.Parent != 0 })}, // it may have ended
	{"commandLine", OfProcess, "", "", "command lines", ownerReader(func(o *rows.Owner) bool { return o.CommandLine != "" })},
	{"created", OfTables, "created", "show when each connection was created", "creation times", (*Reader).readCreated},
	{"module", OfSocket, "module", "show which part of its program opened each connection, such as a service", "modules", (*Reader).ReadModules},
	{"services", OfTables, "services", "show the services that run in the owning process", "services", (*Reader).ReadServices},
	{"remoteName", OfSocket, "resolve", "look up the names of remote addresses, for at most 3 seconds", "names", (*Reader).resolve},
}

// Enrich reads what columns need and the snapshot does not have yet: the columns that the user
// asked for, and those shown by default, for which missing values are not reported.
func (r *Reader) Enrich(s *rows.Snapshot, families tcpmib.Family, asked, shown []rows.Column) {
	if s.Created == nil && r.noModules() == nil && (rows.Has(asked, "module") || rows.Has(shown, "module")) {
		wantModules(s) // creation times are read from the same tables, once
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

// readCreated reads the owner module tables of the protocols of the sockets, once.
func (r *Reader) readCreated(s *rows.Snapshot, families tcpmib.Family) error {
	if s.Created != nil {
		return nil
	}
	s.At, s.Created = r.Now(), &rows.Created{}
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
	// module adds when a connection was created, and returns its module if that will be asked for.
	module := func(c tcpmib.Conn, created time.Time) *rows.Module {
		socket := rows.Socket{Conn: c}
		s.Created.Add(socket, created)
		return s.Modules[socket.Identity()]
	}
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		whole := func() ([]tcpmib.TCPRowOwnerModule, error) {
			return tcpmib.ReadExtendedTcpTable[tcpmib.TCPRowOwnerModule](&r, tcpmib.AllRows, unsorted)
		}
		err4 = eachRow(r.Source, modulesOf(tcpmib.AFInet), tcpmib.DecodeTCPTableOwnerModule, whole, func(row *tcpmib.TCPRowOwnerModule) {
			if o := module(row.Conn(), row.CreateTime()); o != nil {
				row := *row // the table is overwritten by the next one
				o.Read = func() (tcpmib.OwnerModule, error) { return m.Module4(&row) }
			}
		})
	}
	if families&tcpmib.IPv6 != 0 {
		whole := func() ([]tcpmib.TCP6RowOwnerModule, error) {
			return tcpmib.ReadExtendedTcpTable[tcpmib.TCP6RowOwnerModule](&r, tcpmib.AllRows, unsorted)
		}
		err6 = eachRow(r.Source, modulesOf(tcpmib.AFInet6), tcpmib.DecodeTCP6TableOwnerModule, whole, func(row *tcpmib.TCP6RowOwnerModule) {
			if o := module(row.Conn(), row.CreateTime()); o != nil {
				row := *row
				o.Read = func() (tcpmib.OwnerModule, error) { return m.Module6(&row) }
			}
		})
	}
	return errors.Join(err4, err6)
}

func modulesOf(family uint32) tcpmib.Query {
	return tcpmib.Query{Func: "GetExtendedTcpTable", Family: family, Class: uint32(tcpmib.TCPTableOwnerModuleAll)}
}

func readCreatedUDP(m Machine, s *rows.Snapshot, families tcpmib.Family) error {
	r := udpmib.Reader{Source: m.Source()}
	add := func(e udpmib.Endpoint) { s.Created.Add(rows.OfEndpoint(e), e.Created) }
	whole := func(family tcpmib.Family) error {
		endpoints, err := r.AppendEndpoints(nil, family)
		for _, e := range endpoints {
			add(e)
		}
		return err
	}
	var err4, err6 error
	if families&tcpmib.IPv4 != 0 {
		var done bool
		done, err4 = eachInPieces(r.Source, endpointsOf(tcpmib.AFInet), udpmib.DecodeUDPTableOwnerModule, func(row *udpmib.UDPRowOwnerModule) {
			add(udpmib.Endpoint{Local: row.Local(), PID: row.OwningPid, Created: row.CreateTime()})
		})
		if !done {
			err4 = whole(tcpmib.IPv4)
		}
	}
	if families&tcpmib.IPv6 != 0 {
		var done bool
		done, err6 = eachInPieces(r.Source, endpointsOf(tcpmib.AFInet6), udpmib.DecodeUDP6TableOwnerModule, func(row *udpmib.UDP6RowOwnerModule) {
			add(udpmib.Endpoint{Local: row.Local(), PID: row.OwningPid, Created: row.CreateTime()})
		})
		if !done {
			err6 = whole(tcpmib.IPv6)
		}
	}
	return errors.Join(err4, err6)
}

func endpointsOf(family uint32) tcpmib.Query {
	return tcpmib.Query{Func: "GetExtendedUdpTable", Family: family, Class: uint32(udpmib.UDPTableClassOwnerModule)}
}

// noModules returns an error if the machine has no modules to ask for. To ask a capture for those
// of a million rows would take the memory of all of them.
func (r *Reader) noModules() error {
	if c, ok := r.Machine.(*Captured); ok {
		return c.missing()
	}
	return nil
}

// wantModules makes readCreated keep the rows that ask for the modules of the sockets.
func wantModules(s *rows.Snapshot) {
	s.Modules = make(map[rows.Identity]*rows.Module, len(s.Sockets))
	for i := range s.Sockets {
		s.Modules[s.Sockets[i].Identity()] = &rows.Module{}
	}
}

// ReadModules asks for the module of each connection. Many have none: their processes belong to
// another user, or have ended.
func (r *Reader) ReadModules(s *rows.Snapshot, families tcpmib.Family) error {
	defer r.Terminal.Progress("asking for modules")()
	if err := r.noModules(); err != nil {
		return err
	}
	if s.Modules == nil {
		wantModules(s)
		s.Created = nil // which were read without the rows that ask
	}
	err := r.readCreated(s, families)
	for _, socket := range s.Sockets {
		m := s.Modules[socket.Identity()]
		if m == nil || m.Read == nil || socket.PID == owner.IdlePID {
			continue
		}
		module, err := m.Read()
		m.Read = nil // once is enough
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
