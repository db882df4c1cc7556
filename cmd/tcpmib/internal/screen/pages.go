package screen

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// page returns the lines of the page that is shown in place of the table.
func (s *Model) page() []string {
	switch s.mode {
	case modeHelp:
		return s.drawHelp()
	case modeLog:
		return s.drawLog()
	case modeColumns:
		return s.drawColumns()
	}
	return s.drawDetail()
}

// pageTop returns the first visible line of the page after a step, which does not leave the page.
func (s *Model) pageTop(step int) int {
	return max(0, min(s.offset+step, len(s.page())-s.pageLines()))
}

// pageLines returns how many lines of a page fit between the header and the footer.
func (s *Model) pageLines() int {
	return max(1, s.height-len(s.drawHead())-s.noticeLines()-1)
}

func (s *Model) drawHelp() []string {
	lines := s.drawPairs(keyPairs(s.help))
	lines = append(lines, "", cli.Title.Render(" In the filter line"))
	lines = append(lines, s.drawPairs(keyPairs(lineKeys))...)
	return append(lines, "", " "+rows.Marks[tcpmib.Opened].Style.Render("+ opened")+"   "+rows.Marks[tcpmib.Closed].Style.Render("- closed")+
		"   "+rows.Marks[tcpmib.Changed].Style.Render("~ changed"))
}

func keyPairs(bindings []binding) []Detail {
	var pairs []Detail
	for _, b := range bindings {
		pairs = append(pairs, Detail{b.name, b.help})
	}
	return pairs
}

func (s *Model) drawDetail() []string {
	t := rows.Table{}
	details := []Detail{}
	for i := range rows.BothColumns {
		c := &rows.BothColumns[i]
		details = append(details, Detail{strings.ToLower(c.Title), t.Cell(c, &s.subject)})
	}
	if s.details == nil {
		details = append(details, Detail{"", "loading ..."})
	}
	return s.drawPairs(append(details, s.details...))
}

// drawPairs draws names and values in two columns, and wraps the values.
func (s *Model) drawPairs(pairs []Detail) []string {
	width := 0
	for _, p := range pairs {
		width = max(width, len(p.Name))
	}
	name := lipgloss.NewStyle().Width(width)
	value := lipgloss.NewStyle().Width(max(1, s.width-width-3))
	var lines []string
	for _, p := range pairs {
		both := lipgloss.JoinHorizontal(lipgloss.Top, " ", name.Render(p.Name), "  ", value.Render(cli.Printable(p.Value)))
		for line := range strings.SplitSeq(both, "\n") {
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return lines
}
