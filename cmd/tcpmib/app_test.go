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
