package screen

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// goes returns the words of a line in the order in which they go as the screen becomes narrower.
func goes(words []string, line func(width int) string) (order []string) {
	for width := 200; width > 0; width-- {
		text := ansi.Strip(line(width))
		for _, word := range words {
			if !strings.Contains(text, word) && !slices.Contains(order, word) {
				order = append(order, word)
			}
		}
	}
	for _, word := range words {
		if !slices.Contains(order, word) {
			order = append(order, word) // it stays
		}
	}
	return order
}

// On a narrow screen the hints go that a person needs least, and the one needed most stays.
func TestHintsGoInOrder(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for _, test := range []struct {
		hints hints
		order []string
	}{
		{tableHints, []string{"close", "columns", "sort", "group", "log", "pause", "details", "filter", "quit", "help"}},
		{captureHints, []string{"sort", "columns", "group", "pause", "log", "details", "filter", "step", "quit", "help"}},
		{filterHints, []string{"history", "clear", "apply"}},
		{closeHints, []string{"any other key", "y close"}},
		{pageHints, []string{"scroll", "back"}},
		{columnHints, []string{"move", "back", "show or hide"}},
		{hints{pageHints.goes, append(slices.Clip(pageHints.list), hint{"1-9 of 20", "lines"})}, []string{"lines", "scroll", "back"}},
	} {
		assert.Equal(t, test.order, goes(test.order, func(width int) string {
			s.width = width
			return s.fitHints(test.hints)
		}))
	}
	assert.Equal(t, "b", fit([]part{{"a", 1}, {"b", 1}}, 1), "of two that weigh the same the first goes")
}

// So do the parts of the header.
func TestHeaderGoesInOrder(t *testing.T) {
	s := testScreen(t, fixture.Office, fixture.Later)
	status := func(width int) string {
		s.width = width
		return s.drawStatus()
	}
	clock, counts := s.at.Local().Format("15:04:05"), ansi.Strip(drawCounts(s.counts))
	live := []string{"every 1s", "tcpmib", "31 connections", clock, counts}
	assert.Equal(t, live, goes(live, status))
	s.paused, s.trouble = true, "the table cannot be read"
	live = []string{"tcpmib", "31 connections", clock, counts, "PAUSED", "ERROR"}
	assert.Equal(t, live, goes(live, status))

	s.world.Captures = []Capture{{"before.zip", time.Time{}}, {"after.zip", time.Time{}}}
	s.trouble = ""
	first := []string{"tcpmib", "31 connections", time.Time{}.Local().Format("2006-01-02 15:04:05"), counts, "1 of 2", "PAUSED"}
	assert.Equal(t, first, goes(first, status))
	s.capture = 1
	last := []string{"tcpmib", "31 connections", counts, "2 of 2", "end"}
	assert.Equal(t, last, goes(last, status))
}

// A screen of one column or line shows something, and the filter line uses all of its screen.
func TestSmallestScreens(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for _, size := range [][2]int{{1, 3}, {3, 1}, {1, 1}} {
		s.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		lines := strings.Split(s.draw(), "\n")
		assert.Len(t, lines, size[1])
		assert.NotEqual(t, strings.Repeat("\n", size[1]-1), s.draw())
	}
	for _, size := range [][2]int{{0, 3}, {3, 0}} {
		s.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		assert.Empty(t, s.draw())
	}
	s.Update(tea.WindowSizeMsg{Width: 110, Height: 24})
	types(s, "/", "p", "o", "r", "t")
	for width := 2; width < 6; width++ {
		s.Update(tea.WindowSizeMsg{Width: width, Height: 24})
		assert.Equal(t, "/"+s.input.View(width-1), s.drawHints())
	}
	s.Update(tea.WindowSizeMsg{Width: 1, Height: 24})
	assert.Equal(t, "/"+s.input.View(1), s.drawHints())
}

// Of connections that closed the last thousand are remembered, unless they are there again, and of
// events the last thousand.
func TestClosedConnectionsAreLimited(t *testing.T) {
	for _, n := range []int{999, 1000, 1500, 2000, 2001, 4500} {
		s := testScreen(t, fixture.Office)
		var changes []rows.Change
		add := func(kind tcpmib.ChangeKind, i int) {
			local := netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(i))
			changes = append(changes, rows.OfTCP(tcpmib.Change{Kind: kind, Conn: tcpmib.Conn{Local: local, PID: uint32(i)}}))
		}
		for i := range n {
			add(tcpmib.Closed, i)
		}
		add(tcpmib.Opened, n-3)
		l := Look{At: s.at, Request: s.request(), Changes: slices.Values(changes)}
		s.mark(l)
		var want, got []uint32
		for i := max(0, n-1000); i < n; i++ {
			if i != n-3 {
				want = append(want, uint32(i))
			}
		}
		for _, c := range s.closed {
			got = append(got, c.row.PID)
		}
		assert.Equal(t, want, got)
		s.log(l)
		require.Len(t, s.events, min(n+1, 1000))
		assert.Equal(t, uint32(max(0, n-999)), s.events[0].row.PID)
		assert.Equal(t, tcpmib.Opened, s.events[len(s.events)-1].kind)
	}
}

// The last line of a page can be reached on the lowest screen, with a notice under it as well.
func TestEndOfPageOnLowScreens(t *testing.T) {
	for height := 3; height < 40; height++ {
		for _, open := range []string{"?", "c", "l"} {
			for _, trouble := range []bool{false, true} {
				s := testScreen(t, fixture.Office, fixture.Later, fixture.Office)
				s.Update(tea.WindowSizeMsg{Width: 110, Height: height})
				types(s, open)
				if trouble {
					s.warn("the table cannot be read")
				}
				types(s, "end")
				lines, page := strings.Split(s.draw(), "\n"), s.page()
				at := min(height-len(s.drawFoot()), len(s.drawHead())+len(page)) - 1
				assert.Equal(t, page[len(page)-1], lines[at], "%s on %d lines, trouble %v", open, height, trouble)
			}
		}
	}
}

// The chooser scrolls when its cursor leaves the screen, and no further.
func TestChooserScrolls(t *testing.T) {
	for _, height := range []int{3, 8} {
		s := testScreen(t, fixture.Office)
		s.Update(tea.WindowSizeMsg{Width: 80, Height: height})
		types(s, "c")
		lines, last := height-2, len(offered)-1
		for i := range offered {
			assert.Equal(t, i, s.choice)
			assert.Equal(t, max(0, i-lines+1), s.pageTop(0), "down to %d on %d lines", i, height)
			types(s, "down")
		}
		for i := last; i >= 0; i-- {
			assert.Equal(t, i, s.choice)
			assert.Equal(t, min(i, last-lines+1), s.pageTop(0), "up to %d on %d lines", i, height)
			types(s, "up")
		}
	}
}

// From six lines up there is room for the filter in force, and for a notice above the key hints.
// Below, a notice takes the place of the hints, but not of the filter line.
func TestSixLines(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "/", "s", "s", "h", "enter")
	for height := 3; height < 9; height++ {
		s.Update(tea.WindowSizeMsg{Width: 110, Height: height})
		drawn := func() []string { return strings.Split(ansi.Strip(s.draw()), "\n") }
		assert.Equal(t, height >= 6, drawn()[1] == "filter ssh  esc clears it", height)
		s.say("a notice")
		lines := drawn()
		if height >= 6 {
			assert.Equal(t, "a notice", lines[height-2])
			assert.Contains(t, lines[height-1], "? help")
		} else {
			assert.Equal(t, "a notice", lines[height-1])
			assert.NotContains(t, strings.Join(lines, "\n"), "? help")
		}
		types(s, "/")
		s.say("a notice")
		assert.Equal(t, "/ssh", strings.TrimSpace(drawn()[height-1]))
		types(s, "enter")
	}
	s.width = 1
	s.say("a notice")
	for _, line := range s.drawNotice() {
		assert.LessOrEqual(t, ansi.StringWidth(line), 1)
	}
}

// Values are wrapped on the narrowest screen that has room for one column of them.
func TestNarrowestPage(t *testing.T) {
	s := testScreen(t, fixture.Office)
	for width := 9; width < 30; width++ {
		s.width = width
		for _, line := range s.drawPairs([]Detail{{"name", "value of words"}, {"other", "long"}}) {
			assert.LessOrEqual(t, ansi.StringWidth(line), width, "%d columns", width)
		}
	}
}

// A page that just fits does not say which of its lines are shown.
func TestPageThatJustFits(t *testing.T) {
	s := testScreen(t, fixture.Office)
	types(s, "?")
	for more := -1; more < 2; more++ {
		s.Update(tea.WindowSizeMsg{Width: 110, Height: len(s.page()) + 2 + more}) // a header and the hints
		assert.Equal(t, more < 0, strings.Contains(s.draw(), " lines"), "%d lines more", more)
	}
}

// The name of a capture takes a third of the screen at most, and keeps its end.
func TestLongNamesOfCaptures(t *testing.T) {
	s := testScreen(t, fixture.Office)
	s.width = 90
	for length := 28; length < 35; length++ {
		name := strings.Repeat("long", 10)[:length-4] + ".zip"
		s.world.Captures = []Capture{{Name: name}, {Name: "b.zip"}}
		want := name
		if length > 30 {
			want = "…" + name[length-29:]
		}
		assert.Contains(t, ansi.Strip(s.drawStatus()), " "+want+" ", "%d columns", length)
	}
}
