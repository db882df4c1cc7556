package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

var (
	cursorStyle  = lipgloss.NewStyle().Reverse(true)
	footStyle    = lipgloss.NewStyle().Faint(true)
	troubleStyle = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
)

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
	lines, foot := s.drawHead(), s.drawFoot()
	if s.mode.page() {
		lines = append(lines, s.page()[s.pageTop(0):]...)
	} else {
		lines = append(lines, s.drawTable()...)
	}
	room := max(0, s.height-len(foot))
	lines = lines[:min(len(lines), room)]
	for len(lines) < room {
		lines = append(lines, "")
	}
	lines = append(lines, foot...)
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, s.width, "…")
	}
	return strings.Join(lines, "\n")
}

func (s *Model) drawTable() []string {
	if s.at.IsZero() {
		return nil
	}
	if len(s.items) == 0 {
		return []string{"", cli.Spaces(markWidth) + "no connections match"}
	}
	columns := slices.Clone(s.table.Columns)
	for i := range columns {
		if columns[i].Name == s.sortBy {
			columns[i].Title = strings.TrimSpace(columns[i].Title) + map[bool]string{false: "↑", true: "↓"}[s.reverse]
		}
	}
	header := rows.Table{Columns: columns, Widths: s.table.Widths, Color: true}
	lines := []string{cli.Spaces(markWidth) + header.Header()}
	for at := s.top; at < min(s.top+s.lines(), len(s.items)); at++ {
		lines = append(lines, s.drawItem(at))
	}
	return lines
}

func (s *Model) drawItem(at int) string {
	item := s.items[at]
	if item.header == nil {
		return s.drawLine(item.entry, at == s.cursor)
	}
	text := s.drawGroup(item.header)
	if at == s.cursor {
		return s.drawCursor(cursorStyle, ">"+cli.Spaces(markWidth-1)+ansi.Strip(text))
	}
	return cli.Spaces(markWidth) + text
}

func (s *Model) drawLine(entry uint32, cursor bool) string {
	r := s.row(entry)
	mark, marked := rows.Marks[s.kind(entry)]
	if !marked && !cursor {
		return cli.Spaces(markWidth) + s.table.Line(&r)
	}
	plain := s.table
	plain.Color = false
	pointer := " "
	if cursor {
		pointer = ">"
	}
	style := lipgloss.Style{}
	if marked {
		pointer += mark.Text
		style = mark.Style
	}
	text := pointer + cli.Spaces(markWidth-len(pointer)) + plain.Line(&r)
	if cursor {
		return s.drawCursor(style.Inherit(cursorStyle), text)
	}
	return style.Render(text)
}

// drawCursor draws the line under the cursor, across the screen.
func (s *Model) drawCursor(style lipgloss.Style, text string) string {
	return style.Render(text + cli.Spaces(max(0, s.width-cli.DisplayWidth(text))))
}

// drawCounts returns how many connections opened, closed and changed, or "" if none did.
func drawCounts(counts map[tcpmib.ChangeKind]int) string {
	var parts []string
	for _, kind := range []tcpmib.ChangeKind{tcpmib.Opened, tcpmib.Closed, tcpmib.Changed} {
		if counts[kind] > 0 {
			parts = append(parts, rows.Marks[kind].Style.Render(fmt.Sprintf("%s%d", rows.Marks[kind].Text, counts[kind])))
		}
	}
	return strings.Join(parts, " ")
}
