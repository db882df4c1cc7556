package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
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
