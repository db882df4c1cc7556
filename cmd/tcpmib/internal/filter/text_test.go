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
		"pid=!0,4":                            "pid=4,!0",
		"localPort=80 LOCAL_PORT=81 lport=82": "local-port=80,81,82",
		"local=10.0.0.1:80,[fe80::1%12]:445,:22 remote=*:443":                    "local=10.0.0.1:80,[fe80::1%12]:445,*:22 remote=*:443",
		`path=C:\Tools* user=anna,!SYSTEM commandLine=jenkins.war services=rpc*`: `path=C:\Tools* user=anna,!SYSTEM command-line=jenkins.war service=rpc*`,
		"proto=udp,tcp":                            "protocol=tcp,udp",
		"CLOSE_WAIT !LISTENING chr*e":              "CLOSE_WAIT chr*e !LISTENING",
		`process="My App",sql*  !listen ssh "a B"`: `process="My App,sql*" ssh "a B" !listen`,
		"pid=4294967295 port=0,65535":              "port=0,65535 pid=4294967295",
		"src args sport":                           "src args sport", // other names of filters are words, without a value
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
		"port=443 state=":   "state=: unknown state; want one of",
		"family=ipv5":       "family=ipv5: want ipv4 or ipv6",
		"state":             "state: want a value, as in state=VALUE",
		"ssh !":             "!: want a word after it",
		`process="my`:       "want a closing quote",
		"x=1":               `unknown filter "x"; filters are port, addr, local,`,
		"prot=1":            `unknown filter "prot"; did you mean protocol?`,
		"state=lisen":       "state=lisen: unknown state; did you mean listen?",
		"pid=x":             "pid=x: want a process ID",
		"pid=4294967296":    "want a process ID",
		"pid=-1":            "want a process ID",
		"port=9-1":          "port=9-1: want a port from 0 to 65535",
		"port=65536":        "want a port",
		"port=1-65536":      "want a port",
		"port=65536-70000":  "want a port",
		"port=-1":           "want a port",
		"local=10.0.0.0/33": "want an address such as",
		"local=10.0.0.1:x":  "want an address such as",
		"remote=:70000":     "want an address such as",
		"process=":          "want a process name",
		"service=":          "want a name",
		"user=a,":           "want a part of the text",
		"protocol=icmp":     "want tcp or udp",
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
		`ssh "a po`:      "ssh",
		`ssh "a b`:       "ssh",
	} {
		f, _ := ParseUnfinished(text)
		assert.Equal(t, want, f.String(), text)
	}
	// A half-typed filter is not in force, and its mistake is reported.
	for text, want := range map[string]string{
		"ssh foo=": "ssh", "ssh port=": "ssh", "ssh port=44x": "ssh", "foo=3389": "", "state=lis": "", "protocol=u": "",
	} {
		f, err := ParseUnfinished(text)
		assert.Error(t, err, text)
		assert.Equal(t, want, f.String(), text)
	}
	_, err := ParseUnfinished("port=x ssh")
	assert.ErrorContains(t, err, "port=x", "not at the end")
}
