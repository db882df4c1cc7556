package summaryview

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func office(t testing.TB) *rows.Snapshot {
	m, processes := fixture.Office()
	conns, err := (&tcpmib.Reader{Source: m}).AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	endpoints, err := (&udpmib.Reader{Source: m}).AppendEndpoints(nil, tcpmib.Both)
	require.NoError(t, err)
	return &rows.Snapshot{Sockets: rows.AppendUDP(rows.AppendTCP(nil, conns), endpoints), Processes: processes}
}

func TestCounts(t *testing.T) {
	var text strings.Builder
	for _, o := range []CountsOptions{
		{Limit: 3, ASCII: true}, {Limit: 2, Width: 60}, {Limit: 2, Width: 40}, {Width: 80}, {Limit: 1, Width: 50, Color: true},
	} {
		fmt.Fprintf(&text, "---------- %+v\n", o)
		var b bytes.Buffer
		require.NoError(t, WriteCounts(&b, office(t), o))
		for line := range strings.Lines(b.String()) {
			if o.Width > 0 {
				assert.LessOrEqual(t, ansi.StringWidth(strings.TrimSuffix(line, "\n")), o.Width, line)
			}
		}
		text.WriteString(b.String())
	}
	require.NoError(t, WriteCountsJSON(&text, office(t)))
	fixture.Golden(t, "counts.golden", text.String())
	assert.ErrorIs(t, WriteCounts(broken{}, office(t), CountsOptions{}), errBroken)
	assert.ErrorIs(t, WriteCountsJSON(broken{}, office(t)), errBroken)

	// A long name leaves room for a bar of eight columns, and the count.
	long := office(t)
	long.Processes[9216] = owner.Process{PID: 9216, Name: strings.Repeat("long", 30)}
	text.Reset()
	require.NoError(t, WriteCounts(&text, long, CountsOptions{Width: 50, Limit: 2}))
	assert.Contains(t, text.String(), "\n"+strings.Repeat("long", 9)+"…  8  ▇▇▇▇▇▇▇\n")

	text.Reset()
	require.NoError(t, WriteCounts(&text, &rows.Snapshot{}, CountsOptions{}))
	assert.Equal(t, "0 connections\n", text.String())
	text.Reset()
	require.NoError(t, WriteCountsJSON(&text, &rows.Snapshot{}))
	assert.True(t, json.Valid([]byte(text.String())))
}

func TestPrometheus(t *testing.T) {
	s := office(t)
	s.Processes[9216] = owner.Process{PID: 9216, Name: "a\"\\\n\x1b.exe"}
	listening := ListeningPorts(s, func(r *rows.Row) bool { return r.Process != "postgres.exe" })
	assert.Equal(t, map[uint16]bool{135: true, 139: true, 445: true, 3389: true, 2179: true}, listening)
	var text strings.Builder
	for _, o := range []PrometheusOptions{
		{TCP: true, UDP: true, Families: tcpmib.Both, Listening: listening, Bound: true},
		{TCP: true, Families: tcpmib.IPv4},
		{UDP: true, Families: tcpmib.IPv6},
	} {
		fmt.Fprintf(&text, "---------- %+v\n", o)
		require.NoError(t, WritePrometheus(&text, s, o))
		assert.ErrorIs(t, WritePrometheus(broken{}, s, o), errBroken)
	}
	fixture.Golden(t, "prometheus.golden", text.String())

	// Families and protocols that were asked for count 0, and no others have a series.
	for want, o := range map[string]PrometheusOptions{
		`tcpmib_udp_sockets{family="ipv6"} 0`: {UDP: true, Families: tcpmib.IPv6},
		`tcpmib_udp_sockets{family="ipv4"} 0`: {UDP: true, Families: tcpmib.IPv4},
	} {
		var b strings.Builder
		require.NoError(t, WritePrometheus(&b, &rows.Snapshot{}, o))
		assert.Contains(t, b.String(), want)
		assert.Equal(t, 1, strings.Count(b.String(), "family="), b.String())
	}
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		for _, bound := range []bool{false, true} {
			var b strings.Builder
			require.NoError(t, WritePrometheus(&b, &rows.Snapshot{}, PrometheusOptions{TCP: true, Families: family, Bound: bound}))
			n := len(rows.StateNames())
			if !bound {
				n--
			}
			assert.Equal(t, n, strings.Count(b.String(), fmt.Sprintf("family=%q", family)), b.String())
			assert.Equal(t, n, strings.Count(b.String(), "family="), b.String())
		}
	}
}

func TestEphemeral(t *testing.T) {
	s := office(t)
	uses := []ephemeral.Use{
		{Local: netip.IPv4Unspecified(), Used: 12345, Of: 16384, TimeWait: 12, Held: 11, PID: 9216},
		{Local: netip.IPv6Unspecified(), Of: 16384},
		{Local: netip.MustParseAddr("192.168.1.23"), Remote: netip.MustParseAddrPort("203.0.113.7:443"), Used: 8192, Of: 16384, PID: 6006},
		{Local: netip.MustParseAddr("192.168.1.23"), Remote: netip.MustParseAddrPort("203.0.113.8:443"), Used: 1, Of: 16384, TimeWait: 1},
	}
	var text strings.Builder
	table := rows.Table{Columns: EphemeralColumns, Optional: EphemeralColumns}
	table.Fit(EphemeralRows(s, uses), true, 0)
	text.WriteString(table.Header() + "\n")
	for r := range EphemeralRows(s, uses) {
		text.WriteString(table.Line(r) + "\n")
		for i := range EphemeralDataColumns {
			text.WriteString("  " + EphemeralDataColumns[i].Name + "=" + string(EphemeralDataColumns[i].AppendJSON(nil, r)))
		}
		text.WriteString("\n")
	}
	for _, limit := range []int{0, 1} {
		require.NoError(t, WriteEphemeralPrometheus(&text, uses, limit))
	}
	fixture.Golden(t, "ephemeral.golden", text.String())
	assert.ErrorIs(t, WriteEphemeralPrometheus(broken{}, uses, 0), errBroken)
	for range EphemeralRows(s, uses) {
		break
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// Counting a million connections, each with a remote address of its own: the metric B/row is what that
// allocates, apart from the snapshot.
func BenchmarkCounts(b *testing.B) {
	const n = 1_000_000
	s := &rows.Snapshot{Sockets: make([]rows.Socket, n)}
	for i := range s.Sockets {
		s.Sockets[i].Conn = tcpmib.Conn{
			Local:  netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(i)),
			Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 443),
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteCounts(&bytes.Buffer{}, s, CountsOptions{Limit: 10}); err != nil {
			b.Fatal(err)
		}
	}
}

// A count of one in a hundred has the shortest bar, and counts are aligned to the right.
func TestBarOfOne(t *testing.T) {
	s := &rows.Snapshot{}
	for i := range 101 {
		state := tcpmib.StateEstab
		if i == 100 {
			state = tcpmib.StateListen
		}
		s.Sockets = append(s.Sockets, rows.Socket{Conn: tcpmib.Conn{State: state, PID: 4}})
	}
	var text strings.Builder
	require.NoError(t, WriteCounts(&text, s, CountsOptions{ASCII: true}))
	assert.Contains(t, text.String(), "\nESTABLISHED  100  "+strings.Repeat("#", barWidth)+"\nLISTEN         1  #\n")
}

// The values that are left out are counted, and on the narrowest screen bars are short.
func TestLeftOut(t *testing.T) {
	s := &rows.Snapshot{}
	for _, state := range []tcpmib.State{tcpmib.StateEstab, tcpmib.StateEstab, tcpmib.StateListen, tcpmib.StateTimeWait} {
		s.Sockets = append(s.Sockets, rows.Socket{Conn: tcpmib.Conn{State: state, PID: 4}})
	}
	for limit, want := range map[int]string{1: "\nand 2 more\n", 2: "\nand 1 more\n", 3: "", 4: ""} {
		var text strings.Builder
		require.NoError(t, WriteCounts(&text, s, CountsOptions{Limit: limit, ASCII: true}))
		assert.Contains(t, text.String(), want, "limit %d", limit)
		assert.Equal(t, want != "", strings.Contains(text.String(), " more\n"), "limit %d", limit)
	}
	var text strings.Builder
	require.NoError(t, WriteCounts(&text, s, CountsOptions{ASCII: true, Width: 1}))
	assert.Regexp(t, `\nESTA.* +2  `+strings.Repeat("#", minBar)+"\n", text.String())
}
