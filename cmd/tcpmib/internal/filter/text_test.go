package filter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStringParsesBack(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"family=IPv4":                   "family=ipv4",
		"family=ipv4,ipv6":              "",
		"STATE=!Listen,syn-rcvd":        "state=syn-received,!listen",
		"port=443 port=8000-8999,!8080": "port=443,8000-8999,!8080",
		"local-port=1 remote-port=2":    "local-port=1 remote-port=2",
		"addr=10.0.0.0/8 remote=fe80::1%12,fe80::%12/10": "addr=10.0.0.0/8 remote=fe80::1%12,fe80::%12/10",
		"pid=!0,4": "pid=4,!0",
		`process="My App",sql*  !listen ssh "a B"`: `process="My App,sql*" ssh "a b" !listen`,
	} {
		f, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, f.String())
		again, err := Parse(f.String())
		require.NoError(t, err, f.String())
		assert.Equal(t, f.String(), again.String())
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"port=443 state=": "state=: unknown state; want one of",
		"family=ipv5":     "family=ipv5: want ipv4 or ipv6",
		"state":           "state: want a value, as in state=VALUE",
		"ssh !":           "!: want a word after it",
		`process="my`:     "want a closing quote",
		"p=1":             `unknown filter "p"; filters are state, port,`,
	} {
		_, err := Parse(text)
		assert.ErrorContains(t, err, want, text)
	}
}

func TestParseUnfinished(t *testing.T) {
	for text, want := range map[string]string{
		"port=443 sta":   "port=443",
		"port=443 state": "port=443",
		"S":              "",
		"ss":             "ss",
		"s ":             "s",
		"port=443 ":      "port=443",
		"!s":             "!s",
	} {
		f, err := ParseUnfinished(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, f.String(), text)
	}
}
