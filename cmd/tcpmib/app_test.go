package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Every command explains itself, with an example that starts as the command
// does, in lines that fit a screen.
func TestHelp(t *testing.T) {
	a := testApp(office())
	for _, cmd := range append(a.rootCommand().Commands(), a.rootCommand()) {
		if cmd.Name() == "help" {
			continue
		}
		t.Run(cmd.Name(), func(t *testing.T) {
			assert.NotEmpty(t, cmd.Short)
			assert.Contains(t, cmd.Example, "  "+cmd.CommandPath())
			args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
			got := runApp(testApp(office()), args...)
			assert.Equal(t, exitOK, got.code)
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
		for _, flag := range []string{"ipv4", "state", "port", "listening", "format", "columns", "created", "from", "color"} {
			at := strings.Index(text, " --"+flag+" ")
			assert.Greater(t, at, last, "%s in %v", flag, args)
			last = at
		}
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		done := startProgress(&b, "looking")
		time.Sleep(900 * time.Millisecond)
		done()
		assert.Empty(t, b.String(), "it did not take long")

		done = startProgress(&b, "looking")
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "\rtcpmib: looking ...", b.String())
		done()
		assert.Equal(t, "\rtcpmib: looking ...\r                   \r", b.String())
	})
	// What is no terminal is told nothing.
	a := testApp(nil, nil)
	a.stderr = &strings.Builder{}
	a.progress("looking")()
}
