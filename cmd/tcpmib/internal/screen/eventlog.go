package screen

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// event is an entry of the log: a change, or an error.
type event struct {
	at      time.Time
	capture int
	kind    tcpmib.ChangeKind
	row     rows.Row
	before  rows.Row // of Changed
	err     string
}

// logIndent is the width of a time and a mark.
const logIndent = len(" 15:04:05 + ")

// mostEvents limits the memory that the log takes.
const mostEvents = 1000

// log adds the changes of a snapshot. A step back through captures takes back what came after.
func (s *Model) log(l Look) {
	if s.captured() {
		s.events = slices.DeleteFunc(s.events, func(e event) bool { return e.capture >= l.Request.Capture })
	}
	before := rows.Snapshot{Processes: l.Before}
	for _, c := range lastOf(l.Changes, mostEvents) {
		e := event{at: l.At, capture: l.Request.Capture, kind: c.Kind, row: s.snapshot.Row(c.Now())}
		switch c.Kind {
		case tcpmib.Closed:
			e.row = before.Row(c.Now())
		case tcpmib.Changed:
			e.before = before.Row(c.Before())
		}
		s.events = append(s.events, e)
	}
	s.trimEvents()
}

// lastOf returns the last n changes, or all if there are fewer.
func lastOf(changes iter.Seq[rows.Change], n int) (last []rows.Change) {
	for c := range changes { // perhaps two million
		if last = append(last, c); len(last) == 2*n {
			last = slices.Delete(last, 0, n)
		}
	}
	return last[max(0, len(last)-n):]
}

func (s *Model) logError(text string) {
	s.events = append(s.events, event{at: s.at, capture: s.capture, err: text})
	s.trimEvents()
}

func (s *Model) trimEvents() { s.events = s.events[max(0, len(s.events)-mostEvents):] }

func (s *Model) showLog() tea.Cmd {
	s.mode, s.offset = modeLog, 0
	return nil
}

// drawLog returns the events that match the filter, the newest first.
func (s *Model) drawLog() []string {
	var lines []string
	for _, e := range slices.Backward(s.events) {
		changedOut := e.kind == tcpmib.Changed && s.selects(&e.before)
		if e.err == "" && !s.selects(&e.row) && !changedOut {
			continue
		}
		text, style := "! "+cli.Printable(e.err), troubleStyle
		if e.err == "" {
			text, style = e.text(), rows.Marks[e.kind].Style
		}
		at := " " + e.at.Local().Format("15:04:05") + " "
		for line := range strings.SplitSeq(ansi.Wrap(text, max(1, s.width-logIndent), ""), "\n") {
			lines = append(lines, at+style.Render(line))
			at = cli.Spaces(logIndent) // under the text after the mark
		}
	}
	if lines == nil {
		lines = []string{" no events yet"}
	}
	return lines
}

func (e *event) text() string {
	state := e.row.State.String()
	if e.kind == tcpmib.Changed && e.before.State != e.row.State {
		state = e.before.State.String() + " → " + state
	}
	text := fmt.Sprintf("%s %s  %s", rows.Marks[e.kind].Text, rows.Endpoints(e.row.Conn), state)
	if e.row.Process != "" {
		text += "  " + cli.Printable(e.row.Process)
	}
	return text
}
