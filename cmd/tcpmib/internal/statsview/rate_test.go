package statsview

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

func TestRateWraps(t *testing.T) {
	narrow := &counters[2]
	older, newer := tcpmib.Stats{Opened: 1<<32 - 10}, tcpmib.Stats{Opened: 10}
	assert.Equal(t, 2.0, narrow.rate(&older, &newer, 10*time.Second))
	wide := &counters[6]
	older, newer = tcpmib.Stats{SegmentsIn: 10, Wide: true}, tcpmib.Stats{SegmentsIn: 10 + 1<<33, Wide: true}
	assert.Equal(t, float64(1<<33), wide.rate(&older, &newer, time.Second))

	// Only some counters count in 64 bits, and only where Windows does.
	older, newer = tcpmib.Stats{SegmentsIn: 1<<32 - 10}, tcpmib.Stats{SegmentsIn: 10}
	assert.Equal(t, 20.0, wide.rate(&older, &newer, time.Second))
	older, newer = tcpmib.Stats{Opened: 1<<32 - 10, Wide: true}, tcpmib.Stats{Opened: 10, Wide: true}
	assert.Equal(t, 20.0, narrow.rate(&older, &newer, time.Second))
}
