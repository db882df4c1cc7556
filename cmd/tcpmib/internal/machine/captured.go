package machine

import (
	"errors"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// Captured is a machine as a capture recorded it.
type Captured struct {
	*capture.Capture
	File string
}

// Source returns the recorded answers.
func (m *Captured) Source() tcpmib.Source { return m.Capture }

// Now returns when the capture was made.
func (m *Captured) Now() time.Time { return m.Info().Time }

// Processes returns what is recorded of processes.
func (m *Captured) Processes() (owner.Processes, error) {
	info, processes := m.Info(), owner.Processes{}
	for pid, name := range info.Processes {
		o := info.Owners[pid]
		processes[pid] = owner.Process{PID: pid, Name: name, Parent: o.Parent, Created: o.Created}
	}
	return processes, nil
}

// Services returns the recorded services, by process ID.
func (m *Captured) Services() (map[uint32][]string, error) {
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

// Elevated returns a NotCapturedError.
func (m *Captured) Elevated() (bool, error) { return false, m.missing() }

// Details returns what is recorded of processes. Why something is not recorded is not known.
func (m *Captured) Details(_ owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
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

// Module4 returns a NotCapturedError.
func (m *Captured) Module4(*tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.OwnerModule{}, m.missing()
}

// Module6 returns a NotCapturedError.
func (m *Captured) Module6(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.OwnerModule{}, m.missing()
}

// Close returns an error.
func (m *Captured) Close(tcpmib.Conn) error {
	return errors.New("connections in a capture cannot be closed")
}

// EStats returns functions that return a NotCapturedError.
func (m *Captured) EStats() EStats {
	return EStats{
		Data:    func(tcpmib.Conn) (tcpestats.Data, error) { return tcpestats.Data{}, m.missing() },
		Path:    func(tcpmib.Conn) (tcpestats.Path, error) { return tcpestats.Path{}, m.missing() },
		SetData: func(tcpmib.Conn, tcpestats.Data) error { return m.missing() },
		SetPath: func(tcpmib.Conn, tcpestats.Path) error { return m.missing() },
	}
}

// Reserved returns a NotCapturedError.
func (m *Captured) Reserved(rows.Protocol, uint16) (bool, error) { return false, m.missing() }

// Bind returns a NotCapturedError.
func (m *Captured) Bind(rows.Protocol, tcpmib.Family, uint16) (uint32, error) {
	return 0, m.missing()
}

func (m *Captured) missing() error { return &NotCapturedError{m.File} }

// NotCapturedError is the error for what a capture does not record.
type NotCapturedError struct{ File string }

func (e *NotCapturedError) Error() string {
	return e.File + " does not record them"
}

// IsNotCaptured reports whether err is about something that a capture does not record.
func IsNotCaptured(err error) bool {
	missing := (*NotCapturedError)(nil)
	return errors.As(err, &missing)
}
