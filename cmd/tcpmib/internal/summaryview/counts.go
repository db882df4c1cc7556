// Package summaryview shows what `tcpmib summary` counted: tables with bars, JSON, metrics, and how
// much of the dynamic port range is in use.
package summaryview

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// A group is one way to count connections: by the values of a column.
type group struct {
	title  string
	key    string      // of the array in JSON
	column rows.Column // its name is the key of the value in JSON
}

var groups = []group{
	{"STATE", "states", rows.Named("state")[0]},
	{"PROCESS", "processes", rows.Named("process")[0]},
	{"REMOTE ADDRESS", "remoteAddresses", rows.Named("remoteAddress")[0]},
	{"LOCAL PORT", "localPorts", rows.Named("localPort")[0]},
}

// CountsOptions is how WriteCounts draws.
type CountsOptions struct {
	Limit int  // how many values of each group to show; 0: all
	Color bool // bold titles and colored states
	ASCII bool // no block characters: programs behind a pipe may misread them
	Width int  // of the screen, which the bars fill; 0: there is none
}

const (
	barWidth = 30 // of the longest, without a screen
	minBar   = 8
	gap      = 2 // between columns
)

// WriteCounts writes how many connections have each value, with a bar as long as its share of the
// largest count.
func WriteCounts(w io.Writer, s *rows.Snapshot, o CountsOptions) error {
	bar := "▇"
	if o.ASCII {
		bar = "#"
	}
	title := lipgloss.Style{}
	if o.Color {
		title = cli.Title
	}
	text := s.Count() + "\n"
	for i := range groups {
		g := &groups[i]
		counts := g.count(s)
		if len(counts) == 0 {
			continue
		}
		text += "\n" + title.Render(g.title) + "\n"
		shown := counts
		if o.Limit > 0 {
			shown = counts[:min(o.Limit, len(counts))]
		}
		digits := len(fmt.Sprint(counts[0].n))
		t := rows.Table{Columns: []rows.Column{g.column}, Color: o.Color}
		t.Columns[0].Number = false
		t.Fit(func(yield func(*rows.Row) bool) {
			for i := range shown {
				if !yield(&shown[i].row) {
					return
				}
			}
		}, false, max(o.Width-minBar-gap-digits-gap, 0))
		longest := barWidth
		if o.Width > 0 {
			longest = max(o.Width-t.Widths[0]-gap-digits-gap, minBar)
		}
		for _, c := range shown {
			line := t.Line(&c.row)
			length := max(1, c.n*longest/counts[0].n)
			text += fmt.Sprintf("%s  %*d  %s\n", line+cli.Spaces(t.Widths[0]-lipgloss.Width(line)), digits, c.n, strings.Repeat(bar, length))
		}
		if more := len(counts) - len(shown); more > 0 {
			text += fmt.Sprintf("and %d more\n", more)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

// WriteCountsJSON writes the counts as one object, with a value on each line.
func WriteCountsJSON(w io.Writer, s *rows.Snapshot) error {
	udp := s.CountUDP()
	text := fmt.Appendf(nil, "{\n\"connections\":%d,\n\"udpSockets\":%d", len(s.Sockets)-udp, udp)
	for i := range groups {
		g := &groups[i]
		text = fmt.Appendf(text, ",\n%q:[", g.key)
		for j, c := range g.count(s) {
			if j > 0 {
				text = append(text, ',')
			}
			entry, err := cli.EncodeJSON(cli.Object{
				{Key: g.column.Name, Value: json.RawMessage(g.column.AppendJSON(nil, &c.row))},
				{Key: "connections", Value: c.n},
			})
			if err != nil {
				return err
			}
			text = append(append(text, '\n'), entry...)
		}
		text = append(text, ']')
	}
	_, err := w.Write(append(text, "\n}\n"...))
	return err
}

// tally is how many connections have a value.
type tally struct {
	row rows.Row // one of them
	n   int
}

// count counts connections by value, the most frequent first. A connection without a value, such as
// the remote address of a listening socket, does not count.
func (g *group) count(s *rows.Snapshot) []tally {
	counts := map[string]*tally{}
	var value []byte
	for r := range s.Rows() {
		value = g.column.AppendJSON(value[:0], r)
		if string(value) == "null" {
			continue
		}
		c, ok := counts[string(value)]
		if !ok {
			c = &tally{row: *r}
			counts[string(value)] = c
		}
		c.n++
	}
	return slices.SortedFunc(func(yield func(tally) bool) {
		for c := range maps.Values(counts) {
			if !yield(*c) {
				return
			}
		}
	}, func(a, b tally) int { return cmp.Or(cmp.Compare(b.n, a.n), g.column.Compare(&a.row, &b.row)) })
}
