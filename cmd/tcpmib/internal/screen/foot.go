package screen

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// hint names a key in the footer.
type hint struct{ key, text string }

// hints are those of a footer.
type hints struct {
	goes string // their texts, in the order in which they go if there is no room for all
	list []hint
}

var (
	tableHints = hints{"close, columns, sort, group, log, pause, details, filter, quit, help", []hint{
		{"?", "help"}, {"/", "filter"}, {"enter", "details"}, {"1-9", "sort"}, {"t", "group"}, {"c", "columns"},
		{"l", "log"}, {"space", "pause"}, {"x", "close"}, {"q", "quit"},
	}}
	captureHints = hints{"sort, columns, group, pause, log, details, filter, step, quit, help", []hint{
		{"?", "help"}, {"left right", "step"}, {"/", "filter"}, {"enter", "details"}, {"1-9", "sort"}, {"t", "group"},
		{"c", "columns"}, {"l", "log"}, {"space", "pause"}, {"q", "quit"},
	}}
	filterHints = hints{"history, clear, apply", []hint{{"enter", "apply"}, {"esc", "clear"}, {"up down", "history"}}}
	closeHints  = hints{"do not close, close", []hint{{"y", "close"}, {"any other key", "do not close"}}}
	pageHints   = hints{"lines, scroll, back", []hint{{"up down", "scroll"}, {"any other key", "back"}}}
	columnHints = hints{"move, back, show or hide", []hint{{"up down", "move"}, {"space", "show or hide"}, {"any other key", "back"}}}
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
		shown := pageHints
		if all := len(s.page()); all > s.pageLines() {
			top := s.pageTop(0)
			shown.list = append(slices.Clip(shown.list), hint{fmt.Sprintf("%d-%d of %d", top+1, min(all, top+s.pageLines()), all), "lines"})
		}
		return footStyle.Render(s.fitHints(shown))
	case s.captured():
		return footStyle.Render(s.fitHints(captureHints))
	}
	return footStyle.Render(s.fitHints(tableHints))
}

func (s *Model) fitHints(h hints) string {
	goes := strings.Split(h.goes, ", ")
	var parts []part
	for _, one := range h.list {
		parts = append(parts, part{one.key + " " + one.text, slices.Index(goes, one.text)})
	}
	return fit(parts, s.width)
}
