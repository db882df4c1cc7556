package filter

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// sockets are what the tests filter, by name.
func sockets() (list []rows.Row) {
	s := rows.Snapshot{
		Processes: fixture.Named(map[uint32]string{4: "System", 10: "chrome.exe", 20: "svchost.exe", 30: "java.exe"}),
		Services:  map[uint32][]string{20: {"Dnscache", "RpcSs"}},
		Owners: map[uint32]*rows.Owner{
			10: {Path: `C:\Program Files\Google\chrome.exe`, User: `OFFICE\anna`},
			30: {Path: `C:\jdk\bin\java.exe`, User: `NT AUTHORITY\SYSTEM`, CommandLine: `java -jar C:\jenkins\jenkins.war`},
		},
	}
	add := func(p rows.Protocol, local, remote string, state tcpmib.State, pid uint32) {
		c := tcpmib.Conn{Local: netip.MustParseAddrPort(local), State: state, PID: pid}
		if remote != "" {
			c.Remote = netip.MustParseAddrPort(remote)
		}
		list = append(list, s.Row(rows.Socket{Conn: c, Protocol: p}))
	}
	add(rows.TCP, "0.0.0.0:445", "", tcpmib.StateListen, 4)                                    // 0
	add(rows.TCP, "10.0.0.1:50000", "203.0.113.7:443", tcpmib.StateEstab, 10)                  // 1
	add(rows.TCP, "10.0.0.1:50001", "203.0.113.8:443", tcpmib.StateCloseWait, 10)              // 2
	add(rows.TCP, "[fe80::1%12]:50002", "[fe80::2%12]:445", tcpmib.StateEstab, 4)              // 3
	add(rows.TCP, "[::ffff:10.0.0.1]:8443", "[::ffff:192.0.2.9]:50003", tcpmib.StateEstab, 30) // 4
	add(rows.TCP, "10.0.0.1:50004", "192.0.2.9:8080", tcpmib.StateTimeWait, 0)                 // 5
	add(rows.UDP, "0.0.0.0:53", "", 0, 20)                                                     // 6
	add(rows.TCP, "[::]:8080", "", tcpmib.StateListen, 30)                                     // 7
	return list
}

// matches returns the numbers of the sockets that a filter selects.
func matches(f *Filter, columns []rows.Column) string {
	text := ""
	for i, r := range sockets() {
		if f.MatchShown(&r, columns) {
			text += fmt.Sprint(i)
		}
	}
	return text
}

func TestMatch(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "0123457",
		"protocol=udp":                     "6",
		"protocol=tcp,udp":                 "01234567",
		"family=ipv4":                      "0125",
		"family=ipv6":                      "347",
		"state=listen":                     "07",
		"state=LISTENING,CLOSE_WAIT":       "027",
		"state=!listen,!TIME_WAIT":         "1234",
		"protocol=udp state=listen":        "6",
		"protocol=udp state=established":   "",
		"port=443":                         "12",
		"port=445":                         "03",
		"port=444-446":                     "03",
		"port=445-445,53 protocol=tcp,udp": "036",
		"port=!443":                        "03457",
		"local-port=445":                   "0",
		"remote-port=445":                  "3",
		"remote-port=!445":                 "012457",
		"remote-port=0":                    "",
		"addr=203.0.113.7":                 "1",
		"addr=203.0.113.0/24":              "12",
		"addr=10.0.0.1":                    "1245",
		"addr=::ffff:10.0.0.1":             "4",
		"addr=203.0.113.7:443":             "1",
		"addr=10.0.0.1:50000":              "1",
		"addr=10.0.0.1:443":                "",
		"local=10.0.0.1":                   "1245",
		"local=10.0.0.1:50001":             "2",
		"local=[fe80::1%12]:50002":         "3",
		"local=fe80::1":                    "3",
		"local=fe80::1%13":                 "",
		"local=0.0.0.0":                    "0",
		"local=!10.0.0.0/8":                "037",
		"local=:8080":                      "7",
		"local=*:445":                      "0",
		"remote=203.0.113.7:443":           "1",
		"remote=203.0.113.7:80":            "",
		"remote=10.0.0.1":                  "",
		"remote=0.0.0.0/0":                 "1245",
		"remote=!203.0.113.7:443":          "023457",
		"remote=:443":                      "12",
		"pid=0":                            "5",
		"pid=4,30":                         "0347",
		"pid=!10":                          "03457",
		"process=chrome":                   "12",
		"process=CHROME.EXE":               "12",
		"process=chr*":                     "12",
		"process=*e":                       "1247",
		"process=hrom":                     "",
		"process=!java,!chrome":            "035",
		"service=dnscache protocol=udp":    "6",
		"service=rpc* protocol=udp":        "6",
		"service=dns protocol=udp":         "",
		"service=!rpcss protocol=tcp,udp":  "0123457",
		"user=anna":                        "12",
		"user=OFFICE\\*":                   "12",
		"user=anna*":                       "",
		"user=system":                      "47",
		"user=!anna":                       "03457",
		"path=google":                      "12",
		`path=C:\jdk\*`:                    "47",
		"command-line=jenkins.war":         "47",
		"command-line=jenkins*":            "",
		"commandLine=*jenkins*":            "47",
		"chrome":                           "12",
		"chrome*":                          "12",
		"chr*exe":                          "12",
		"10.0.0.1:50000":                   "1",
		"listen":                           "07",
		"LISTENING":                        "07",
		"CLOSE_WAIT":                       "2",
		"time_wait":                        "5",
		"!listen":                          "12345",
		"!chrome !System":                  "457",
		"chrome !203.0.113.8":              "1",
		"host":                             "", // no InHost, which the table may not even show
		"ipv6":                             "",
		"anna":                             "", // not shown
		"state=established process=chrome": "1",
	} {
		f, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, matches(&f, rows.BothColumns), text)
		assert.Equal(t, text != "", f.Any(), text)
		again, err := Parse(f.String())
		require.NoError(t, err, f.String())
		assert.Equal(t, want, matches(&again, rows.BothColumns), f.String())
	}
}

// Words are looked for in what is shown.
func TestWordsSearchWhatIsShown(t *testing.T) {
	f, err := Parse("anna")
	require.NoError(t, err)
	assert.Equal(t, "12", matches(&f, rows.Named("local", "user")))
	f, err = Parse("jenkins")
	require.NoError(t, err)
	assert.Equal(t, "47", matches(&f, rows.Named("commandLine")))
	f, err = Parse("protocol=tcp,udp rpcss")
	require.NoError(t, err)
	assert.Equal(t, "6", matches(&f, rows.Named("services")))
	f, err = Parse("listening")
	require.NoError(t, err)
	assert.Equal(t, "", matches(&f, rows.Named("local")), "no state is shown")
}

// Every filter is a flag, and its flag does what typed text does, under every name of the column.
func TestFlags(t *testing.T) {
	values := map[string]string{
		"ports": "443", "addresses": "203.0.113.0/24", "states": "established", "PIDs": "10", "names": "chrome", "text": "anna",
	}
	for _, c := range conditions {
		value := values[c.Filter.Kind]
		require.NotEmpty(t, value, c.Name)
		var f Filter
		cmd := &cobra.Command{}
		f.AddFlags(cmd)
		f.AddProtocolFlags(cmd)
		require.NoError(t, cmd.ParseFlags([]string{"--" + c.Filter.Flag, value}))
		assert.True(t, f.Any())
		assert.Equal(t, c.Filter.Flag+"="+value, f.String())
		assert.NotEmpty(t, cmd.Flags().Lookup(c.Filter.Flag).Usage)
		for _, name := range append(slices.Clone(c.Also), c.Name, strings.ToUpper(c.Filter.Flag)) {
			typed, err := Parse(name + "=" + value)
			require.NoError(t, err)
			assert.Equal(t, f.String(), typed.String())
		}
	}
	for args, want := range map[string]string{
		"-4": "family=ipv4", "-6": "family=ipv6", "-4 -6": "", "-t -u": "protocol=tcp,udp", "-u": "protocol=udp", "-t": "",
		"--listening": "state=listen", "-l --established": "state=listen,established", "--listening --listening=false": "",
		"--state !listen --listening":                  "state=listen,!listen",
		"--localPort 1 --remotePort 2 --commandLine x": "local-port=1 remote-port=2 command-line=x",
	} {
		var f Filter
		cmd := &cobra.Command{}
		f.AddFlags(cmd)
		f.AddProtocolFlags(cmd)
		require.NoError(t, cmd.ParseFlags(strings.Fields(args)))
		assert.Equal(t, want, f.String(), args)
	}
}

func TestTables(t *testing.T) {
	all := rows.Tables{Families: tcpmib.Both, TCP: true}
	for text, change := range map[string]func(*rows.Tables){
		"":                         func(*rows.Tables) {},
		"family=ipv6":              func(t *rows.Tables) { t.Families = tcpmib.IPv6 },
		"protocol=udp":             func(t *rows.Tables) { t.TCP, t.UDP = false, true },
		"protocol=udp state=bound": func(t *rows.Tables) { t.TCP, t.UDP = false, true },
		"protocol=tcp,udp":         func(t *rows.Tables) { t.UDP = true },
		"state=listen":             func(t *rows.Tables) { t.Listening = true },
		"state=listen,bound":       func(t *rows.Tables) { t.Bound = true },
		"state=!listen":            func(*rows.Tables) {},
		"state=bound":              func(t *rows.Tables) { t.Bound = true },
		"state=!bound":             func(*rows.Tables) {},
	} {
		f, err := Parse(text)
		require.NoError(t, err)
		want := all
		change(&want)
		assert.Equal(t, want, f.Tables(), text)
	}
}

func TestNeeds(t *testing.T) {
	for text, want := range map[string][]string{
		"port=1 process=x": {}, "user=x": {"user"}, "path=!x service=y": {"path", "services"}, "command-line=x": {"commandLine"},
	} {
		f, err := Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, rows.Names(f.Needs()), text)
	}
}

func TestServing(t *testing.T) {
	f, err := Parse("state=established addr=10.0.0.1 local=10.0.0.1 remote=203.0.113.7 remote-port=443 local-port=8080 process=java port=8080")
	require.NoError(t, err)
	serving := f.Serving()
	assert.Equal(t, "port=8080 local-port=8080 process=java", serving.String())
	assert.Equal(t, "7", matches(&serving, nil))
	assert.Contains(t, f.String(), "state=established", "the filter itself stays")
}

// A flag may be written as its column is: a capital starts a word.
func TestFlagName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "port": "port", "local-port": "local-port", "localPort": "local-port", "LocalPort": "local-port", "aB": "a-b",
	} {
		assert.Equal(t, want, string(flagName(nil, name)), name)
	}
}
