// Package screen is the live view of tcpmib watch. Its model changes in Update only, and View draws
// all that it holds.
package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// Options are what a screen shows.
type Options struct {
	World    World
	Interval time.Duration
	Filter   filter.Filter // from the command line; the user can change it
	Columns  []rows.Column // nil: those of list
	Extra    []rows.Column // added to them
	Sort     []rows.Column // nil: by local endpoint

	NotIn *filter.Baseline // what is not shown; nil: everything is
}

// New returns a screen that has not read anything yet.
func New(o Options) *Model {
	columns := o.Columns
	switch {
	case columns != nil:
	case o.Filter.UDP:
		columns = rows.BothColumns
	default:
		columns = rows.TableColumns
	}
	columns = slices.Clone(columns)
	for _, c := range o.Extra {
		if !rows.Has(columns, c.Name) {
			columns = append(columns, c)
		}
	}
	sort := o.Sort
	if len(sort) == 0 {
		sort = rows.TableColumns[:1]
	}
	s := &Model{
		world:      o.World,
		interval:   o.Interval,
		help:       bindings(),
		filter:     o.Filter,
		filterText: o.Filter.String(),
		columns:    columns,
		sortBy:     sort[0].Name,
		sortThen:   sort[1:],
		notIn:      o.NotIn,
		folded:     map[uint32]bool{},
	}
	s.input.SetValue(s.filterText)
	return s
}

// Run shows a live screen until the user quits or ctx ends. When nothing can be read at first, it
// returns the error and shows no screen.
func Run(ctx context.Context, t *cli.Terminal, o Options) error {
	m := New(o)
	done := t.Progress("reading the tables")
	first := m.world.Look(m.request())
	done()
	if first.Err != nil && len(first.Snapshot.Sockets) == 0 {
		return first.Err
	}
	m.take(first)
	colors := colorprofile.ASCII
	if t.UseColor() {
		colors = colorprofile.ANSI // the screen uses the first eight
	}
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(t.In), tea.WithOutput(cli.Raw(t.Out)),
		tea.WithEnvironment(t.Environ), tea.WithColorProfile(colors)).Run()
	if err != nil && ctx.Err() == nil && !errors.Is(err, tea.ErrInterrupted) {
		return err
	}
	return nil
}

// Init starts the ticks.
func (s *Model) Init() tea.Cmd { return s.nextTick() }

func (s *Model) nextTick() tea.Cmd {
	return tea.Tick(s.interval, func(at time.Time) tea.Msg { return tickMsg{at} })
}

// Update handles snapshots and keys.
func (s *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := s.handle(msg)
	s.move(0) // there may be fewer lines than before
	return s, cmd
}

func (s *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		s.arrange()
	case Look:
		s.looking = false
		if !s.captured() || msg.Request.Capture == s.capture {
			s.take(msg)
		}
		if msg.Request != s.request() {
			return s.look() // the user asked for something else in the meantime
		}
	case tickMsg:
		s.ageNotice(msg.at)
		return tea.Batch(s.tick(), s.nextTick())
	case detailMsg:
		if s.mode == modeDetail && msg.socket == s.subject.Socket {
			s.details = msg.details
		}
	case closedMsg:
		if msg.err != nil {
			s.warn(fmt.Sprintf("cannot close %s: %s", rows.Endpoints(msg.socket.Conn), cli.Sentence(msg.err)))
		} else {
			s.say("closed " + rows.Endpoints(msg.socket.Conn))
		}
	case tea.KeyPressMsg:
		return s.press(msg)
	case tea.PasteMsg:
		if s.mode == modeFilter {
			return s.pasteFilter(msg.Content)
		}
	}
	return nil
}

// tick takes the next snapshot, unless the screen is paused or at the last capture.
func (s *Model) tick() tea.Cmd {
	switch {
	case s.paused || s.looking || s.captured() && s.atEnd():
		return nil
	case s.captured():
		s.capture++
	}
	return s.look()
}

// look asks for a snapshot, unless one is on its way or this computer is not to be shown as it is
// now.
func (s *Model) look() tea.Cmd {
	if s.looking || s.world.Look == nil || s.paused && !s.captured() {
		return nil
	}
	s.looking = true
	request, look := s.request(), s.world.Look
	return func() tea.Msg { return look(request) }
}
