package cli

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A person is there if both ends are terminals, and a terminal has its own width, whatever COLUMNS says.
func TestRealTerminal(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudoterminal: %v", err)
	}
	defer tty.Close()
	assert.True(t, isTerminal(tty))
	terminal := Terminal{In: tty, Out: tty, Err: tty, Environ: []string{"TERM=xterm", "COLUMNS=70"}}
	assert.True(t, terminal.Interactive())
	assert.True(t, terminal.Screen())
	assert.True(t, terminal.UseColor())
	assert.Zero(t, terminal.Width(), "it has not been told yet")
	require.NoError(t, unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 123, Row: 45}))
	assert.Equal(t, 123, terminal.Width())
	undo := terminal.MakeSafe()
	assert.True(t, terminal.Interactive(), "behind what makes it safe as well")
	assert.Equal(t, 123, terminal.Width())
	undo()
	terminal.In = &bytes.Buffer{}
	assert.False(t, terminal.Interactive())
	terminal.In, terminal.Out = tty, &bytes.Buffer{}
	assert.False(t, terminal.Interactive())
	assert.False(t, terminal.Screen())
}
