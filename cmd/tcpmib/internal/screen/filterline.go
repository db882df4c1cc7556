package screen

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
)

// newFilterLine returns the line that the filter is typed into.
func newFilterLine() textinput.Model {
	input := textinput.New()
	input.Prompt = "/"
	input.KeyMap.Paste.Unbind() // it would run programs; terminals paste by themselves
	styles := textinput.Styles{}
	styles.Cursor.Blink = false
	input.SetStyles(styles)
	return input
}

func (s *Model) openFilter() tea.Cmd {
	s.mode = modeFilter
	return s.input.Focus()
}

func (s *Model) clearFilter() tea.Cmd {
	s.input.Reset()
	s.applyFilter()
	return nil
}

// typeFilter handles a key of the filter line. What is typed so far applies at once if it is valid.
func (s *Model) typeFilter(msg tea.KeyPressMsg) (cmd tea.Cmd) {
	switch msg.String() {
	case "enter":
		// An invalid filter is not in force, so the line stays open.
		if s.applyFilter() {
			s.closeFilter()
		}
	case "esc":
		s.closeFilter()
		s.clearFilter()
	default:
		s.input, cmd = s.input.Update(msg)
		s.applyFilter()
	}
	return cmd
}

func (s *Model) closeFilter() {
	s.mode = modeTable
	s.input.Blur()
}

// pasteFilter inserts pasted text without control characters, such as the end of a copied line.
func (s *Model) pasteFilter(text string) (cmd tea.Cmd) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	s.input, cmd = s.input.Update(tea.PasteMsg{Content: text})
	s.applyFilter()
	return cmd
}

// applyFilter puts the typed filter in force, or reports what is wrong with it.
func (s *Model) applyFilter() (ok bool) {
	s.message = ""
	f, err := filter.Parse(s.input.Value())
	if err != nil {
		s.message = err.Error()
		return false
	}
	s.filter = f
	s.arrange()
	return true
}
