// Package owner finds the process that owns a socket or is at the other end of a connection, and
// what is behind a process ID: the program, its parent, user, command line and services, and
// whether it can be the one that opened a connection.
//
// Names and command lines are valid UTF-8: UTF-16 that is not valid has U+FFFD in its place.
package owner

import (
	"fmt"
	"io/fs"
	"time"
)

// The two processes that are not programs, as Windows names them.
const (
	IdlePID   = 0 // "System Idle Process"; as an owner it means none, as in TIME-WAIT
	SystemPID = 4 // "System", the kernel; its connections are those of its drivers
)

// Process is one process at the time of a snapshot.
type Process struct {
	PID     uint32
	Parent  uint32    // the process that created it, which may have ended: its PID may be another process's by now
	Name    string    // its program without the folder, such as "svchost.exe"
	Created time.Time // when it started, in UTC; the zero time where that is not known
}

// ReusedPID reports whether a connection created at that time belonged to another process, which has
// ended, and whose ID p has now: p started later. If one of the times is not known (the zero
// time) it returns false. Windows records both with the same clock; one that was set back in
// between defeats it.
func (p Process) ReusedPID(created time.Time) bool {
	return !created.IsZero() && !p.Created.IsZero() && p.Created.After(created)
}

// Path returns the full path of the program of p, such as `C:\Windows\System32\svchost.exe`. It
// asks Windows each time.
//
// Without elevation Windows refuses to answer for most processes of other users: the error is
// fs.ErrPermission. An elevated program that is refused enables SeDebugPrivilege in its own token,
// which stays enabled, and asks again; some processes stay closed to administrators too. When p has
// ended, even if another process has its ID by now, the error is fs.ErrNotExist. PID 0 and PID 4,
// which are not programs, have no path, and an error.
func (p Process) Path() (string, error) { return p.path() }

// CommandLine returns the command line of p as its program sees it, which it can change. It asks
// Windows each time. Errors are those of Path.
func (p Process) CommandLine() (string, error) { return p.commandLine() }

// User returns the account that p runs as, such as `NT AUTHORITY\SYSTEM`, or its SID where the
// account has no name. It asks Windows each time, which may ask a domain controller. Errors are
// those of Path.
func (p Process) User() (string, error) { return p.user(users{}) }

// Processes is one snapshot of the processes of this machine, by process ID. Windows reuses IDs, so
// an old snapshot may name the wrong process.
type Processes map[uint32]Process

// Snapshot reads the processes of this machine, all in one call into Windows. Needs no elevation.
// Elsewhere it returns errors.ErrUnsupported. The two processes that every Windows has are in it even
// when it fails.
func Snapshot() (Processes, error) {
	p := Processes{}
	err := p.read()
	p.name(IdlePID, "System Idle Process")
	p.name(SystemPID, "System")
	return p, err
}

// Name returns the name of a process, or "" if it is not in the snapshot.
func (p Processes) Name(pid uint32) string { return p[pid].Name }

// Path is Process.Path of a process of the snapshot. It returns fs.ErrNotExist if pid is not one of
// them.
func (p Processes) Path(pid uint32) (string, error) {
	process, ok := p[pid]
	if !ok {
		return "", errNotHere(pid)
	}
	return process.Path()
}

// Details is what Windows knows about a process beyond the snapshot.
type Details struct {
	Path        string // as of Process.Path; "" where it is not known
	CommandLine string // as of Process.CommandLine; "" where it is not known
	User        string // as of Process.User; "" where it is not known
}

// Details returns the details of some processes of the snapshot, by process ID, and for each process
// with details that could not be read the errors that say why. It asks about each account only once.
func (p Processes) Details(pids ...uint32) (map[uint32]Details, map[uint32][]error) {
	details, errs := map[uint32]Details{}, map[uint32][]error{}
	known := users{}
	for _, pid := range pids {
		process, ok := p[pid]
		if !ok {
			errs[pid] = []error{errNotHere(pid)}
			continue
		}
		path, errPath := process.path()
		commandLine, errCommandLine := process.commandLine()
		user, errUser := process.user(known)
		details[pid] = Details{path, commandLine, user}
		for _, err := range []error{errPath, errCommandLine, errUser} {
			if err != nil {
				errs[pid] = append(errs[pid], err)
			}
		}
	}
	return details, errs
}

// Elevated reports whether this program runs elevated, that is, as administrator. If it does,
// elevation does not help where Windows still refuses. It is false on other systems.
func Elevated() bool { return elevated() }

// users are the names of accounts by their SID, as far as they were asked for.
type users map[string]string

func errNotHere(pid uint32) error {
	return fmt.Errorf("owner: process %d is not in the snapshot: %w", pid, fs.ErrNotExist)
}

func (p Processes) name(pid uint32, name string) {
	process := p[pid]
	process.PID, process.Name = pid, name
	p[pid] = process
}

// Services returns the names of the running Windows services, such as "Dnscache", by the ID of the
// process that they run in; a svchost.exe has one or more. It is one call into Windows for all of
// them. Needs no elevation. Elsewhere it returns errors.ErrUnsupported.
func Services() (map[uint32][]string, error) { return services() }
