package screen

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// hint names a key in the footer. If there is no room for all, those of least weight go first.
type hint struct {
	key, text string
	weight    int
}

var (
	tableHints = []hint{
		{"?", "help", 9}, {"/", "filter", 7}, {"enter", "details", 6}, {"1-9", "sort", 2}, {"t", "group", 3}, {"c", "columns", 1},
		{"l", "log", 4}, {"space", "pause", 5}, {"x", "close", 0}, {"q", "quit", 8},
	}
	captureHints = []hint{
		{"?", "help", 9}, {"left right", "step", 7}, {"/", "filter", 6}, {"enter", "details", 5}, {"1-9", "sort", 0}, {"t", "group", 2},
		{"c", "columns", 1}, {"l", "log", 4}, {"space", "pause", 3}, {"q", "quit", 8},
	}
	filterHints = []hint{{"enter", "apply", 3}, {"esc", "clear", 2}, {"up down", "history", 1}}
	closeHints  = []hint{{"y", "close", 1}, {"any other key", "do not close", 0}}
	pageHints   = []hint{{"up down", "scroll", 1}, {"any other key", "back", 2}}
	columnHints = []hint{{"up down", "move", 0}, {"space", "show or hide", 2}, {"any other key", "back", 1}}
)

// drawFoot returns the notice, if there is one, and the key hints. If there is no room for both it
// returns the notice.
func (s *Model) drawFoot() []string {
	notice, keys := s.drawNotice(), s.drawHints()
	if s.height < small && notice != nil && s.mode != modeFilter {
		return notice[:1]
	}
	return append(notice[:s.noticeLines()], keys)
}

// noticeLines returns how many lines the notice takes in addition to the key hints.
func (s *Model) noticeLines() int {
	if s.height < small {
		return 0
	}
	return min(len(s.drawNotice()), 1+s.height/10)
}

// drawNotice returns the lines of the notice, wrapped.
func (s *Model) drawNotice() []string {
	text, style := s.noticeText()
	if text == "" {
		return nil
	}
	lines := strings.Split(ansi.Wrap(text, max(1, s.width), ""), "\n")
	for i, line := range lines {
		lines[i] = style.Render(line)
	}
	return lines
}

func (s *Model) noticeText() (string, lipgloss.Style) {
	switch {
	case s.mode == modeClose:
		return "close " + rows.Endpoints(s.subject.Conn) + "?", troubleStyle
	case s.notice.alarm:
		return cli.Printable(s.notice.text), troubleStyle
	case s.notice.text != "":
		return cli.Printable(s.notice.text), cli.Title
	case s.mode == modeFilter:
		return s.fitHints(filterHints), footStyle
	}
	return "", footStyle
}

func (s *Model) drawHints() string {
	switch {
	case s.mode == modeFilter:
		return "/" + s.input.View(max(1, s.width-1))
	case s.mode == modeClose:
		return footStyle.Render(s.fitHints(closeHints))
	case s.mode == modeColumns:
		return footStyle.Render(s.fitHints(columnHints))
	case s.mode.page():
		hints := pageHints
		if all := len(s.page()); all > s.pageLines() {
			top := s.pageTop(0)
			hints = append(hints[:len(hints):len(hints)], hint{fmt.Sprintf("%d-%d of %d", top+1, min(all, top+s.pageLines()), all), "lines", 0})
		}
		return footStyle.Render(s.fitHints(hints))
	case s.captured():
		return footStyle.Render(s.fitHints(captureHints))
	}
	return footStyle.Render(s.fitHints(tableHints))
}

func (s *Model) fitHints(hints []hint) string {
	parts := make([]part, len(hints))
	for i, h := range hints {
		parts[i] = part{h.key + " " + h.text, h.weight}
	}
	return fit(parts, s.width)
}
