package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// shells are the shells with a completion script.
var shells = []struct {
	name  string
	write func(root *cobra.Command, w io.Writer) error
}{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
	{"powershell", (*cobra.Command).GenPowerShellCompletionWithDesc},
	{"zsh", (*cobra.Command).GenZshCompletion},
}

func (a *app) completionCommand() *cobra.Command {
	var names []string
	for _, shell := range shells {
		names = append(names, shell.name)
	}
	return &cobra.Command{
		Use:   "completion shell",
		Short: "Print a shell completion script for tcpmib",
		Long:  "completion prints a script for " + cli.Alternatives(names) + ". Have the shell run it when it starts.",
		Example: "  tcpmib completion powershell | Out-String | Invoke-Expression\n" +
			"  source <(tcpmib completion bash)\n" +
			"  tcpmib completion zsh > \"${fpath[1]}/_tcpmib\"\n" +
			"  tcpmib completion fish > ~/.config/fish/completions/tcpmib.fish",
		ValidArgs: names,
		Args:      cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				for _, shell := range shells {
					if shell.name == args[0] {
						return shell.write(cmd.Root(), a.Out)
					}
				}
			}
			return cli.Usagef("want the name of one shell: %s", cli.Alternatives(names))
		},
	}
}
