package screen

import (
	"iter"
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib/owner"
)

// World is what the screen asks. Its functions run concurrently with the screen.
type World struct {
	Captures []Capture // what is shown, one after the other; nil for this computer
	Look     func(Request) Look
	Inspect  func(rows.Socket) []Detail // all that is known of a socket and its owner
	Refuse   func(rows.Socket) error    // why Close would refuse, or nil if it would try
	Close    func(rows.Socket) error
}

// Capture is how the screen names a capture.
type Capture struct {
	Name string
	Time time.Time
}

// Request is what a snapshot must contain.
type Request struct {
	Capture  int // index into World.Captures
	Tables   rows.Tables
	Created  bool // creation times
	Services bool
	Owners   bool // paths, users, parents and command lines
}

// Look is a snapshot, what changed since the last one, and what could not be read. The last one of
// a capture is the capture before it.
type Look struct {
	Request  Request
	Snapshot rows.Snapshot // sorted by rows.Socket.Compare
	At       time.Time
	Err      error

	// Changes yields the changes, none that is tcpmib.Present, each time it is called until the next
	// Look. It is nil if there are none.
	Changes iter.Seq[rows.Change]
	Before  owner.Processes // at the last snapshot, which name what closed
}

// Detail is one thing that is known about a connection.
type Detail struct{ Name, Value string }

// request returns what the screen needs now: for its columns, and for its filter.
func (s *Model) request() Request {
	columns := slices.Concat(s.columns, rows.Named(s.sortBy), s.sortThen, s.filter.Needs())
	return Request{
		Capture:  s.capture,
		Tables:   s.filter.Tables(),
		Created:  rows.Has(columns, "created") || rows.Has(columns, "age"),
		Services: rows.Has(columns, "services"),
		Owners: slices.ContainsFunc(columns, func(c rows.Column) bool {
			return slices.Contains([]string{"path", "user", "parent", "parentProcess", "commandLine"}, c.Name)
		}),
	}
}
