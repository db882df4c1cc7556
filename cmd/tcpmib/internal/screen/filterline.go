package screen

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
)

func (s *Model) openFilter() tea.Cmd {
	s.mode, s.recalled = modeFilter, len(s.history)
	s.input.SetValue(s.input.Value())
	return nil
}

// clearFilter shows all connections. The filter stays in the history.
func (s *Model) clearFilter() tea.Cmd {
	s.remember(s.filterText)
	return s.setFilter("")
}

// setFilter puts a valid filter into the line and in force.
func (s *Model) setFilter(text string) tea.Cmd {
	s.input.SetValue(text)
	cmd, _ := s.applyFilter(filter.Parse)
	return cmd
}

// typeFilter handles a key of the filter line. A valid text applies while it is typed.
func (s *Model) typeFilter(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "enter":
		// An invalid filter is not in force, so the line stays open.
		cmd, ok := s.applyFilter(parseWhole)
		if ok {
			s.remember(s.filterText)
			s.closeFilter()
		}
		return cmd
	case "esc":
		s.closeFilter()
		return s.clearFilter()
	case "up":
		return s.recall(-1)
	case "down":
		return s.recall(1)
	}
	before := s.input.Value()
	s.input.Press(msg)
	if s.input.Value() == before {
		return nil
	}
	cmd, _ := s.applyFilter(filter.ParseUnfinished)
	return cmd
}

// parseWhole parses a filter. Of an invalid one it returns what is valid without its last word.
func parseWhole(text string) (filter.Filter, error) {
	f, err := filter.Parse(text)
	if err != nil {
		f, _ = filter.ParseUnfinished(text)
	}
	return f, err
}

func (s *Model) closeFilter() { s.mode = modeTable }

// remember adds a filter to the history, as its newest.
func (s *Model) remember(text string) {
	s.history = slices.DeleteFunc(s.history, func(t string) bool { return t == text })
	if text != "" {
		s.history = append(s.history, text)
	}
}

// recall puts an earlier or later filter into the line; after the newest it is empty.
func (s *Model) recall(by int) tea.Cmd {
	to := s.recalled + by
	if by < 0 && s.recalled == len(s.history) && to >= 0 && s.history[to] == s.input.Value() {
		to-- // it is there already
	}
	if to < 0 || to > len(s.history) {
		return nil
	}
	s.recalled = to
	if to == len(s.history) {
		return s.setFilter("")
	}
	return s.setFilter(s.history[to])
}

// pasteFilter inserts pasted text.
func (s *Model) pasteFilter(text string) tea.Cmd {
	s.input.Insert(text)
	cmd, _ := s.applyFilter(filter.ParseUnfinished)
	return cmd
}

// applyFilter puts the typed filter in force, as far as it is valid. The notice says what is wrong
// with the rest.
func (s *Model) applyFilter(parse func(string) (filter.Filter, error)) (cmd tea.Cmd, ok bool) {
	f, err := parse(s.input.Value())
	if err == nil || f.Any() || s.mode == modeFilter {
		before := s.request()
		s.filter, s.filterText = f, f.String()
		s.arrange()
		if s.request() != before {
			cmd = s.look()
		}
	}
	if err != nil {
		s.warn("not applied: " + err.Error())
		return cmd, false
	}
	s.notice = notice{}
	return cmd, true
}
