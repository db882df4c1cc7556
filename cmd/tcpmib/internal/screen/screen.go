// Package screen is the live view of tcpmib watch. Its model changes in Update only, and View draws
// all that it holds.
package screen

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
)

// Options are what a screen shows.
type Options struct {
	World    World
	Interval time.Duration
	Filter   filter.Filter // from the command line
}

// New returns a screen that has not read anything yet.
func New(o Options) *Model {
	return &Model{world: o.World, interval: o.Interval, flags: o.Filter, input: newFilterLine(), help: bindings()}
}

// Run shows a live screen until the user quits or ctx ends. When nothing can be read at first, it
// returns the error and shows no screen.
func Run(ctx context.Context, t *cli.Terminal, o Options) error {
	m := New(o)
	done := t.Progress("reading the TCP tables")
	first := m.world.Look()
	done()
	if first.Err != nil && len(first.Snapshot.Conns) == 0 {
		return first.Err
	}
	m.take(first)
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(t.In), tea.WithOutput(t.Out), tea.WithEnvironment(t.Environ),
	}
	if t.Color != cli.ColorAlways && !t.UseColor() {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(m, options...).Run()
	if err != nil && ctx.Err() == nil && !errors.Is(err, tea.ErrInterrupted) {
		return err
	}
	return nil
}

// Init starts the ticks.
func (s *Model) Init() tea.Cmd { return s.nextTick() }

func (s *Model) lookNow() tea.Msg { return s.world.Look() }

func (s *Model) nextTick() tea.Cmd {
	return tea.Tick(s.interval, func(time.Time) tea.Msg { return tickMsg{} })
}

// Update handles snapshots and keys.
func (s *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		s.arrange()
	case Look:
		s.take(msg)
		return s, s.nextTick()
	case tickMsg:
		if s.paused {
			return s, s.nextTick()
		}
		return s, s.lookNow
	case detailMsg:
		if s.mode == modeDetail && msg.conn == s.subject {
			s.details = msg.details
		}
	case closedMsg:
		s.message = fmt.Sprintf("closed %v", msg.conn.Local)
		if msg.err != nil {
			s.message = cli.Sentence(msg.err)
		}
	case tea.KeyPressMsg:
		return s, s.press(msg)
	case tea.PasteMsg:
		if s.mode == modeFilter {
			return s, s.pasteFilter(msg.Content)
		}
	}
	return s, nil
}
