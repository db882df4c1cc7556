package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"
)

// completions write the script of each shell.
var completions = map[string]func(root *cobra.Command, w io.Writer) error{
	"bash":       func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
	"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
	"zsh":        (*cobra.Command).GenZshCompletion,
}

func (a *app) completionCommand() *cobra.Command {
	shells := slices.Sorted(maps.Keys(completions))
	return &cobra.Command{
		Use:   "completion shell",
		Short: "Print the script with which a shell completes tcpmib's commands and flags",
		Long:  "completion prints a script for " + alternatives(shells) + ". Have the shell run it when it starts.",
		Example: "  tcpmib completion powershell | Out-String | Invoke-Expression\n" +
			"  source <(tcpmib completion bash)\n" +
			"  tcpmib completion zsh > \"${fpath[1]}/_tcpmib\"\n" +
			"  tcpmib completion fish > ~/.config/fish/completions/tcpmib.fish",
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || completions[args[0]] == nil {
				return fmt.Errorf("want the name of one shell: %s", alternatives(shells))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := completions[args[0]](cmd.Root(), a.stdout); err != nil {
				return failure{err}
			}
			return nil
		},
	}
}
