package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settings are the values of the flags of a command that has one of each kind.
type settings struct {
	Format, Color, File     string
	Files                   []string
	Count                   int
	Duration, Interval      time.Duration
	Both, Listening, Hidden bool
}

// command is a command with a flag of each kind.
func command(s *settings) *cobra.Command {
	*s = settings{Format: "table", Color: "auto", Count: 3}
	cmd := &cobra.Command{Use: "tool", Args: NoArgs, RunE: func(*cobra.Command, []string) error { return nil }, SilenceErrors: true, SilenceUsage: true}
	cmd.SetFlagErrorFunc(FlagError)
	flags := cmd.Flags()
	FormatFlag(cmd, &s.Format, "how to write", []string{"table", "json", "template=" + Rest})
	EnumFlag(cmd, flags, &s.Color, "color", "when", ColorModes)
	CountFlag(flags, &s.Count, "count", "how many")
	DurationFlag(flags, &s.Duration, "for", "how long")
	IntervalFlag(flags, &s.Interval, "interval", "how often")
	FileFlag(flags, &s.File, "output", "where to")
	FilesFlag(flags, &s.Files, "from", "where from")
	flags.BoolVarP(&s.Listening, "listening", "l", false, "only listening")
	flags.BoolFunc("both", "on or off", OnOff(func(on bool) { s.Both = on }))
	flags.BoolVarP(&s.Hidden, "numeric", "n", false, "does nothing")
	if err := flags.MarkHidden("numeric"); err != nil {
		panic(err)
	}
	RejectMistakes(cmd, false)
	return cmd
}

// What the flags make of arguments.
func TestArguments(t *testing.T) {
	for args, want := range map[string]settings{
		"":                                {},
		"--format json":                   {Format: "json"},
		"--format JSON":                   {Format: "json"},
		"--format=template={{.process}}":  {Format: "template={{.process}}"},
		"--format=Template={{.Process}}":  {Format: "template={{.Process}}"},
		"--format=template=":              {Format: "template="},
		"--json":                          {Format: "json"},
		"--json=false":                    {},
		"--format json --json":            {Format: "json"},
		"--json --format json":            {Format: "json"},
		"--json=false --format json":      {Format: "json"},
		"--json=false --format template=": {Format: "template="},
		"--color always --count 0":        {Color: "always", Count: -1},
		"--count 2147483647":              {Count: 2147483647},
		"--for 500ms":                     {Duration: 500 * time.Millisecond},
		"--for 5":                         {Duration: 5 * time.Second},
		"--for 1ns":                       {Duration: 1},
		"--for 1.5":                       {Duration: 1500 * time.Millisecond},
		"--interval 10ms":                 {Interval: 10 * time.Millisecond},
		"--interval 1m":                   {Interval: time.Minute},
		"--output f --from a --from b":    {File: "f", Files: []string{"a", "b"}},
		"--output -":                      {File: "-"},
		"--output -x":                     {File: "-x"}, // no flag is called x
		"--output -\u0080 --from -lé":     {File: "-\u0080", Files: []string{"-lé"}},
		"-l -n --both":                    {Listening: true, Hidden: true, Both: true},
		"--both --both=false":             {},
		"--output=a.zip -ln --both=false": {File: "a.zip", Listening: true, Hidden: true},
	} {
		var got settings
		cmd := command(&got)
		cmd.SetArgs(strings.Fields(args))
		require.NoError(t, cmd.Execute(), args)
		if want.Format == "" {
			want.Format = "table"
		}
		if want.Color == "" {
			want.Color = "auto"
		}
		switch want.Count {
		case 0:
			want.Count = 3
		case -1:
			want.Count = 0
		}
		assert.Empty(t, cmp.Diff(want, got), args)
	}
}

// What is wrong with arguments, and what to do.
func TestFlagMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"--format xml":                "--format \"xml\": want table, json or template=...",
		"--format tabel":              "--format \"tabel\": want table, json or template=...; did you mean table?",
		"--format temp":               "--format \"temp\": want table, json or template=...; did you mean template=...?",
		"--format table --json":       "--json: it is short for --format json, and --format is table",
		"--json --format table":       "--format \"table\": --json is short for --format json",
		"--json=perhaps":              "--json \"perhaps\": want true or false",
		"--both=2":                    "--both \"2\": want true or false",
		"--listening=x":               "--listening \"x\": want true or false",
		"--color":                     "--color has no value",
		"--count -1":                  "--count \"-1\": want a whole number, 0 or more",
		"--count 2147483648":          "--count \"2147483648\": want a whole number, 0 or more",
		"--count 1.5":                 "--count \"1.5\": want a whole number, 0 or more",
		"--for 0":                     "--for \"0\": want a duration such as 500ms, 5s or 1m",
		"--for soon":                  "--for \"soon\": want a duration such as 500ms, 5s or 1m",
		"--for=-1s":                   "--for \"-1s\": want a duration such as 500ms, 5s or 1m",
		"--interval 9ms":              "--interval \"9ms\": want 10ms or longer",
		"--interval x":                "--interval \"x\": want a duration such as 500ms, 5s or 1m",
		"--output=":                   "--output \"\": want the name of a file",
		"--from=":                     "--from \"\": want the name of a file",
		"--from a,":                   "", // names of files may end so
		"--output --count":            "--output has no value: next is --count",
		"--output -ln":                "--output has no value: next is -ln",
		"--output -l":                 "--output has no value: next is -l",
		"--output a --output b":       "--output \"b\": the flag is given twice",
		"-l -l":                       "--listening: the flag is given twice",
		"-n -n":                       "-n: the flag is given twice",
		"--listing":                   "unknown flag --listing; did you mean --listening?",
		"--lis":                       "unknown flag --lis; did you mean --listening?",
		"--numeri":                    "unknown flag --numeri", // it is hidden
		"--xyzzy":                     "unknown flag --xyzzy",
		"-x":                          "unknown flag -x",
		"-xyz":                        "unknown flag -xyz",
		"-e=1":                        "unknown flag -e",
		"-encodedCommand ZQ==":        "unknown flag -encodedCommand: PowerShell turned braces into it; put the template in quotes, as in --format \"template={{.process}}\"",
		"-en":                         "unknown flag -en: PowerShell turned braces into it; put the template in quotes, as in --format \"template={{.process}}\"",
		"argument":                    "tool takes no arguments, got \"argument\"",
		"--json --json":               "--json: the flag is given twice",
		"--both=false --both=false":   "",
		"--count 1 --count 2":         "--count \"2\": the flag is given twice",
		"--format json --format json": "--format \"json\": the flag is given twice",
	} {
		var s settings
		cmd := command(&s)
		cmd.SetArgs(strings.Fields(args))
		cmd.SetOut(io.Discard)
		err := cmd.Execute()
		if want == "" {
			assert.NoError(t, err, args)
			continue
		}
		require.Error(t, err, args)
		assert.Equal(t, want, err.Error(), args)
		assert.Equal(t, ExitUsage, ExitCode(err), args)
	}
}

// Completion parses a line several times, before its words are finished.
func TestCompletingIsNoMistake(t *testing.T) {
	var s settings
	cmd := command(&s)
	RejectMistakes(cmd, true) // what is wrapped stays as it is
	assert.Error(t, cmd.ParseFlags([]string{"--output", "a", "--output", "b"}))

	fresh := &cobra.Command{Use: "tool"}
	CountFlag(fresh.Flags(), &s.Count, "count", "how many")
	FileFlag(fresh.PersistentFlags(), &s.File, "output", "where to")
	RejectMistakes(fresh, true)
	require.NoError(t, fresh.ParseFlags([]string{"--count", "1", "--count", "x", "--output", "--count", "--output", "f"}))
	assert.Equal(t, 1, s.Count)
	assert.Equal(t, "f", s.File)
}

// A list that ends with a comma lost the rest to the shell.
type list struct{ values *[]string }

func (l list) String() string { return "" }
func (l list) Type() string   { return "list" }
func (l list) Repeated()      {}
func (l list) Set(text string) error {
	if text == "" || strings.HasSuffix(text, ",") {
		return errors.New("empty")
	}
	*l.values = append(*l.values, text)
	return nil
}

func TestTrailingComma(t *testing.T) {
	var values []string
	for args, want := range map[string]string{
		"--port 443, 3389":      "--port \"443,\": nothing follows the comma: separate values with commas, without spaces",
		"--port 1, 2":           "--port \"1,\": nothing follows the comma: separate values with commas, without spaces",
		"--port ,":              "--port \",\": empty",
		"--port 1 --port 2":     "",
		"--port 443,3389":       "",
		"--other 443, --port 1": "--other \"443,\": empty",
	} {
		cmd := &cobra.Command{Use: "tool", RunE: func(*cobra.Command, []string) error { return nil }, SilenceErrors: true, SilenceUsage: true}
		cmd.SetFlagErrorFunc(FlagError)
		cmd.Flags().Var(list{&values}, "port", "ports")
		cmd.Flags().Var(single{list{&values}}, "other", "no list")
		RejectMistakes(cmd, false)
		cmd.SetArgs(strings.Fields(args))
		if err := cmd.Execute(); want != "" {
			assert.EqualError(t, err, want)
		} else {
			assert.NoError(t, err, args)
		}
	}
}

// single is a list without saying so.
type single struct{ pflag.Value }

func TestFlagErrorOfOthers(t *testing.T) {
	err := FlagError(&cobra.Command{}, io.ErrUnexpectedEOF)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, ExitUsage, ExitCode(err))
}

// What the values show of themselves in help.
func TestFlagTypes(t *testing.T) {
	var s settings
	cmd := command(&s)
	types := map[string]string{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { types[f.Name] = f.Value.Type() + " " + f.DefValue })
	assert.Empty(t, cmp.Diff(map[string]string{
		"format": "word table", "color": "word auto", "count": "number 3", "for": "duration ", "interval": "duration ", "output": "file ", "from": "file ",
		"json": "boolfunc ", "both": "boolfunc ", "listening": "bool false", "numeric": "bool false",
	}, types))
	require.NoError(t, cmd.ParseFlags([]string{"--for", "90"}))
	assert.Equal(t, "1m30s", cmd.Flags().Lookup("for").Value.String())
	assert.Contains(t, cmd.Flags().FlagUsages(), "when: auto, always or never")
}

func TestNearestWords(t *testing.T) {
	words := []string{"listening", "listen", "established", "time-wait", "close_wait", "a", "syn-sent"}
	for text, want := range map[string]string{
		"estab": "established", "ESTABLISHED": "established", "timewait": "time-wait", "closewait": "close_wait", "Close Wait": "close_wait",
		"esablished": "established", "estabilshed": "established", "stablishe": "established", "synsnet": "syn-sent", "xyz": "", "l": "", "": "",
		"lis":    "", // two begin so
		"listne": "listen", "listxx": "listen", "lisxxx": "", "lisetn": "listen", "lixxxx": "", "time-wiat": "time-wait", "syn": "syn-sent",
	} {
		assert.Equal(t, want, Nearest(text, words), text)
		question := ""
		if want != "" {
			question = "; did you mean " + want + "?"
		}
		assert.Equal(t, question, DidYouMean(text, words), text)
	}
}

// Of words that are equally near the first is meant.
func TestNearestOfTwo(t *testing.T) {
	assert.Equal(t, "listen", Nearest("listan", []string{"listen", "listin"}))
	assert.Equal(t, "listin", Nearest("listan", []string{"listin", "listen"}))
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "bc", 1}, {"abc", "xabc", 1}, {"abc", "acb", 1},
		{"ab", "ba", 1}, {"abcd", "badc", 2}, {"kitten", "sitting", 3}, {"abc", "cab", 2}, {"a", "b", 1},
	} {
		assert.Equal(t, test.want, distance(test.a, test.b), "%s %s", test.a, test.b)
		assert.Equal(t, test.want, distance(test.b, test.a), "%s %s", test.b, test.a)
	}
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0}, {ErrNothing, 1}, {fmt.Errorf("x: %w", ErrNothing), 1}, {Usagef("x"), 2}, {fmt.Errorf("x: %w", Usagef("y")), 2},
		{&UsageError{io.EOF}, 2}, {ErrReported, 3}, {io.EOF, 3}, {ClosedPipeErrors[0], 0}, {fmt.Errorf("write: %w", ClosedPipeErrors[0]), 0},
	} {
		assert.Equal(t, test.want, ExitCode(test.err), "%v", test.err)
	}
	assert.Equal(t, []int{0, 1, 2, 3}, []int{ExitOK, ExitNothing, ExitUsage, ExitFailure})
}
