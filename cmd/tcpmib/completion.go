package main

import (
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/tcpmib/owner"
)

// shells are the shells with a completion script.
var shells = []struct {
	name  string
	write func(root *cobra.Command, w io.Writer) error
}{
	{"bash", writeBash},
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
		Example: `  tcpmib completion powershell | Out-String | Invoke-Expression
  source <(tcpmib completion bash)
  tcpmib completion zsh > "${fpath[1]}/_tcpmib"
  tcpmib completion fish > ~/.config/fish/completions/tcpmib.fish`,
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

// writeBash writes the script of cobra, which needs the package bash-completion, and what it needs
// of that package where there is none, as in a minimal container or on macOS.
func writeBash(root *cobra.Command, w io.Writer) error {
	if err := root.GenBashCompletionV2(w, true); err != nil {
		return err
	}
	_, err := io.WriteString(w, withoutBashCompletion)
	return err
}

// withoutBashCompletion splits the line at spaces, which quotes do not keep together.
const withoutBashCompletion = `
if ! declare -F _get_comp_words_by_ref >/dev/null; then
    __tcpmib_init_completion()
    {
        COMPREPLY=()
        local line="${COMP_LINE:0:COMP_POINT}"
        read -r -a words <<<"$line"
        [[ $line == *[[:space:]] ]] && words+=("")
        cword=$((${#words[@]} - 1))
        cur="${words[cword]}"
        prev="${words[cword - 1]}"
    }
fi
if ! declare -F _filedir >/dev/null; then
    _filedir()
    {
        local IFS=$'\n' kind=-f
        [[ $1 == -d ]] && kind=-d
        COMPREPLY=($(compgen $kind -- "$cur"))
    }
fi
`

// processNames returns the names of the processes of this machine, or of the capture in --from, for
// the shell to offer, or nothing if there are none.
func (a *app) processNames(cmd *cobra.Command) []string {
	from := ""
	if flag := cmd.Flags().Lookup("from"); flag != nil {
		from = flag.Value.String()
	}
	if from == machine.Stdin {
		return nil
	}
	m, err := a.machine(from)
	if err != nil {
		return nil
	}
	processes, _ := m.Processes()
	delete(processes, owner.IdlePID)
	names := map[string]bool{}
	for _, process := range processes {
		names[cli.Printable(process.Name)] = true
	}
	return slices.Sorted(maps.Keys(names))
}
