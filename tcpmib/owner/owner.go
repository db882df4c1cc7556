// Package owner says who is behind a process ID.
package owner

// The two processes that are not programs, as Windows names them.
const (
	IdlePID   = 0 // "System Idle Process"; as an owner it means nobody, as in TIME-WAIT
	SystemPID = 4 // "System", the kernel; its connections are those of its drivers
)

// Processes is one snapshot of the processes of this machine: their image names
// by process ID. Windows uses IDs again, so a snapshot ages.
type Processes map[uint32]string

// Snapshot reads the processes of this machine, all in one call into Windows.
// Elsewhere errors.Is(err, errors.ErrUnsupported) holds. The two processes that
// every Windows has are in it even when it fails.
func Snapshot() (Processes, error) {
	p := Processes{}
	err := p.read()
	p[IdlePID] = "System Idle Process"
	p[SystemPID] = "System"
	return p, err
}
