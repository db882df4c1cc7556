package screen

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// frames are what a user does after the first snapshot of fixture.Office.
var frames = map[string]func(t *testing.T, s *Model){
	"first":   func(t *testing.T, s *Model) {},
	"changed": func(t *testing.T, s *Model) { show(t, s, fixture.Later); types(s, "end") },
	"sorted":  func(t *testing.T, s *Model) { types(s, "5", "5", "down", "down") },
	"filter": func(t *testing.T, s *Model) {
		types(s, "/")
		types(s, text("state=!listen,!established !ssh")...)
		types(s, "enter", "down")
	},
	"typing": func(t *testing.T, s *Model) { types(s, "/"); types(s, text("port=443 state=")...) },
	"long": func(t *testing.T, s *Model) {
		types(s, "/")
		types(s, text(strings.Repeat("!nobody ", 30)+"chrome")...)
	},
	"nothing": func(t *testing.T, s *Model) { types(s, "/"); types(s, text("nobody")...); types(s, "enter") },
	"paused":  func(t *testing.T, s *Model) { types(s, "space") },
	"help":    func(t *testing.T, s *Model) { types(s, "?") },
	"columns": func(t *testing.T, s *Model) { types(s, "c", "down", "space", "down", "down", "space") },
	"chosen":  func(t *testing.T, s *Model) { types(s, "c", "down", "space", "esc", "c", "end", "space", "esc", "1") },
	"log": func(t *testing.T, s *Model) {
		show(t, s, fixture.Later)
		fail(s, "the network stack does not answer")
		types(s, "l")
	},
	"groups": func(t *testing.T, s *Model) {
		show(t, s, fixture.Later)
		types(s, "t", "home", "enter", "down", "down")
	},
	"close":  func(t *testing.T, s *Model) { types(s, "down", "down", "down", "down", "down", "x") },
	"refuse": func(t *testing.T, s *Model) { s.world.Refuse = refuse; types(s, "x") },
	"detail": func(t *testing.T, s *Model) {
		types(s, "end")
		s.world.Inspect = func(rows.Socket) []Detail {
			return []Detail{{"path", `C:\Program Files\Google\Chrome\Application\chrome.exe`}, {"services", "-"}}
		}
		s.Update(types(s, "enter")())
	},
	"error": func(t *testing.T, s *Model) {
		s.Update(Look{Request: s.request(), Snapshot: s.snapshot, At: s.at,
			Err: &tcpmib.Error{Query: tcpmib.Query{Func: "GetTcp6Table2"}, Code: 31}})
	},
	"captures": func(t *testing.T, s *Model) { record(t, s); types(s, "end") },
}

func refuse(rows.Socket) error {
	return errors.New("it is a listening socket, not a connection: end its process instead")
}

// fail is a snapshot that could not be taken.
func fail(s *Model, text string) {
	s.Update(Look{Request: s.request(), Snapshot: s.snapshot, At: s.at, Err: errors.New(text)})
}

// record shows the first and then the last of two captures.
func record(t *testing.T, s *Model) {
	s.world.Captures = []Capture{
		{"office.zip", time.Date(2024, 5, 6, 7, 8, 9, 0, time.Local)},
		{"later.zip", time.Date(2024, 5, 6, 7, 8, 11, 0, time.Local)},
	}
	var looks []Look
	var older []tcpmib.Conn
	for i, make := range []made{fixture.Office, fixture.Later} {
		m, processes := make()
		r := tcpmib.Reader{Source: m}
		conns, err := r.AppendConns(nil, tcpmib.Both)
		assert.NoError(t, err)
		slices.SortFunc(conns, tcpmib.Conn.Compare)
		l := Look{Snapshot: rows.Snapshot{Sockets: rows.AppendTCP(nil, conns), Processes: processes}, At: s.world.Captures[i].Time}
		if i > 0 {
			l.Before = looks[0].Snapshot.Processes
			l.Changes = diff(older, conns)
		}
		looks, older = append(looks, l), conns
	}
	s.world.Look = func(r Request) Look {
		l := looks[r.Capture]
		l.Request = r
		return l
	}
	s.Update(types(s, "right")())
}

func TestFrames(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 10}, {Width: 80, Height: 24}, {Width: 200, Height: 60}} {
		for name, frame := range frames {
			name := fmt.Sprintf("%dx%d/%s", size.Width, size.Height, name)
			t.Run(name, func(t *testing.T) {
				s := testScreen(t, fixture.Office)
				s.Update(size)
				frame(t, s)
				drawn := s.draw()
				lines := strings.Split(drawn, "\n")
				assert.Len(t, lines, s.height)
				for i, line := range lines {
					assert.LessOrEqual(t, cli.DisplayWidth(line), s.width)
					lines[i] = strings.TrimRight(ansi.Strip(line), " ")
				}
				fixture.Golden(t, name+".golden", strings.Join(lines, "\n")+"\n")
				assert.Equal(t, drawn, s.draw(), "drawing changes nothing")
			})
		}
	}
}

// The colors of the other frames are those of these.
func TestFramesInColor(t *testing.T) {
	for _, name := range []string{"changed", "groups", "typing", "log"} {
		s := testScreen(t, fixture.Office)
		s.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
		frames[name](t, s)
		fixture.Golden(t, "color/"+name+".golden", s.draw()+"\n")
	}
}
