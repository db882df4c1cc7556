package owner_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// One snapshot of the processes names the owners of all connections.
func Example() {
	conns, err := tcpmib.Conns(tcpmib.Both)
	if err != nil {
		fmt.Println(err)
	}
	processes, err := owner.Snapshot()
	if err != nil {
		fmt.Println(err)
	}
	services, err := owner.Services()
	if err != nil {
		fmt.Println(err)
	}
	for _, c := range conns {
		fmt.Println(c.Local, c.Remote, c.State, processes.Name(c.PID), services[c.PID])
	}
}

func ExampleSnapshot() {
	processes, err := owner.Snapshot()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) { // other systems have only these two
		fmt.Println(err)
	}
	fmt.Println(processes.Name(owner.SystemPID))
	fmt.Println(processes.Name(owner.IdlePID))
	// Output:
	// System
	// System Idle Process
}

// A connection that is older than the process with its PID belonged to another.
func ExampleProcess_ReusedPID() {
	p := owner.Process{PID: 4711, Name: "notepad.exe", Created: time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)}
	fmt.Println(p.ReusedPID(time.Date(2026, 1, 2, 14, 0, 0, 0, time.UTC)))
	fmt.Println(p.ReusedPID(time.Date(2026, 1, 2, 16, 0, 0, 0, time.UTC)))
	// Output:
	// true
	// false
}
