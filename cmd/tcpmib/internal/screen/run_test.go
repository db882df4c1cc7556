package screen

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// shown keeps what the screen writes, and reports when the hints at its foot are complete.
type shown struct {
	mu       sync.Mutex
	text     bytes.Buffer
	complete func()
}

func (s *shown) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	if s.complete != nil && strings.Contains(s.text.String(), "q quit") {
		s.complete()
		s.complete = nil
	}
	return len(p), nil
}

// live runs the screen as on a terminal of 110 by 24 until it is drawn, and then presses a key.
func live(t *testing.T, color, environ string, look Look, key string) string {
	t.Helper()
	keys, typist := io.Pipe()
	defer keys.Close()
	drawn := make(chan struct{})
	out := &shown{complete: sync.OnceFunc(func() { close(drawn) })}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		for {
			// As a terminal reports its size. Bubble Tea itself reports none, and may do so later.
			io.WriteString(typist, "\x1b[8;24;110t")
			select {
			case <-drawn:
				io.WriteString(typist, key)
				return
			case <-ctx.Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	terminal := cli.Terminal{In: keys, Out: out, Err: io.Discard, Environ: strings.Fields(environ), Color: color}
	world := World{Look: func(r Request) Look { look.Request = r; return look }}
	require.NoError(t, Run(ctx, &terminal, Options{World: world, Interval: time.Hour}))
	require.NoError(t, ctx.Err(), "it left by itself")
	out.mu.Lock()
	defer out.mu.Unlock()
	return out.text.String()
}

// officeLook is a snapshot of fixture.Office.
func officeLook(t *testing.T) Look {
	s := testScreen(t, fixture.Office)
	return Look{Snapshot: s.snapshot, At: s.at}
}

// The screen has colors where list has them.
func TestRunColors(t *testing.T) {
	for _, tt := range []struct {
		color, environ string
		colored        bool
	}{
		{cli.ColorAuto, "TTY_FORCE=1 TERM=xterm-256color", true},
		{cli.ColorAuto, "TTY_FORCE=1 TERM=xterm-256color NO_COLOR=1", false},
		{cli.ColorNever, "TTY_FORCE=1 TERM=xterm-256color", false},
		{cli.ColorAlways, "TTY_FORCE=1 TERM=xterm-256color", true},
		{cli.ColorAlways, "TTY_FORCE=1 TERM=xterm-256color NO_COLOR=1", true},
	} {
		text := live(t, tt.color, tt.environ, officeLook(t), "q")
		assert.Equal(t, tt.colored, strings.Contains(text, "\x1b[36m"), "%+v: LISTEN is cyan", tt)
		assert.Contains(t, text, "chrome.exe")
	}
}

// What could be read is shown, even if not all of it could be.
func TestRunShowsWhatItHas(t *testing.T) {
	look := officeLook(t)
	look.Err = errors.New("the IPv6 table does not answer")
	text := live(t, cli.ColorNever, "TTY_FORCE=1 TERM=xterm", look, "\x03")
	assert.Contains(t, text, "the IPv6 table does not answer")
	assert.Contains(t, text, "\x1b[?1049h", "on the alternate screen")
	assert.Contains(t, text, "\x1b[?1049l", "and back")
}

// Run fails if nothing can be read at first, or the terminal fails. To be stopped is no failure.
func TestRunErrors(t *testing.T) {
	errTable, errKeys := errors.New("no table"), errors.New("no keys")
	look := officeLook(t)
	run := func(ctx context.Context, look Look, in io.Reader) (string, error) {
		var out shown
		terminal := cli.Terminal{In: in, Out: &out, Err: io.Discard}
		err := Run(ctx, &terminal, Options{World: World{Look: func(Request) Look { return look }}, Interval: time.Hour})
		out.mu.Lock()
		defer out.mu.Unlock()
		return out.text.String(), err
	}
	text, err := run(t.Context(), Look{Err: errTable}, strings.NewReader("q"))
	assert.ErrorIs(t, err, errTable)
	assert.Empty(t, text, "there is no screen")
	_, err = run(t.Context(), look, iotest.ErrReader(errKeys))
	assert.ErrorIs(t, err, errKeys)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	keys, _ := io.Pipe()
	_, err = run(stopped, look, keys)
	assert.NoError(t, err)
}
