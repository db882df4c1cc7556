package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// app is the world around the commands.
type app struct {
	cli.Terminal
	live           machine.Machine // this computer
	stdinRead      bool
	maxRows        int // --max-rows
	lookup         func(ctx context.Context, addr string) (names []string, err error)
	untilInterrupt func(context.Context) (context.Context, context.CancelFunc)
}

// run runs the program and returns its exit code.
func (a *app) run(args []string) int {
	defer a.MakeSafe()()
	root := a.rootCommand()
	completing := len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
	for _, cmd := range append(root.Commands(), root) {
		cli.RejectMistakes(cmd, completing)
	}
	help, err := checkDashes(root, args)
	if help {
		args = []string{"--help"}
	}
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	cmd := root
	if err == nil {
		cmd, err = root.ExecuteC()
	}
	code := cli.ExitCode(err)
	switch {
	case code == cli.ExitUsage:
		if cmd.Name() == "help" {
			cmd = root // its help lists the commands
		}
		a.Say("%v (see %s --help)", err, cmd.CommandPath())
	case code == cli.ExitFailure && !errors.Is(err, cli.ErrReported):
		a.Say("%s%s", machine.Advise(err), insteadOfWindows(cmd, err))
	}
	return code
}

// insteadOfWindows says what a command can read where there is no Windows.
func insteadOfWindows(cmd *cobra.Command, err error) string {
	switch {
	case !machine.NotWindows(err):
	case cmd.Flags().Lookup("from") != nil:
		return ", or read a capture with --from"
	case cmd.Name() == "diff":
		return ", or name a second capture"
	}
	return ""
}

func (a *app) rootCommand() *cobra.Command {
	list := a.listCommand()
	var version bool
	root := &cobra.Command{
		Use:   "tcpmib",
		Short: "TCP connections and UDP sockets as tcpmib.h and udpmib.h report them",
		Long: `tcpmib shows the TCP connections and UDP sockets of a Windows machine. Without a command it
lists the connections.

Data goes to stdout, everything else to stderr.
Exit codes: 0 found, 1 nothing matched, a difference, or a free port, 2 usage, 3 the system or
a file failed, or port cannot tell.`,
		Example: list.Example,
		Args:    noCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			if version {
				return a.version()
			}
			return list.RunE(cmd, args)
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	list.Flags().SortFlags = false // as they are declared, in the help of root, too
	root.Flags().AddFlagSet(list.Flags())
	root.Flags().BoolVarP(&version, "version", "v", false, "print the version, as the command version does")
	a.Color = cli.ColorAuto
	cli.EnumFlag(root, root.PersistentFlags(), &a.Color, "color",
		"`when` to use color (auto honors NO_COLOR)", cli.ColorModes)
	a.maxRows = capture.DefaultMaxRows
	cli.CountFlag(root.PersistentFlags(), &a.maxRows, "max-rows", "refuse a capture with more than `number` connections and UDP sockets")
	root.SetFlagErrorFunc(cli.FlagError)
	root.AddCommand(list, a.watchCommand(), a.portCommand(), a.summaryCommand(), a.statsCommand(), a.closeCommand(),
		a.estatsCommand(), a.captureCommand(), a.diffCommand(), a.completionCommand(), a.versionCommand())
	for _, cmd := range root.Commands() {
		if cmd.Flags().Lookup("process") != nil {
			cli.CompleteList(cmd, "process", a.processNames)
		}
	}
	for _, cmd := range append(root.Commands(), root) {
		cmd.Flags().SortFlags = false // as they are declared: filters first
		cli.CompleteNoFiles(cmd, cmd.Name() != "capture")
	}
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"})
	help.Args = helpTopic
	return root
}

// helpTopic rejects an unknown help topic. Cobra would show the help of root, without an error.
func helpTopic(cmd *cobra.Command, args []string) error {
	topic, rest, err := cmd.Root().Find(args)
	if err == nil && topic == cmd.Root() {
		return noCommand(topic, rest)
	}
	if err != nil {
		return &cli.UsageError{Err: err}
	}
	return nil
}

// addFrom declares --from.
func addFrom(cmd *cobra.Command, from *string) {
	cli.FileFlag(cmd.Flags(), from, "from", "read the capture in `file` (see tcpmib capture), not this machine; - is stdin")
	cli.CompleteFiles(cmd, "from", "zip")
}

// machine returns the capture that --from names, or this computer.
func (a *app) machine(from string) (*machine.Reader, error) {
	if from == "" {
		return a.reader(a.live), nil
	}
	m, err := a.openCapture(from)
	if err != nil {
		return nil, err
	}
	return a.reader(m), nil
}

// openCapture opens a capture. A dash is standard input, which can be read once.
func (a *app) openCapture(file string) (*machine.Captured, error) {
	if file != machine.Stdin {
		defer a.Progress("reading " + file)()
		return machine.Open(file, a.maxRows)
	}
	if a.stdinRead {
		return nil, cli.Usagef("standard input (-) can be only one of the captures")
	}
	a.stdinRead = true
	return machine.ReadStdin(a.In, a.maxRows)
}

// addOutput declares --output.
func addOutput(cmd *cobra.Command, file *string) {
	cli.FileFlag(cmd.Flags(), file, "output", "write to `file`, replaced once everything is written; - is stdout")
	cli.CompleteFiles(cmd, "output")
}

// output runs a command whose output goes to the file that --output names. The file is replaced
// after everything is written, and stays as it was if the command fails; the events of a stream are
// written as they come.
func (a *app) output(file string, stream bool, run func() error) error {
	if file == "" || file == "-" {
		return run()
	}
	stdout, color := a.Out, a.Color
	defer func() { a.Out, a.Color = stdout, color }()
	if a.Color == cli.ColorAuto {
		a.Color = cli.ColorNever
	}
	if stream {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
		if err != nil {
			return err
		}
		a.Out = a.Safe(f)
		return errors.Join(run(), f.Close())
	}
	var content cli.Content
	a.Out = a.Safe(&content)
	err := run()
	if code := cli.ExitCode(err); code == cli.ExitUsage || code == cli.ExitFailure {
		return err
	}
	return cmp.Or(content.WriteFile(file), err)
}

// reader returns a machine as the commands read it.
func (a *app) reader(m machine.Machine) *machine.Reader {
	return &machine.Reader{Machine: m, Terminal: &a.Terminal, Lookup: a.lookup}
}

// read takes a snapshot of the sockets that match. If only a part of the tables could be read, it
// returns both a snapshot and an error.
func read(m *machine.Reader, f *filter.Filter) (*rows.Snapshot, error) {
	s, err := m.Read(f.Tables())
	if s != nil {
		m.Enrich(s, f.Families(), f.Needs(), nil)
		s.Keep(f.Match)
	}
	return s, err
}

// withRead returns the error of a command that ended with err after it could read only a part.
func withRead(readErr, err error) error {
	switch {
	case readErr == nil || cli.ExitCode(err) == cli.ExitUsage:
		return err
	case err == nil, errors.Is(err, cli.ErrNothing):
		return readErr
	}
	return errors.Join(err, readErr)
}

// reports are the kinds of errors that a command that goes on has reported: one that persists is
// reported once.
type reports map[string]bool

// first reports whether err is the first of its kind.
func (r reports) first(err error) bool {
	kind := errorKind(err)
	first := !r[kind]
	r[kind] = true
	return first
}

// errorKind returns the text of an error, unless that changes from one time to the next.
func errorKind(err error) string {
	switch {
	case errors.As(err, new(*tcpmib.MissedError)):
		return "missed"
	case errors.Is(err, tcpmib.ErrMalformed):
		return "malformed"
	case errors.Is(err, tcpmib.ErrTooLarge):
		return "too large"
	}
	return err.Error()
}

// newOutput returns an output to t.Out. The caller must flush it.
func newOutput(t *cli.Terminal) *rows.Output {
	return &rows.Output{
		Writer: bufio.NewWriterSize(t.Out, 64<<10),
		Header: true,
		Color:  t.UseColor(),
		Width:  t.Width(),
	}
}

// endpoints parses the two endpoints of a connection.
func endpoints(args []string) (local, remote netip.AddrPort, err error) {
	for i, p := range []*netip.AddrPort{&local, &remote} {
		if *p, err = netip.ParseAddrPort(args[i]); err != nil {
			return local, remote, cli.Usagef("%q is not an endpoint: want an address and a port such as 192.0.2.7:443 or [2001:db8::7]:443", args[i])
		}
	}
	return local, remote, nil
}

// between reports whether c is the connection between two endpoints, or the listening socket that
// netstat and the tables of Windows show with the remote endpoint 0.0.0.0:0 or [::]:0.
func between(c tcpmib.Conn, local, remote netip.AddrPort) bool {
	if !c.Remote.IsValid() {
		return c.Local == local && remote.Addr().IsUnspecified() && remote.Port() == 0
	}
	return c.Local == local && c.Remote == remote
}

// onlyBetween keeps the sockets between two endpoints. If there are none, it returns an error that
// names the connection that was probably meant.
func onlyBetween(s *rows.Snapshot, local, remote netip.AddrPort) error {
	unzoned := func(p netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(p.Addr().WithZone(""), p.Port()) }
	var found, near []rows.Socket
	for _, socket := range s.Sockets {
		l, r := unzoned(socket.Local), unzoned(socket.Remote)
		switch {
		case between(socket.Conn, local, remote):
			found = append(found, socket)
		case l == unzoned(local) && r == unzoned(remote), l == unzoned(remote) && r == unzoned(local):
			near = append(near, socket)
		}
	}
	switch s.Sockets = found; {
	case found != nil:
		return nil
	case near != nil:
		return fmt.Errorf("no connection from %v to %v; did you mean %s?", local, remote, rows.Endpoints(near[0].Conn))
	}
	return fmt.Errorf("no connection from %v to %v", local, remote)
}

// elevate adds how to get the right that is missing, unless elevation is not what is missing.
func (a *app) elevate(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if elevated, errElevated := a.live.Elevated(); elevated && errElevated == nil {
		return err
	}
	return fmt.Errorf("%w: start the terminal with \"Run as administrator\", or PowerShell with Start-Process powershell -Verb RunAs, and try again", err)
}

// paragraphs joins the paragraphs of a help text.
func paragraphs(text ...string) string { return strings.Join(text, "\n\n") }
