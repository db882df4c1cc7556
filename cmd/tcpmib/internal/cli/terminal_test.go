package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTerminalOfPipes(t *testing.T) {
	for environ, want := range map[string]struct {
		color, screen bool
		width         int
	}{
		"":                                       {},
		"TERM=xterm COLUMNS=80":                  {},
		"TERM=xterm CLICOLOR_FORCE=1 COLUMNS=80": {true, true, 80},
		"TERM=xterm CLICOLOR_FORCE=0 COLUMNS=80": {},
		"TERM=xterm CLICOLOR_FORCE=1 NO_COLOR=1": {false, true, 0},
		"TTY_FORCE=1 COLUMNS=x":                  {false, true, 0},
		"TTY_FORCE=1 COLUMNS=-5 TERM=dumb":       {false, true, 0},
		"TTY_FORCE=1 COLUMNS=1 COLUMNS=70 TERM=": {false, true, 70},
	} {
		term := Terminal{Out: &bytes.Buffer{}, In: &bytes.Buffer{}, Environ: strings.Fields(environ)}
		if !strings.Contains(environ, "TTY_FORCE") {
			assert.Equal(t, want.color, term.UseColor(), environ)
		}
		assert.Equal(t, want.screen, term.Screen(), environ)
		assert.Equal(t, want.width, term.Width(), environ)
		assert.False(t, term.Interactive())
		term.Color = ColorAlways
		assert.True(t, term.UseColor())
		term.Color = ColorNever
		assert.False(t, term.UseColor())
	}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	term := Terminal{In: r, Out: w, Err: w}
	assert.False(t, term.Interactive())
	assert.Zero(t, term.Width())
}

// Out and Err are safe from MakeSafe on until it is undone, and colors pass where they are written.
func TestMakeSafe(t *testing.T) {
	var stdout, stderr bytes.Buffer
	term := Terminal{Out: &stdout, Err: &stderr}
	undo := term.MakeSafe()
	assert.Same(t, &stdout, Raw(term.Out).(*bytes.Buffer))
	assert.Same(t, &stdout, Raw(&stdout).(*bytes.Buffer))
	io.WriteString(term.Out, "a\x1b[31mb\x07")
	term.Color = ColorAlways
	io.WriteString(term.Out, "\x1b[31mb\x1b[2J")
	term.Say("%s\n%s", "one\x1b", "two")
	undo()
	assert.Equal(t, "a�[31mb�\x1b[31mb�[2J", stdout.String())
	assert.Equal(t, "tcpmib: one�; two\n", stderr.String())
	assert.Same(t, &stdout, term.Out.(*bytes.Buffer))
	assert.Same(t, &stderr, term.Err.(*bytes.Buffer))

	stdout.Reset()
	term.Color = ColorNever
	io.WriteString(term.Safe(&stdout), "\x1b[31m")
	assert.Equal(t, "�[31m", stdout.String())
	stdout.Reset()
	term.Color = ColorAlways
	io.WriteString(term.Colored(), "\x1b[31mx")
	term.Color = ColorNever
	io.WriteString(term.Colored(), "\x1b[31my")
	assert.Equal(t, "\x1b[31mxy", stdout.String())
}
