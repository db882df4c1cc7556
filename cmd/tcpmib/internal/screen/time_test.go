package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// marked returns what is marked on the screen.
func marked(s *Model) string {
	var list []string
	for i := range uint32(s.size()) {
		if kind := s.kind(i); kind != 0 {
			list = append(list, fmt.Sprint(s.socket(i).Local.Port(), " ", kind))
		}
	}
	return strings.Join(list, ", ")
}

// Marks stay for the chosen time, and the header counts them.
func TestMarksStay(t *testing.T) {
	const changed = "50127 changed, 50134 opened, 50129 closed"
	for _, tt := range []struct {
		presses int // of m
		notice  string
		stay    int // in snapshots, one a second
	}{{0, "", 5}, {1, "marks stay for 30s", 30}, {2, "marks stay for 5m0s", 300}, {3, "marks stay until the next refresh", 1}, {4, "marks stay for 5s", 5}} {
		s := testScreen(t, fixture.Office)
		for range tt.presses {
			types(s, "m")
		}
		assert.Equal(t, tt.notice, s.notice.text)
		show(t, s, fixture.Later)
		for range tt.stay - 1 {
			show(t, s, fixture.Later)
		}
		assert.Equal(t, changed, marked(s))
		assert.Contains(t, ansi.Strip(s.draw()), "  +1 -1 ~1  ")
		show(t, s, fixture.Later)
		assert.Empty(t, marked(s))
		assert.NotContains(t, ansi.Strip(s.draw()), "+1")
	}
}

// A connection that comes back while it is still shown as closed is new, and is shown once. One
// whose state goes backwards is two: the old one is still shown as closed.
func TestMarksOfWhatComesBack(t *testing.T) {
	s := testScreen(t, fixture.Office, fixture.Later, fixture.Office)
	assert.Equal(t, "50127 opened, 50129 opened, 50127 closed, 50134 closed", marked(s))
	assert.Equal(t, 33, s.size())
}

// The header counts what matches the filter.
func TestCountsOfFilter(t *testing.T) {
	s := testScreen(t, fixture.Office, fixture.Later)
	types(s, "/")
	types(s, text("chrome")...)
	types(s, "enter")
	assert.Contains(t, ansi.Strip(s.draw()), "  +1  every 1s ")
}

func TestLog(t *testing.T) {
	s := testScreen(t, fixture.Office, fixture.Later, fixture.Office)
	log := func() string { return ansi.Strip(strings.Join(s.drawLog(), "\n")) }
	assert.Equal(t, strings.Join([]string{
		" 07:08:11 - 192.168.1.23:50134 to 203.0.113.8:443  SYN-SENT  chrome.exe",
		" 07:08:11 + 192.168.1.23:50129 to 192.0.2.9:22  LAST-ACK  ssh.exe",
		" 07:08:11 + 192.168.1.23:50127 to 192.0.2.250:8080  SYN-SENT  sqlclient.exe",
		" 07:08:11 - 192.168.1.23:50127 to 192.0.2.250:8080  ESTABLISHED  sqlclient.exe",
		" 07:08:10 + 192.168.1.23:50134 to 203.0.113.8:443  SYN-SENT  chrome.exe",
		" 07:08:10 - 192.168.1.23:50129 to 192.0.2.9:22  LAST-ACK  ssh.exe",
		" 07:08:10 ~ 192.168.1.23:50127 to 192.0.2.250:8080  SYN-SENT → ESTABLISHED  sqlclient.exe",
	}, "\n"), log())
	types(s, "/")
	types(s, text("state=established")...)
	assert.Equal(t, 2, strings.Count(log(), "ESTABLISHED"), "changes from and to it")
	types(s, "ctrl+u")
	types(s, text("state=syn-sent")...)
	assert.Equal(t, 1, strings.Count(log(), "SYN-SENT → ESTABLISHED"), "a change from it")
	types(s, "ctrl+u")
	types(s, text("nobody")...)
	assert.Equal(t, " no events yet", log())
	fail(s, "the network stack does not answer")
	fail(s, "the network stack does not answer")
	assert.Equal(t, " 07:08:11 ! the network stack does not answer", log(), "errors match any filter, and are logged once")
	for range 500 {
		show(t, s, fixture.Later)
		show(t, s, fixture.Office)
	}
	assert.Len(t, s.events, 1000, "the last thousand")
}

// The last of many changes are all that takes memory.
func TestLastOf(t *testing.T) {
	const n = 10
	for _, count := range []int{0, 1, n - 1, n, n + 1, 2*n - 1, 2 * n, 2*n + 1, 1000} {
		last := lastOf(func(yield func(rows.Change) bool) {
			for i := range count {
				yield(rows.OfTCP(tcpmib.Change{Conn: tcpmib.Conn{PID: uint32(i)}}))
			}
		}, n)
		require.Len(t, last, min(n, count))
		for i, c := range last {
			assert.EqualValues(t, count-len(last)+i, c.Now().PID, "%d of %d", i, count)
		}
		assert.Less(t, cap(last), 6*n)
	}
}

// An entry that is wider than the screen goes on below its text, and one that just fits is one
// line.
func TestLogWraps(t *testing.T) {
	const text = "the network stack does not answer"
	s := testScreen(t, fixture.Office)
	fail(s, text)
	for width := logIndent + 1; width < 80; width++ {
		s.width = width
		lines := s.drawLog()
		assert.Equal(t, width >= logIndent+len("! "+text), len(lines) == 1, "%d columns: %q", width, lines)
		joined := ""
		for i, line := range lines {
			line = ansi.Strip(line)
			assert.LessOrEqual(t, len(line), width, line)
			if i > 0 {
				assert.True(t, strings.HasPrefix(line, strings.Repeat(" ", logIndent)), line)
			}
			joined += line
		}
		assert.Equal(t, strings.ReplaceAll("07:08:09 ! "+text, " ", ""), strings.ReplaceAll(joined, " ", ""), "%d columns", width)
	}
}

// An error stands next to the key hints for a while; the header says ERROR until it is over.
func TestErrorGoes(t *testing.T) {
	const text, hints = "the network stack does not answer", "? help"
	s := testScreen(t, fixture.Office)
	start := time.Date(2024, 5, 6, 7, 8, 9, 0, time.Local)
	for second := range 13 {
		fail(s, text)
		s.Update(tickMsg{start.Add(time.Duration(second) * time.Second)})
		types(s, "down") // a key does not remove it
		drawn := s.draw()
		assert.Equal(t, second < 10, strings.Contains(drawn, text), second)
		assert.Contains(t, drawn, hints)
		assert.Contains(t, drawn, "ERROR")
	}
	assert.Equal(t, 31, s.size())
	fail(s, "another")
	assert.Contains(t, s.draw(), "another")
	show(t, s, fixture.Office)
	assert.NotContains(t, s.draw(), "another", "it is over")
	assert.NotContains(t, s.draw(), "ERROR")
}

func TestPause(t *testing.T) {
	s := testScreen(t, fixture.Office)
	looked := 0
	s.world.Look = func(Request) Look { looked++; return Look{} }
	types(s, "p")
	assert.Nil(t, s.tick())
	_, cmd := s.Update(tickMsg{})
	require.NotNil(t, cmd, "the ticks go on")
	types(s, "p")
	s.tick()()
	assert.Equal(t, 1, looked)
	assert.Nil(t, s.tick(), "one at a time")
}

func TestCaptures(t *testing.T) {
	s := testScreen(t)
	record(t, s)
	drawn := func() string { return ansi.Strip(s.draw()) }
	assert.Contains(t, drawn(), "later.zip  2024-05-06 07:08:11  2 of 2  31 connections  +1 -1 ~1  end")
	for _, tt := range []struct{ key, notice string }{{"right", "this is the last capture"}, {"space", "this is the last capture: left goes back"}} {
		assert.Nil(t, types(s, tt.key))
		assert.Equal(t, tt.notice, s.notice.text)
	}
	assert.Nil(t, s.tick(), "at the end nothing is read")
	s.Update(types(s, "left")())
	assert.Contains(t, drawn(), "office.zip  2024-05-06 07:08:09  1 of 2  31 connections  PAUSED")
	assert.Empty(t, marked(s))
	assert.Empty(t, s.events)
	types(s, "left")
	assert.Equal(t, "this is the first capture", s.notice.text)
	assert.Nil(t, s.tick(), "it stays where the user stepped")
	types(s, "space")
	s.Update(s.tick()())
	assert.Equal(t, 1, s.capture)
	assert.Len(t, s.events, 3)
	types(s, "m")
	assert.Contains(t, s.notice.text, "since the capture before")

	// Steps while a capture is being read: the last one counts.
	first := types(s, "left")
	assert.Nil(t, types(s, "right"))
	_, again := s.Update(first())
	require.NotNil(t, again)
	s.Update(again())
	assert.Contains(t, drawn(), "2 of 2")
	assert.Len(t, s.events, 3)

	s.world.Captures = nil
	types(s, "left")
	assert.Contains(t, s.notice.text, "this is a live machine")
}

// However low the screen is, it has one line of the table to move on.
func TestLeastLines(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for height, lines := range []int{1, 1, 1, 1, 1, 2, 3, 4} {
		s.Update(tea.WindowSizeMsg{Width: 80, Height: height})
		assert.Equal(t, lines, s.lines(), height)
		types(s, "home", "pgdown")
		assert.Equal(t, lines, s.cursor, height)
	}
}

// A new connection is still marked as new when its state changes.
func TestMarksOfNewConnectionThatChanges(t *testing.T) {
	established := func() (*fixture.Machine, owner.Processes) {
		m, processes := fixture.Later()
		m.Dated[len(m.Dated)-1].State = tcpmib.StateEstab
		return m, processes
	}
	s := testScreen(t, fixture.Office, fixture.Later, established)
	assert.Equal(t, "50127 changed, 50134 opened, 50129 closed", marked(s))
}

// Marks are those of their sockets in whatever order they are set and asked for.
func TestMarker(t *testing.T) {
	sockets := rows.AppendTCP(nil, many(20, 0))
	slices.SortFunc(sockets, rows.Socket.Compare)
	m := marker{sockets: sockets}
	for i := range slices.Backward(sockets) {
		m.set(&sockets[i], mark{time.Duration(i), tcpmib.Opened})
	}
	for i, at := range m.list {
		assert.Equal(t, mark{time.Duration(i), tcpmib.Opened}, at)
	}
	for range 2 {
		for i := range sockets {
			assert.Equal(t, tcpmib.Opened, m.kind(&sockets[i]))
		}
	}
	other := sockets[3]
	other.Protocol = rows.UDP
	assert.Zero(t, m.kind(&other))
}
