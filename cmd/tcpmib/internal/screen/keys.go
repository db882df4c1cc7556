package screen

import (
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/tcpmib/owner"
)

// action is what a key does. Its binding carries the text of the help.
type action struct {
	key.Binding
	step func(s *Model) int                     // by how many lines it moves
	do   func(s *Model, pressed string) tea.Cmd // what else it does
}

// far is a step past everything.
const far = 1 << 30

var actions = []action{
	moves("up", func(*Model) int { return -1 }, "up", "k"),
	moves("down", func(*Model) int { return 1 }, "down", "j"),
	moves("page up", func(s *Model) int { return -s.lines() }, "pgup", "b"),
	moves("page down", (*Model).lines, "pgdown", "f"),
	moves("first line", func(*Model) int { return -far }, "home", "g"),
	moves("last line", func(*Model) int { return far }, "end", "G"),
	{Binding: key.NewBinding(key.WithKeys("1", "2", "3", "4", "5", "6"),
		key.WithHelp("1 to 6", "sort by this column; again to reverse")), do: (*Model).sortColumn},
	does("reverse the sort", (*Model).reverseSort, "r"),
	does("filter: words, and conditions such as port=443 or state=!listen", (*Model).openFilter, "/"),
	does("clear the filter", (*Model).clearFilter, "esc"),
	does("pause or resume", (*Model).togglePause, "space", "p"),
	does("details of the connection", (*Model).showDetail, "enter"),
	does("close the connection, after confirmation", (*Model).askClose, "x", "delete"),
	does("help", (*Model).showHelp, "?", "h"),
	does("quit", func(*Model) tea.Cmd { return tea.Quit }, "q", "ctrl+c"),
}

// bindings returns the bindings of all actions, for the help.
func bindings() []key.Binding {
	var list []key.Binding
	for _, a := range actions {
		list = append(list, a.Binding)
	}
	return list
}

// moves returns an action that moves the cursor, or scrolls a page.
func moves(help string, step func(s *Model) int, names ...string) action {
	return action{Binding: bind(help, names), step: step}
}

// does returns an action of the table.
func does(help string, do func(s *Model) tea.Cmd, names ...string) action {
	return action{Binding: bind(help, names), do: func(s *Model, _ string) tea.Cmd { return do(s) }}
}

func bind(help string, names []string) key.Binding {
	return key.NewBinding(key.WithKeys(names...), key.WithHelp(strings.Join(names, " "), help))
}

// press handles a key.
func (s *Model) press(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if name == "ctrl+c" {
		return tea.Quit
	}
	s.message = ""
	switch s.mode {
	case modeFilter:
		return s.typeFilter(msg)
	case modeClose:
		s.mode = modeTable
		if name == "y" || name == "Y" {
			subject, closeConn := s.subject, s.world.Close
			return func() tea.Msg { return closedMsg{subject, closeConn(subject)} }
		}
		s.message = "not closed"
		return nil
	}
	page := s.mode == modeHelp || s.mode == modeDetail
	for _, a := range actions {
		switch {
		case !key.Matches(msg, a.Binding):
		case a.step != nil && page:
			s.offset = s.pageTop(a.step(s))
			return nil
		case a.step != nil:
			s.move(a.step(s))
			return nil
		case !page:
			return a.do(s, name)
		}
	}
	if page {
		s.mode = modeTable
	}
	return nil
}

// sortColumn sorts by the column whose number was pressed, or reverses the sort by it.
func (s *Model) sortColumn(pressed string) tea.Cmd {
	n, _ := strconv.Atoi(pressed)
	s.reverse = s.sortBy == n-1 && !s.reverse
	s.sortBy = n - 1
	s.arrange()
	return nil
}

func (s *Model) reverseSort() tea.Cmd {
	s.reverse = !s.reverse
	s.arrange()
	return nil
}

func (s *Model) togglePause() tea.Cmd {
	s.paused = !s.paused
	return nil
}

func (s *Model) showHelp() tea.Cmd {
	s.mode, s.offset = modeHelp, 0
	return nil
}

func (s *Model) showDetail() tea.Cmd {
	r, ok := s.selected()
	if !ok {
		return nil
	}
	s.mode, s.offset, s.subject, s.details = modeDetail, 0, r.Conn, nil
	inspect := s.world.Inspect
	return func() tea.Msg { return detailMsg{r.Conn, inspect(r.Conn)} }
}

func (s *Model) askClose() tea.Cmd {
	r, ok := s.selected()
	if !ok {
		return nil
	}
	if r.PID == owner.SystemPID {
		s.message = "connections of System (PID 4) are not closed"
		return nil
	}
	s.mode, s.subject = modeClose, r.Conn
	return nil
}
