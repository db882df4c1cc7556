package screen

import (
	"fmt"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// hint names a key in the footer. Where there is no room for all, those of least weight go first.
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

// drawFoot returns the notice, if there is one, and the key hints. Where there is no room for both it
// returns the notice.
func (s *Model) drawFoot() []string {
	notice, keys := s.drawNotice(), s.drawHints()
	switch {
	case notice == "":
		return []string{keys}
	case s.height >= small:
		return []string{notice, keys}
	case s.mode == modeFilter: // the cursor is there
		return []string{keys}
	}
	return []string{notice}
}

func (s *Model) drawNotice() string {
	switch {
	case s.mode == modeClose:
		return troubleStyle.Render("close " + rows.Endpoints(s.subject.Conn) + "?")
	case s.notice.alarm:
		return troubleStyle.Render(cli.Printable(s.notice.text))
	case s.notice.text != "":
		return cli.Title.Render(cli.Printable(s.notice.text))
	case s.mode == modeFilter:
		return s.fitHints(filterHints)
	}
	return ""
}

func (s *Model) drawHints() string {
	switch {
	case s.mode == modeFilter:
		return s.input.View()
	case s.mode == modeClose:
		return s.fitHints(closeHints)
	case s.mode == modeColumns:
		return s.fitHints(columnHints)
	case s.mode.page():
		hints := pageHints
		if all := len(s.page()); all > s.pageLines() {
			top := s.pageTop(0)
			hints = append(hints[:len(hints):len(hints)], hint{fmt.Sprintf("%d-%d of %d", top+1, min(all, top+s.pageLines()), all), "lines", 0})
		}
		return s.fitHints(hints)
	case s.captured():
		return s.fitHints(captureHints)
	}
	return s.fitHints(tableHints)
}

func (s *Model) fitHints(hints []hint) string {
	parts := make([]part, len(hints))
	for i, h := range hints {
		parts[i] = part{h.key + " " + h.text, h.weight}
	}
	return footStyle.Render(fit(parts, s.width))
}
