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
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// made returns a made-up machine.
type made = func() (*fixture.Machine, owner.Processes)

// testScreen is a screen of 110 by 24 that shows made-up machines, one a tick.
func testScreen(t testing.TB, machines ...made) *Model {
	t.Helper()
	s := New(Options{Interval: time.Second})
	s.Update(tea.WindowSizeMsg{Width: 110, Height: 24})
	for _, make := range machines {
		show(t, s, make)
	}
	return s
}

func show(t testing.TB, s *Model, make made) {
	t.Helper()
	m, processes := make()
	r := tcpmib.Reader{Source: m}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	slices.SortFunc(conns, tcpmib.Conn.Compare)
	s.Update(Look{
		Changes:  changes(s, conns),
		Snapshot: rows.Snapshot{Conns: conns, Processes: processes},
		At:       time.Date(2024, 5, 6, 7, 8, 9, 0, time.Local),
	})
}

// changes returns what changed since the snapshot on the screen, as a tracker would.
func changes(s *Model, conns []tcpmib.Conn) []tcpmib.Change {
	if s.at.IsZero() {
		return nil
	}
	return slices.Collect(tcpmib.Diff(s.snapshot.Conns, conns))
}

// types presses keys: words are names of keys, everything else is text.
func types(s *Model, keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		cmd = s.press(keyPress(k))
	}
	return cmd
}

func keyPress(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome,
		"end": tea.KeyEnd, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func text(s string) []string { return strings.Split(s, "") }

func TestScreenFrames(t *testing.T) {
	for name, frame := range map[string]func(s *Model){
		"first":     func(s *Model) {},
		"tick":      func(s *Model) { show(t, s, fixture.Later) },
		"end":       func(s *Model) { show(t, s, fixture.Later); types(s, "end") },
		"sorted":    func(s *Model) { types(s, "5", "5", "down", "down") },
		"filtered":  func(s *Model) { types(s, "/"); types(s, text("state=!listen,!established ssh")...) },
		"badfilter": func(s *Model) { types(s, "/"); types(s, text("port=x")...) },
		"nothing":   func(s *Model) { types(s, "/"); types(s, text("nobody")...); types(s, "enter") },
		"paused":    func(s *Model) { types(s, "space") },
		"help":      func(s *Model) { types(s, "?") },
		"close":     func(s *Model) { types(s, "end", "up", "up", "x") },
		"system":    func(s *Model) { types(s, "end", "x") },
		"detail": func(s *Model) {
			types(s, "end", "up", "up", "up", "up")
			s.world.Inspect = func(tcpmib.Conn) []Detail {
				return []Detail{{"path", `C:\Program Files\Google\Chrome\Application\chrome.exe`}, {"services", "-"}}
			}
			cmd := types(s, "enter")
			s.Update(cmd())
		},
		"loading": func(s *Model) { types(s, "enter") },
		"trouble": func(s *Model) {
			s.Update(Look{Snapshot: s.snapshot, At: s.at, Err: &tcpmib.Error{Query: tcpmib.Query{Func: "GetTcp6Table2"}, Code: 31}})
		},
		"narrow": func(s *Model) { s.Update(tea.WindowSizeMsg{Width: 72, Height: 12}) },
	} {
		t.Run(name, func(t *testing.T) {
			s := testScreen(t, fixture.Office)
			frame(s)
			drawn := s.draw()
			fixture.Golden(t, name+".golden", drawn+"\n")
			lines := strings.Split(drawn, "\n")
			assert.Len(t, lines, s.height)
			for _, line := range lines {
				assert.LessOrEqual(t, cli.DisplayWidth(line), s.width)
			}
			assert.Equal(t, drawn, s.draw(), "drawing changes nothing")
		})
	}
}

func TestScreenBeforeTheFirstLook(t *testing.T) {
	s := testScreen(t)
	assert.Contains(t, s.draw(), "reading the TCP tables ...")
	types(s, "down", "enter", "x", "end", "2")
	assert.Contains(t, s.draw(), "reading the TCP tables ...")
	s.Update(tea.WindowSizeMsg{})
	assert.Empty(t, s.draw())
}

// Marks are of the last beat alone.
func TestScreenMarksFade(t *testing.T) {
	s := testScreen(t, fixture.Office, fixture.Later)
	kinds := func() string {
		var text []string
		for _, e := range s.entries {
			if e.kind != 0 {
				text = append(text, fmt.Sprint(e.row.Local.Port(), " ", e.kind))
			}
		}
		return strings.Join(text, ", ")
	}
	assert.Equal(t, "50127 changed, 50134 opened, 50129 closed", kinds())
	show(t, s, fixture.Later)
	assert.Empty(t, kinds())
	show(t, s, fixture.Office)
	assert.Equal(t, "50127 changed, 50129 opened, 50134 closed", kinds())
}

// The cursor stays on its connection, wherever that goes.
func TestScreenCursorStays(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "end", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up")
	before, ok := s.selected()
	require.True(t, ok)
	for range 6 {
		for i := range rows.TableColumns {
			types(s, fmt.Sprint(i+1))
			got, _ := s.selected()
			assert.Equal(t, before.Conn, got.Conn)
			assert.GreaterOrEqual(t, s.cursor, s.top)
			assert.Less(t, s.cursor, s.top+s.lines())
		}
		show(t, s, fixture.Later)
		show(t, s, fixture.Office)
	}
}

// A connection that changes its state is the same connection, wherever it moves.
func TestScreenCursorFollowsState(t *testing.T) {
	connections := func(ports string, state tcpmib.State) made {
		m := &fixture.Machine{}
		for _, port := range strings.Fields(ports) {
			m.Add4("10.0.0.1:"+port, "10.0.0.2:443", state, 7, tcpmib.OffloadStateInHost)
		}
		return func() (*fixture.Machine, owner.Processes) { return m, nil }
	}
	s := testScreen(t, connections("11 12 13", tcpmib.StateEstab))
	types(s, "down")
	show(t, s, connections("10 11 12 13", tcpmib.StateCloseWait))
	r, _ := s.selected()
	assert.EqualValues(t, 12, r.Local.Port())
	assert.Equal(t, tcpmib.StateCloseWait, r.State)
}

func TestScreenScrolls(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for _, tt := range []struct {
		key         string
		cursor, top int
	}{
		{"up", 0, 0}, {"down", 1, 0}, {"pgdown", 22, 2}, {"pgdown", 30, 10}, {"down", 30, 10},
		{"pgup", 9, 9}, {"home", 0, 0}, {"G", 30, 10}, {"k", 29, 10}, {"g", 0, 0},
	} {
		types(s, tt.key)
		assert.Equal(t, [2]int{tt.cursor, tt.top}, [2]int{s.cursor, s.top}, tt.key)
	}
}

func TestScreenFilterKeys(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	types(s, text("sshx")...)
	assert.Empty(t, s.shown)
	types(s, "backspace")
	assert.Len(t, s.shown, 4)
	types(s, "enter", "down")
	assert.Equal(t, 1, s.cursor)
	types(s, "esc")
	assert.Len(t, s.shown, 31)
	types(s, "/", "p", "=")
	assert.Contains(t, s.message, `unknown filter "p"; filters are state, port,`)
	types(s, "esc")
	assert.Len(t, s.shown, 31)
}

// A filter that makes no sense is not left on the screen as if it held.
func TestScreenKeepsAWrongFilterOpen(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/")
	types(s, text("state=listenx")...)
	types(s, "enter")
	assert.Equal(t, modeFilter, s.mode)
	assert.Contains(t, s.drawFoot(), "state=listenx: ")
	types(s, "backspace", "enter")
	assert.Equal(t, modeTable, s.mode)
	assert.Len(t, s.shown, 9)
	assert.NotContains(t, s.drawFoot(), "listenx")
}

func TestScreenPaste(t *testing.T) {
	s := testScreen(t, fixture.Office)
	s.Update(tea.PasteMsg{Content: "q"}) // no key, and there is nothing to type into
	assert.Empty(t, s.input.Value())
	types(s, "/", "s")
	for _, tt := range []struct {
		pasted, typed, message string
		shown                  int
	}{
		{"sh\r\n", "ssh", "", 4},
		{" \x1b[port=\t2", "ssh [port=2", `unknown filter "[port"`, 4},
	} {
		s.Update(tea.PasteMsg{Content: tt.pasted})
		assert.Equal(t, tt.typed, s.input.Value())
		assert.Len(t, s.shown, tt.shown)
		assert.Contains(t, s.message, tt.message)
		assert.Equal(t, tt.message == "", s.message == "")
	}
}

// The help and the details are longer than a small screen: the keys that move the
// cursor in the table move them, and all others go back.
func TestScreenPages(t *testing.T) {
	for name, open := range map[string]string{"help": "?", "detail": "enter"} {
		s := testScreen(t, fixture.Office)
		s.Update(tea.WindowSizeMsg{Width: 120, Height: 6})
		s.world.Inspect = func(tcpmib.Conn) []Detail { return []Detail{{"path", "p"}, {"services", "the last"}} }
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
			{"up", 0}, {"down", 1}, {"j", 2}, {"pgdown", 5}, {"k", 4}, {"end", end}, {"down", end}, {"up", end - 1},
			{"pgup", end - 4}, {"home", 0}, {"G", end},
		} {
			types(s, tt.key)
			assert.Equal(t, window(tt.top), shown(), "%s: %s", name, tt.key)
		}
		s.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
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

// What is on the command line is not what is typed: esc leaves it.
func TestScreenFlags(t *testing.T) {
	s := testScreen(t)
	var err error
	s.flags, err = filter.Parse("process=ssh")
	require.NoError(t, err)
	show(t, s, fixture.Office)
	types(s, "esc")
	assert.Len(t, s.shown, 4)
}

func TestScreenPause(t *testing.T) {
	s := testScreen(t, fixture.Office)
	looked := 0
	s.world.Look = func() Look { looked++; return Look{} }
	types(s, "p")
	_, cmd := s.Update(tickMsg{})
	require.NotNil(t, cmd, "the beats go on")
	types(s, "p")
	_, cmd = s.Update(tickMsg{})
	cmd()
	assert.Equal(t, 1, looked)
}

func TestScreenClose(t *testing.T) {
	s := testScreen(t, fixture.Office)
	var asked []tcpmib.Conn
	s.world.Close = func(c tcpmib.Conn) error {
		asked = append(asked, c)
		return errors.New("tcpmib: access is denied")
	}
	types(s, "/")
	types(s, text("port=50120")...)
	types(s, "enter")

	assert.Nil(t, types(s, "x", "n"))
	assert.Equal(t, "not closed", s.message)
	cmd := types(s, "x", "y")
	require.NotNil(t, cmd)
	s.Update(cmd())
	assert.Equal(t, "access is denied", s.message)
	require.Len(t, asked, 1)
	assert.Equal(t, netip.MustParseAddrPort("192.168.1.23:50120"), asked[0].Local)
}

func TestScreenLeaves(t *testing.T) {
	for _, keys := range [][]string{{"q"}, {"ctrl+c"}} {
		s := testScreen(t, fixture.Office)
		var cmd tea.Cmd
		if keys[0] == "ctrl+c" {
			types(s, "/") // even there
			cmd = s.press(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
		} else {
			cmd = types(s, keys...)
		}
		require.NotNil(t, cmd)
		assert.IsType(t, tea.QuitMsg{}, cmd())
	}
}

// At any size, with the cursor on any line, the screen has its lines, and none is too
// wide.
func TestScreenSizes(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for width := 1; width <= 120; width += 7 {
		for _, height := range []int{1, 2, 3, 5, 24} {
			s.Update(tea.WindowSizeMsg{Width: width, Height: height})
			types(s, "home")
			for range s.shown {
				lines := strings.Split(s.draw(), "\n")
				require.Len(t, lines, height)
				for _, line := range lines {
					require.LessOrEqual(t, cli.DisplayWidth(line), width)
				}
				types(s, "down")
			}
		}
	}
}

// Every key of the help does something, and does not bring the screen down.
func TestScreenKeys(t *testing.T) {
	for _, k := range actions {
		for _, name := range k.Keys() {
			for _, machines := range [][]made{nil, {fixture.Office}} {
				s := testScreen(t, machines...)
				types(s, name)
				assert.NotEmpty(t, s.draw())
			}
		}
	}
}

// many is a machine with n connections, some of which change from look to look.
func many(n, look int) []tcpmib.Conn {
	conns := make([]tcpmib.Conn, 0, n)
	for i := range n {
		c := tcpmib.Conn{
			Local:  netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 14), byte(i >> 6)}), uint16(i)),
			Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}), 443),
			PID:    uint32(i % 300), State: tcpmib.StateEstab,
		}
		if (i+look)%50 == 0 {
			c.State = tcpmib.StateCloseWait
		}
		conns = append(conns, c)
	}
	return conns
}

// One beat and its frame, which have to fit between two frames of a terminal.
func BenchmarkScreen(b *testing.B) {
	const n = 10_000
	names := owner.Processes{}
	for pid := range uint32(300) {
		names[pid] = owner.Process{PID: pid, Name: fmt.Sprintf("program%d.exe", pid)}
	}
	var looks [2]Look
	for i := range looks {
		looks[i] = Look{Snapshot: rows.Snapshot{Conns: many(n, i), Processes: names}, At: time.Unix(int64(i+1), 0)}
	}
	s := testScreen(b)
	b.Run("beat", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			looks[i%2].Changes = changes(s, looks[i%2].Snapshot.Conns)
			s.Update(looks[i%2])
			s.draw()
		}
	})
	b.Run("key", func(b *testing.B) {
		for b.Loop() {
			types(s, "down")
			s.draw()
		}
	})
}

// An error is shown until the next snapshot that can be read.
func TestScreenErrorGoes(t *testing.T) {
	s := testScreen(t, fixture.Office)
	s.Update(Look{Snapshot: s.snapshot, At: s.at, Err: errors.New("tcpmib: the network stack does not answer")})
	assert.Len(t, s.entries, 31)
	for _, e := range s.entries {
		assert.Zero(t, e.kind)
	}
	assert.Contains(t, s.draw(), "the network stack does not answer")
	show(t, s, fixture.Office)
	assert.NotContains(t, s.draw(), "does not answer")
}
