package rows

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Change is what happened to a socket between two snapshots.
type Change struct {
	Conn     tcpmib.Conn // as it is; for tcpmib.Closed, as it was last
	Kind     tcpmib.ChangeKind
	Protocol Protocol
	old      changeable // for tcpmib.Changed
}

// changeable is the part of a connection that does not identify it.
type changeable struct {
	pid     uint32
	state   tcpmib.State
	offload tcpmib.OffloadState
}

// OfTCP returns a change of a TCP socket.
func OfTCP(c tcpmib.Change) Change {
	return Change{Conn: c.Conn, Kind: c.Kind, Protocol: TCP, old: changeable{c.Old.PID, c.Old.State, c.Old.Offload}}
}

// OfUDP returns a change of a UDP socket.
func OfUDP(c udpmib.Change) Change {
	return Change{Conn: OfEndpoint(c.Endpoint).Conn, Kind: c.Kind, Protocol: UDP, old: changeable{pid: c.Old.PID}}
}

// Now returns the socket as it is, or was when it closed.
func (c *Change) Now() Socket { return Socket{c.Conn, c.Protocol} }

// Before returns the socket as it was before it changed, or the zero value if it did not.
func (c *Change) Before() Socket {
	if c.Kind != tcpmib.Changed {
		return Socket{}
	}
	s := c.Now()
	s.PID, s.State, s.Offload = c.old.pid, c.old.state, c.old.offload
	return s
}

// Mark is how a change is shown: the text says the same as its color.
type Mark struct {
	Text  string
	Style lipgloss.Style
}

// Marks are the marks of changes.
var Marks = map[tcpmib.ChangeKind]Mark{
	tcpmib.Opened:  {"+", lipgloss.NewStyle().Foreground(lipgloss.Green)},
	tcpmib.Closed:  {"-", lipgloss.NewStyle().Foreground(lipgloss.Red)},
	tcpmib.Changed: {"~", lipgloss.NewStyle().Foreground(lipgloss.Yellow)},
}

// DiffColumns are the columns of diff. Rows have a Change.
var DiffColumns = diffColumns()

func diffColumns() []Column {
	mark := Column{Name: "event",
		Text: func(dst []byte, r *Row) []byte { return append(dst, Marks[r.Change.Kind].Text...) }}
	columns := append([]Column{mark}, Named("protocol", "local", "remote", "state", "pid", "process")...)
	for i := range columns {
		c := &columns[i]
		if c.Name == "state" {
			c.Text, c.Shrink = withStateBefore(c.Text), shrinkStates
		}
		c.Style = func(r *Row) lipgloss.Style { return Marks[r.Change.Kind].Style }
	}
	return columns
}

const arrow = "-> "

// withStateBefore returns a Text that has the state before, if it was another, before text.
func withStateBefore(text func([]byte, *Row) []byte) func([]byte, *Row) []byte {
	return func(dst []byte, r *Row) []byte {
		if c := r.Change; c.Kind == tcpmib.Changed && c.old.state != r.State {
			dst = append(append(dst, c.old.state.String()...), " "+arrow...)
		}
		return text(dst, r)
	}
}

// shrinkStates drops the state before, and then the arrow.
func shrinkStates(text string, width int) string {
	if _, now, changed := strings.Cut(text, arrow); changed {
		text = arrow + now
		if len(text) > width {
			text = now
		}
	}
	if len(text) > width {
		return shrinkEnd(text, width)
	}
	return text
}

// Events encodes changes as JSON lines: those of WriteJSONLines with the keys time and event before
// them, and previousState where the state changed.
type Events struct {
	objects *Objects
	line    []byte

	at    time.Time
	start []byte // of each line of this time
}

// NewEvents returns an encoder of changes with some columns of their rows.
func NewEvents(columns []Column) *Events { return &Events{objects: NewObjects(columns)} }

// Line returns the line of a change to a row in the snapshot of a time. It is valid until the next
// call.
func (e *Events) Line(at time.Time, c *Change, r *Row) []byte {
	if e.start == nil || at != e.at {
		e.at, e.start = at, at.UTC().AppendFormat([]byte(`{"time":"`), time.RFC3339Nano)
	}
	line := append(append(e.line[:0], e.start...), `","event":`...)
	line = appendQuoted(line, c.Kind.String())
	if c.Kind == tcpmib.Changed {
		line = append(line, `,"previousState":`...)
		line = appendQuoted(line, c.old.state.String())
	}
	line = append(line, ',')
	e.line = append(append(line, e.objects.Object(r)[1:]...), '\n')
	return e.line
}
