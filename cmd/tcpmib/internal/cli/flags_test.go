package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// values are what the flags of testCommand set.
type values struct {
	word, format, file string
	count              int
	duration, interval time.Duration
	files              []string
	on                 bool
}

func testCommand() (*cobra.Command, *values) {
	v := &values{word: "one", format: "table", count: 3, interval: time.Second, on: true}
	cmd := &cobra.Command{Use: "test", RunE: func(*cobra.Command, []string) error { return nil }}
	flags := cmd.Flags()
	EnumFlag(cmd, flags, &v.word, "word", "a word", []string{"one", "two", "other=" + Rest})
	FormatFlag(cmd, &v.format, "a format", []string{"table", "json", "csv"})
	CountFlag(flags, &v.count, "count", "a number")
	DurationFlag(flags, &v.duration, "for", "a duration")
	IntervalFlag(flags, &v.interval, "interval", "an interval")
	FileFlag(flags, &v.file, "file", "a file")
	FilesFlag(flags, &v.files, "files", "files")
	flags.BoolFunc("on", "a switch", OnOff(func(on bool) { v.on = on }))
	flags.BoolP("plain", "p", false, "another")
	cmd.SetFlagErrorFunc(FlagError)
	RejectMistakes(cmd, false)
	return cmd, v
}

func TestFlags(t *testing.T) {
	for args, want := range map[string]values{
		"": {word: "one", format: "table", count: 3, interval: time.Second, on: true},
		"--word two --format csv --count 0 --for 5s --interval 500ms --file a --files a --files b --on=false": {"two", "csv", "a", 0, 5 * time.Second, 500 * time.Millisecond, []string{"a", "b"}, false},
		"--word TWO --for 90 --interval 10ms":      {word: "two", format: "table", count: 3, duration: 90 * time.Second, interval: 10 * time.Millisecond, on: true},
		"--word Other={{.x}} --json --on":          {word: "other={{.x}}", format: "json", count: 3, interval: time.Second, on: true},
		"--json --format json --count 2147483647":  {word: "one", format: "json", count: 2147483647, interval: time.Second, on: true},
		"--format csv --json=false --for 1h30m -p": {word: "one", format: "csv", count: 3, duration: 90 * time.Minute, interval: time.Second, on: true},
	} {
		cmd, v := testCommand()
		require.NoError(t, cmd.ParseFlags(strings.Fields(args)), args)
		assert.Equal(t, want, *v, args)
	}
	for args, want := range map[string]string{
		"--word three":          `--word "three": want one, two or other=...`,
		"--word on":             "did you mean one?",
		"--word=":               `--word "": want one, two`,
		"--count -1":            `--count "-1": want a whole number, 0 or more`,
		"--count 2147483648":    "want a whole number",
		"--for 0":               `--for "0": want a duration such as 500ms, 5s or 1m`,
		"--for -1s":             "want a duration",
		"--for soon":            "want a duration",
		"--interval 9ms":        `--interval "9ms": want 10ms or longer`,
		"--interval x":          "want a duration",
		"--file=":               "want the name of a file",
		"--files=":              "want the name of a file",
		"--on=maybe":            `--on "maybe": want true or false`,
		"--plain=maybe":         "want true or false",
		"--json=maybe":          "want true or false",
		"--format csv --json":   "it is short for --format json, and --format is csv",
		"--json --format csv":   "--json is short for --format json",
		"--word one --word two": "the flag is given twice",
		"--plain --plain":       "the flag is given twice",
		"--file --count 1":      "--file has no value: next is --count",
		"--file -p":             "--file has no value: next is -p",
		"--file":                "--file has no value",
		"--fyle x":              "unknown flag --fyle; did you mean --file?",
		"--zzz":                 "unknown flag --zzz",
		"-z":                    "unknown flag -z",
		"-encodedCommand x":     "PowerShell turned braces into it",
	} {
		cmd, _ := testCommand()
		cmd.SetArgs(strings.Fields(args))
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.Execute()
		assert.ErrorContains(t, err, want, args)
		assert.Equal(t, ExitUsage, ExitCode(err), args)
	}
	cmd, v := testCommand()
	assert.NoError(t, cmd.ParseFlags([]string{"--file", "-x"}), "no flags of this command")
	assert.Equal(t, "-x", v.file)
	usage := cmd.Flags().FlagUsages()
	for _, text := range []string{"a word: one, two or other=... (default one)", "--for duration", "an interval (default 1s)", "short for --format json", "a number (default 3)"} {
		assert.Contains(t, usage, text)
	}
	assert.NotContains(t, usage, "a duration (default")
	assert.NoError(t, NoArgs(cmd, nil))
	assert.EqualError(t, NoArgs(cmd, []string{"x y"}), `test takes no arguments, got "x y"`)
}

// While a line is completed its words are neither finished nor given once.
func TestMistakesAreAllowedInCompletion(t *testing.T) {
	cmd := &cobra.Command{Use: "test"}
	var word string
	EnumFlag(cmd, cmd.Flags(), &word, "word", "a word", []string{"one"})
	RejectMistakes(cmd, true)
	RejectMistakes(cmd, true)
	assert.NoError(t, cmd.ParseFlags([]string{"--word=x", "--word=one", "--word=--y"}))
	assert.Equal(t, "one", word)
}

func TestNearest(t *testing.T) {
	words := []string{"listen", "established", "local-port", "remote-port", "close-wait", "closing"}
	for text, want := range map[string]string{
		"lisen": "listen", "LISTEN": "listen", "estab": "established", "localPort": "local-port", "loc": "local-port", "lsiten": "listen",
		"remote_prot": "remote-port", "clos": "", "clo": "", "x": "", "": "", "nonsense": "", "close_wiat": "close-wait", "closin": "closing",
	} {
		assert.Equal(t, want, Nearest(text, words), text)
	}
	assert.Equal(t, "; did you mean listen?", DidYouMean("listn", words))
	assert.Empty(t, DidYouMean("zzz", words))
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1}} {
		assert.Equal(t, tt.want, distance(tt.a, tt.b), "%s %s", tt.a, tt.b)
		assert.Equal(t, tt.want, distance(tt.b, tt.a), "%s %s", tt.b, tt.a)
	}
}

func TestComplete(t *testing.T) {
	cmd := &cobra.Command{Use: "test", Run: func(*cobra.Command, []string) {}}
	for _, name := range []string{"word", "list", "file", "none"} {
		cmd.Flags().String(name, "", "")
	}
	cmd.Flags().Bool("on", false, "")
	Complete(cmd, "word", []string{"one", "template=" + Rest})
	CompleteList(cmd, "list", func(*cobra.Command) []string { return []string{"a", "b", "c"} })
	CompleteFiles(cmd, "file", "zip")
	CompleteNoFiles(cmd, true)
	complete := func(flag, typed string) (words []string, directive cobra.ShellCompDirective) {
		f, ok := cmd.GetFlagCompletionFunc(flag)
		require.True(t, ok, flag)
		return f(cmd, nil, typed)
	}
	words, directive := complete("word", "")
	assert.Equal(t, []string{"one", "template="}, words)
	assert.Equal(t, cobra.ShellCompDirectiveNoFileComp, directive)
	for typed, want := range map[string][]string{
		"": {"a", "b", "c"}, "a,": {"a,b", "a,c"}, "!a,!": {"!a,!b", "!a,!c"}, "a,b,": {"a,b,c"}, "!": {"!a", "!b", "!c"},
	} {
		words, _ = complete("list", typed)
		assert.Equal(t, want, words, typed)
	}
	words, directive = complete("none", "")
	assert.Empty(t, words)
	assert.Equal(t, cobra.ShellCompDirectiveNoFileComp, directive)
	_, offered := cmd.GetFlagCompletionFunc("file")
	assert.False(t, offered, "files are offered by the shell")
	_, offered = cmd.GetFlagCompletionFunc("on")
	assert.False(t, offered)
	assert.NotNil(t, cmd.ValidArgsFunction)
	other := &cobra.Command{Use: "other"}
	CompleteNoFiles(other, false)
	assert.Nil(t, other.ValidArgsFunction)
	assert.Panics(t, func() { Complete(cmd, "missing", nil) })
	assert.Panics(t, func() { CompleteFiles(cmd, "missing", "zip") })
	var _ pflag.Value = (*enum)(nil)
}

func TestExitCode(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
	}{
		{nil, ExitOK}, {ErrNothing, ExitNothing}, {fmt.Errorf("x: %w", ErrNothing), ExitNothing}, {Usagef("x %d", 1), ExitUsage},
		{fmt.Errorf("x: %w", Usagef("y")), ExitUsage}, {errors.New("x"), ExitFailure}, {ErrReported, ExitFailure}, {ClosedPipeErrors[0], ExitOK},
	} {
		assert.Equal(t, tt.code, ExitCode(tt.err), "%v", tt.err)
	}
	cause := errors.New("cause")
	assert.ErrorIs(t, Usagef("x: %w", cause), cause)
	assert.EqualError(t, Usagef("x: %w", cause), "x: cause")
}

func TestWords(t *testing.T) {
	assert.Equal(t, "", Alternatives(nil))
	assert.Equal(t, "a", Alternatives([]string{"a"}))
	assert.Equal(t, "a or b", Alternatives([]string{"a", "b"}))
	assert.Equal(t, "a, b and c", Enumeration([]string{"a", "b", "c"}))
	assert.Equal(t, "0 rows", Count(0, "row"))
	assert.Equal(t, "1 row", Count(1, "row"))
	assert.Equal(t, "2 rows", Count(2, "row"))
	assert.Equal(t, "a: b; c", Sentence(errors.Join(errors.New("tcpmib: a: b"), errors.New("owner: c"))))
	assert.Equal(t, "   ", Spaces(3))
	assert.Equal(t, 3, DisplayWidth("abc"))
	assert.Equal(t, 4, DisplayWidth("日本"))
	assert.Equal(t, 1, DisplayWidth("e\u0301"))
	for text, plain := range map[string]bool{"": true, " ~": true, "a\"": false, `\`: false, "\x7f": false, "\x1f": false, "é": false} {
		assert.Equal(t, plain, Plain(text), "%q", text)
		assert.Equal(t, plain, Plain([]byte(text)), "%q", text)
	}
}
