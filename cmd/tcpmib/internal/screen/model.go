package screen

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Model is the state of the screen.
type Model struct {
	world    World
	interval time.Duration
	flags    filter.Filter // from the command line
	help     []key.Binding // of all keys

	// What was read last.
	snapshot rows.Snapshot
	at       time.Time
	trouble  string // why it could not be read, or not all of it
	entries  []entry

	// What the user asked for.
	width, height int
	input         textinput.Model // the typed filter
	filter        filter.Filter   // the last valid one
	sortBy        int             // index into rows.TableColumns
	reverse       bool
	paused        bool
	mode          mode
	message       string // what came of the last key

	// What is shown: entries by index, in order.
	shown   []int
	table   rows.Table
	cursor  int         // index into shown
	current tcpmib.Conn // the connection there
	top     int         // of the first line on the screen

	details []Detail // of the connection under the cursor, in modeDetail
	subject tcpmib.Conn
	offset  int // of the first line of a page: the help, or the details
}

// World is what the screen asks. Its functions run concurrently with the screen.
type World struct {
	Look    func() Look
	Inspect func(tcpmib.Conn) []Detail
	Close   func(tcpmib.Conn) error
}

// Look is a snapshot, what changed since the last one, and what could not be read.
type Look struct {
	Snapshot rows.Snapshot // sorted by tcpmib.Conn.Compare
	Changes  []tcpmib.Change
	At       time.Time
	Err      error
}

// Detail is one thing that is known about a connection.
type Detail struct{ Name, Value string }

// entry is a line of the table. Closed connections stay for one tick.
type entry struct {
	row  rows.Row
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
	tickMsg   struct{}
	detailMsg struct {
		conn    tcpmib.Conn
		details []Detail
	}
	closedMsg struct {
		conn tcpmib.Conn
		err  error
	}
)

// markWidth is the width of what precedes a line of the table: the cursor, the mark and a space.
const markWidth = 3

// take replaces the snapshot. Changes since the last one are marked, and closed connections stay
// for this tick.
func (s *Model) take(l Look) {
	s.trouble = ""
	if l.Err != nil {
		s.trouble = cli.Sentence(l.Err)
	}
	kinds := map[tcpmib.Conn]tcpmib.ChangeKind{}
	var gone []entry
	for _, c := range l.Changes {
		if c.Kind == tcpmib.Closed {
			gone = append(gone, entry{s.snapshot.Row(c.Conn), c.Kind})
			continue
		}
		kinds[c.Conn] = c.Kind
	}
	s.snapshot, s.at = l.Snapshot, l.At
	s.entries = s.entries[:0]
	for r := range s.snapshot.Rows() {
		s.entries = append(s.entries, entry{*r, kinds[r.Conn]})
	}
	s.entries = append(s.entries, gone...)
	s.arrange()
}

// arrange filters and sorts what is shown. The cursor stays on its connection.
func (s *Model) arrange() {
	current := s.current
	s.shown = s.shown[:0]
	for i := range s.entries {
		r := &s.entries[i].row
		if s.flags.Match(r) && s.filter.Match(r) {
			s.shown = append(s.shown, i)
		}
	}
	compare := rows.Order(rows.TableColumns[s.sortBy:s.sortBy+1], s.reverse)
	slices.SortFunc(s.shown, func(i, j int) int { return compare(&s.entries[i].row, &s.entries[j].row) })
	s.table = rows.Table{Columns: rows.TableColumns, Color: true}
	s.table.Fit(func(yield func(*rows.Row) bool) {
		for _, i := range s.shown {
			if !yield(&s.entries[i].row) {
				return
			}
		}
	}, true, s.width-markWidth)
	at := slices.IndexFunc(s.shown, func(i int) bool { return s.entries[i].row.Conn.Same(current) })
	if at >= 0 {
		s.cursor = at
	}
	s.move(0)
}

func (s *Model) selected() (rows.Row, bool) {
	if s.cursor >= len(s.shown) {
		return rows.Row{}, false
	}
	return s.entries[s.shown[s.cursor]].row, true
}

// move moves the cursor, and scrolls the table to it.
func (s *Model) move(by int) {
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

// lines returns how many lines of the table fit between its header row and the footer.
func (s *Model) lines() int { return max(1, s.height-3) }
