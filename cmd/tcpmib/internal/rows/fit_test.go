package rows

import (
	"bufio"
	"bytes"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// office returns the rows of fixture.Office that match.
func office(t *testing.T, match func(*Row) bool) *Snapshot {
	m, processes := fixture.Office()
	conns, err := (&tcpmib.Reader{Source: m}).AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	s := &Snapshot{Sockets: AppendTCP(nil, conns), Processes: processes}
	s.Sort(nil, false)
	s.Keep(match)
	return s
}

// longNames are connections of programs with names and ports as long as they get.
func longNames() *Snapshot {
	s := &Snapshot{Processes: owner.Processes{}}
	for i, name := range []string{
		"Microsoft.SharePoint.Administration.Service.Host.exe", "データベース接続クライアント管理.exe", "a.exe", strings.Repeat("long", 60) + ".exe",
	} {
		pid := 4_000_000_000 + uint32(i)
		s.Processes[pid] = owner.Process{PID: pid, Name: name}
		s.Sockets = append(s.Sockets, Socket{Conn: tcpmib.Conn{
			Local:  netip.MustParseAddrPort(fmt.Sprintf("192.168.100.200:6512%d", i)),
			Remote: netip.MustParseAddrPort("[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:65000"),
			State:  tcpmib.State(i + 2), PID: pid,
		}})
	}
	return s
}

func table(t *testing.T, s *Snapshot, columns, optional []Column, width int) string {
	var b bytes.Buffer
	out := &Output{Writer: bufio.NewWriter(&b), Columns: columns, Optional: optional, Header: true, Width: width}
	require.NoError(t, WriteTable(out, s.Rows()))
	require.NoError(t, out.Flush())
	return b.String()
}

// What a person asks for, from the narrowest screen to a wide one.
func TestTables(t *testing.T) {
	for name, s := range map[string]*Snapshot{
		"process":   office(t, func(r *Row) bool { return r.Process == "chrome.exe" }),
		"remote":    office(t, func(r *Row) bool { return r.Remote == netip.MustParseAddrPort("203.0.113.7:443") }),
		"listeners": office(t, func(r *Row) bool { return r.State == tcpmib.StateListen }),
		"ipv6":      office(t, func(r *Row) bool { return r.Family() == tcpmib.IPv6 }),
		"names":     longNames(),
		"all":       office(t, func(*Row) bool { return true }),
	} {
		var text strings.Builder
		for _, width := range []int{40, 60, 80, 100, 120} {
			got := table(t, s, TableColumns, TableColumns, width)
			for line := range strings.Lines(got) {
				assert.LessOrEqual(t, ansi.StringWidth(strings.TrimSuffix(line, "\n")), width, "%s %d: %s", name, width, line)
			}
			fmt.Fprintf(&text, "%s %d\n\n%s\n", strings.Repeat("-", width-4), width, got)
		}
		fixture.Golden(t, name+".golden", text.String())
	}
}

// On any width from 40 up each row has its endpoints, with whole ports, its PID and its process,
// in a column or above the table.
func TestTableKeepsWhatIdentifies(t *testing.T) {
	snapshots := []*Snapshot{office(t, func(*Row) bool { return true }), longNames()}
	for pid := range snapshots[0].Processes {
		snapshots = append(snapshots, office(t, func(r *Row) bool { return r.PID == pid }))
	}
	for _, s := range snapshots {
		for _, columns := range [][]Column{TableColumns, BothColumns, WideColumns} {
			for width := 40; width < 160; width++ {
				text := table(t, s, columns, columns, width)
				above, below, shared := strings.Cut(text, "\n\n")
				if !shared {
					above, below = "", text
				}
				lines := strings.Split(strings.TrimSuffix(below, "\n"), "\n")[1:]
				require.Len(t, lines, len(s.Sockets))
				for i, socket := range s.Sockets {
					r := s.Row(socket)
					where := fmt.Sprintf("%d columns:\n%s", width, text)
					shows := func(title, value string) bool {
						return strings.Contains(lines[i], value) || strings.Contains(above, title+" "+value)
					}
					assert.True(t, shows("LOCAL", fmt.Sprintf(":%d", r.Local.Port())), where)
					if r.Remote.IsValid() {
						assert.True(t, shows("REMOTE", fmt.Sprintf(":%d", r.Remote.Port())) || strings.Contains(above, fmt.Sprintf(":%d", r.Remote.Port())), where)
					}
					assert.True(t, shows("PID", fmt.Sprint(r.PID)), where)
					if len(r.Process) > 5 && r.PID != 5120 {
						assert.True(t, shows("PROCESS", string([]rune(r.Process)[:3])), where)
					}
				}
			}
		}
	}
}

// A table of named columns shows them all. If they fit when they are short, no line is wider than
// the screen; if they do not, none of them is cut, and the terminal wraps them.
func TestTableOfNamedColumns(t *testing.T) {
	s := longNames()
	columns := Named("local", "remote", "state", "pid", "process", "stateCode", "offload")
	whole := table(t, s, columns, nil, 0)
	fitted := 0
	for width := 20; width < 400; width++ {
		text := table(t, s, columns, nil, width)
		header, _, _ := strings.Cut(text, "\n")
		assert.Len(t, slices.Collect(strings.FieldsSeq(header)), 8, "%d", width) // STATE CODE is two
		if text == whole {
			continue
		}
		fitted++
		for line := range strings.Lines(text) {
			assert.LessOrEqual(t, ansi.StringWidth(strings.TrimSuffix(line, "\n")), width, line)
		}
	}
	assert.NotZero(t, fitted)
	assert.Equal(t, whole, table(t, s, columns, nil, 60))
	assert.Equal(t, whole, table(t, s, columns, nil, 1000))
}

// A value that all rows share leaves the table only if there is no room for it, and no header means
// no line above. A single row shares nothing.
func TestTableShares(t *testing.T) {
	s := office(t, func(r *Row) bool {
		return r.Process == "chrome.exe" && r.State == tcpmib.StateEstab && r.Local.Addr().Is4()
	})
	fit := func(s *Snapshot, header bool, width int) *Table {
		table := Table{Columns: TableColumns, Optional: TableColumns, MayShare: header}
		table.Fit(s.Rows(), header, width)
		return &table
	}
	assert.Empty(t, fit(s, true, 200).Shared)
	assert.Equal(t, []string{"local", "remote", "pid", "process"}, Names(fit(s, true, 65).Columns))
	assert.Equal(t, []string{"STATE ESTABLISHED", ""}, fit(s, true, 65).Above(65))
	assert.Equal(t, []string{"PROCESS chrome.exe  PID 9216", "STATE ESTABLISHED", ""}, fit(s, true, 40).Above(40))
	assert.Equal(t, []string{"PROCESS chrome.exe  PID 9216  STATE ESTABLISHED", ""}, fit(s, true, 40).Above(80))
	assert.Empty(t, fit(s, false, 40).Above(40))
	s.Sockets = s.Sockets[:1]
	assert.Empty(t, fit(s, true, 40).Shared)

	long := Table{Shared: []Value{{Named("process")[0], strings.Repeat("long", 20)}, {Named("state")[0], "LISTEN"}}}
	assert.Equal(t, []string{"PROCESS longlonglonglonglonglonglonglon…", "STATE LISTEN", ""}, long.Above(40))
	assert.Equal(t, "PROCESS "+strings.Repeat("long", 20), long.Above(88)[0], "it just fits")
	short := Table{Shared: []Value{{Named("pid")[0], "1"}, {Named("state")[0], "LISTEN"}}}
	assert.Equal(t, []string{"PID 1  STATE LISTEN", ""}, short.Above(19))
	assert.Equal(t, []string{"PID 1", "STATE LISTEN", ""}, short.Above(18))
	three := Table{Shared: append([]Value{{Named("process")[0], "eleven.char"}}, short.Shared...)}
	assert.Equal(t, []string{"PROCESS eleven.char", "PID 1  STATE LISTEN", ""}, three.Above(19), "each line has its own width")
	short.Color = true
	assert.Equal(t, "\x1b[1mPID\x1b[m 1  \x1b[1mSTATE\x1b[m LISTEN", short.Above(19)[0])
}

func TestShrink(t *testing.T) {
	for _, tt := range []struct {
		shrink func(string, int) string
		text   string
		width  int
		want   string
	}{
		{shrinkEnd, "svchost.exe", 8, "svchost…"},
		{shrinkEnd, "データベース", 8, "データ…"},
		{shrinkMiddle, "2001:db8::1234:5678", 9, "2001…5678"},
		{shrinkEndpoint, "192.168.1.23:50120", 12, "192.1…:50120"},
		{shrinkEndpoint, "192.168.1.23:50120", 10, "192…:50120"},
		{shrinkEndpoint, "192.168.1.23:50120", 7, "…:50120"},
		{shrinkEndpoint, "[2001:db8:1:2::23]:50141", 18, "[2001:db8…3]:50141"},
		{shrinkEndpoint, "[2001:db8:1:2::23]:50141", 9, "[…]:50141"},
	} {
		assert.Equal(t, tt.want, tt.shrink(tt.text, tt.width))
	}
}

// A table that just fits is whole, and in one column less it is not.
func TestTableThatJustFits(t *testing.T) {
	for _, s := range []*Snapshot{longNames(), office(t, func(r *Row) bool { return r.Process == "chrome.exe" })} {
		whole := table(t, s, TableColumns, TableColumns, 0)
		header, _, _ := strings.Cut(whole, "\n")
		unlimited := Table{Columns: TableColumns}
		unlimited.Fit(s.Rows(), true, 0)
		width := len(gap) * (len(TableColumns) - 1)
		for _, w := range unlimited.Widths {
			width += w
		}
		assert.Equal(t, whole, table(t, s, TableColumns, TableColumns, width))
		assert.False(t, strings.HasPrefix(table(t, s, TableColumns, TableColumns, width-1), header))
	}
}

// A column that is not optional is not dropped, even if all rows are the same there.
func TestFitDropsOptionalColumnsOnly(t *testing.T) {
	rows := func(yield func(*Row) bool) {
		for range 3 {
			if !yield(&Row{Socket: Socket{Conn: tcpmib.Conn{PID: 7}}}) {
				return
			}
		}
	}
	t.Run("none", func(t *testing.T) {
		table := Table{Columns: Named("pid", "state", "offload"), MayShare: true}
		table.Fit(iter.Seq[*Row](rows), true, 5)
		assert.Equal(t, []string{"pid", "state", "offload"}, Names(table.Columns))
	})
	t.Run("all", func(t *testing.T) {
		columns := Named("pid", "state", "offload")
		table := Table{Columns: columns, Optional: columns, MayShare: true}
		table.Fit(iter.Seq[*Row](rows), true, 2)
		assert.Equal(t, []string{"pid"}, Names(table.Columns), "the last column stays, on the narrowest screen too")
	})
}

// A text that is wider than its column is shortened to exactly its width.
func TestShrinkToWidth(t *testing.T) {
	for _, shrink := range []func(string, int) string{shrinkEnd, shrinkMiddle, shrinkEndpoint} {
		for _, text := range []string{"192.168.100.200:65120", "[2001:db8:ffff:ffff::1]:443", "plain name", "näme of a program", "[fe80::1%12]:50120"} {
			for width := 8; width < ansi.StringWidth(text); width++ {
				assert.Equal(t, width, ansi.StringWidth(shrink(text, width)), "%q %d", text, width)
			}
		}
	}
}
