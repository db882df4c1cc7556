package statsview

import (
	"math"
	"strconv"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// A counter is one number of the statistics.
type counter struct {
	key, title string
	value      func(*Values) uint64
	now        bool // a current number, which has no rate
	wide       bool // counts in 64 bits if the Values are wide
}

// Values are the counters of one protocol.
type Values struct {
	TCP tcpmib.Stats
	UDP udpmib.Stats
}

func (v *Values) wide() bool { return v.TCP.Wide || v.UDP.Wide }

var tcpCounters = []counter{
	{key: "established", title: "established now", now: true, value: func(v *Values) uint64 { return v.TCP.Established }},
	{key: "connections", title: "connections now", now: true, value: func(v *Values) uint64 { return v.TCP.Conns }},
	{key: "opened", title: "active opens", value: func(v *Values) uint64 { return v.TCP.Opened }},
	{key: "accepted", title: "passive opens", value: func(v *Values) uint64 { return v.TCP.Accepted }},
	{key: "failed", title: "failed attempts", value: func(v *Values) uint64 { return v.TCP.Failed }},
	{key: "reset", title: "reset", value: func(v *Values) uint64 { return v.TCP.Reset }},
	{key: "segmentsIn", title: "segments received", wide: true, value: func(v *Values) uint64 { return v.TCP.SegmentsIn }},
	{key: "segmentsOut", title: "segments sent", wide: true, value: func(v *Values) uint64 { return v.TCP.SegmentsOut }},
	{key: "retransmitted", title: "segments retransmitted", value: func(v *Values) uint64 { return v.TCP.Retransmitted }},
	{key: "errorsIn", title: "segments with errors", value: func(v *Values) uint64 { return v.TCP.ErrorsIn }},
	{key: "resetsOut", title: "resets sent", value: func(v *Values) uint64 { return v.TCP.ResetsOut }},
}

var udpCounters = []counter{
	{key: "sockets", title: "sockets now", now: true, value: func(v *Values) uint64 { return v.UDP.Sockets }},
	{key: "datagramsIn", title: "datagrams received", wide: true, value: func(v *Values) uint64 { return v.UDP.DatagramsIn }},
	{key: "datagramsOut", title: "datagrams sent", wide: true, value: func(v *Values) uint64 { return v.UDP.DatagramsOut }},
	{key: "noPorts", title: "for closed ports", value: func(v *Values) uint64 { return v.UDP.NoPorts }},
	{key: "errorsIn", title: "datagrams with errors", value: func(v *Values) uint64 { return v.UDP.ErrorsIn }},
}

// rate returns the increase a second, across the wrap of a counter.
func (c *counter) rate(older, newer *Values, elapsed time.Duration) float64 {
	n := c.value(newer) - c.value(older)
	if !c.wide || !newer.wide() {
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
