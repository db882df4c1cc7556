package main

import (
	"errors"
	"io/fs"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/tcpestats"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// machine is what the commands ask: this computer, or a capture of one.
type machine interface {
	source() tcpmib.Source
	processes() (owner.Processes, error)
	services() (map[uint32][]string, error)
	path(owner.Process) (string, error)
	details(p owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error)
	module4(*tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error)
	module6(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error)
	close(tcpmib.Conn) error
	estats() estatsCalls
	now() time.Time // when the tables are read, or were
	// reserved reports whether there is a persistent reservation of exactly this port.
	reserved(rows.Protocol, uint16) (bool, error)
	// bind binds a port on all addresses of a family, exclusively, and lets go of it. It returns the
	// code of Winsock, or an error if it could not try.
	bind(rows.Protocol, tcpmib.Family, uint16) (code uint32, err error)
}

// estatsCalls are the functions of tcpestats.h that the commands call.
type estatsCalls struct {
	data    func(tcpmib.Conn) (tcpestats.Data, error)
	path    func(tcpmib.Conn) (tcpestats.Path, error)
	setData func(tcpmib.Conn, tcpestats.Data) error
	setPath func(tcpmib.Conn, tcpestats.Path) error
}

// liveMachine is this computer.
type liveMachine struct{}

func (liveMachine) source() tcpmib.Source                  { return nil } // what a Reader asks by default
func (liveMachine) processes() (owner.Processes, error)    { return owner.Snapshot() }
func (liveMachine) services() (map[uint32][]string, error) { return owner.Services() }
func (liveMachine) path(p owner.Process) (string, error)   { return p.Path() }
func (liveMachine) close(c tcpmib.Conn) error              { return tcpmib.Close(c) }
func (liveMachine) now() time.Time                         { return time.Now() }

func (liveMachine) details(p owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	return p.Details(pids...)
}

func (liveMachine) module4(r *tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.GetOwnerModuleFromTcpEntry(r)
}

func (liveMachine) module6(r *tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.GetOwnerModuleFromTcp6Entry(r)
}

func (liveMachine) estats() estatsCalls {
	return estatsCalls{
		data:    tcpestats.Get[tcpestats.Data],
		path:    tcpestats.Get[tcpestats.Path],
		setData: tcpestats.Set[tcpestats.Data],
		setPath: tcpestats.Set[tcpestats.Path],
	}
}

func (liveMachine) reserved(p rows.Protocol, port uint16) (bool, error) {
	lookup := tcpmib.LookupPersistentTcpPortReservation
	if p == rows.UDP {
		lookup = udpmib.LookupPersistentUdpPortReservation
	}
	_, err := lookup(port, 1)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (liveMachine) bind(p rows.Protocol, family tcpmib.Family, port uint16) (code uint32, err error) {
	return bindPort(p, family, port)
}

// capturedMachine is a capture. What it does not hold, only the machine itself knows.
type capturedMachine struct {
	*capture.Capture
	file string
}

func openCaptured(file string) (*capturedMachine, error) {
	c, err := capture.Open(file)
	if err != nil {
		return nil, err
	}
	return &capturedMachine{c, file}, nil
}

func (m *capturedMachine) source() tcpmib.Source { return m.Capture }

// processes returns what is recorded of processes.
func (m *capturedMachine) processes() (owner.Processes, error) {
	info, processes := m.Info(), owner.Processes{}
	for pid, name := range info.Processes {
		o := info.Owners[pid]
		processes[pid] = owner.Process{PID: pid, Name: name, Parent: o.Parent, Created: o.Created}
	}
	return processes, nil
}

func (m *capturedMachine) services() (map[uint32][]string, error) {
	owners := m.Info().Owners
	if len(owners) == 0 {
		return nil, m.missing()
	}
	services := map[uint32][]string{}
	for pid, o := range owners {
		if len(o.Services) > 0 {
			services[pid] = o.Services
		}
	}
	return services, nil
}

func (m *capturedMachine) path(p owner.Process) (string, error) {
	if path := m.Info().Owners[p.PID].Path; path != "" {
		return path, nil
	}
	return "", m.missing()
}

// details returns what is recorded of processes. Why something is not recorded is not known.
func (m *capturedMachine) details(_ owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	owners := m.Info().Owners
	details, errs := map[uint32]owner.Details{}, map[uint32][]error{}
	for _, pid := range pids {
		o, ok := owners[pid]
		if !ok {
			errs[pid] = []error{m.missing()}
			continue
		}
		details[pid] = owner.Details{Path: o.Path, CommandLine: o.CommandLine, User: o.User}
	}
	return details, errs
}

func (m *capturedMachine) module4(*tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.OwnerModule{}, m.missing()
}

func (m *capturedMachine) module6(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.OwnerModule{}, m.missing()
}

func (m *capturedMachine) close(tcpmib.Conn) error {
	return errors.New("connections in a capture cannot be closed")
}

func (m *capturedMachine) now() time.Time { return m.Info().Time }

func (m *capturedMachine) reserved(rows.Protocol, uint16) (bool, error) {
	return false, m.missing()
}

func (m *capturedMachine) bind(rows.Protocol, tcpmib.Family, uint16) (uint32, error) {
	return 0, m.missing()
}

func (m *capturedMachine) estats() estatsCalls {
	return estatsCalls{
		data:    func(tcpmib.Conn) (tcpestats.Data, error) { return tcpestats.Data{}, m.missing() },
		path:    func(tcpmib.Conn) (tcpestats.Path, error) { return tcpestats.Path{}, m.missing() },
		setData: func(tcpmib.Conn, tcpestats.Data) error { return m.missing() },
		setPath: func(tcpmib.Conn, tcpestats.Path) error { return m.missing() },
	}
}

func (m *capturedMachine) missing() error { return &notCapturedError{m.file} }

// notCapturedError is the error for what a capture does not contain.
type notCapturedError struct{ file string }

func (e *notCapturedError) Error() string {
	return e.file + " does not contain them: only the machine itself knows"
}
