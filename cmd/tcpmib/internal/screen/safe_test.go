package screen

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Whatever names, errors and pasted text hold, the screen obeys nothing of it.
func TestScreenIsSafe(t *testing.T) {
	const evil = "\x1b]52;c;aGk=\x07\x1b[2J\x1b[3;4mx\u009b31m\u202e\r\n\t\x00\xff"
	check := func(s *Model, what string) {
		t.Helper()
		assert.NotContains(t, s.draw(), "\x1b[3;4m", what)
		for _, r := range ansi.Strip(s.draw()) {
			assert.True(t, r == '\n' || unicode.IsPrint(r), "%s: %q", what, r)
		}
	}
	s := testScreen(t, fixture.Office)
	s.world = World{
		Captures: []Capture{{Name: evil, Time: time.Now()}},
		Inspect:  func(rows.Socket) []Detail { return []Detail{{"path", evil}} },
		Refuse:   func(rows.Socket) error { return errors.New(evil) },
		Look:     func(r Request) Look { return Look{Request: r, Snapshot: s.snapshot, At: s.at} },
	}
	s.columns = rows.Named("process", "path", "user", "commandLine", "parentProcess", "services", "module", "local")
	snapshot := s.snapshot
	snapshot.Processes, snapshot.Owners, snapshot.Services = owner.Processes{}, map[uint32]*rows.Owner{}, map[uint32][]string{}
	for _, socket := range snapshot.Sockets {
		snapshot.Processes[socket.PID] = owner.Process{PID: socket.PID, Name: evil}
		snapshot.Owners[socket.PID] = &rows.Owner{Path: evil, User: evil, CommandLine: evil, ParentProcess: evil}
		snapshot.Services[socket.PID] = []string{evil}
	}
	s.Update(Look{Request: s.request(), Snapshot: snapshot, At: s.at, Err: errors.New(evil)})
	check(s, "table")
	types(s, "x")
	check(s, "refused")
	types(s, "t")
	check(s, "groups")
	types(s, "t", "l")
	check(s, "log")
	types(s, "esc", "end")
	if cmd := types(s, "enter"); cmd != nil {
		s.Update(cmd())
	}
	check(s, "details")
	types(s, "esc", "/")
	s.Update(tea.PasteMsg{Content: "process=" + evil})
	check(s, "filter line")
	types(s, "enter")
	check(s, "filter")
	for _, key := range strings.Split("/ ctrl+u x esc c ?", " ") {
		types(s, key)
		check(s, key)
	}
}
