package screen

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
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

// sortByOwner orders what is shown by its owners, and leaves that of one owner in its order.
func (s *Model) sortByOwner() {
	type owner struct {
		name string
		pid  uint32
	}
	owned := map[owner][]uint32{}
	for _, i := range s.shown {
		r := s.row(i)
		o := owner{strings.ToLower(r.Process), r.PID}
		owned[o] = append(owned[o], i)
	}
	owners := slices.SortedFunc(maps.Keys(owned), func(a, b owner) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.pid, b.pid))
	})
	s.shown = s.shown[:0]
	for _, o := range owners {
		s.shown = append(s.shown, owned[o]...)
	}
}

// addGroups adds what is shown, sorted by owner, to the items, each group under its header.
func (s *Model) addGroups() {
	var g *group
	for n, i := range s.shown {
		if pid := s.socket(i).PID; g == nil || g.pid != pid {
			g = &group{pid: pid, name: s.row(i).Process, counts: map[tcpmib.ChangeKind]int{}}
			s.items = append(s.items, item{number: uint32(n + 1), header: g})
		}
		g.conns++
		g.counts[s.kind(i)]++
		if !s.folded[g.pid] {
			s.items = append(s.items, item{entry: i, number: uint32(n + 1)})
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
