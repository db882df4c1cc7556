package owner_test

import (
	"fmt"
	"time"

	"github.com/winmib/winmib/tcpmib/owner"
)

func ExampleSnapshot() {
	processes, err := owner.Snapshot()
	if err != nil {
		fmt.Println(err)
	}
	services, err := owner.Services()
	if err != nil {
		fmt.Println(err)
	}
	for pid, process := range processes {
		path, err := process.Path()
		fmt.Println(pid, process.Name, services[pid], path, err)
	}
}

// A connection that is older than the process with its PID belonged to another.
func ExampleProcess_ReusedPID() {
	process := owner.Process{PID: 1234, Name: "notepad.exe", Created: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)}
	fmt.Println(process.ReusedPID(time.Date(2026, 1, 2, 11, 59, 59, 0, time.UTC)))
	fmt.Println(process.ReusedPID(time.Date(2026, 1, 2, 12, 0, 1, 0, time.UTC)))
	// Output:
	// true
	// false
}
