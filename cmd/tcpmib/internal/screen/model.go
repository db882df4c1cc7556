package screen

import (
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Model is the state of the screen.
type Model struct {
	world    World
	interval time.Duration
	help     []binding // of all keys

	// The last reading.
	snapshot rows.Snapshot
	count    string // of its sockets
	at       time.Time
	began    time.Time // at of the first
	looking  bool      // a snapshot is on its way
	trouble  string    // what could not be read last time
	marks    []mark    // of the sockets of the snapshot, by index; nil: no socket has one
	closed   []closedRow
	events   []event

	// The user's choices.
	width, height int
	input         line          // the filter line
	filter        filter.Filter // the last valid one
	filterText    string        // its text
	history       []string      // earlier filters
	recalled      int           // index into history of what the filter line shows; its length: none of them
	columns       []rows.Column
	sortBy        string        // name of a column
	sortThen      []rows.Column // from the command line, until the user sorts
	notIn         *filter.Baseline
	reverse       bool
	grouped       bool            // by process
	folded        map[uint32]bool // groups whose connections are hidden, by PID
	stay          int             // index into stays
	paused        bool
	capture       int // index into world.Captures
	mode          mode
	notice        notice

	// The rows on the screen.
	shown  []uint32 // numbers of connections, in order
	items  []item
	table  rows.Table
	counts map[tcpmib.ChangeKind]int // of the marks
	cursor int                       // index into items
	anchor anchor                    // what is there
	top    int                       // index into items of the first line on the screen

	details []Detail // of the subject, in modeDetail
	subject rows.Row // of the details, or of the question
	offset  int      // of the first line of a page
	choice  int      // the cursor in the column chooser
}

// The connections in the table are numbered: those of the snapshot, and then the closed ones, which
// stay as long as their marks. There may be a million, so that rows are made as they are needed.

// size returns how many connections there are.
func (s *Model) size() int { return len(s.snapshot.Sockets) + len(s.closed) }

// row returns the row of a connection.
func (s *Model) row(entry uint32) rows.Row {
	if n := len(s.snapshot.Sockets); int(entry) >= n {
		return s.closed[int(entry)-n].row
	}
	return s.snapshot.Row(s.snapshot.Sockets[entry])
}

// socket returns the socket of a connection.
func (s *Model) socket(entry uint32) rows.Socket {
	if n := len(s.snapshot.Sockets); int(entry) >= n {
		return s.closed[int(entry)-n].row.Socket
	}
	return s.snapshot.Sockets[entry]
}

// kind returns how a connection is marked, or 0 if it is not.
func (s *Model) kind(entry uint32) tcpmib.ChangeKind {
	switch {
	case int(entry) >= len(s.snapshot.Sockets):
		return tcpmib.Closed
	case s.marks == nil:
		return 0
	}
	return s.marks[entry].kind
}

type mode int

const (
	modeTable mode = iota
	modeFilter
	modeDetail
	modeClose
	modeHelp
	modeLog
	modeColumns
)

// page reports whether a page is shown in place of the table.
func (m mode) page() bool {
	return m == modeHelp || m == modeDetail || m == modeLog || m == modeColumns
}

// Messages.
type (
	tickMsg   struct{ at time.Time }
	detailMsg struct {
		socket  rows.Socket
		details []Detail
	}
	closedMsg struct {
		socket rows.Socket
		err    error
	}
)

// take replaces the snapshot, and marks and logs what changed.
func (s *Model) take(l Look) {
	if l.Changes == nil {
		l.Changes = func(func(rows.Change) bool) {}
	}
	s.mark(l)
	s.snapshot, s.count, s.at = l.Snapshot, l.Snapshot.Count(), l.At
	s.log(l)
	s.report(l.Err)
	s.arrange()
}

// report keeps what could not be read, and shows it when it is new.
func (s *Model) report(err error) {
	before := s.trouble
	s.trouble = ""
	if err != nil {
		s.trouble = cli.Sentence(err)
	}
	switch s.trouble {
	case before:
	case "":
		if s.notice.text == before {
			s.notice = notice{}
		}
	default:
		s.warn(s.trouble)
		s.logError(s.trouble)
	}
}
