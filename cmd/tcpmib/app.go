package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// app is what a command needs of the world around it.
type app struct {
	stdout, stderr io.Writer
	environ        []string
	source         tcpmib.Source // nil: this machine
	processes      func() (owner.Processes, error)
}

// Exit codes.
const (
	exitOK      = 0
	exitNothing = 1 // nothing matched, or a layout that differs
	exitUsage   = 2
	exitFailure = 3 // the system or a file failed
)

// errNothing ends a command that worked and found nothing.
var errNothing = errors.New("nothing matched")

// failure is an error of the system or of a file. Every other error of a command
// is one of usage.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// run is the program: it returns the exit code.
func (a app) run(args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.Execute()
	switch f := (failure{}); {
	case err == nil:
		return exitOK
	case errors.Is(err, errNothing):
		return exitNothing
	case errors.As(err, &f):
		fmt.Fprintln(a.stderr, "tcpmib:", advise(f.error))
		return exitFailure
	default:
		fmt.Fprintf(a.stderr, "tcpmib: %v (see tcpmib --help)\n", err)
		return exitUsage
	}
}

// advise turns an error into the sentence that a person can act on.
func advise(err error) string {
	if errors.Is(err, errors.ErrUnsupported) && runtime.GOOS != "windows" {
		return fmt.Sprintf("the TCP tables are read from Windows, and this is %s: "+
			"run tcpmib.exe on Windows, or under Wine with ./build.sh run", runtime.GOOS)
	}
	return trimPackage(err)
}

func (a app) rootCommand() *cobra.Command {
	list := a.listCommand()
	root := &cobra.Command{
		Use:   "tcpmib",
		Short: "TCP connections as tcpmib.h reports them",
		Long: "tcpmib shows the TCP connections of a Windows machine, read with GetTcpTable2 and\n" +
			"GetTcp6Table2. Without a command it lists them.\n\n" +
			"Exit codes: 0 found, 1 nothing matched, 2 usage, 3 the system or a file failed.",
		Args:          cobra.NoArgs,
		RunE:          list.RunE,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.Flags().AddFlagSet(list.Flags())
	root.AddCommand(list, a.layoutCommand(), a.versionCommand())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}
