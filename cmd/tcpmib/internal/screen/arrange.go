package screen

import (
	"slices"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// item is a line of the table: a connection, or the header of a group.
type item struct {
	entry  uint32 // number of a connection, for row; not of a header
	number uint32 // of the line of the connection, from 1; of a header, that of its first connection
	header *group // nil: a connection
}

// anchor is what the cursor stays on.
type anchor struct {
	socket rows.Socket
	header bool // the header of the group of conn.PID
}

// markWidth is the width of what precedes a line of the table: the cursor, the mark and a space.
const markWidth = 3

// arrange filters and sorts what is shown. The cursor stays on its connection.
func (s *Model) arrange() {
	s.shown, s.counts = s.shown[:0], map[tcpmib.ChangeKind]int{}
	var r rows.Row // one for all: there may be a million
	for i := range uint32(s.size()) {
		if r = s.row(i); s.selects(&r) {
			s.shown = append(s.shown, i)
			s.counts[s.kind(i)]++
		}
	}
	s.sort()
	// A narrow screen drops columns that are shown by default, but none that the user has added.
	s.table = rows.Table{Columns: slices.Clone(s.columns), Optional: rows.BothColumns, Color: true}
	for i := range s.table.Columns {
		if s.table.Columns[i].Name == s.sortBy {
			s.table.Columns[i].Title += " " // for the arrow
		}
	}
	s.table.Fit(func(yield func(*rows.Row) bool) {
		for _, i := range s.shown {
			if r = s.row(i); !yield(&r) {
				return
			}
		}
	}, true, s.width-markWidth)
	s.items = s.items[:0]
	if s.grouped {
		s.addGroups()
	} else {
		for n, i := range s.shown {
			s.items = append(s.items, item{entry: i, number: uint32(n + 1)})
		}
	}
	if at := slices.IndexFunc(s.items, s.anchored); at >= 0 {
		s.cursor = at
	}
	s.move(0)
}

// sort sorts what is shown, by owner if that is grouped.
func (s *Model) sort() {
	row := func(i int) rows.Row { return s.row(s.shown[i]) }
	socket := func(i int) rows.Socket { return s.socket(s.shown[i]) }
	sorted := make([]uint32, 0, len(s.shown))
	for i := range rows.Sorted(len(s.shown), row, socket, append(rows.Named(s.sortBy), s.sortThen...), s.reverse) {
		sorted = append(sorted, s.shown[i])
	}
	s.shown = sorted
	if s.grouped {
		s.sortByOwner()
	}
}

// selects reports whether a row is shown. Words are looked for in the columns of the table.
func (s *Model) selects(r *rows.Row) bool {
	return s.filter.MatchShown(r, s.columns) && (s.notIn == nil || !s.notIn.Has(r))
}

// anchored reports whether an item is what the cursor was on.
func (s *Model) anchored(i item) bool {
	if s.anchor.header || i.header != nil {
		return s.anchor.header && i.header != nil && i.header.pid == s.anchor.socket.PID
	}
	return s.anchor.socket.Same(s.socket(i.entry))
}

// selected returns the number of the connection under the cursor.
func (s *Model) selected() (entry uint32, ok bool) {
	if s.cursor >= len(s.items) || s.items[s.cursor].header != nil {
		return 0, false
	}
	return s.items[s.cursor].entry, true
}

// move moves the cursor, and scrolls the table to it.
func (s *Model) move(by int) {
	s.cursor = max(0, min(s.cursor+by, len(s.items)-1))
	if s.cursor < len(s.items) {
		if g := s.items[s.cursor].header; g != nil {
			s.anchor = anchor{rows.Socket{Conn: tcpmib.Conn{PID: g.pid}}, true}
		} else {
			s.anchor = anchor{s.socket(s.items[s.cursor].entry), false}
		}
	}
	lines := s.lines()
	s.top = max(0, min(s.top, len(s.items)-lines))
	if s.cursor < s.top {
		s.top = s.cursor
	}
	if s.cursor >= s.top+lines {
		s.top = s.cursor - lines + 1
	}
}

// lines returns how many lines of the table fit between its header row and the footer.
func (s *Model) lines() int {
	return max(1, s.height-len(s.drawHead())-len(s.drawFoot())-1)
}
