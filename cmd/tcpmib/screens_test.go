package main

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib/capture"
)

// The images of the README, made from the captures: ./build.sh screens writes
// them again.
func TestScreens(t *testing.T) {
	list := runApp(newApp(), "--from=testdata/office.zip", "--color=always", "--pid=!5120,!6006")
	require.Zero(t, list.code, list.stderr)
	fixture.Golden(t, "screens/list.svg", svg("tcpmib list", prompt("tcpmib list")+list.stdout))

	desktop := desktopApp()
	desktop.Environ = []string{"CLICOLOR_FORCE=1", "COLUMNS=80"}
	port := runApp(desktop, "port", "8080", "--color=always")
	require.Zero(t, port.code, port.stderr)
	fixture.Golden(t, "screens/port.svg", svg("tcpmib port 8080", prompt("tcpmib port 8080")+port.stdout))

	var captures []*machine.Captured
	for _, name := range []string{"testdata/office.zip", "testdata/later.zip"} {
		c, err := machine.Open(name, capture.DefaultMaxRows)
		require.NoError(t, err)
		captures = append(captures, c)
	}
	f, err := filter.Parse("state=!listen pid=!5120,!6006")
	require.NoError(t, err)
	w := newApp().world(captures)
	m := screen.New(screen.Options{World: w, Interval: time.Second, Filter: f})
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 24})
	m.Update(w.Look(screen.Request{Tables: allTCP}))
	_, cmd := m.Update(tea.KeyPressMsg{Code: tea.KeyRight})
	m.Update(cmd())
	for range 3 {
		m.Update(tea.KeyPressMsg{Code: tea.KeyDown})
	}
	fixture.Golden(t, "screens/watch.svg", svg("tcpmib watch", m.View().Content))
}

// prompt is a command as it was typed.
func prompt(command string) string { return "\x1b[2m> " + command + "\x1b[0m\n" }

// Colours of the escapes that the program uses, on a dark ground.
const (
	ground = "#1e1e1e"
	ink    = "#d4d4d4"
)

var inks = map[int]string{31: "#f14c4c", 32: "#23d18b", 33: "#e5e510", 36: "#29b8db", 39: ink}

// svg draws what a terminal shows of text: characters, their colours, bold, faint
// and reversed.
func svg(title, text string) string {
	const charWidth, lineHeight, margin = 8.43, 18, 12
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	columns := 0
	for _, line := range lines {
		columns = max(columns, cli.DisplayWidth(line))
	}
	width, height := float64(columns)*charWidth+2*margin, len(lines)*lineHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" role="img" aria-label="%s">`+"\n", width, height, title)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="6" fill="%s"/>`+"\n", ground)
	fmt.Fprintf(&b, `<g font-family="Consolas,Menlo,'DejaVu Sans Mono',monospace" font-size="14" fill="%s">`+"\n", ink)
	for i, line := range lines {
		y := margin + (i+1)*lineHeight - 5
		x := 0
		var bold, faint, reversed bool
		color := ink
		for j, part := range strings.Split(line, "\x1b[") {
			if j > 0 {
				var codes string
				codes, part, _ = strings.Cut(part, "m")
				for code := range strings.SplitSeq(codes, ";") {
					switch n, _ := strconv.Atoi(code); n {
					case 0:
						bold, faint, reversed, color = false, false, false, ink
					case 1:
						bold = true
					case 2:
						faint = true
					case 7:
						reversed = true
					default:
						color = inks[n]
					}
				}
			}
			if part == "" {
				continue
			}
			n := cli.DisplayWidth(part)
			style := ""
			if bold {
				style += ` font-weight="bold"`
			}
			if faint {
				style += ` opacity="0.6"`
			}
			fill := color
			if reversed {
				fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n",
					margin+float64(x)*charWidth, y-13, float64(n)*charWidth, lineHeight, color)
				fill = ground
			}
			if fill != ink {
				style += ` fill="` + fill + `"`
			}
			if strings.TrimSpace(part) != "" {
				part = strings.ReplaceAll(part, " ", "\u00a0") // browsers collapse spaces, and stretch the rest
				fmt.Fprintf(&b, `<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>`+"\n",
					margin+float64(x)*charWidth, y, float64(n)*charWidth, style, html.EscapeString(part))
			}
			x += n
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}
