package statsview

import (
	"math"
	"strconv"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// A counter is one number of the statistics.
type counter struct {
	key, title string
	value      func(*tcpmib.Stats) uint64
	now        bool // a current number, which has no rate
	wide       bool // counts in 64 bits if Stats.Wide
}

var counters = []counter{
	{key: "established", title: "established now", now: true, value: func(s *tcpmib.Stats) uint64 { return s.Established }},
	{key: "connections", title: "connections now", now: true, value: func(s *tcpmib.Stats) uint64 { return s.Conns }},
	{key: "opened", title: "active opens", value: func(s *tcpmib.Stats) uint64 { return s.Opened }},
	{key: "accepted", title: "passive opens", value: func(s *tcpmib.Stats) uint64 { return s.Accepted }},
	{key: "failed", title: "failed attempts", value: func(s *tcpmib.Stats) uint64 { return s.Failed }},
	{key: "reset", title: "reset", value: func(s *tcpmib.Stats) uint64 { return s.Reset }},
	{key: "segmentsIn", title: "segments received", wide: true, value: func(s *tcpmib.Stats) uint64 { return s.SegmentsIn }},
	{key: "segmentsOut", title: "segments sent", wide: true, value: func(s *tcpmib.Stats) uint64 { return s.SegmentsOut }},
	{key: "retransmitted", title: "segments retransmitted", value: func(s *tcpmib.Stats) uint64 { return s.Retransmitted }},
	{key: "errorsIn", title: "segments with errors", value: func(s *tcpmib.Stats) uint64 { return s.ErrorsIn }},
	{key: "resetsOut", title: "resets sent", value: func(s *tcpmib.Stats) uint64 { return s.ResetsOut }},
}

// rate returns the increase a second, across the wrap of a counter.
func (c *counter) rate(older, newer *tcpmib.Stats, elapsed time.Duration) float64 {
	n := c.value(newer) - c.value(older)
	if !c.wide || !newer.Wide {
		n = uint64(uint32(n))
	}
	return float64(n) / elapsed.Seconds()
}

// settings are parameters of TCP, which only the table of totals shows.
var settings = []struct {
	title string
	text  func(*tcpmib.Stats) string
}{
	{"connection limit", func(s *tcpmib.Stats) string {
		if s.MaxConns < 0 {
			return "unlimited"
		}
		return strconv.FormatInt(s.MaxConns, 10)
	}},
	{"time-out algorithm", func(s *tcpmib.Stats) string { return s.RTOAlgorithm.String() }},
	{"minimum time-out, ms", func(s *tcpmib.Stats) string { return strconv.FormatInt(s.RTOMin.Milliseconds(), 10) }},
	{"maximum time-out, ms", func(s *tcpmib.Stats) string {
		if ms := maxTimeout(s); ms != nil {
			return strconv.FormatInt(*ms, 10)
		}
		return "unlimited"
	}},
}

// maxTimeout returns the longest retransmission time-out in milliseconds, or nil for the largest number
// that the field of Windows holds, which stands for none.
func maxTimeout(s *tcpmib.Stats) *int64 {
	ms := s.RTOMax.Milliseconds()
	if ms == math.MaxUint32 {
		return nil
	}
	return &ms
}
