package statsview

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

var at = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// reading has another number in each counter.
func reading(families ...tcpmib.Family) Reading {
	r := Reading{At: at}
	for i, family := range families {
		n := uint64(i) * 1000
		r.Families = append(r.Families, Family{Family: family, Stats: Values{TCP: tcpmib.Stats{
			RTOAlgorithm: tcpmib.RTOAlgorithmVanj, RTOMin: 5 * time.Millisecond, RTOMax: (1<<32 - 1) * time.Millisecond, MaxConns: -1,
			Opened: n + 1, Accepted: n + 2, Failed: n + 3, Reset: n + 4, Established: n + 5, SegmentsIn: n + 6, SegmentsOut: n + 7,
			Retransmitted: n + 8, ErrorsIn: n + 9, ResetsOut: n + 10, Conns: n + 11, Wide: true,
		}}})
	}
	return r
}

// withUDP adds the counters of UDP to a reading.
func withUDP(r Reading) Reading {
	for i, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		n := uint64(i) * 1000
		r.Families = append(r.Families, Family{Protocol: rows.UDP, Family: family, Stats: Values{UDP: udpmib.Stats{
			Sockets: n + 21, DatagramsIn: n + 22, DatagramsOut: n + 23, NoPorts: n + 24, ErrorsIn: n + 25, Wide: true,
		}}})
	}
	return r
}

func TestFormats(t *testing.T) {
	both := withUDP(reading(tcpmib.IPv4, tcpmib.IPv6))
	totals := reading(tcpmib.IPv4, tcpmib.IPv6)
	later := reading(tcpmib.IPv4, tcpmib.IPv6)
	later.At = at.Add(2 * time.Second)
	for i := range later.Families {
		s := &later.Families[i].Stats.TCP
		s.Opened, s.Accepted, s.SegmentsIn, s.Established = s.Opened+10, s.Accepted+1, s.SegmentsIn+5_000_000_000, s.Established+1
	}
	limited := reading(tcpmib.IPv6)
	limited.Families[0].Stats.TCP.MaxConns, limited.Families[0].Stats.TCP.RTOMax = 500, 2*time.Minute
	rates := later.Since(totals)
	assert.Equal(t, 2*time.Second, rates.Elapsed)
	var text strings.Builder
	for _, name := range Names() {
		for _, r := range []*Reading{&totals, &rates, &limited, &both} {
			for _, width := range []int{0, 40, 30} {
				if name != "table" && width > 0 {
					continue
				}
				text.WriteString(strings.Repeat("-", 20) + " " + name + "\n")
				write := Named(name).Write
				require.NoError(t, write(&text, r, Options{Width: width}))
				assert.ErrorIs(t, write(broken{}, r, Options{}), errBroken)
			}
		}
	}
	fixture.Golden(t, "formats.golden", strings.ReplaceAll(text.String(), later.At.Local().Format("15:04:05"), "HH:MM:SS"))

	// The columns are steady where they just fit, and no connections are a limit too.
	for width, want := range map[int]string{50: strings.Repeat(" ", 32) + "IPv4", 49: strings.Repeat(" ", 29) + "IPv4"} {
		var b strings.Builder
		require.NoError(t, Named("table").Write(&b, &totals, Options{Width: width}))
		line, _, _ := strings.Cut(b.String(), "\n")
		assert.True(t, strings.HasPrefix(line, want) && !strings.HasPrefix(line, want+"I"), "%d %q", width, line)
	}
	limited.Families[0].Stats.TCP.MaxConns = 0
	var none strings.Builder
	require.NoError(t, Named("table").Write(&none, &limited, Options{}))
	require.NoError(t, Named("json").Write(&none, &limited, Options{}))
	assert.Regexp(t, `connection limit +0\n`, none.String())
	assert.Contains(t, none.String(), `"maxConnections":0,`)

	var colored strings.Builder
	require.NoError(t, Named("table").Write(&colored, &totals, Options{Color: true}))
	assert.True(t, strings.HasPrefix(colored.String(), "\x1b[1m"))
	assert.Equal(t, 1, strings.Count(colored.String(), "\x1b[1m"))
	assert.Panics(t, func() { Named("xml") })
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// A family that is not in both readings has no rates.
func TestSince(t *testing.T) {
	both, four, six := reading(tcpmib.IPv4, tcpmib.IPv6), reading(tcpmib.IPv4), reading(tcpmib.IPv6)
	assert.Len(t, both.Since(both).Families, 2)
	got := both.Since(six)
	require.Len(t, got.Families, 1)
	assert.Equal(t, tcpmib.IPv6, got.Families[0].Family)
	assert.Equal(t, six.Families[0].Stats, got.Families[0].Older)
	assert.Equal(t, both.Families[1].Stats, got.Families[0].Stats)
	assert.Empty(t, four.Since(six).Families)
}
