package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// screen is the live view: what it holds is all that View draws, and it changes
// in Update alone.
type screen struct {
	world    world
	interval time.Duration
	flags    filter // from the command line

	// What was read last.
	snapshot snapshot
	at       time.Time
	trouble  string // why it could not be read, or not all of it
	entries  []entry

	// What a person asked for.
	width, height int
	typed         string // the filter
	filter        filter
	sortBy        int // index into tableColumns
	reverse       bool
	paused        bool
	mode          mode
	message       string // what came of the last key

	// What is shown: entries by index, in order.
	shown   []int
	table   table
	cursor  int         // index into shown
	current tcpmib.Conn // the connection there
	top     int         // of the first line on the screen

	details []detail // of the connection under the cursor, in modeDetail
	subject tcpmib.Conn
	offset  int // of the first line of a page: the help, or the details
}

// world is what the screen asks for. Its functions run beside the screen.
type world struct {
	look    func() look
	inspect func(tcpmib.Conn) []detail
	close   func(tcpmib.Conn) error
}

// look is a snapshot with what went wrong.
type look struct {
	snapshot snapshot // sorted by Conn.Compare
	at       time.Time
	err      error
}

// detail is one thing that is known of a connection.
type detail struct{ name, value string }

// entry is a line of the table. Closed connections stay for one beat.
type entry struct {
	row  row
	kind tcpmib.ChangeKind
}

type mode int

const (
	modeTable mode = iota
	modeFilter
	modeDetail
	modeClose
	modeHelp
)

// Messages.
type (
	beatMsg   struct{}
	detailMsg struct {
		conn    tcpmib.Conn
		details []detail
	}
	closedMsg struct {
		conn tcpmib.Conn
		err  error
	}
)

// watchScreen runs the screen until it is left.
func (a *app) watchScreen(ctx context.Context, f *watchFlags, captures []*capture.Capture) error {
	s := &screen{
		interval: f.interval,
		flags:    f.filter,
		world:    a.liveWorld(f, captures),
	}
	// Where there is nothing to be seen, a sentence is better than a screen.
	done := a.progress("reading the TCP tables")
	first := s.world.look()
	done()
	if first.err != nil && len(first.snapshot.conns) == 0 {
		return failure{first.err}
	}
	s.take(first)
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(a.stdin), tea.WithOutput(a.stdout), tea.WithEnvironment(a.environ),
	}
	if a.color != colorAlways && !a.useColor() {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(s, options...).Run()
	if err != nil && ctx.Err() == nil && !errors.Is(err, tea.ErrInterrupted) {
		return failure{err}
	}
	return nil
}

// liveWorld is this machine, or captures that come one after the other.
func (a *app) liveWorld(f *watchFlags, captures []*capture.Capture) world {
	r := &tcpmib.Reader{Source: a.source}
	next := 0
	last := map[tcpmib.Family][]tcpmib.Conn{}
	w := world{
		look: func() look {
			l := look{at: time.Now()}
			if captures != nil {
				c := captures[min(next, len(captures)-1)]
				next++
				r.Source, l.at, l.snapshot.processes = c, c.Info().Time, capturedProcesses(c)
			} else {
				l.snapshot.processes, _ = a.processes() // where there is no name the table says so
			}
			for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
				if f.filter.families()&family == 0 {
					continue
				}
				conns, err := r.AppendConns(nil, family)
				if err != nil {
					// What could not be read has not closed.
					l.err = errors.Join(l.err, err)
					conns = last[family]
				}
				last[family] = conns
				l.snapshot.conns = append(l.snapshot.conns, conns...)
			}
			slices.SortFunc(l.snapshot.conns, tcpmib.Conn.Compare)
			return l
		},
		inspect: a.inspect,
		close: func(c tcpmib.Conn) error {
			_, err := a.closeVerified(c)
			return err
		},
	}
	if captures != nil {
		w.inspect = func(tcpmib.Conn) []detail { return []detail{} }
		w.close = func(tcpmib.Conn) error { return errors.New("this is a capture: nothing in it can be closed") }
	}
	return w
}

// Init starts the beat.
func (s *screen) Init() tea.Cmd { return s.nextBeat() }

func (s *screen) lookNow() tea.Msg { return s.world.look() }

func (s *screen) nextBeat() tea.Cmd {
	return tea.Tick(s.interval, func(time.Time) tea.Msg { return beatMsg{} })
}

// Update takes in what was read and what was typed.
func (s *screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.width, s.height = msg.Width, msg.Height
		s.arrange()
	case look:
		s.take(msg)
		return s, s.nextBeat()
	case beatMsg:
		if s.paused {
			return s, s.nextBeat()
		}
		return s, s.lookNow
	case detailMsg:
		if s.mode == modeDetail && msg.conn == s.subject {
			s.details = msg.details
		}
	case closedMsg:
		s.message = fmt.Sprintf("closed %v", msg.conn.Local)
		if msg.err != nil {
			s.message = trimPackage(msg.err)
		}
	case tea.KeyPressMsg:
		return s, s.press(msg)
	case tea.PasteMsg:
		if s.mode == modeFilter {
			s.setFilter(s.typed + strings.Map(pasted, msg.Content))
		}
	}
	return s, nil
}

// take takes a snapshot in: what has changed since the one before is marked, and
// what was closed stays for this beat.
func (s *screen) take(l look) {
	first := s.at.IsZero()
	s.trouble = ""
	if l.err != nil {
		s.trouble = trimPackage(l.err)
	}
	kinds := map[tcpmib.Conn]tcpmib.ChangeKind{}
	var gone []entry
	if !first {
		for c := range tcpmib.Diff(s.snapshot.conns, l.snapshot.conns) {
			if c.Kind == tcpmib.Closed {
				gone = append(gone, entry{s.snapshot.row(c.Conn), c.Kind})
				continue
			}
			kinds[c.Conn] = c.Kind
		}
	}
	s.snapshot, s.at = l.snapshot, l.at
	s.entries = s.entries[:0]
	for r := range s.snapshot.rows() {
		s.entries = append(s.entries, entry{*r, kinds[r.Conn]})
	}
	s.entries = append(s.entries, gone...)
	s.arrange()
}

// arrange chooses and sorts what is shown. The cursor stays on its connection.
func (s *screen) arrange() {
	current := s.current
	s.shown = s.shown[:0]
	for i := range s.entries {
		r := &s.entries[i].row
		if s.flags.match(r) && s.filter.match(r) {
			s.shown = append(s.shown, i)
		}
	}
	compare := sorter(tableColumns[s.sortBy:s.sortBy+1], s.reverse)
	slices.SortFunc(s.shown, func(i, j int) int { return compare(&s.entries[i].row, &s.entries[j].row) })
	s.table = table{columns: tableColumns, color: true}
	s.table.fit(func(yield func(*row) bool) {
		for _, i := range s.shown {
			if !yield(&s.entries[i].row) {
				return
			}
		}
	}, true, s.width-markWidth)
	// One connection is the same in whatever state.
	at := slices.IndexFunc(s.shown, func(i int) bool { return identityOf(s.entries[i].row.Conn) == identityOf(current) })
	if at >= 0 {
		s.cursor = at
	}
	s.move(0)
}

func (s *screen) selected() (row, bool) {
	if s.cursor >= len(s.shown) {
		return row{}, false
	}
	return s.entries[s.shown[s.cursor]].row, true
}

// move moves the cursor, and the window over the table after it.
func (s *screen) move(by int) {
	s.cursor = max(0, min(s.cursor+by, len(s.shown)-1))
	if r, ok := s.selected(); ok {
		s.current = r.Conn
	}
	lines := s.lines()
	s.top = max(0, min(s.top, len(s.shown)-lines))
	if s.cursor < s.top {
		s.top = s.cursor
	}
	if s.cursor >= s.top+lines {
		s.top = s.cursor - lines + 1
	}
}

// lines is how many lines of the table fit between its heads and the foot.
func (s *screen) lines() int { return max(1, s.height-3) }

// A key of the screen, with what the help says of it.
type key struct {
	names []string
	help  string
	step  func(s *screen) int     // by how many lines it moves
	press func(s *screen) tea.Cmd // what else it does; nil: it sorts by the column of its number
}

// far is a step over everything.
const far = 1 << 30

var keys []key

func init() {
	keys = []key{
		{names: []string{"up", "k"}, help: "one up", step: func(*screen) int { return -1 }},
		{names: []string{"down", "j"}, help: "one down", step: func(*screen) int { return 1 }},
		{names: []string{"pgup", "b"}, help: "one page up", step: func(s *screen) int { return -s.lines() }},
		{names: []string{"pgdown", "f"}, help: "one page down", step: (*screen).lines},
		{names: []string{"home", "g"}, help: "to the first", step: func(*screen) int { return -far }},
		{names: []string{"end", "G"}, help: "to the last", step: func(*screen) int { return far }},
		{names: []string{"1", "2", "3", "4", "5", "6"}, help: "sort by this column; again: the other way round"},
		{names: []string{"r"}, help: "sort the other way round", press: func(s *screen) tea.Cmd {
			s.reverse = !s.reverse
			s.arrange()
			return nil
		}},
		{names: []string{"/"}, help: "filter: words, and conditions such as port=443 or state=!listen", press: func(s *screen) tea.Cmd {
			s.mode = modeFilter
			return nil
		}},
		{names: []string{"esc"}, help: "drop the filter", press: func(s *screen) tea.Cmd {
			s.setFilter("")
			return nil
		}},
		{names: []string{"space", "p"}, help: "pause, go on", press: func(s *screen) tea.Cmd {
			s.paused = !s.paused
			return nil
		}},
		{names: []string{"enter"}, help: "what is known of the connection", press: (*screen).showDetail},
		{names: []string{"x", "delete"}, help: "close the connection, after a question", press: (*screen).askClose},
		{names: []string{"?", "h"}, help: "this help", press: func(s *screen) tea.Cmd {
			s.mode, s.offset = modeHelp, 0
			return nil
		}},
		{names: []string{"q", "ctrl+c"}, help: "leave", press: func(*screen) tea.Cmd { return tea.Quit }},
	}
}

// press does what a key means.
func (s *screen) press(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if name == "ctrl+c" {
		return tea.Quit
	}
	s.message = ""
	switch s.mode {
	case modeFilter:
		s.typeFilter(name, msg.Text)
		return nil
	case modeClose:
		s.mode = modeTable
		if name == "y" || name == "Y" {
			subject, closeConn := s.subject, s.world.close
			return func() tea.Msg { return closedMsg{subject, closeConn(subject)} }
		}
		s.message = "not closed"
		return nil
	}
	i := slices.IndexFunc(keys, func(k key) bool { return slices.Contains(k.names, name) })
	page := s.mode == modeHelp || s.mode == modeDetail
	switch {
	case page && i >= 0 && keys[i].step != nil:
		s.offset = s.pageTop(keys[i].step(s))
	case page:
		s.mode = modeTable
	case i < 0:
	case keys[i].step != nil:
		s.move(keys[i].step(s))
	case keys[i].press != nil:
		return keys[i].press(s)
	default:
		s.sortColumn(int(name[0] - '1'))
	}
	return nil
}

// page is the lines of the help or of the details.
func (s *screen) page() []string {
	if s.mode == modeHelp {
		return drawHelp()
	}
	return s.drawDetail()
}

// pageTop is the first line of the page that is shown after a step: a step does
// not leave the page.
func (s *screen) pageTop(step int) int {
	return max(0, min(s.offset+step, len(s.page())-max(1, s.height-2)))
}

func (s *screen) sortColumn(i int) {
	s.reverse = s.sortBy == i && !s.reverse
	s.sortBy = i
	s.arrange()
}

// typeFilter takes a key of the line that the filter is typed into. What is
// typed so far counts at once, as far as it makes sense.
func (s *screen) typeFilter(name, text string) {
	switch name {
	case "enter":
		// A filter that makes no sense does not hold, and is not left as if it did.
		if s.setFilter(s.typed) {
			s.mode = modeTable
		}
	case "esc":
		s.mode = modeTable
		s.setFilter("")
	case "backspace":
		runes := []rune(s.typed)
		s.setFilter(string(runes[:max(0, len(runes)-1)]))
	default:
		s.setFilter(s.typed + text)
	}
}

// pasted leaves out what is no text, such as the end of a line that was copied.
func pasted(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

func (s *screen) setFilter(typed string) (ok bool) {
	s.typed, s.message = typed, ""
	f, err := parseFilter(typed)
	if err != nil {
		s.message = err.Error()
		return false
	}
	s.filter = f
	s.arrange()
	return true
}

func (s *screen) showDetail() tea.Cmd {
	r, ok := s.selected()
	if !ok {
		return nil
	}
	s.mode, s.offset, s.subject, s.details = modeDetail, 0, r.Conn, nil
	inspect := s.world.inspect
	return func() tea.Msg { return detailMsg{r.Conn, inspect(r.Conn)} }
}

func (s *screen) askClose() tea.Cmd {
	r, ok := s.selected()
	if !ok {
		return nil
	}
	if r.PID == owner.SystemPID {
		s.message = "connections of System (PID 4) are not closed"
		return nil
	}
	s.mode, s.subject = modeClose, r.Conn
	return nil
}
