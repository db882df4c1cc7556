package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// Every command explains itself, with an example that starts as the command
// does, in lines that fit a screen.
func TestHelp(t *testing.T) {
	a := officeApp()
	for _, cmd := range append(a.rootCommand().Commands(), a.rootCommand()) {
		if cmd.Name() == "help" {
			continue
		}
		t.Run(cmd.Name(), func(t *testing.T) {
			assert.NotEmpty(t, cmd.Short)
			assert.Contains(t, cmd.Example, "  "+cmd.CommandPath())
			args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
			got := runApp(officeApp(), args...)
			assert.Equal(t, cli.ExitOK, got.code)
			assert.Empty(t, got.stderr)
			assert.Contains(t, got.stdout, cmd.Example)
			for line := range strings.Lines(got.stdout) {
				assert.LessOrEqual(t, len(line), 122, line)
			}
		})
	}
}

// Each example is understood as sh splits it, and as cmd and PowerShell do: they know no single
// quotes, or take them for theirs, and what they quote is in double ones.
func TestExamples(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh")
	}
	folder := fixture.TempDir(t)
	for name, from := range map[string]string{
		"before.zip": "office", "base.zip": "office", "capture.zip": "office", "after.zip": "later",
	} {
		content, err := os.ReadFile("testdata/" + from + ".zip")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), content, 0o644))
	}
	t.Chdir(folder)
	for _, cmd := range officeApp().rootCommand().Commands() {
		if cmd.Name() == "completion" { // its examples are each for one shell
			continue
		}
		for line := range strings.Lines(cmd.Example) {
			line = strings.TrimSpace(line)
			elsewhere := strings.ReplaceAll(line, cli.Negated("time-wait"), "!time-wait")
			assert.NotContains(t, elsewhere, "'", line)
			assert.NotContains(t, line, "$", line)
			words, err := exec.Command(sh, "-c", `printf '%s\n' `+line).Output()
			require.NoError(t, err, line)
			args := strings.Split(strings.TrimSuffix(string(words), "\n"), "\n")
			require.Equal(t, "tcpmib", args[0])
			a := officeApp()
			fake(a).calls = newMeasuring().calls()
			a.In = strings.NewReader("n\n")
			a.untilInterrupt = func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return ctx, cancel
			}
			got := runApp(a, args[1:]...)
			assert.NotEqual(t, cli.ExitUsage, got.code, line+"\n"+got.stderr)
		}
	}
}

// The flags are in the order in which they are declared: filters first.
func TestHelpOrder(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"list", "--help"}} {
		_, text, _ := strings.Cut(runOffice(t, args...), "Flags:\n")
		last := -1
		for _, flag := range []string{"ipv4", "port", "state", "listening", "format", "columns", "created", "from", "color"} {
			at := strings.Index(text, " --"+flag+" ")
			assert.Greater(t, at, last, "%s in %v", flag, args)
			last = at
		}
	}
}
