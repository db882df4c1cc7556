package portview_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/portview"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

var (
	noon    = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)
	started = noon.Add(-26 * time.Hour)
)

// developer is a machine on which much is taken.
func developer() portcheck.Facts {
	tcp := func(local, remote string, state tcpmib.State, pid uint32, age time.Duration) tcpmib.DatedConn {
		o := tcpmib.DatedConn{Conn: tcpmib.Conn{Local: netip.MustParseAddrPort(local), State: state, PID: pid}}
		if remote != "" {
			o.Remote = netip.MustParseAddrPort(remote)
		}
		if age > 0 {
			o.Created = noon.Add(-age)
		}
		return o
	}
	return portcheck.Facts{
		Protocols: []rows.Protocol{rows.TCP, rows.UDP},
		TCP: []tcpmib.DatedConn{
			tcp("0.0.0.0:8080", "", tcpmib.StateListen, 4711, time.Hour),
			tcp("[::]:8080", "", tcpmib.StateListen, 4711, time.Hour),
			tcp("[fe80::1c2b:3fff:fe4a:5d6e%12]:8080", "[fe80::9e05:d6ff:fe00:1234%12]:50140", tcpmib.StateEstab, 4711, time.Minute),
			tcp("[2001:db8:1:2:1c2b:3fff:fe4a:5d6e]:8080", "[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:61234", tcpmib.StateTimeWait, 0, 0),
			tcp("127.0.0.1:3000", "", tcpmib.StateListen, 5800, 2*time.Hour),
			tcp("0.0.0.0:53", "", tcpmib.StateListen, 2200, 25*time.Hour),
			tcp("127.0.0.1:9000", "0.0.0.0:0", tcpmib.StateClosed, 5800, 0),
			tcp("127.0.0.1:7000", "", tcpmib.StateListen, 6000, 3*time.Hour),
		},
		UDP: []udpmib.Endpoint{{Local: netip.MustParseAddrPort("0.0.0.0:53"), PID: 2200, Created: noon.Add(-25 * time.Hour)}},
		Processes: owner.Processes{
			4:    {PID: 4, Name: "System"},
			700:  {PID: 700, Name: "services.exe", Created: started},
			2200: {PID: 2200, Name: "svchost.exe", Parent: 700, Created: started.Add(time.Second)},
			4711: {PID: 4711, Name: "java.exe", Parent: 4400, Created: started.Add(time.Minute)},
			5800: {PID: 5800, Name: "wslrelay.exe", Parent: 2200, Created: started.Add(time.Hour)},
			6000: {PID: 6000, Name: "new.exe", Created: noon.Add(-time.Hour)}, // has the PID of a listener's owner
		},
		Services: map[uint32][]string{2200: {"SharedAccess"}},
		Details: map[uint32]owner.Details{
			2200: {Path: `C:\Windows\System32\svchost.exe`, User: `NT AUTHORITY\SYSTEM`},
			4711: {
				Path:        `C:\Program Files\Eclipse Adoptium\jdk-21.0.2.13-hotspot\bin\java.exe`,
				CommandLine: `"C:\Program Files\Eclipse Adoptium\jdk-21.0.2.13-hotspot\bin\java.exe" -Xmx2g -jar jenkins.war --httpPort=8080`,
				User:        `OFFICE\anna`,
			},
		},
		Denied: map[uint32]bool{2200: true},
		Attempts: []portcheck.Attempt{
			{Protocol: rows.TCP, Family: tcpmib.IPv4, Code: 10013}, {Protocol: rows.TCP, Family: tcpmib.IPv6}, // of the ports that no table explains
			{Protocol: rows.UDP, Family: tcpmib.IPv4}, {Protocol: rows.UDP, Family: tcpmib.IPv6},
		},
	}
}

func report(f portcheck.Facts, ports ...uint16) *portview.Report {
	r := &portview.Report{At: noon, Processes: f.Processes, Services: f.Services, Details: f.Details, Denied: f.Denied, Elevated: f.Elevated}
	for _, port := range ports {
		f.Port = port
		r.Verdicts = append(r.Verdicts, portcheck.Judge(f))
	}
	return r
}

func text(t *testing.T, r *portview.Report, o portview.Options) string {
	var b bytes.Buffer
	require.NoError(t, portview.WriteText(&b, r, o))
	return b.String()
}

// What people read, on screens of several widths and in a pipe.
func TestWriteText(t *testing.T) {
	r := report(developer(), 8080, 53, 3000, 9000, 7000, 5357)
	for _, width := range []int{0, 40, 60, 80, 120} {
		fixture.Golden(t, fmt.Sprintf("width%d.golden", width), text(t, r, portview.Options{Width: width}))
	}
}

// No line is wider than the screen, but for the commands, which have to be whole.
func TestNothingIsTooWide(t *testing.T) {
	r := report(developer(), 8080, 53, 3000, 9000, 5357)
	for width := 36; width <= 130; width++ { // the smallest table
		lines := strings.Split(text(t, r, portview.Options{Width: width, Color: true}), "\n")
		for _, line := range lines {
			if command := strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "     "); !command {
				assert.LessOrEqual(t, ansi.StringWidth(line), width, "%d: %s", width, line)
			}
		}
	}
}

// A command is on a line of its own, so that a terminal copies it whole, and appears once.
func TestCommandsAreWhole(t *testing.T) {
	got := text(t, report(developer(), 53, 5357), portview.Options{Width: 40})
	for _, command := range []string{
		"sc.exe stop SharedAccess", "netsh int ipv4 show excludedportrange protocol=tcp",
		"net stop winnat", "netsh int ipv4 add excludedportrange protocol=tcp startport=5357 numberofports=1", "net start winnat",
	} {
		assert.Equal(t, 1, strings.Count(got, "\n    "+command+"\n"), command)
	}
}

// Advice that differs only in its command is printed for each protocol.
func TestCommandsOfBothProtocols(t *testing.T) {
	f := developer()
	f.Processes[2200] = owner.Process{PID: 2200, Name: "com.docker.backend.exe"}
	got := text(t, report(f, 53), portview.Options{})
	assert.Contains(t, got, "\n    docker ps --filter publish=53\n")
	assert.Contains(t, got, "\n    docker ps --filter publish=53/udp\n")
}

// Words that do not fit go to the next line, and none is lost.
func TestWrappedValues(t *testing.T) {
	f := developer()
	f.Details[4711] = owner.Details{Path: "aaaaaaaa bbbbbbbbbbbbbbbbbbbb", User: strings.Repeat("c", 30) + " d"}
	got := text(t, report(f, 8080), portview.Options{Width: 36})
	assert.Contains(t, got, "\n  path      aaaaaaaa\n            bbbbbbbbbbbbbbbbbbbb\n")
	assert.Contains(t, got, "\n  user      "+strings.Repeat("c", 24)+"\n            cccccc d\n")

	// A word that just fits is not broken.
	f.Details[4711] = owner.Details{User: strings.Repeat("c", 24)}
	got = text(t, report(f, 8080), portview.Options{Width: 36})
	assert.Contains(t, got, "\n  user      "+strings.Repeat("c", 24)+"\n  age ")
}

// Header rows and the names of owners stand out, and states have list's colors, on a screen that
// shows colors.
func TestColor(t *testing.T) {
	plain := text(t, report(developer(), 8080), portview.Options{Width: 120})
	colored := text(t, report(developer(), 8080), portview.Options{Width: 120, Color: true})
	assert.NotContains(t, plain, "\x1b")
	assert.Equal(t, plain, ansi.Strip(colored))
	assert.Contains(t, colored, "\x1b[1mjava.exe, PID 4711\x1b[m\n")
	assert.Contains(t, colored, "\x1b[1mPROTO")
}

// Names and command lines come from other programs: none of them moves the cursor.
func TestHostileNames(t *testing.T) {
	named := func(name string) string {
		f := developer()
		f.Processes[4711] = owner.Process{PID: 4711, Name: name, Parent: 700}
		f.Processes[700] = owner.Process{PID: 700, Name: name}
		f.Services[4711] = []string{name}
		f.Details[4711] = owner.Details{Path: name, CommandLine: "a " + name, User: name}
		return text(t, report(f, 8080), portview.Options{})
	}
	got := named("a\x1b]52;c;x\a\n\u202e.exe")
	for _, bad := range []string{"\x1b", "\a", "\u202e"} {
		assert.NotContains(t, got, bad)
	}
	assert.Equal(t, strings.Count(named("a.exe"), "\n"), strings.Count(got, "\n"))
}

// A busy server has thousands of connections: the first are shown.
func TestManySockets(t *testing.T) {
	f := developer()
	for len(f.TCP) < 20 {
		f.TCP = append(f.TCP, f.TCP[2])
	}
	on8080 := func(n int) portcheck.Facts {
		many := f
		many.TCP = nil
		for range n {
			many.TCP = append(many.TCP, f.TCP[0])
		}
		return many
	}
	assert.NotContains(t, text(t, report(on8080(20), 8080), portview.Options{}), "more socket")
	assert.Contains(t, text(t, report(on8080(21), 8080), portview.Options{}), "\nand 1 more socket: see tcpmib list --local-port 8080\n")
	got := text(t, report(on8080(22), 8080), portview.Options{})
	assert.Contains(t, got, "\nand 2 more sockets: see tcpmib list --local-port 8080\n")
	assert.Equal(t, 20, strings.Count(got, "LISTEN "))

	both := on8080(15)
	for range 10 {
		both.UDP = append(both.UDP, udpmib.Endpoint{Local: f.TCP[0].Local, PID: f.TCP[0].PID})
	}
	got = text(t, report(both, 8080), portview.Options{})
	assert.Contains(t, got, "\nand 5 more sockets: see tcpmib list --local-port 8080\n")
	assert.Equal(t, 5, strings.Count(got, "\nudp "), "of all findings together")
}

// A remote endpoint is shown if it has an address or a port: only one of zeros is none.
func TestRemoteEndpoint(t *testing.T) {
	f := developer()
	for remote, shown := range map[string]bool{"0.0.0.0:0": false, "10.0.0.1:0": true, "0.0.0.0:443": true} {
		f.TCP[2].Local, f.TCP[2].Remote = f.TCP[0].Local, netip.MustParseAddrPort(remote)
		got := text(t, report(f, 8080), portview.Options{})
		assert.Equal(t, shown, strings.Contains(got, " "+remote+" "), "%s\n%s", remote, got)
	}
}

// A user who may see more learns how; an administrator is not asked to become one.
func TestDenied(t *testing.T) {
	f := developer()
	got := text(t, report(f, 53), portview.Options{})
	assert.Contains(t, got, "\n  Run as administrator to see more.\n")
	assert.NotContains(t, text(t, report(f, 8080), portview.Options{}), "administrator", "nothing of it is missing")
	f.Elevated = true
	got = text(t, report(f, 53), portview.Options{})
	assert.NotContains(t, got, "administrator")
	assert.Contains(t, got, "\n  Windows protects this process and shows no more of it.\n")
}

type object = map[string]any

func encoded(t *testing.T, r *portview.Report) []object {
	var b bytes.Buffer
	require.NoError(t, portview.WriteJSON(&b, r))
	assert.Equal(t, len(r.Verdicts)+2, strings.Count(b.String(), "\n"), "one port a line")
	var ports []object
	require.NoError(t, json.Unmarshal(b.Bytes(), &ports))
	return ports
}

// JSON has all that text has.
func TestWriteJSON(t *testing.T) {
	ports := encoded(t, report(developer(), 8080, 1))
	require.Len(t, ports, 2)
	tcp := ports[0]["protocols"].([]any)[0].(object)
	message := "TCP port 8080 is held by java.exe (PID 4711), which listens on all addresses. " +
		"To free it, end java.exe -Xmx2g -jar jenkins.war --httpPort=8080 (PID 4711): `taskkill /F /PID 4711`."
	assert.Empty(t, cmp.Diff(object{
		"protocol": "tcp", "verdict": "held", "cause": "listening", "message": message,
		"advice":  []any{object{"text": "To free it, end java.exe -Xmx2g -jar jenkins.war --httpPort=8080 (PID 4711)", "commands": []any{"taskkill /F /PID 4711"}}},
		"holders": tcp["holders"],
	}, tcp))
	holders := tcp["holders"].([]any)
	require.Len(t, holders, 4)
	assert.Empty(t, cmp.Diff(object{
		"protocol": "tcp", "family": "ipv4", "localAddress": "0.0.0.0", "localPort": 8080.0, "remoteAddress": nil, "remotePort": nil,
		"state": "LISTEN", "stateCode": 2.0, "pid": 4711.0, "process": "java.exe", "created": "2024-05-06T11:00:00Z", "age": 3600.0,
		"path":        `C:\Program Files\Eclipse Adoptium\jdk-21.0.2.13-hotspot\bin\java.exe`,
		"commandLine": `"C:\Program Files\Eclipse Adoptium\jdk-21.0.2.13-hotspot\bin\java.exe" -Xmx2g -jar jenkins.war --httpPort=8080`,
		"services":    []any{}, "parent": 4400.0, "parentProcess": nil, "user": `OFFICE\anna`, "processCreated": "2024-05-05T10:01:00Z",
	}, holders[0]))
	waiting := holders[3].(object)
	assert.Equal(t, "2001:db8:ffff:ffff:ffff:ffff:ffff:1", waiting["remoteAddress"])
	assert.Equal(t, 61234.0, waiting["remotePort"])
	for _, key := range []string{"created", "age", "path", "commandLine", "parent", "parentProcess", "user", "processCreated"} {
		assert.Contains(t, waiting, key)
		assert.Nil(t, waiting[key], key)
	}
	assert.Equal(t, "", waiting["process"])

	free := ports[1]["protocols"].([]any)[1].(object)
	assert.Empty(t, cmp.Diff(object{"protocol": "udp", "verdict": "free", "cause": "none", "message": "UDP port 1 is free.", "advice": []any{}, "holders": []any{}}, free))
	assert.Equal(t, 1.0, ports[1]["port"])
	assert.Equal(t, "held", ports[1]["verdict"], "TCP is excluded")
}

// A socket of UDP has no state, and its owner a parent and services.
func TestJSONOfUDP(t *testing.T) {
	udp := encoded(t, report(developer(), 53))[0]["protocols"].([]any)[1].(object)["holders"].([]any)[0].(object)
	wants := object{"state": nil, "stateCode": nil, "services": []any{"SharedAccess"}, "parent": 700.0, "parentProcess": "services.exe"}
	for key, want := range wants {
		assert.Equal(t, want, udp[key], key)
	}
}

// A process that has the PID of a socket's owner by now is not the owner, and a clock that was set
// back makes no age negative.
func TestTimes(t *testing.T) {
	f := developer()
	reused := encoded(t, report(f, 7000))[0]["protocols"].([]any)[0].(object)["holders"].([]any)[0].(object)
	assert.Equal(t, "", reused["process"])
	assert.Nil(t, reused["processCreated"])
	assert.NotContains(t, text(t, report(f, 7000), portview.Options{}), "new.exe")

	f.TCP[0].Created = noon.Add(time.Hour)
	held := encoded(t, report(f, 8080))[0]["protocols"].([]any)[0].(object)["holders"].([]any)[0].(object)
	assert.Equal(t, 0.0, held["age"])
	assert.Regexp(t, `0\.0\.0\.0:8080 .* 4711 +0s\n`, text(t, report(f, 8080), portview.Options{}))
}

// The parent of a process may have ended, and its PID be another's.
func TestParent(t *testing.T) {
	f := developer()
	assert.Contains(t, text(t, report(f, 53), portview.Options{}), "\n  parent    services.exe, PID 700\n")
	f.Processes[700] = owner.Process{PID: 700, Name: "late.exe", Created: noon}
	assert.Contains(t, text(t, report(f, 53), portview.Options{}), "\n  parent    PID 700, which has ended\n")
	assert.Nil(t, encoded(t, report(f, 53))[0]["protocols"].([]any)[0].(object)["holders"].([]any)[0].(object)["parentProcess"])
	f.Processes[2200] = owner.Process{PID: 2200, Name: "svchost.exe", Parent: 1}
	assert.Equal(t, 1.0, encoded(t, report(f, 53))[0]["protocols"].([]any)[0].(object)["holders"].([]any)[0].(object)["parent"])
	f.Processes[2200] = owner.Process{PID: 2200, Name: "svchost.exe"}
	assert.NotContains(t, text(t, report(f, 53), portview.Options{}), "parent")
	assert.Nil(t, encoded(t, report(f, 53))[0]["protocols"].([]any)[0].(object)["holders"].([]any)[0].(object)["parent"])
	f.Processes[0] = owner.Process{Name: "System Idle Process"}
	assert.NotContains(t, text(t, report(f, 53), portview.Options{}), "parent")
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteErrors(t *testing.T) {
	assert.EqualError(t, portview.WriteText(brokenPipe{}, report(developer(), 8080), portview.Options{}), "broken pipe")
	assert.EqualError(t, portview.WriteJSON(brokenPipe{}, report(developer(), 8080)), "broken pipe")
}

// Sentences are wrapped on the narrowest screen too.
func TestNarrowestSentences(t *testing.T) {
	f := portcheck.Facts{Protocols: []rows.Protocol{rows.TCP, rows.UDP}}
	for width := 1; width < 36; width++ {
		got := text(t, report(f, 80), portview.Options{Width: width})
		for line := range strings.Lines(got) {
			assert.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), width, got)
		}
		assert.Equal(t, "TCPport80isfree.UDPport80isfree.", strings.NewReplacer("\n", "", " ", "").Replace(got))
	}
}

// A table that cannot fit is whole: the terminal wraps it.
func TestTableThatCannotFit(t *testing.T) {
	got := text(t, report(developer(), 8080), portview.Options{Width: 20})
	for _, endpoint := range []string{"[fe80::1c2b:3fff:fe4a:5d6e%12]:8080", "[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:61234"} {
		assert.Contains(t, got, endpoint)
	}
	table, _, _ := strings.Cut(got, "\njava.exe, PID 4711\n")
	assert.NotContains(t, table, "…")
}
