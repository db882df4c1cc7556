// Command tcpmib shows the TCP connections and UDP sockets of a Windows machine as the functions of
// tcpmib.h and udpmib.h report them.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
)

//go:generate go tool -modfile=../../.github/tools/go.mod go-winres make --arch amd64,386,arm64

func main() {
	// A write to a closed pipe should return an error, not kill the program.
	signal.Ignore(syscall.SIGPIPE)
	limitMemory()
	cobra.MousetrapHelpText = mousetrapText(os.Args[1:])
	os.Exit(newApp().run(os.Args[1:]))
}

// mousetrapText returns what cobra prints if Explorer started the program. It lists all processes
// to find out, which takes longer than a small command, and Explorer gives no arguments.
func mousetrapText(args []string) string {
	if len(args) > 0 {
		return ""
	}
	return cobra.MousetrapHelpText
}

// memoryLimit is the memory from which garbage is collected at once, rather than when there is as
// much of it as of all the rest. A million connections need less in most commands; more is taken
// where it is needed.
const memoryLimit = 500 << 20

// limitMemory sets the limit, unless whoever runs the program has set one.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// newApp returns the program as it runs outside of tests.
func newApp() *app {
	return &app{
		Terminal: cli.Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()},
		live:     machine.Live{},
		lookup:   machine.LookupAddr,
		untilInterrupt: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(ctx, os.Interrupt)
		},
	}
}
