package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"näme e\u0301 👨‍👩‍👧":     "näme e\u0301 👨‍👩‍👧",
		"\u0646\u200c\u0645":     "\u0646\u200c\u0645",
		"\x1b[31m\r\n\t":         "�[31m���",
		"a\u202eb\u2066c\ufeffd": "a�b�c�d", // would turn what follows round, or is not seen
		"\xff":                   "�",
	} {
		assert.Equal(t, want, Printable(text))
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour:                       "0s",
		999 * time.Millisecond:           "0s",
		59 * time.Second:                 "59s",
		time.Minute:                      "1m 0s",
		time.Hour - time.Second:          "59m 59s",
		25*time.Hour + 59*time.Minute:    "1d 1h",
		400*24*time.Hour + 7*time.Minute: "400d 0h",
	} {
		assert.Equal(t, want, Age(d), d)
	}
}
