package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// run runs the program and returns its exit code.
func (a *app) run(args []string) int {
	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	cmd, err := root.ExecuteC()
	code := cli.ExitCode(err)
	switch {
	case code == cli.ExitUsage:
		if cmd.Name() == "help" {
			cmd = root // its help lists the commands
		}
		a.Say("%v (see %s --help)", err, cmd.CommandPath())
	case code == cli.ExitFailure && !errors.Is(err, cli.ErrReported):
		a.Say("%s", advise(err))
	}
	return code
}

func (a *app) rootCommand() *cobra.Command {
	list := a.listCommand()
	root := &cobra.Command{
		Use:   "tcpmib",
		Short: "TCP connections and UDP sockets as tcpmib.h and udpmib.h report them",
		Long: "tcpmib shows the TCP connections and UDP sockets of a Windows machine. Without a command it\n" +
			"lists the connections.\n\n" +
			"Data goes to stdout, everything else to stderr.\n" +
			"Exit codes: 0 found, 1 nothing matched, a difference, or a free port, 2 usage, 3 the system or\n" +
			"a file failed, or port cannot tell.",
		Example:       list.Example,
		Args:          noCommand,
		RunE:          list.RunE,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	list.Flags().SortFlags = false // as they are declared, in the help of root, too
	root.Flags().AddFlagSet(list.Flags())
	a.Color = cli.ColorAuto
	cli.EnumFlag(root, root.PersistentFlags(), &a.Color, "color",
		"`when` to use color (auto honors NO_COLOR)", cli.ColorModes)
	root.SetFlagErrorFunc(cli.FlagError)
	root.AddCommand(list, a.watchCommand(), a.portCommand(), a.summaryCommand(), a.statsCommand(), a.closeCommand(),
		a.estatsCommand(), a.captureCommand(), a.diffCommand(), a.layoutCommand(), a.completionCommand(), a.versionCommand())
	for _, cmd := range root.Commands() {
		if cmd.Flags().Lookup("process") != nil {
			cli.CompleteList(cmd, "process", a.processNames)
		}
	}
	for _, cmd := range append(root.Commands(), root) {
		cmd.Flags().SortFlags = false // as they are declared: filters first
		cli.CompleteNoFiles(cmd, cmd.Name() != "capture")
	}
	root.SuggestionsMinimumDistance = 2
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

// noCommand rejects an unknown command and suggests a similar one.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return cli.Usagef("unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return cli.Usagef("unknown command %q", args[0])
}
