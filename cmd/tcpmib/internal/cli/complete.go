package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Complete offers words to the shell as the values of a flag.
func Complete(cmd *cobra.Command, flag string, words []string) {
	words = slices.Clone(words)
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, Rest)
	}
	completeWith(cmd, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// CompleteList offers words to the shell as the values of a flag that takes several, separated by
// commas, each with a ! before it or without. It offers none twice.
func CompleteList(cmd *cobra.Command, flag string, words func(cmd *cobra.Command) []string) {
	completeWith(cmd, flag, func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		last := strings.LastIndexByte(typed, ',') + 1
		if strings.HasPrefix(typed[last:], "!") {
			last++
		}
		done := strings.Split(strings.ReplaceAll(typed[:last], "!", ""), ",")
		var offered []string
		for _, word := range words(cmd) {
			if !slices.Contains(done, word) {
				offered = append(offered, typed[:last]+word)
			}
		}
		return offered, cobra.ShellCompDirectiveNoFileComp
	})
}

func completeWith(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // the flag is not declared, or declared twice
	}
}

// CompleteFiles offers files with an extension to the shell as the values of a flag; without an
// extension, all files.
func CompleteFiles(cmd *cobra.Command, flag string, extensions ...string) {
	if err := cmd.MarkFlagFilename(flag, extensions...); err != nil {
		panic(err) // the flag is not declared
	}
}

// CompleteNoFiles keeps the shell from offering files where a command takes none: as an argument,
// if it takes none at all, and as the values of flags for which nothing else is offered.
func CompleteNoFiles(cmd *cobra.Command, args bool) {
	if args && cmd.ValidArgs == nil && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	offerNoFiles := func(flag *pflag.Flag) {
		_, files := flag.Annotations[cobra.BashCompFilenameExt]
		if _, offered := cmd.GetFlagCompletionFunc(flag.Name); !offered && !files && flag.NoOptDefVal == "" {
			completeWith(cmd, flag.Name, cobra.NoFileCompletions)
		}
	}
	cmd.Flags().VisitAll(offerNoFiles) // LocalFlags would make a copy of both
	cmd.PersistentFlags().VisitAll(offerNoFiles)
}
