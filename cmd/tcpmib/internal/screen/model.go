package screen

import (
	"slices"
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
	at       time.Time
	looking  bool   // a snapshot is on its way
	trouble  string // what could not be read last time
	entries  []entry
	marks    map[markKey]mark
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
	shown  []int // entries by index, in order
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

// entry is a connection in the table. Closed ones stay as long as their marks.
type entry struct {
	row  rows.Row
	kind tcpmib.ChangeKind // 0: unmarked
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
	s.snapshot, s.at = l.Snapshot, l.At
	s.mark(l)
	s.log(l)
	s.report(l.Err)
	s.entries = slices.Grow(s.entries[:0], len(s.snapshot.Sockets)+len(s.closed))
	for r := range s.snapshot.Rows() {
		s.entries = append(s.entries, entry{*r, s.marks[keyOf(r.Socket)].kind})
	}
	for _, c := range s.closed {
		s.entries = append(s.entries, entry{c.row, tcpmib.Closed})
	}
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
