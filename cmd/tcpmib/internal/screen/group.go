package screen

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// group is the connections of one process.
type group struct {
	pid    uint32
	name   string
	conns  int
	counts map[tcpmib.ChangeKind]int
}

func (s *Model) toggleGroups() tea.Cmd {
	s.grouped = !s.grouped
	if s.anchor.header { // there will be no headers
		s.anchor = anchor{}
	}
	s.arrange()
	return nil
}

// fold hides or shows the connections of a group.
func (s *Model) fold(g *group) {
	s.folded[g.pid] = !s.folded[g.pid]
	s.arrange()
}

// byProcess orders rows by their owners, and those of one owner by compare.
func byProcess(compare func(a, b *rows.Row) int) func(a, b *rows.Row) int {
	return func(a, b *rows.Row) int {
		return cmp.Or(
			cmp.Compare(strings.ToLower(a.Process), strings.ToLower(b.Process)),
			cmp.Compare(a.PID, b.PID),
			compare(a, b),
		)
	}
}

// addGroups adds what is shown, sorted by owner, to the items, each group under its header.
func (s *Model) addGroups() {
	var g *group
	for n, i := range s.shown {
		e := &s.entries[i]
		if g == nil || g.pid != e.row.PID {
			g = &group{pid: e.row.PID, name: e.row.Process, counts: map[tcpmib.ChangeKind]int{}}
			s.items = append(s.items, item{number: n + 1, header: g})
		}
		g.conns++
		g.counts[e.kind]++
		if !s.folded[g.pid] {
			s.items = append(s.items, item{entry: i, number: n + 1})
		}
	}
}

func (s *Model) drawGroup(g *group) string {
	sign := "▼ "
	if s.folded[g.pid] {
		sign = "► "
	}
	name := fmt.Sprintf("%s (%d)", cmp.Or(g.name, "unknown process"), g.pid)
	if g.pid == 0 {
		name = "no process"
	}
	text := sign + cli.Title.Render(cli.Printable(name)) + "  " + cli.Count(g.conns, "connection")
	if changed := drawCounts(g.counts); changed != "" {
		text += "  " + changed
	}
	return text
}
