package screen

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// offered are the columns that the chooser offers: all but those that need a call for each
// connection, which would have to be repeated at every refresh.
var offered = slices.DeleteFunc(slices.Clone(rows.Columns), func(c rows.Column) bool {
	return c.Name == "remoteName" || c.Name == "module"
})

func (s *Model) showColumns() tea.Cmd {
	s.mode, s.offset, s.choice = modeColumns, 0, 0
	return nil
}

// moveChoice moves the cursor of the chooser, and scrolls to it.
func (s *Model) moveChoice(by int) {
	s.choice = max(0, min(s.choice+by, len(offered)-1))
	s.offset = max(min(s.offset, s.choice), s.choice-s.pageLines()+1)
}

// toggleColumn shows or hides the chosen column.
func (s *Model) toggleColumn() tea.Cmd {
	name := offered[s.choice].Name
	columns := slices.DeleteFunc(slices.Clone(offered), func(c rows.Column) bool {
		return rows.Has(s.columns, c.Name) == (c.Name == name)
	})
	if len(columns) == 0 {
		s.say("the last column stays")
		return nil
	}
	s.columns = columns
	s.arrange()
	return s.look()
}

func (s *Model) drawColumns() []string {
	lines := make([]string, len(offered))
	for i, c := range offered {
		check := "[ ]"
		if rows.Has(s.columns, c.Name) {
			check = "[x]"
		}
		lines[i] = fmt.Sprintf("   %s %s", check, c.Name)
		if i == s.choice {
			lines[i] = cursorStyle.Render(fmt.Sprintf(">  %s %s ", check, c.Name))
		}
	}
	return lines
}
