package main

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/tcpmib"
)

// markWidth is the room before a line of the table: for the cursor, the mark and
// a blank.
const markWidth = 3

// The marks of lines say without colour what their colours say.
var (
	marks = map[tcpmib.ChangeKind]struct {
		text  string
		style lipgloss.Style
	}{
		tcpmib.Opened:  {"+", lipgloss.NewStyle().Foreground(lipgloss.Green)},
		tcpmib.Closed:  {"-", lipgloss.NewStyle().Foreground(lipgloss.Red)},
		tcpmib.Changed: {"~", lipgloss.NewStyle().Foreground(lipgloss.Yellow)},
	}
	cursorStyle  = lipgloss.NewStyle().Reverse(true)
	footStyle    = lipgloss.NewStyle().Faint(true)
	troubleStyle = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
)

// View draws the screen.
func (s *screen) View() tea.View {
	v := tea.NewView(s.draw())
	v.AltScreen = true
	v.WindowTitle = "tcpmib"
	return v
}

// draw returns as many lines as the screen has, none wider than it.
func (s *screen) draw() string {
	if s.width <= 0 || s.height <= 0 {
		return ""
	}
	lines := []string{s.drawHead()}
	switch s.mode {
	case modeHelp, modeDetail:
		lines = append(lines, s.page()[s.pageTop(0):]...)
	default:
		lines = append(lines, s.drawTable()...)
	}
	room := s.height - 1
	lines = lines[:min(len(lines), room)]
	for len(lines) < room {
		lines = append(lines, "")
	}
	lines = append(lines, s.drawFoot())
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, s.width, "…")
	}
	return strings.Join(lines, "\n")
}

func (s *screen) drawHead() string {
	if s.at.IsZero() {
		return titleStyle.Render("tcpmib") + "  reading the TCP tables ..."
	}
	parts := []string{titleStyle.Render("tcpmib"), s.at.Local().Format("15:04:05"), plural(len(s.snapshot.conns), "connection")}
	if s.typed != "" || len(s.shown) != len(s.entries) {
		parts = append(parts, fmt.Sprintf("%d shown", len(s.shown)))
	}
	if s.typed != "" {
		parts = append(parts, "filter: "+printable(s.typed))
	}
	if s.paused {
		parts = append(parts, titleStyle.Render("PAUSED"))
	} else {
		parts = append(parts, fmt.Sprintf("every %v", s.interval))
	}
	return strings.Join(parts, "  ")
}

func (s *screen) drawTable() []string {
	if s.at.IsZero() {
		return nil
	}
	heads := make([]column, len(tableColumns))
	for i, c := range tableColumns {
		if i == s.sortBy {
			arrow := "↑"
			if s.reverse {
				arrow = "↓"
			}
			c.title += arrow
		}
		heads[i] = c
	}
	head := table{columns: heads, widths: s.table.widths, color: true}
	lines := []string{spaces(markWidth) + head.titles()}
	for at := s.top; at < min(s.top+s.lines(), len(s.shown)); at++ {
		lines = append(lines, s.drawLine(at))
	}
	if len(s.shown) == 0 {
		lines = append(lines, spaces(markWidth)+"no connection matches")
	}
	return lines
}

func (s *screen) drawLine(at int) string {
	e := &s.entries[s.shown[at]]
	mark, marked := marks[e.kind]
	pointer := " "
	if at == s.cursor {
		pointer = ">"
	}
	if !marked && at != s.cursor {
		return spaces(markWidth) + s.table.line(&e.row)
	}
	plain := s.table
	plain.color = false
	style := lipgloss.Style{}
	if marked {
		pointer += mark.text
		style = mark.style
	}
	text := pointer + spaces(markWidth-len(pointer)) + plain.line(&e.row)
	if at == s.cursor {
		text += spaces(max(0, s.width-displayWidth(text)))
		style = style.Inherit(cursorStyle)
	}
	return style.Render(text)
}

func (s *screen) drawDetail() []string {
	lines := []string{"", titleStyle.Render("  " + endpointText(s.subject)), ""}
	r := s.snapshot.row(s.subject)
	t := table{}
	details := []detail{}
	for i := range tableColumns {
		details = append(details, detail{strings.ToLower(tableColumns[i].title), t.cell(&tableColumns[i], &r)})
	}
	if s.details == nil {
		details = append(details, detail{"", "looking ..."})
	}
	details = append(details, s.details...)
	width := 0
	for _, d := range details {
		width = max(width, len(d.name))
	}
	for _, d := range details {
		lines = append(lines, fmt.Sprintf("  %-*s  %s", width, d.name, printable(d.value)))
	}
	return lines
}

func endpointText(c tcpmib.Conn) string {
	if !c.Remote.IsValid() {
		return c.Local.String()
	}
	return c.Local.String() + " to " + c.Remote.String()
}

func drawHelp() []string {
	lines := []string{"", titleStyle.Render("  Keys"), ""}
	for _, k := range keys {
		names := strings.Join(k.names, " ")
		if k.step == nil && k.press == nil {
			names = k.names[0] + " to " + k.names[len(k.names)-1]
		}
		lines = append(lines, fmt.Sprintf("  %-13s %s", names, k.help))
	}
	return append(lines, "",
		"  "+marks[tcpmib.Opened].style.Render("+ new")+"   "+marks[tcpmib.Changed].style.Render("~ changed")+
			"   "+marks[tcpmib.Closed].style.Render("- closed")+"   since the look before")
}

func (s *screen) drawFoot() string {
	switch {
	case s.mode == modeFilter && s.message != "":
		return "/" + printable(s.typed) + "█  " + troubleStyle.Render(printable(s.message))
	case s.mode == modeFilter:
		return "/" + printable(s.typed) + "█"
	case s.mode == modeClose:
		return troubleStyle.Render("close " + endpointText(s.subject) + "? (y/n)")
	case s.mode == modeHelp || s.mode == modeDetail:
		return footStyle.Render("up, down: scroll  any other key: back")
	case s.message != "":
		return titleStyle.Render(printable(s.message))
	case s.trouble != "":
		return troubleStyle.Render(printable(s.trouble))
	}
	return footStyle.Render("? help  / filter  1-6 sort  enter detail  x close  space pause  q quit")
}
