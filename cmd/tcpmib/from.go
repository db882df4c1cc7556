package main

import (
	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// addFrom declares --from, which puts a capture in the place of this machine.
func (a *app) addFrom(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.from, "from", "", "read the capture in `file` (see tcpmib capture), not this machine")
	if err := cmd.MarkFlagFilename("from", "zip"); err != nil {
		panic(err) // it is declared above
	}
}

// openFrom makes the capture that --from names the source of the command.
func (a *app) openFrom(*cobra.Command, []string) error {
	if a.from == "" {
		return nil
	}
	defer a.progress("reading " + a.from)()
	c, err := capture.Open(a.from)
	if err != nil {
		return failure{err}
	}
	a.source = c
	a.processes = func() (owner.Processes, error) { return capturedProcesses(c), nil }
	return nil
}

// capturedProcesses is what is recorded of the processes: their names.
func capturedProcesses(c *capture.Capture) owner.Processes {
	processes := owner.Processes{}
	for pid, name := range c.Info().Processes {
		processes[pid] = owner.Process{PID: pid, Name: name}
	}
	return processes
}
