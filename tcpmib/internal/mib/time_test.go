package mib_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Every value that Windows has for a time can be written as JSON.
func TestTime(t *testing.T) {
	for ticks, want := range map[int64]time.Time{
		0:                         {},
		1:                         time.Date(1601, 1, 1, 0, 0, 0, 100, time.UTC),
		116_444_736_000_000_000:   time.Unix(0, 0).UTC(),
		2_650_467_743_999_999_999: time.Date(9999, 12, 31, 23, 59, 59, 999_999_900, time.UTC),
		2_650_467_744_000_000_000: {},
		-1:                        {},
		math.MinInt64:             {},
		math.MaxInt64:             {},
	} {
		got := mib.Time(ticks)
		assert.Equal(t, want, got, ticks)
		_, err := json.Marshal(got)
		assert.NoError(t, err, ticks)
	}
}
