package screen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
)

// binding is the keys that do something, and how the help calls them and what they do.
type binding struct {
	keys       []string
	name, help string
}

// action is what a key does.
type action struct {
	binding
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
	does("details of the connection; fold or unfold a group", (*Model).showDetail, "enter"),
	does("filter: words, and conditions such as port=443 or state=!listen", (*Model).openFilter, "/"),
	does("clear the filter, also that of the command line", (*Model).clearFilter, "esc"),
	{binding: binding{strings.Split("123456789", ""), "1 to 9", "sort by this column; again to reverse"}, do: (*Model).sortColumn},
	does("reverse the sort", (*Model).reverseSort, "r"),
	does("choose columns", (*Model).showColumns, "c"),
	does("group by process", (*Model).toggleGroups, "t"),
	does("pause or resume", (*Model).togglePause, "space", "p"),
	does("capture before", func(s *Model) tea.Cmd { return s.step(-1) }, "left"),
	does("next capture", func(s *Model) tea.Cmd { return s.step(1) }, "right"),
	does("log of what opened, changed and closed", (*Model).showLog, "l"),
	does("how long marks stay: 5s, 30s, 5m or until the next refresh", (*Model).nextStay, "m"),
	does("close the connection, after confirmation", (*Model).askClose, "x", "delete"),
	does("help", (*Model).showHelp, "?", "h"),
	does("quit", func(*Model) tea.Cmd { return tea.Quit }, "q", "ctrl+c"),
}

// lineKeys are the keys of the filter line, for the help.
var lineKeys = []binding{
	bind("apply the filter", []string{"enter"}),
	bind("clear the filter", []string{"esc"}),
	bind("earlier and later filters", []string{"up", "down"}),
	bind("move the cursor", []string{"left", "right", "home", "end"}),
	bind("delete to the start of the line", []string{"ctrl+u"}),
	bind("delete to the end of the line", []string{"ctrl+k"}),
	bind("delete the word before the cursor", []string{"ctrl+w"}),
}

// bindings returns the bindings of all actions, for the help.
func bindings() []binding {
	var list []binding
	for _, a := range actions {
		list = append(list, a.binding)
	}
	return list
}

// moves returns an action that moves the cursor, or scrolls a page.
func moves(help string, step func(s *Model) int, names ...string) action {
	return action{binding: bind(help, names), step: step}
}

// does returns an action of the table.
func does(help string, do func(s *Model) tea.Cmd, names ...string) action {
	return action{binding: bind(help, names), do: func(s *Model, _ string) tea.Cmd { return do(s) }}
}

func bind(help string, names []string) binding {
	return binding{names, strings.Join(names, " "), help}
}

// press handles a key.
func (s *Model) press(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	if name == "ctrl+c" {
		return tea.Quit
	}
	if s.mode == modeFilter {
		return s.typeFilter(msg)
	}
	if !s.notice.alarm {
		s.notice = notice{}
	}
	if s.mode == modeClose {
		return s.answerClose(name)
	}
	for _, a := range actions {
		switch {
		case !slices.Contains(a.keys, name):
		case a.step != nil:
			s.stepBy(a.step(s))
			return nil
		case s.mode == modeColumns && (name == "space" || name == "enter"):
			return s.toggleColumn()
		case !s.mode.page():
			return a.do(s, name)
		}
	}
	if s.mode.page() {
		s.mode = modeTable
	}
	return nil
}

// stepBy moves by lines what is shown.
func (s *Model) stepBy(lines int) {
	switch {
	case s.mode == modeColumns:
		s.moveChoice(lines)
	case s.mode.page():
		s.offset = s.pageTop(lines)
	default:
		s.move(lines)
	}
}

// sortColumn sorts by the column whose number was pressed, or reverses the sort by it.
func (s *Model) sortColumn(pressed string) tea.Cmd {
	n, _ := strconv.Atoi(pressed)
	if n > len(s.table.Columns) {
		s.say(fmt.Sprintf("there is no column %d here: c chooses columns", n))
		return nil
	}
	name := s.table.Columns[n-1].Name
	s.reverse = s.sortBy == name && !s.reverse
	s.sortBy, s.sortThen = name, nil
	s.arrange()
	return nil
}

func (s *Model) reverseSort() tea.Cmd {
	s.reverse = !s.reverse
	s.arrange()
	return nil
}

func (s *Model) showHelp() tea.Cmd {
	s.mode, s.offset = modeHelp, 0
	return nil
}

func (s *Model) showDetail() tea.Cmd {
	entry, ok := s.selected()
	if !ok {
		if s.cursor < len(s.items) {
			s.fold(s.items[s.cursor].header)
		}
		return nil
	}
	s.mode, s.offset, s.subject, s.details = modeDetail, 0, s.row(entry), nil
	inspect, c := s.world.Inspect, s.subject.Socket
	return func() tea.Msg { return detailMsg{c, inspect(c)} }
}

// askClose asks whether to close the connection, unless that would be refused.
func (s *Model) askClose() tea.Cmd {
	entry, ok := s.selected()
	switch {
	case !ok && s.cursor < len(s.items):
		s.say("x closes one connection, and this is a group")
		return nil
	case !ok:
		return nil
	case s.kind(entry) == tcpmib.Closed:
		s.say("cannot close: it has closed already")
		return nil
	}
	if err := s.world.Refuse(s.socket(entry)); err != nil {
		s.say("cannot close: " + cli.Sentence(err))
		return nil
	}
	s.mode, s.subject = modeClose, s.row(entry)
	return nil
}

func (s *Model) answerClose(name string) tea.Cmd {
	s.mode = modeTable
	if name != "y" && name != "Y" {
		s.say("not closed")
		return nil
	}
	c, closeConn := s.subject.Socket, s.world.Close
	return func() tea.Msg { return closedMsg{c, closeConn(c)} }
}
