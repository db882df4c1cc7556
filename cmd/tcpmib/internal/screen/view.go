package screen

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Marks say the same as their colors.
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

// plainHelp draws help without colors of its own.
var plainHelp = help.Model{
	ShortSeparator: "  ",
	Styles:         help.Styles{FullKey: lipgloss.NewStyle().PaddingRight(1)},
}

// hints are the keys in the footer.
var hints = []key.Binding{
	hint("?", "help"), hint("/", "filter"), hint("1-6", "sort"), hint("enter", "details"), hint("x", "close"),
	hint("space", "pause"), hint("q", "quit"),
}

func hint(name, text string) key.Binding {
	return key.NewBinding(key.WithKeys(name), key.WithHelp(name, text))
}

// View draws the screen.
func (s *Model) View() tea.View {
	v := tea.NewView(s.draw())
	v.AltScreen = true
	v.WindowTitle = "tcpmib"
	return v
}

// draw returns exactly as many lines as the screen has, none wider than it.
func (s *Model) draw() string {
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

func (s *Model) drawHead() string {
	if s.at.IsZero() {
		return cli.Title.Render("tcpmib") + "  reading the TCP tables ..."
	}
	parts := []string{cli.Title.Render("tcpmib"), s.at.Local().Format("15:04:05"), cli.Count(len(s.snapshot.Conns), "connection")}
	if s.input.Value() != "" || len(s.shown) != len(s.entries) {
		parts = append(parts, fmt.Sprintf("%d shown", len(s.shown)))
	}
	if s.input.Value() != "" {
		parts = append(parts, "filter: "+cli.Printable(s.input.Value()))
	}
	if s.paused {
		parts = append(parts, cli.Title.Render("PAUSED"))
	} else {
		parts = append(parts, fmt.Sprintf("every %v", s.interval))
	}
	return strings.Join(parts, "  ")
}

func (s *Model) drawTable() []string {
	if s.at.IsZero() {
		return nil
	}
	columns := make([]rows.Column, len(rows.TableColumns))
	for i, c := range rows.TableColumns {
		if i == s.sortBy {
			arrow := "↑"
			if s.reverse {
				arrow = "↓"
			}
			c.Title += arrow
		}
		columns[i] = c
	}
	header := rows.Table{Columns: columns, Widths: s.table.Widths, Color: true}
	lines := []string{cli.Spaces(markWidth) + header.Header()}
	for at := s.top; at < min(s.top+s.lines(), len(s.shown)); at++ {
		lines = append(lines, s.drawLine(at))
	}
	if len(s.shown) == 0 {
		lines = append(lines, cli.Spaces(markWidth)+"no connections match")
	}
	return lines
}

func (s *Model) drawLine(at int) string {
	e := &s.entries[s.shown[at]]
	mark, marked := marks[e.kind]
	pointer := " "
	if at == s.cursor {
		pointer = ">"
	}
	if !marked && at != s.cursor {
		return cli.Spaces(markWidth) + s.table.Line(&e.row)
	}
	plain := s.table
	plain.Color = false
	style := lipgloss.Style{}
	if marked {
		pointer += mark.text
		style = mark.style
	}
	text := pointer + cli.Spaces(markWidth-len(pointer)) + plain.Line(&e.row)
	if at == s.cursor {
		text += cli.Spaces(max(0, s.width-cli.DisplayWidth(text)))
		style = style.Inherit(cursorStyle)
	}
	return style.Render(text)
}

func (s *Model) drawDetail() []string {
	lines := []string{"", cli.Title.Render("  " + rows.Endpoints(s.subject)), ""}
	r := s.snapshot.Row(s.subject)
	t := rows.Table{}
	details := []Detail{}
	for i := range rows.TableColumns {
		details = append(details, Detail{strings.ToLower(rows.TableColumns[i].Title), t.Cell(&rows.TableColumns[i], &r)})
	}
	if s.details == nil {
		details = append(details, Detail{"", "loading ..."})
	}
	details = append(details, s.details...)
	width := 0
	for _, d := range details {
		width = max(width, len(d.Name))
	}
	for _, d := range details {
		lines = append(lines, fmt.Sprintf("  %-*s  %s", width, d.Name, cli.Printable(d.Value)))
	}
	return lines
}

// page returns the lines of the help or of the details.
func (s *Model) page() []string {
	if s.mode == modeHelp {
		return s.drawHelp()
	}
	return s.drawDetail()
}

// pageTop returns the first visible line of the page after a step, which does not leave the page.
func (s *Model) pageTop(step int) int {
	return max(0, min(s.offset+step, len(s.page())-max(1, s.height-2)))
}

func (s *Model) drawHelp() []string {
	lines := []string{"", cli.Title.Render("  Keys"), ""}
	for line := range strings.SplitSeq(plainHelp.FullHelpView([][]key.Binding{s.help}), "\n") {
		lines = append(lines, "  "+strings.TrimRight(line, " "))
	}
	return append(lines, "",
		"  "+marks[tcpmib.Opened].style.Render("+ new")+"   "+marks[tcpmib.Changed].style.Render("~ changed")+
			"   "+marks[tcpmib.Closed].style.Render("- closed")+"   since the last refresh")
}

func (s *Model) drawFoot() string {
	switch {
	case s.mode == modeFilter && s.message != "":
		return s.input.View() + "  " + troubleStyle.Render(cli.Printable(s.message))
	case s.mode == modeFilter:
		return s.input.View()
	case s.mode == modeClose:
		return troubleStyle.Render("close " + rows.Endpoints(s.subject) + "? (y/n)")
	case s.mode == modeHelp || s.mode == modeDetail:
		return footStyle.Render("up, down: scroll  any other key: back")
	case s.message != "":
		return cli.Title.Render(cli.Printable(s.message))
	case s.trouble != "":
		return troubleStyle.Render(cli.Printable(s.trouble))
	}
	return footStyle.Render(plainHelp.ShortHelpView(hints))
}
