// Package portview writes verdicts about ports, for people and as JSON.
package portview

import (
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Report is the verdicts about some ports, and what is known about the owners of their sockets.
type Report struct {
	Verdicts  []portcheck.Verdict
	At        time.Time // when the tables were read
	Processes owner.Processes
	Services  map[uint32][]string      // by process ID
	Details   map[uint32]owner.Details // by process ID
	Denied    map[uint32]bool          // by process ID: Windows does not let this user see all of it
	Elevated  bool                     // this user is an administrator
}

// process returns the owner of a socket, if its process is known and still the one.
func (r *Report) process(h portcheck.Holder) (owner.Process, bool) {
	if h.Process == "" {
		return owner.Process{}, false
	}
	return r.Processes[h.PID], true
}

// parent returns the parent of a process, if it is known. A process that started later only has its
// ID.
func (r *Report) parent(p owner.Process) (owner.Process, bool) {
	parent, ok := r.Processes[p.Parent]
	if !ok || p.Parent == owner.IdlePID || parent.ReusedPID(p.Created) {
		return owner.Process{}, false
	}
	return parent, true
}
