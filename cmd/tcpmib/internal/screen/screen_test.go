package screen

import (
	"fmt"
	"iter"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
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
	s := New(Options{Interval: time.Second, World: World{Refuse: func(rows.Socket) error { return nil }}})
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
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.Local)
	if !s.at.IsZero() {
		at = s.at.Add(time.Second)
	}
	s.Update(Look{
		Request:  s.request(),
		Changes:  changes(s, conns),
		Snapshot: rows.Snapshot{Sockets: rows.AppendTCP(nil, conns), Processes: processes},
		Before:   s.snapshot.Processes,
		At:       at,
	})
}

// changes returns what changed since the snapshot on the screen, as a tracker would.
func changes(s *Model, conns []tcpmib.Conn) iter.Seq[rows.Change] {
	if s.at.IsZero() {
		return nil
	}
	var before []tcpmib.Conn
	for _, socket := range s.snapshot.Sockets {
		before = append(before, socket.Conn)
	}
	return diff(before, conns)
}

func diff(before, after []tcpmib.Conn) iter.Seq[rows.Change] {
	var changes []rows.Change
	for c := range tcpmib.Diff(before, after) {
		changes = append(changes, rows.OfTCP(c))
	}
	return slices.Values(changes)
}

// types presses keys: words are names of keys, everything else is text.
func types(s *Model, keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		_, cmd = s.Update(keyPress(k))
	}
	return cmd
}

func keyPress(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome,
		"end": tea.KeyEnd, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "left": tea.KeyLeft, "right": tea.KeyRight,
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func text(s string) []string { return strings.Split(s, "") }

func TestScreenBeforeTheFirstLook(t *testing.T) {
	s := testScreen(t)
	assert.Contains(t, s.draw(), "reading the tables ...")
	types(s, "down", "enter", "x", "end", "2")
	assert.Contains(t, s.draw(), "reading the tables ...")
	s.Update(tea.WindowSizeMsg{})
	assert.Empty(t, s.draw())
}

// The cursor stays on its connection, wherever that goes.
func TestScreenCursorStays(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "end", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up", "up")
	selected, ok := s.selected()
	require.True(t, ok)
	before := s.socket(selected).Conn
	for range 6 {
		for i := range rows.TableColumns {
			types(s, fmt.Sprint(i+1))
			got, _ := s.selected()
			assert.Equal(t, before, s.socket(got).Conn)
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
			m.Add("10.0.0.1:"+port, "10.0.0.2:443", state, 7)
		}
		return func() (*fixture.Machine, owner.Processes) { return m, nil }
	}
	s := testScreen(t, connections("11 12 13", tcpmib.StateEstab))
	types(s, "down")
	show(t, s, connections("10 11 12 13", tcpmib.StateCloseWait))
	r, _ := s.selected()
	assert.EqualValues(t, 12, s.socket(r).Local.Port())
	assert.Equal(t, tcpmib.StateCloseWait, s.socket(r).State)
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
		assert.Contains(t, s.notice.text, tt.message)
		assert.Equal(t, tt.message == "", s.notice.text == "")
	}
}

func TestScreenLeaves(t *testing.T) {
	for _, keys := range [][]string{{"q"}, {"ctrl+c"}} {
		s := testScreen(t, fixture.Office)
		var cmd tea.Cmd
		if keys[0] == "ctrl+c" {
			types(s, "/") // even there
			cmd = types(s, "ctrl+c")
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
		for _, name := range k.keys {
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

// The screen keeps the socket of a connection, its mark and its place in the table, whatever
// opened: with a row for each of a million connections it would take hundreds of MB more.
func TestScreenKeepsNoRows(t *testing.T) {
	const n, most = 100_000, 96 // bytes for each
	for _, grouped := range []bool{false, true} {
		before, conns := many(n, 0), many(n, 1)
		for i := range conns {
			conns[i].Remote = netip.AddrPortFrom(conns[i].Remote.Addr(), 444) // all are new
		}
		s := testScreen(t)
		s.grouped = grouped
		first := Look{Snapshot: rows.Snapshot{Sockets: rows.AppendTCP(nil, before)}, At: fixture.Now}
		next := Look{Snapshot: rows.Snapshot{Sockets: rows.AppendTCP(nil, conns)}, Changes: diff(before, conns), At: fixture.Now}
		heap := func() int64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		was := heap()
		s.Update(first)
		s.Update(next)
		require.Equal(t, n, s.counts[tcpmib.Opened])
		assert.Less(t, (heap()-was)/n, int64(most), "grouped: %t", grouped)
		runtime.KeepAlive([]any{s, first, next})
	}
}

// One tick and its frame, which have to fit between two frames of a terminal.
func BenchmarkScreen(b *testing.B) {
	const n = 10_000
	names := owner.Processes{}
	for pid := range uint32(300) {
		names[pid] = owner.Process{PID: pid, Name: fmt.Sprintf("program%d.exe", pid)}
	}
	var looks [2]Look
	var conns [2][]tcpmib.Conn
	for i := range looks {
		conns[i] = many(n, i)
		looks[i] = Look{Snapshot: rows.Snapshot{Sockets: rows.AppendTCP(nil, conns[i]), Processes: names}, At: time.Unix(int64(i+1), 0)}
	}
	s := testScreen(b)
	b.Run("beat", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			looks[i%2].Changes = changes(s, conns[i%2])
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
