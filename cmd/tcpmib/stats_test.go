package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// counting is a machine that counts on between two questions.
type counting struct{ *machine }

func (m counting) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	size, code = m.machine.Ask(q, buf)
	if code == 0 && q.Family == afInet {
		m.stats4.ActiveOpens += 20
		m.stats4.InSegs += 5_000_000_000
		m.stats4.RetransSegs += 10
	}
	return size, code
}

func TestStatsRates(t *testing.T) {
	for _, format := range []string{"table", "jsonl"} {
		synctest.Test(t, func(t *testing.T) {
			m, processes := office()
			m.stats4.RetransSegs = 1<<32 - 5 // it goes round
			a := testApp(counting{m}, processes)
			got := runApp(a, "stats", "-4", "--interval=10s", "--for=25s", "--format="+format)
			assert.Equal(t, exitOK, got.code, got.stderr)
			// The clock of a bubble starts at midnight UTC 2000-01-01.
			golden(t, "stats/rates."+format+".golden", got.stdout)
		})
	}
}

func TestRateWraps(t *testing.T) {
	narrow := &counters[2]
	older, newer := tcpmib.Stats{Opened: 1<<32 - 10}, tcpmib.Stats{Opened: 10}
	assert.Equal(t, 2.0, narrow.rate(&older, &newer, 10*time.Second))
	wide := &counters[6]
	older, newer = tcpmib.Stats{SegmentsIn: 10, Wide: true}, tcpmib.Stats{SegmentsIn: 10 + 1<<33, Wide: true}
	assert.Equal(t, float64(1<<33), wide.rate(&older, &newer, time.Second))
}

func TestStatsTrouble(t *testing.T) {
	m, processes := office()
	m.code4, m.code6 = 31, 31
	got := runApp(testApp(m, processes), "stats")
	assert.Equal(t, exitFailure, got.code)
	assert.Empty(t, got.stdout)
	assert.Equal(t, 1, strings.Count(got.stderr, "\n"))
}
