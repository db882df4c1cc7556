// Command tcpmib shows the TCP connections of a Windows machine as the functions
// of tcpmib.h report them.
package main

import (
	"context"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

//go:generate go tool -modfile=../../tools/go.mod go-winres make --arch amd64,386,arm64

func main() {
	// A write to a closed pipe is to return an error, not to kill.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(newApp().run(os.Args[1:]))
}

// newApp is the program in the real world.
func newApp() *app {
	return &app{
		stdin:       os.Stdin,
		stdout:      os.Stdout,
		stderr:      os.Stderr,
		environ:     os.Environ(),
		processes:   owner.Snapshot,
		services:    owner.Services,
		path:        owner.Process.Path,
		module4:     tcpmib.GetOwnerModuleFromTcpEntry,
		module6:     tcpmib.GetOwnerModuleFromTcp6Entry,
		closeConn:   tcpmib.Close,
		estatsCalls: windowsEstats,
		lookup:      net.DefaultResolver.LookupAddr,
		untilInterrupt: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(ctx, os.Interrupt)
		},
	}
}
