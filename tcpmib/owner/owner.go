// Package owner says who is behind a process ID: the program, the services in
// it, and whether it can be the one that opened a connection.
package owner

import "time"

// The two processes that are not programs, as Windows names them.
const (
	IdlePID   = 0 // "System Idle Process"; as an owner it means nobody, as in TIME-WAIT
	SystemPID = 4 // "System", the kernel; its connections are those of its drivers
)

// Process is one process at the time of a snapshot.
type Process struct {
	PID     uint32
	Name    string    // its program without the folder, such as "svchost.exe"
	Created time.Time // when it started, in UTC; the zero time where that is not known
}

// ReusedPID says whether a connection created at that time belonged to another
// process, which is gone, and p only has its ID: p started after. Where one of
// the times is not known (the zero time) it says false. Windows records both
// with the same clock; one that was set back in between deceives it.
func (p Process) ReusedPID(created time.Time) bool {
	return !created.IsZero() && !p.Created.IsZero() && p.Created.After(created)
}

// Path is the full path of the program of p, such as
// `C:\Windows\System32\svchost.exe`. It asks Windows, each time.
//
// Without elevation the path of most processes of others is a secret: then
// errors.Is(err, fs.ErrPermission) holds. When p has ended, even if another
// process has its ID by now, errors.Is(err, fs.ErrNotExist) holds. The two that
// are no program, PID 0 and PID 4, have no path, and an error.
func (p Process) Path() (string, error) { return p.path() }

// Processes is one snapshot of the processes of this machine, by process ID.
// Windows uses IDs again, so a snapshot ages.
type Processes map[uint32]Process

// Snapshot reads the processes of this machine, all in one call into Windows.
// Needs no elevation. Elsewhere errors.Is(err, errors.ErrUnsupported) holds. The
// two processes that every Windows has are in it even when it fails.
func Snapshot() (Processes, error) {
	p := Processes{}
	err := p.read()
	p.name(IdlePID, "System Idle Process")
	p.name(SystemPID, "System")
	return p, err
}

func (p Processes) name(pid uint32, name string) {
	process := p[pid]
	process.PID, process.Name = pid, name
	p[pid] = process
}

// Services returns the names of the Windows services that run, such as "Dnscache",
// by the ID of the process that they run in; a svchost.exe has one or more. It is
// one call into Windows for all of them. Needs no elevation. Elsewhere
// errors.Is(err, errors.ErrUnsupported) holds.
func Services() (map[uint32][]string, error) { return services() }
