package screen

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// What is half typed leaves the last valid filter in force, and the screen says so.
func TestFilterWhileTyping(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	for _, tt := range []struct {
		typed, inForce, notice string
		shown                  int
	}{
		{"por", "", "", 31},
		{"t=", "", "not applied: port=: want a port", 31},
		{"443", "port=443", "", 6},
		{" state", "port=443", "", 6},
		{"=", "port=443", "not applied: state=: unknown state; want one of", 6},
		{"esta", "port=443", "not applied: state=esta", 6},
		{"blished", "port=443 state=established", "", 3},
		{" !", "port=443 state=established", "not applied: !: want a word after it", 3},
		{"chrome", "port=443 state=established !chrome", "", 0},
	} {
		types(s, text(tt.typed)...)
		assert.ElementsMatch(t, strings.Fields(tt.inForce), strings.Fields(s.filterText), tt.typed)
		assert.Len(t, s.shown, tt.shown, tt.typed)
		assert.True(t, strings.HasPrefix(s.notice.text, tt.notice), s.notice.text)
		assert.Equal(t, tt.notice == "", s.notice.text == "", s.notice.text)
	}
}

func TestFilterLineKeys(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	types(s, text("!listen ssh")...)
	assert.Len(t, s.shown, 4)
	types(s, "ctrl+w")
	assert.Equal(t, "!listen ", s.input.Value())
	assert.Len(t, s.shown, 22)
	types(s, "home", "right", "backspace", "enter")
	assert.Equal(t, "listen", s.filterText)
	assert.Len(t, s.shown, 9)
	types(s, "/", "ctrl+u", "enter")
	assert.Empty(t, s.filterText)
	assert.Len(t, s.shown, 31)
}

// An invalid filter keeps the line open.
func TestFilterLineStaysOpen(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	types(s, text("state=listenx")...)
	types(s, "enter")
	assert.Equal(t, modeFilter, s.mode)
	assert.Contains(t, s.draw(), "not applied: state=listenx: ")
	types(s, "backspace", "enter")
	assert.Equal(t, modeTable, s.mode)
	assert.Len(t, s.shown, 9)
	types(s, "/")
	types(s, text(" port")...)
	types(s, "enter")
	assert.Contains(t, s.draw(), "not applied: port: want a value")
}

func TestFilterHistory(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for _, f := range []string{"ssh", "chrome", "ssh", "system"} {
		types(s, "/", "ctrl+u")
		types(s, text(f)...)
		types(s, "enter")
	}
	types(s, "/")
	for _, tt := range []struct{ key, want string }{
		{"up", "ssh"}, {"up", "chrome"}, {"up", "chrome"}, {"down", "ssh"}, {"down", "system"}, {"down", ""}, {"down", ""},
		{"up", "system"},
	} {
		types(s, tt.key)
		assert.Equal(t, tt.want, s.input.Value(), tt.key)
		assert.Equal(t, tt.want, s.filterText, tt.key)
	}
	types(s, "esc", "/", "up")
	assert.Equal(t, "system", s.input.Value(), "a cleared filter comes back")

	s = testScreen(t, fixture.Office)
	types(s, "/", "s", "s", "h", "enter", "/")
	for _, key := range []string{"up", "down", "up", "up", "down", "down"} {
		types(s, key)
		assert.Equal(t, "ssh", s.input.Value(), "the only filter of the history is there already: %s", key)
	}
}

// A filter of the command line is shown, can be changed and cleared, and comes back.
func TestFilterOfCommandLine(t *testing.T) {
	f, err := filter.Parse("family=ipv4 process=ssh")
	require.NoError(t, err)
	s := New(Options{Interval: time.Second, Filter: f})
	var asked []tcpmib.Family
	s.world.Look = func(r Request) Look { asked = append(asked, r.Tables.Families); return Look{Request: r} }
	s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	show(t, s, fixture.Office)
	assert.Len(t, s.shown, 4)
	assert.Contains(t, ansi.Strip(s.draw()), "\nfilter family=ipv4 process=ssh  esc clears it\n")
	cmd := types(s, "esc")
	require.NotNil(t, cmd, "the other family is read")
	cmd()
	assert.Equal(t, []tcpmib.Family{tcpmib.Both}, asked)
	assert.Len(t, s.shown, 31)
	assert.NotContains(t, s.draw(), "ipv4")
	types(s, "/", "up", "enter")
	assert.Len(t, s.shown, 4)
}

// Wherever the cursor is in a long filter line, it is on the screen.
func TestFilterLineShowsItsCursor(t *testing.T) {
	const cursor = "\x1b[7m"
	s := testScreen(t, fixture.Office)
	types(s, "/")
	s.Update(tea.PasteMsg{Content: strings.Repeat("!nobody ", 40)})
	for _, width := range []int{110, 40, 10} {
		s.Update(tea.WindowSizeMsg{Width: width, Height: 10})
		for range 330 {
			lines := strings.Split(s.draw(), "\n")
			require.Contains(t, lines[len(lines)-1], cursor, "%d columns, cursor at %d", width, len(s.input.before))
			types(s, "left")
		}
		types(s, "end")
	}
}

func TestPages(t *testing.T) {
	for name, open := range map[string]string{"help": "?", "detail": "enter", "log": "l"} {
		s := testScreen(t, fixture.Office)
		for range 3 {
			show(t, s, fixture.Later)
			show(t, s, fixture.Office)
		}
		s.Update(tea.WindowSizeMsg{Width: 120, Height: 6})
		s.world.Inspect = func(rows.Socket) []Detail { return []Detail{{"path", "p"}, {"services", "the last"}} }
		shown := func() string { return strings.Join(strings.Split(s.draw(), "\n")[1:5], "\n") }
		if cmd := types(s, open); cmd != nil {
			s.Update(cmd())
		}
		page := s.page()
		window := func(top int) string { return strings.Join(page[top:top+4], "\n") }
		end := len(page) - 4
		for _, tt := range []struct {
			key string
			top int
		}{
			{"up", 0}, {"down", 1}, {"j", 2}, {"k", 1}, {"end", end}, {"down", end}, {"up", end - 1}, {"home", 0}, {"G", end},
		} {
			types(s, tt.key)
			assert.Equal(t, window(tt.top), shown(), "%s: %s", name, tt.key)
		}
		s.Update(tea.WindowSizeMsg{Width: 120, Height: 60})
		assert.Contains(t, s.draw(), page[0]+"\n"+page[1], "more room shows more, not less")
		for height := range 5 {
			s.Update(tea.WindowSizeMsg{Width: 120, Height: height})
			types(s, "end")
			s.draw()
		}
		assert.Zero(t, s.cursor, "the table stays where it was")
		types(s, "q")
		assert.Equal(t, modeTable, s.mode)
		types(s, open)
		assert.Zero(t, s.offset)
	}
}

// The help names every key, and says how much of it is on the screen.
func TestHelpListsEveryKey(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "?")
	help := strings.Join(s.page(), "\n")
	for _, a := range actions {
		assert.Contains(t, help, a.name)
		assert.Contains(t, help, a.help)
	}
	for _, k := range []string{"ctrl+u", "ctrl+w", "left right home end", "up down"} {
		assert.Contains(t, help, k)
	}
	assert.Contains(t, s.draw(), "1-22 of ")
}

func TestColumnChooser(t *testing.T) {
	s := testScreen(t, fixture.Office)
	var asked []Request
	s.world.Look = func(r Request) Look {
		asked = append(asked, r)
		return Look{Request: r, Snapshot: s.snapshot, At: s.at}
	}
	names := func() (list []string) {
		for _, c := range s.columns {
			list = append(list, c.Name)
		}
		return list
	}
	types(s, "c", "down", "space", "down", "enter", "down", "esc")
	assert.Equal(t, []string{"family", "remote", "state", "pid", "process", "offload"}, names())
	assert.Equal(t, modeTable, s.mode)
	s.looking = false
	types(s, "c", "end")
	types(s, "enter")()
	assert.True(t, asked[len(asked)-1].Services, "services are read when they are shown")
	s.looking = false
	types(s, "up")
	types(s, "enter")()
	assert.True(t, asked[len(asked)-1].Created)
	types(s, "esc", "c")
	for _, c := range offered {
		if slices.Contains(names(), c.Name) && c.Name != "state" {
			types(s, "space")
		}
		types(s, "down")
	}
	types(s, "home")
	for s.choice < slices.IndexFunc(offered, isState) {
		types(s, "down")
	}
	types(s, "space")
	assert.Equal(t, []string{"state"}, names())
	assert.Equal(t, "the last column stays", s.notice.text)
	types(s, "esc", "9")
	assert.Contains(t, s.notice.text, "no column 9")
}

func TestGroups(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "end", "t")
	r, _ := s.selected()
	assert.Equal(t, "[fe80::1c2b:3fff:fe4a:5d6e%12]:50140", s.socket(r).Local.String(), "the cursor stays")
	for s.items[s.cursor].header == nil {
		types(s, "up")
	}
	before := len(s.items)
	types(s, "enter")
	assert.Less(t, len(s.items), before)
	assert.EqualValues(t, 4, s.items[s.cursor].header.pid)
	show(t, s, fixture.Later)
	assert.EqualValues(t, 4, s.items[s.cursor].header.pid, "the cursor stays on the group")
	assert.Contains(t, s.draw(), "► System (4)")
	types(s, "x")
	assert.Equal(t, modeTable, s.mode)
	assert.Contains(t, s.notice.text, "this is a group")
	types(s, "enter")
	assert.Len(t, s.items, before+1, "and one has opened")
	types(s, "t")
	assert.Len(t, s.items, 32)
}

// The cursor stays on each connection and on each header, whatever the groups do.
func TestCursorInGroups(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "t", "home")
	for at := range s.items {
		require.Equal(t, at, s.cursor)
		first := s.items[at].number
		if s.items[at].header != nil {
			first = s.items[at+1].number // its first connection
			assert.Contains(t, ansi.Strip(s.draw()), "\n>  ▼ ", "above the others")
		}
		assert.Contains(t, s.draw(), fmt.Sprintf(" %d/31\n", first))
		show(t, s, fixture.Office)
		assert.Equal(t, at, s.cursor, "after a refresh")
		if conn, ok := s.selected(); ok {
			before := s.socket(conn)
			types(s, "t", "t")
			assert.Equal(t, at, s.cursor, "without groups and back")
			after, ok := s.selected()
			require.True(t, ok)
			assert.Equal(t, before, s.socket(after))
		}
		types(s, "down")
	}
}

func TestClose(t *testing.T) {
	s := testScreen(t, fixture.Office)
	var asked []tcpmib.Conn
	s.world.Close = func(c rows.Socket) error {
		asked = append(asked, c.Conn)
		if len(asked) == 1 {
			return errors.New("tcpmib: access is denied")
		}
		return nil
	}
	types(s, "/")
	types(s, text("port=50120")...)
	types(s, "enter")
	assert.Nil(t, types(s, "x", "n"))
	assert.Equal(t, "not closed", s.notice.text)
	s.Update(types(s, "x", "y")())
	assert.Equal(t, "cannot close 192.168.1.23:50120 to 203.0.113.7:443: access is denied", s.notice.text)
	s.Update(types(s, "delete", "Y")())
	assert.Equal(t, "closed 192.168.1.23:50120 to 203.0.113.7:443", s.notice.text)
	require.Len(t, asked, 2)
	assert.Equal(t, netip.MustParseAddrPort("192.168.1.23:50120"), asked[0].Local)
}

// Details that come late are those of another connection, or of none.
func TestLateDetails(t *testing.T) {
	s := testScreen(t, fixture.Office)
	s.world.Inspect = func(socket rows.Socket) []Detail { return []Detail{{"local", socket.Local.String()}} }
	first := types(s, "enter")
	types(s, "esc")
	second := types(s, "down", "enter")
	s.Update(first())
	assert.Nil(t, s.details)
	assert.Contains(t, s.draw(), "loading ...")
	s.Update(second())
	require.Len(t, s.details, 1)
	assert.Equal(t, s.subject.Local.String(), s.details[0].Value)
	types(s, "esc", "enter", "esc")
	s.Update(second())
	assert.Nil(t, s.details, "nobody looks at them")
}

// Keys of a connection do nothing where there is none.
func TestNothingToActOn(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	types(s, text("nobody")...)
	types(s, "enter")
	for _, key := range []string{"x", "delete", "enter", "up", "down", "end"} {
		assert.Nil(t, types(s, key))
		assert.Equal(t, modeTable, s.mode, key)
		assert.Empty(t, s.notice.text, key)
	}
}

// Nothing asks about what it will refuse.
func TestCloseRefusesAtOnce(t *testing.T) {
	s := testScreen(t, fixture.Office)
	s.world.Refuse = refuse
	types(s, "x")
	assert.Equal(t, modeTable, s.mode)
	assert.Equal(t, "cannot close: it is a listening socket, not a connection: end its process instead", s.notice.text)

	s = testScreen(t, fixture.Office, fixture.Later)
	types(s, "/")
	types(s, text("port=50129")...)
	types(s, "enter", "x")
	assert.Equal(t, modeTable, s.mode)
	assert.Equal(t, "cannot close: it has closed already", s.notice.text)
}

func isState(c rows.Column) bool { return c.Name == "state" }
