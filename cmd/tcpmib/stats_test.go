package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// counting is a machine that counts on between two questions.
type counting struct{ *fixture.Machine }

func (m counting) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	size, code = m.Machine.Ask(q, buf)
	if code == 0 && q.Family == 2 {
		m.Stats4.ActiveOpens += 20
		m.Stats4.InSegs += 5_000_000_000
		m.Stats4.RetransSegs += 10
	}
	return size, code
}

func TestStatsRates(t *testing.T) {
	for _, format := range []string{"table", "jsonl"} {
		synctest.Test(t, func(t *testing.T) {
			m, processes := fixture.Office()
			m.Stats4.RetransSegs = 1<<32 - 5 // it goes round
			a := testApp(counting{m}, processes)
			got := runApp(a, "stats", "-4", "--interval=10s", "--for=25s", "--format="+format)
			assert.Equal(t, cli.ExitOK, got.code, got.stderr)
			// The clock of a bubble starts at midnight UTC 2000-01-01.
			fixture.Golden(t, "stats/rates."+format+".golden", got.stdout)
		})
	}
}

// A reading that is due at the end is made.
func TestStatsFor(t *testing.T) {
	for duration, want := range map[string]int{"10s": 1, "19s": 1, "20s": 2, "1m": 6} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			m, processes := fixture.Office()
			got := runApp(testApp(counting{m}, processes), "stats", "-4", "--interval=10s", "--for="+duration)
			assert.Equal(t, cli.ExitOK, got.code, got.stderr)
			assert.Equal(t, want, strings.Count(got.stdout, "per second"), duration)
			assert.Equal(t, time.Duration(want)*10*time.Second, time.Since(start))
		})
	}
}

// away is a machine of which IPv4 cannot be read in some readings.
type away struct {
	tcpmib.Source
	readings map[int]bool
	n        int
}

func (a *away) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if q.Family == 2 {
		if a.n++; a.readings[a.n] {
			return 0, 31 // ERROR_GEN_FAILURE
		}
	}
	return a.Source.Ask(q, buf)
}

// A family that cannot be read does not end the rates of the other, and when it is
// back it is compared with itself.
func TestStatsRatesOfHalf(t *testing.T) {
	for name, tt := range map[string]struct {
		readings map[int]bool
		want     string // families with rates, in each reading after the first
	}{
		"never":      {map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}, "6 6 6 6"},
		"at first":   {map[int]bool{1: true}, "6 46 46 46"},
		"in between": {map[int]bool{3: true}, "46 6 6 46"},
	} {
		synctest.Test(t, func(t *testing.T) {
			m, processes := fixture.Office()
			a := testApp(&away{Source: counting{m}, readings: tt.readings}, processes)
			got := runApp(a, "stats", "--interval=10s", "--for=45s", "--format=jsonl")
			assert.Equal(t, cli.ExitFailure, got.code, name)
			assert.Equal(t, 1, strings.Count(got.stderr, "\n"), "%s: %s", name, got.stderr)
			assert.Contains(t, got.stderr, "tcpmib: GetTcpStatisticsEx2(ipv4): ")
			families, last := "", ""
			for line := range strings.Lines(got.stdout) {
				var object struct {
					Time, Family    string
					OpenedPerSecond float64
				}
				require.NoError(t, json.Unmarshal([]byte(line), &object))
				if last != "" && object.Time != last {
					families += " "
				}
				last = object.Time
				families += strings.TrimPrefix(object.Family, "ipv")
				opened := map[string]float64{"ipv4": 2, "ipv6": 0}[object.Family]
				assert.Equal(t, opened, object.OpenedPerSecond, name)
			}
			assert.Equal(t, tt.want, families, name)
		})
	}
	m, processes := fixture.Office()
	m.Code4, m.Code6 = 31, 31
	got := runApp(testApp(m, processes), "stats", "--interval=10s")
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Equal(t, 1, strings.Count(got.stderr, "\n"))
}

// late is a Source that takes its time.
type late struct{ tcpmib.Source }

func (l late) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	time.Sleep(20 * time.Millisecond)
	return l.Source.Ask(q, buf)
}

// Readings that take time do not cost the last one that --for has room for.
func TestStatsForOfSlowReadings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, processes := fixture.Office()
		got := runApp(testApp(late{counting{m}}, processes), "stats", "-4", "--interval=1s", "--for=2s", "--format=jsonl")
		assert.Equal(t, cli.ExitOK, got.code)
		assert.Equal(t, 2, strings.Count(got.stdout, "\n"), got.stdout)
	})
}

// There is a gap between columns, however long the counters are.
func TestStatsGap(t *testing.T) {
	m := &fixture.Machine{}
	m.Stats4.InSegs, m.Stats6.InSegs = 1<<64-1, 1<<64-1
	got := runApp(testApp(m, nil), "stats")
	assert.Equal(t, cli.ExitOK, got.code)
	assert.Contains(t, got.stdout, "segments received       18446744073709551615  18446744073709551615\n")
	assert.Contains(t, got.stdout, "connection limit                           0                     0\n", "which is not unlimited")
	assert.Contains(t, got.stdout, "time-out algorithm           RTOAlgorithm(0)       RTOAlgorithm(0)\n")
}

func TestStatsTrouble(t *testing.T) {
	m, processes := fixture.Office()
	m.Code4, m.Code6 = 31, 31
	got := runApp(testApp(m, processes), "stats")
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Empty(t, got.stdout)
	assert.Equal(t, 1, strings.Count(got.stderr, "\n"))
}

// On a narrow screen counters stay whole and titles are cut.
func TestStatsWidth(t *testing.T) {
	for _, width := range []int{30, 40, 49, 80} {
		got := runApp(onScreen(width), "stats")
		for line := range strings.Lines(got.stdout) {
			assert.LessOrEqual(t, cli.DisplayWidth(strings.TrimSuffix(line, "\n")), max(width, 32), line)
		}
		assert.Contains(t, got.stdout, "9876543210")
		assert.Equal(t, width < 46, strings.Contains(got.stdout, "…"), width)
	}
}

// The bars of a summary fill the screen, and names shrink on a narrow one.
func TestSummaryWidth(t *testing.T) {
	for _, width := range []int{30, 40, 60, 80, 200} {
		got := runApp(onScreen(width), "summary")
		widest := 0
		for line := range strings.Lines(got.stdout) {
			widest = max(widest, cli.DisplayWidth(strings.TrimSuffix(line, "\n")))
		}
		assert.Equal(t, width, widest, got.stdout)
	}
}

// All counts are shown with a limit of 0, right-aligned.
func TestSummaryOfAll(t *testing.T) {
	fixture.Golden(t, "summary.golden", runOffice(t, "summary", "--limit=0"))
}

// Without --for the rates go on until they are interrupted.
func TestStatsUntilInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, processes := fixture.Office()
		a := testApp(counting{m}, processes)
		a.untilInterrupt = func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 45*time.Second)
		}
		got := runApp(a, "stats", "-4", "--interval=10s", "--format=jsonl")
		assert.Equal(t, 4, strings.Count(got.stdout, "\n"), got.stdout)
		assert.Equal(t, cli.ExitOK, got.code, got.stderr)
	})
}
