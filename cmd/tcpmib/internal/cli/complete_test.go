package cli

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// completions is what the shell offers as a value of a flag.
func completions(t *testing.T, cmd *cobra.Command, flag, typed string) ([]string, cobra.ShellCompDirective) {
	f, ok := cmd.GetFlagCompletionFunc(flag)
	require.True(t, ok, flag)
	return f(cmd, nil, typed)
}

func TestCompleteWords(t *testing.T) {
	var text string
	cmd := &cobra.Command{Use: "tool"}
	words := []string{"table", "template=" + Rest}
	EnumFlag(cmd, cmd.Flags(), &text, "format", "how", words)
	got, directive := completions(t, cmd, "format", "")
	assert.Equal(t, []string{"table", "template="}, got)
	assert.Equal(t, cobra.ShellCompDirectiveNoFileComp, directive)
	assert.Equal(t, "template="+Rest, words[1], "the words of the caller stay as they are")
	assert.Panics(t, func() { Complete(cmd, "none", nil) })
	assert.Panics(t, func() { CompleteFiles(cmd, "none") })
}

func TestCompleteList(t *testing.T) {
	cmd := &cobra.Command{Use: "tool"}
	cmd.Flags().String("state", "", "states")
	CompleteList(cmd, "state", func(got *cobra.Command) []string {
		assert.Equal(t, cmd, got)
		return []string{"listen", "established", "closed"}
	})
	for typed, want := range map[string][]string{
		"":                {"listen", "established", "closed"},
		"li":              {"listen", "established", "closed"}, // the shell picks those that begin so
		"!":               {"!listen", "!established", "!closed"},
		"listen,":         {"listen,established", "listen,closed"},
		"!listen,":        {"!listen,established", "!listen,closed"},
		"listen,!":        {"listen,!established", "listen,!closed"},
		"listen,closed,e": {"listen,closed,established"},
	} {
		got, directive := completions(t, cmd, "state", typed)
		assert.Equal(t, want, got, typed)
		assert.Equal(t, cobra.ShellCompDirectiveNoFileComp, directive)
	}
}

// Files are offered for the flags and arguments that take some, and for no others.
func TestCompleteFiles(t *testing.T) {
	var file, any, word string
	make := func(args bool) *cobra.Command {
		cmd := &cobra.Command{Use: "tool"}
		FileFlag(cmd.Flags(), &file, "from", "a file")
		FileFlag(cmd.Flags(), &any, "output", "a file")
		EnumFlag(cmd, cmd.Flags(), &word, "word", "a word", []string{"a"})
		cmd.Flags().Int("count", 0, "a number")
		cmd.Flags().Bool("on", false, "no value")
		CompleteFiles(cmd, "from", "zip")
		CompleteFiles(cmd, "output")
		CompleteNoFiles(cmd, args)
		return cmd
	}
	cmd := make(true)
	assert.Equal(t, []string{"zip"}, cmd.Flags().Lookup("from").Annotations[cobra.BashCompFilenameExt])
	for flag, want := range map[string]bool{"from": false, "output": false, "word": true, "count": true, "on": false} {
		_, offered := cmd.GetFlagCompletionFunc(flag)
		assert.Equal(t, want, offered, flag)
	}
	got, directive := completions(t, cmd, "count", "")
	assert.Empty(t, got)
	assert.Equal(t, cobra.ShellCompDirectiveNoFileComp, directive)
	require.NotNil(t, cmd.ValidArgsFunction)
	assert.Nil(t, make(false).ValidArgsFunction)

	own := &cobra.Command{Use: "tool", ValidArgs: []cobra.Completion{"a"}}
	CompleteNoFiles(own, true)
	assert.Nil(t, own.ValidArgsFunction)
}
