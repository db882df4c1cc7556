package cli

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour:                       "0s",
		999 * time.Millisecond:           "0s",
		59 * time.Second:                 "59s",
		time.Minute:                      "1m 0s",
		time.Hour - time.Second:          "59m 59s",
		time.Hour:                        "1h 0m",
		24*time.Hour - time.Second:       "23h 59m",
		24 * time.Hour:                   "1d 0h",
		25*time.Hour + 59*time.Minute:    "1d 1h",
		400*24*time.Hour + 7*time.Minute: "400d 0h",
	} {
		assert.Equal(t, want, Age(d), d)
	}
}

func TestNegated(t *testing.T) {
	want := "'!listen'"
	if runtime.GOOS == "windows" {
		want = "!listen"
	}
	assert.Equal(t, want, Negated("listen"))
}
