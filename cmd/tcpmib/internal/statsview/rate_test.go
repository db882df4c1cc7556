package statsview

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func TestRateWraps(t *testing.T) {
	narrow := &tcpCounters[2]
	older, newer := Values{TCP: tcpmib.Stats{Opened: 1<<32 - 10}}, Values{TCP: tcpmib.Stats{Opened: 10}}
	assert.Equal(t, 2.0, narrow.rate(&older, &newer, 10*time.Second))
	wide := &tcpCounters[6]
	older, newer = Values{TCP: tcpmib.Stats{SegmentsIn: 10, Wide: true}}, Values{TCP: tcpmib.Stats{SegmentsIn: 10 + 1<<33, Wide: true}}
	datagrams := &udpCounters[1]
	for isWide, want := range map[bool]float64{true: 1 << 33, false: 0} {
		udp := func(n uint64) *Values { return &Values{UDP: udpmib.Stats{DatagramsIn: n, Wide: isWide}} }
		assert.Equal(t, want, datagrams.rate(udp(10), udp(10+1<<33), time.Second))
	}
	assert.Equal(t, float64(1<<33), wide.rate(&older, &newer, time.Second))

	// Only some counters count in 64 bits, and only where Windows does.
	older, newer = Values{TCP: tcpmib.Stats{SegmentsIn: 1<<32 - 10}}, Values{TCP: tcpmib.Stats{SegmentsIn: 10}}
	assert.Equal(t, 20.0, wide.rate(&older, &newer, time.Second))
	older, newer = Values{TCP: tcpmib.Stats{Opened: 1<<32 - 10, Wide: true}}, Values{TCP: tcpmib.Stats{Opened: 10, Wide: true}}
	assert.Equal(t, 20.0, narrow.rate(&older, &newer, time.Second))
}
