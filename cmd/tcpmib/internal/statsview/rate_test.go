package statsview

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func TestRateWraps(t *testing.T) {
	narrow := &tcpCounters[2]
	older, newer := Values{TCP: tcpmib.Stats{Opened: 1<<32 - 10}}, Values{TCP: tcpmib.Stats{Opened: 10}}
	assert.Equal(t, 2.0, narrow.rate(&older, &newer, 10*time.Second))
	wide := &tcpCounters[6]
	for _, segments := range tcpCounters[6:8] {
		tcp := func(n uint64) *Values { return &Values{TCP: tcpmib.Stats{SegmentsIn: n, SegmentsOut: n, Wide: true}} }
		assert.Equal(t, float64(1<<33), segments.rate(tcp(10), tcp(10+1<<33), time.Second), segments.title)
	}
	older, newer = Values{TCP: tcpmib.Stats{SegmentsIn: 10, Wide: true}}, Values{TCP: tcpmib.Stats{SegmentsIn: 10 + 1<<33, Wide: true}}
	for isWide, want := range map[bool]float64{true: 1 << 33, false: 0} {
		udp := func(n uint64) *Values {
			return &Values{UDP: udpmib.Stats{DatagramsIn: n, DatagramsOut: n, Wide: isWide}}
		}
		for _, datagrams := range udpCounters[1:3] {
			assert.Equal(t, want, datagrams.rate(udp(10), udp(10+1<<33), time.Second), datagrams.title)
		}
	}
	assert.Equal(t, float64(1<<33), wide.rate(&older, &newer, time.Second))

	// Only some counters count in 64 bits, and only where Windows does.
	older, newer = Values{TCP: tcpmib.Stats{SegmentsIn: 1<<32 - 10}}, Values{TCP: tcpmib.Stats{SegmentsIn: 10}}
	assert.Equal(t, 20.0, wide.rate(&older, &newer, time.Second))
	older, newer = Values{TCP: tcpmib.Stats{Opened: 1<<32 - 10, Wide: true}}, Values{TCP: tcpmib.Stats{Opened: 10, Wide: true}}
	assert.Equal(t, 20.0, narrow.rate(&older, &newer, time.Second))
}

// What counts what there is now is no rate: it does not accumulate.
func TestNoRateOfWhatThereIsNow(t *testing.T) {
	older := withUDP(Reading{At: at})
	newer := withUDP(Reading{At: at.Add(10 * time.Second)})
	for i := range newer.Families {
		newer.Families[i].Stats.UDP.Sockets += 50
		newer.Families[i].Stats.UDP.NoPorts += 50
	}
	rates := newer.Since(older)
	var text strings.Builder
	require.NoError(t, writeTable(&text, &rates, Options{}))
	assert.Regexp(t, `(?m)^sockets now +71 +1071$`, text.String())
	assert.Regexp(t, `(?m)^for closed ports +5\.0 +5\.0$`, text.String())
}

// One family of each protocol is enough for a title over each.
func TestTitles(t *testing.T) {
	r := withUDP(reading(tcpmib.IPv4))
	r.Families = r.Families[:2]
	var text strings.Builder
	require.NoError(t, writeTable(&text, &r, Options{}))
	assert.Regexp(t, `^TCP +IPv4\n`, text.String())
	assert.Regexp(t, `(?m)^UDP +IPv4$`, text.String())
	r.Families = r.Families[1:]
	text.Reset()
	require.NoError(t, writeTable(&text, &r, Options{}))
	assert.Regexp(t, `^UDP +IPv4\n`, text.String(), "nothing is above the only table")
}

// Time-outs are milliseconds in decimal.
func TestTimeouts(t *testing.T) {
	r := reading(tcpmib.IPv4)
	r.Families[0].Stats.TCP.RTOMin, r.Families[0].Stats.TCP.RTOMax = 300*time.Millisecond, 2*time.Minute
	var text strings.Builder
	require.NoError(t, writeTable(&text, &r, Options{}))
	assert.Regexp(t, `(?m)^minimum time-out, ms +300$`, text.String())
	assert.Regexp(t, `(?m)^maximum time-out, ms +120000$`, text.String())
}
