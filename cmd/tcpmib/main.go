// Command tcpmib shows the TCP connections of a Windows machine as the functions
// of tcpmib.h report them.
package main

import (
	"os"

	"github.com/winmib/winmib/tcpmib/owner"
)

func main() {
	a := app{
		stdout:    os.Stdout,
		stderr:    os.Stderr,
		environ:   os.Environ(),
		processes: owner.Snapshot,
	}
	os.Exit(a.run(os.Args[1:]))
}
