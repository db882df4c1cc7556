package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// app is what the commands need of the world around them.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	source         tcpmib.Source // nil: this machine
	processes      func() (owner.Processes, error)
	lookup         func(ctx context.Context, addr string) (names []string, err error)
	services       func() (map[uint32][]string, error)
	module4        func(*tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error)
	module6        func(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error)
	closeConn      func(tcpmib.Conn) error
	estatsCalls    estatsCalls
	path           func(owner.Process) (string, error)
	untilInterrupt func(context.Context) (context.Context, context.CancelFunc)

	color string // --color
	from  string // --from
}

// Exit codes.
const (
	exitOK      = 0
	exitNothing = 1 // nothing matched, or a layout that differs
	exitUsage   = 2
	exitFailure = 3 // the system or a file failed
)

// Errors that there is nothing more to say of.
var (
	errNothing = errors.New("nothing matched") // ends a command that worked and found nothing
	errSaid    = errors.New("failed")          // ends a command that went on after a failure, and said it then
)

// failure is an error of the system or of a file. Every other error of a command
// is one of usage.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// run is the program: it returns the exit code.
func (a *app) run(args []string) int {
	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteC()
	switch f := (failure{}); {
	case err == nil, closedPipe(err):
		return exitOK
	case errors.Is(err, errNothing):
		return exitNothing
	case errors.Is(err, errSaid):
		return exitFailure
	case errors.As(err, &f):
		fmt.Fprintln(a.stderr, "tcpmib:", a.advise(f.error))
		return exitFailure
	default:
		if cmd.Name() == "help" {
			cmd = root // its help lists the commands
		}
		fmt.Fprintf(a.stderr, "tcpmib: %v (see %s --help)\n", err, cmd.CommandPath())
		return exitUsage
	}
}

// advise turns an error into the sentence that a person can act on.
func (a *app) advise(err error) string {
	if a.notWindows(err) {
		return fmt.Sprintf("the TCP tables are read from Windows, and this is %s: "+
			"run tcpmib.exe on Windows, or under Wine with ./build.sh run, or read a capture with --from", runtime.GOOS)
	}
	return trimPackage(err)
}

// notWindows reports whether err is that of asking another system than Windows.
func (a *app) notWindows(err error) bool {
	return a.source == nil && runtime.GOOS != "windows" && errors.Is(err, errors.ErrUnsupported)
}

// trimPackage makes one line of an error and leaves out the package names that a
// reader of the command's output has no use for.
func trimPackage(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		for _, name := range []string{"tcpmib: ", "owner: ", "capture: "} {
			line = strings.TrimPrefix(line, name)
		}
		lines[i] = line
	}
	return strings.Join(lines, "; ")
}

func (a *app) rootCommand() *cobra.Command {
	list := a.listCommand()
	root := &cobra.Command{
		Use:   "tcpmib",
		Short: "TCP connections as tcpmib.h reports them",
		Long: "tcpmib shows the TCP connections of a Windows machine, read with GetTcpTable2 and\n" +
			"GetTcp6Table2. Without a command it lists them.\n\n" +
			"Data goes to stdout, everything else to stderr.\n" +
			"Exit codes: 0 found, 1 nothing matched, 2 usage, 3 the system or a file failed.",
		Example:           list.Example,
		Args:              noCommand,
		RunE:              list.RunE,
		PersistentPreRunE: a.openFrom,
		SilenceErrors:     true,
		SilenceUsage:      true,
	}
	list.Flags().SortFlags = false // as they are declared, in the help of root, too
	root.Flags().AddFlagSet(list.Flags())
	a.color = colorAuto
	root.PersistentFlags().Var(oneOf{&a.color, colorModes}, "color",
		"`when` to colour: auto (on a terminal, unless NO_COLOR is set), always or never")
	complete(root, "color", colorModes)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(list, a.watchCommand(), a.summaryCommand(), a.statsCommand(), a.closeCommand(), a.estatsCommand(), a.captureCommand(), a.layoutCommand(), a.completionCommand(), a.versionCommand())
	for _, cmd := range append(root.Commands(), root) {
		cmd.Flags().SortFlags = false // as they are declared: filters first
	}
	root.SuggestionsMinimumDistance = 2
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"})
	help.Args = helpTopic
	return root
}

// helpTopic rejects the help of what is no command. Cobra's own help of it is that
// of root, without an error.
func helpTopic(cmd *cobra.Command, args []string) error {
	topic, rest, err := cmd.Root().Find(args)
	if err == nil && topic == cmd.Root() {
		return noCommand(topic, rest)
	}
	return err
}

// noCommand rejects what is no command, and says which was perhaps meant.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("there is no command %q: did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return fmt.Errorf("there is no command %q", args[0])
}

// flagError names the flag, the value and what would be right.
func flagError(_ *cobra.Command, err error) error {
	if invalid := (*pflag.InvalidValueError)(nil); errors.As(err, &invalid) {
		return fmt.Errorf("--%s %q: %w", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())
	}
	return err
}
