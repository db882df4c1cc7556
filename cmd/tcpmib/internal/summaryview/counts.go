// Package summaryview shows what `tcpmib summary` counted: tables with bars, JSON, metrics, and how
// much of the dynamic port range is in use.
package summaryview

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"sort"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// A group is one way to count connections: by the values of a column.
type group struct {
	title  string
	key    string      // of the array in JSON
	column rows.Column // its name is the key of the value in JSON
	value  func(r *rows.Row) (v value, ok bool)
	of     func(v value) rows.Row // a row that has the value, and nothing else
}

// A value is what rows are counted by. It is small, as there may be as many as rows: the addresses
// of a million connections take 100 MB.
type value struct {
	number uint32
	addr   netip.Addr
	name   string
}

var groups = []group{
	{"STATE", "states", rows.Named("state")[0],
		func(r *rows.Row) (value, bool) { return value{number: uint32(r.State)}, r.Protocol == rows.TCP },
		func(v value) rows.Row { return ofConn(tcpmib.Conn{State: tcpmib.State(v.number)}) }},
	{"PROCESS", "processes", rows.Named("process")[0],
		func(r *rows.Row) (value, bool) { return value{name: r.Process}, true },
		func(v value) rows.Row { return rows.Row{Process: v.name} }},
	{"REMOTE ADDRESS", "remoteAddresses", rows.Named("remoteAddress")[0],
		func(r *rows.Row) (value, bool) { return value{addr: r.Remote.Addr()}, r.Remote.IsValid() },
		func(v value) rows.Row { return ofConn(tcpmib.Conn{Remote: netip.AddrPortFrom(v.addr, 0)}) }},
	{"LOCAL PORT", "localPorts", rows.Named("localPort")[0],
		func(r *rows.Row) (value, bool) { return value{number: uint32(r.Local.Port())}, true },
		func(v value) rows.Row {
			return ofConn(tcpmib.Conn{Local: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(v.number))})
		}},
}

func ofConn(c tcpmib.Conn) rows.Row { return rows.Row{Socket: rows.Socket{Conn: c}} }

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
	text := bufio.NewWriter(w) // there may be as many values as connections
	text.WriteString(s.Count() + "\n")
	for i := range groups {
		g := &groups[i]
		counts := g.count(s)
		if len(counts) == 0 {
			continue
		}
		text.WriteString("\n" + title.Render(g.title) + "\n")
		shown := counts
		if o.Limit > 0 {
			shown = counts[:min(o.Limit, len(counts))]
		}
		digits := len(fmt.Sprint(counts[0].n))
		t := rows.Table{Columns: []rows.Column{g.column}, Color: o.Color}
		t.Columns[0].Number = false
		t.Fit(func(yield func(*rows.Row) bool) {
			for _, c := range shown {
				r := g.of(c.value)
				if !yield(&r) {
					return
				}
			}
		}, false, max(o.Width-minBar-gap-digits-gap, 0))
		longest := barWidth
		if o.Width > 0 {
			longest = max(o.Width-t.Widths[0]-gap-digits-gap, minBar)
		}
		for _, c := range shown {
			r := g.of(c.value)
			line := t.Line(&r)
			length := max(1, c.n*longest/counts[0].n)
			fmt.Fprintf(text, "%s  %*d  %s\n", line+cli.Spaces(t.Widths[0]-lipgloss.Width(line)), digits, c.n, strings.Repeat(bar, length))
		}
		if more := len(counts) - len(shown); more > 0 {
			fmt.Fprintf(text, "and %d more\n", more)
		}
	}
	return text.Flush()
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
			r := g.of(c.value)
			text = fmt.Appendf(text, "\n{%q:", g.column.Name)
			text = g.column.AppendJSON(text, &r)
			text = fmt.Appendf(text, ",\"connections\":%d}", c.n)
		}
		text = append(text, ']')
	}
	_, err := w.Write(append(text, "\n}\n"...))
	return err
}

// tally is how many connections have a value.
type tally struct {
	value value
	n     int
}

// count counts connections by value, the most frequent first. A connection without a value, such as
// the remote address of a listening socket, does not count.
func (g *group) count(s *rows.Snapshot) []tally {
	counts := map[value]int{}
	for r := range s.Rows() {
		if v, ok := g.value(r); ok {
			counts[v]++
		}
	}
	list := make([]tally, 0, len(counts))
	for v, n := range counts {
		list = append(list, tally{v, n})
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.value.number, b.value.number), a.value.addr.Compare(b.value.addr),
			strings.Compare(strings.ToLower(a.value.name), strings.ToLower(b.value.name)), strings.Compare(a.value.name, b.value.name)) < 0
	})
	return list
}
