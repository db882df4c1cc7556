package portcheck_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/portcheck"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

const system32 = `C:\Windows\System32\`

// program returns the facts about a program with PID 10 that listens on TCP port 8080.
func program(name string, details owner.Details, services ...string) portcheck.Facts {
	return portcheck.Facts{
		TCP:       []tcpmib.DatedConn{listener("0.0.0.0:8080", 10)},
		Processes: owner.Processes{10: {PID: 10, Name: name}},
		Details:   map[uint32]owner.Details{10: details},
		Services:  map[uint32][]string{10: services},
	}
}

func with(f portcheck.Facts, change func(f *portcheck.Facts)) portcheck.Facts {
	change(&f)
	return f
}

func elevated(f *portcheck.Facts) { f.Elevated = true }
func recorded(f *portcheck.Facts) { f.Recorded = true }
func denied(f *portcheck.Facts)   { f.Denied = map[uint32]bool{10: true} }

// onUDP makes the listener a UDP socket.
func onUDP(f *portcheck.Facts) {
	f.Protocols = []rows.Protocol{rows.UDP}
	for _, o := range f.TCP {
		f.UDP = append(f.UDP, udpmib.Endpoint{Local: o.Local, PID: o.PID})
	}
	f.TCP = nil
}

// alsoListening adds a program with a listener on another address.
func alsoListening(pid uint32, name string, services ...string) func(f *portcheck.Facts) {
	return func(f *portcheck.Facts) {
		f.TCP = append(f.TCP, listener("[::]:8080", pid))
		f.Processes[pid] = owner.Process{PID: pid, Name: name}
		f.Services[pid] = services
	}
}

// Facts about port 8080 that a program or Windows holds, and what to do.
func TestAdvice(t *testing.T) {
	line := func(text string) owner.Details { return owner.Details{CommandLine: text} }
	refused := func(code4, code6 uint32) portcheck.Facts {
		return portcheck.Facts{Attempts: bind(rows.TCP, code4, code6)}
	}
	ranges := portcheck.Advice{Text: "To list the ranges that are reserved or excluded", Commands: []string{"netsh int ipv4 show excludedportrange protocol=tcp"}}
	const (
		wsl = " forwards the port to a program in a WSL distribution, and ending it would end every such forward. " +
			"Stop that program in there, or the distribution (wsl --terminate and its name); to list those that run"
		docker = " forwards the port to a container, and ending it would end every such forward. " +
			"Stop the container (docker stop and its name); to find it"
		proxy = "The service iphlpsvc forwards the port, as a port proxy, and does other work too. " +
			"Delete the proxy as administrator (netsh interface portproxy delete); to list them all"
		http  = "Most often the kernel listens for http.sys, which serves IIS, WinRM and other programs. Stop the one whose URL has this port; to list them"
		vital = "Windows does not run without it: choose another port"
	)
	for _, test := range []struct {
		name  string
		facts portcheck.Facts
		want  []portcheck.Advice
	}{
		{"a program", program("node.exe", owner.Details{}), []portcheck.Advice{{"To free it, end node.exe (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"its command line", program("java.exe", line(`"C:\Program Files\Java\bin\java.exe" -jar jenkins.war`)),
			[]portcheck.Advice{{"To free it, end java.exe -jar jenkins.war (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"a command line without quotes", program("java.exe", line(`C:\jdk\bin\java -jar jenkins.war`)),
			[]portcheck.Advice{{"To free it, end java -jar jenkins.war (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"a command line without arguments", program("node.exe", line(`"C:\node\node.exe" `)), []portcheck.Advice{{"To free it, end node.exe (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"a command line without a program", program("node.exe", line(`"" server.js`)), []portcheck.Advice{{"To free it, end node.exe server.js (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"a long command line", program("java.exe", line("java "+strings.Repeat("é", 55))), []portcheck.Advice{{"To free it, end java " + strings.Repeat("é", 55) + " (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"too long a command line", program("java.exe", line("java "+strings.Repeat("é", 56))), []portcheck.Advice{{"To free it, end java " + strings.Repeat("é", 54) + "… (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"of another user", with(program("node.exe", owner.Details{}), denied), []portcheck.Advice{{"To free it, end node.exe (PID 10) as administrator", []string{"taskkill /F /PID 10"}}}},
		{"of another user, elevated", with(with(program("node.exe", owner.Details{}), denied), elevated), []portcheck.Advice{{"To free it, end node.exe (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"in a capture", with(program("node.exe", owner.Details{}), recorded), []portcheck.Advice{{"To free it there, if nothing has changed since, end node.exe (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"two programs", with(program("node.exe", owner.Details{}), alsoListening(11, "python.exe")),
			[]portcheck.Advice{{"To free it, end node.exe (PID 10) and python.exe (PID 11)", []string{"taskkill /F /PID 10 /PID 11"}}}},
		{"four programs", with(with(with(program("a", owner.Details{}), alsoListening(11, "b")), alsoListening(12, "c")), alsoListening(13, "d")),
			[]portcheck.Advice{{"To free it, end a (PID 10), b (PID 11), c (PID 12) and d (PID 13)", []string{"taskkill /F /PID 10 /PID 11 /PID 12 /PID 13"}}}},
		{"five programs", with(with(with(with(program("a", owner.Details{}), alsoListening(11, "b")), alsoListening(12, "c")), alsoListening(13, "d")), alsoListening(14, "e")),
			[]portcheck.Advice{{Text: "To free it, end all of these processes"}}},
		{"of one PID twice", with(program("node.exe", owner.Details{}), alsoListening(10, "node.exe")),
			[]portcheck.Advice{{"To free it, end node.exe (PID 10)", []string{"taskkill /F /PID 10"}}}},

		{"a service", program("svchost.exe", owner.Details{}, "W3SVC"), []portcheck.Advice{{"To free it, stop the service W3SVC as administrator", []string{"sc.exe stop W3SVC"}}}},
		{"a service, elevated", with(program("svchost.exe", owner.Details{}, "W3SVC"), elevated), []portcheck.Advice{{"To free it, stop the service W3SVC", []string{"sc.exe stop W3SVC"}}}},
		{"a service with a blank", program("a.exe", owner.Details{}, "My Service"), []portcheck.Advice{{"To free it, stop the service My Service as administrator", []string{`sc.exe stop "My Service"`}}}},
		{"a service that PowerShell would expand", program("sqlservr.exe", owner.Details{}, "MSSQL$SQLEXPRESS"),
			[]portcheck.Advice{{"To free it, stop the service MSSQL$SQLEXPRESS as administrator", []string{"services.msc"}}}},
		{"services", program("svchost.exe", owner.Details{}, "One", "Two"),
			[]portcheck.Advice{{"To free it, stop the service that opened it (sc.exe stop and its name, as administrator); to see which one did", []string{"tcpmib list --local-port 8080 --module"}}}},
		{"services on UDP", with(program("svchost.exe", owner.Details{}, "One", "Two"), onUDP),
			[]portcheck.Advice{{Text: "To free it, stop the service that opened it (sc.exe stop and its name, as administrator)"}}},
		{"a service and a program", with(program("svchost.exe", owner.Details{}, "W3SVC"), alsoListening(11, "node.exe")),
			[]portcheck.Advice{{"To free it, end node.exe (PID 11)", []string{"taskkill /F /PID 11"}}, {"To free it, stop the service W3SVC as administrator", []string{"sc.exe stop W3SVC"}}}},

		{"a port proxy", program("svchost.exe", owner.Details{}, "iphlpsvc"), []portcheck.Advice{{proxy, []string{"netsh interface portproxy show all"}}}},
		{"a port proxy, elevated", with(program("svchost.exe", owner.Details{}, "iphlpsvc"), elevated),
			[]portcheck.Advice{{strings.Replace(proxy, " as administrator", "", 1), []string{"netsh interface portproxy show all"}}}},
		{"iphlpsvc on UDP", with(program("svchost.exe", owner.Details{}, "iphlpsvc"), onUDP), []portcheck.Advice{{"To free it, stop the service iphlpsvc as administrator", []string{"sc.exe stop iphlpsvc"}}}},
		{"WSL", program("wslrelay.exe", owner.Details{}), []portcheck.Advice{{"wslrelay.exe" + wsl, []string{"wsl --list --running"}}}},
		{"an older WSL", program("wslhost.exe", owner.Details{}), []portcheck.Advice{{"wslhost.exe" + wsl, []string{"wsl --list --running"}}}},
		{"both of WSL", with(program("wslrelay.exe", owner.Details{}), alsoListening(11, "wslhost.exe")),
			[]portcheck.Advice{{"wslrelay.exe" + wsl, []string{"wsl --list --running"}}, {"wslhost.exe" + wsl, []string{"wsl --list --running"}}}},
		{"WSL twice", with(program("wslrelay.exe", owner.Details{}), alsoListening(11, "wslrelay.exe")), []portcheck.Advice{{"wslrelay.exe" + wsl, []string{"wsl --list --running"}}}},
		{"Docker", program("com.docker.backend.exe", owner.Details{}), []portcheck.Advice{{"com.docker.backend.exe" + docker, []string{"docker ps --filter publish=8080"}}}},
		{"Docker on UDP", with(program("com.docker.backend.exe", owner.Details{}), onUDP), []portcheck.Advice{{"com.docker.backend.exe" + docker, []string{"docker ps --filter publish=8080/udp"}}}},
		{"Docker and WSL", with(program("com.docker.backend.exe", owner.Details{}), alsoListening(11, "wslrelay.exe")),
			[]portcheck.Advice{{"com.docker.backend.exe" + docker, []string{"docker ps --filter publish=8080"}}, {"wslrelay.exe" + wsl, []string{"wsl --list --running"}}}},
		{"Podman", program("gvproxy.exe", owner.Details{}), []portcheck.Advice{{"gvproxy.exe" + strings.Replace(docker, "docker", "podman", 1), []string{"podman ps"}}}},

		{"a part of Windows", program("lsass.exe", owner.Details{Path: system32 + "lsass.exe"}, "KeyIso", "SamSs"), []portcheck.Advice{{Text: vital}}},
		{"a part of Windows whose path is not known", program("wininit.exe", owner.Details{}), []portcheck.Advice{{Text: vital}}},
		{"a program with the name of one", program("lsass.exe", owner.Details{Path: `C:\Users\eve\lsass.exe`}), []portcheck.Advice{{"To free it, end lsass.exe (PID 10)", []string{"taskkill /F /PID 10"}}}},
		{"a service that cannot be stopped", program("svchost.exe", owner.Details{}, "RpcEptMapper", "RpcSs"), []portcheck.Advice{{Text: vital}}},

		{"the kernel", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 4)}}, []portcheck.Advice{{http, []string{"netsh http show servicestate"}}}},
		{"the kernel on UDP", with(portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 4)}}, onUDP), []portcheck.Advice{{Text: "This is one of its drivers: choose another port"}}},
		{"nobody", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 0)}}, []portcheck.Advice{{Text: "Choose another port"}}},
		{"a program that has ended", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 20)}, Processes: owner.Processes{
			21: {PID: 21, Name: "b.exe", Parent: 20}, 9: {PID: 9, Name: "a.exe", Parent: 20}, 10: {PID: 10, Name: "other.exe", Parent: 9}}},
			[]portcheck.Advice{{"A process that it started may have inherited the socket. To free it, end a.exe (PID 9) and b.exe (PID 21)", []string{"taskkill /F /PID 9 /PID 21"}}}},
		{"a program that has ended without children", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 20)}, Processes: owner.Processes{}},
			[]portcheck.Advice{{Text: "A process that it started may have inherited the socket, and holds the port until it ends: choose another port"}}},
		{"processes that are not known", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 20)}}, []portcheck.Advice{{"To free it, end PID 20", []string{"taskkill /F /PID 20"}}}},

		{"excluded", refused(10013, 0), []portcheck.Advice{ranges, {"If WinNAT reserved it for Hyper-V, WSL or Docker, take the port out of its ranges as administrator", []string{
			"net stop winnat", "netsh int ipv4 add excludedportrange protocol=tcp startport=8080 numberofports=1", "net start winnat"}}}},
		{"excluded over IPv6, elevated", with(refused(0, 10013), elevated), []portcheck.Advice{
			{ranges.Text, []string{"netsh int ipv6 show excludedportrange protocol=tcp"}},
			{"If WinNAT reserved it for Hyper-V, WSL or Docker, take the port out of its ranges", []string{
				"net stop winnat", "netsh int ipv6 add excludedportrange protocol=tcp startport=8080 numberofports=1", "net start winnat"}}}},
		{"reserved", portcheck.Facts{Reserved: []rows.Protocol{rows.TCP}}, []portcheck.Advice{ranges, {Text: "Choose another port, or have the program that made the reservation delete it"}}},
		{"in use by nobody knows whom", refused(10048, 0), []portcheck.Advice{{Text: "Choose another port"}}},
		{"TIME-WAIT", portcheck.Facts{TCP: []tcpmib.DatedConn{socket("10.0.0.1:8080", "10.0.0.2:5001", tcpmib.StateTimeWait, 0)}}, nil},
		{"free", refused(0, 0), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.facts.Port = 8080
			if test.facts.Protocols == nil {
				test.facts.Protocols = []rows.Protocol{rows.TCP}
			}
			finding := portcheck.Judge(test.facts).Findings[0]
			assert.Empty(t, cmp.Diff(test.want, finding.Advice))
			assert.True(t, strings.HasPrefix(finding.Message, finding.Found))
			for _, a := range finding.Advice {
				assert.Contains(t, finding.Message, a.Text)
				for _, command := range a.Commands {
					assert.Contains(t, finding.Message, "`"+command+"`")
					// What cmd, Windows PowerShell and PowerShell read differently, sc among it.
					assert.NotRegexp(t, "^sc |[$%^&|<>;'`(){}@]", command)
				}
				assert.False(t, test.facts.Elevated && strings.Contains(a.Text, "administrator"), "to an administrator: %s", a.Text)
			}
		})
	}
}

// A client that connects a dual-stack socket to an IPv4 address is bound in the IPv6 table and
// connected in the IPv4 table.
func TestDualStackClient(t *testing.T) {
	for _, test := range []struct {
		name      string
		bound     tcpmib.Conn
		connected tcpmib.DatedConn
		want      portcheck.Cause
	}{
		{"over IPv4", bound("[::]:50123", 10), socket("10.0.0.1:50123", "10.0.0.2:443", tcpmib.StateEstab, 10), portcheck.Connected},
		{"over IPv6", bound("0.0.0.0:50123", 10), socket("[2001:db8::1]:50123", "[2001:db8::2]:443", tcpmib.StateEstab, 10), portcheck.Connected},
		{"of another process", bound("[::]:50123", 11), socket("10.0.0.1:50123", "10.0.0.2:443", tcpmib.StateEstab, 10), portcheck.Bound},
		{"on another port", bound("[::]:50123", 10), socket("10.0.0.1:50124", "10.0.0.2:443", tcpmib.StateEstab, 10), portcheck.Bound},
	} {
		t.Run(test.name, func(t *testing.T) {
			finding := portcheck.Judge(portcheck.Facts{
				Port: 50123, Protocols: []rows.Protocol{rows.TCP}, Bound: []tcpmib.Conn{test.bound}, TCP: []tcpmib.DatedConn{test.connected},
			}).Findings[0]
			assert.Equal(t, test.want, finding.Cause)
			assert.Equal(t, test.want == portcheck.Bound, strings.Contains(finding.Found, "without listening or connecting"))
		})
	}
}

// A socket that is listed as closed, without a remote endpoint, is no connection.
func TestClosedWithoutRemote(t *testing.T) {
	none := func(state tcpmib.State, local, remote string) tcpmib.DatedConn {
		o := socket(local, "", state, 10)
		if remote != "" {
			o.Remote = netip.MustParseAddrPort(remote)
		}
		return o
	}
	for _, test := range []struct {
		name  string
		conns []tcpmib.DatedConn
		cause portcheck.Cause
		want  string
	}{
		{"IPv4", []tcpmib.DatedConn{none(tcpmib.StateClosed, "127.0.0.1:80", "0.0.0.0:0")}, "bound",
			"TCP port 80 is held by a.exe (PID 10), which has a closed socket on 127.0.0.1: it was never connected, and is bound or has been."},
		{"IPv6", []tcpmib.DatedConn{none(tcpmib.StateClosed, "[::1]:80", "[::%3]:0")}, "bound",
			"TCP port 80 is held by a.exe (PID 10), which has a closed socket on ::1: it was never connected, and is bound or has been."},
		{"none", []tcpmib.DatedConn{none(tcpmib.StateDeleteTCB, "127.0.0.1:80", "")}, "bound",
			"TCP port 80 is held by a.exe (PID 10), which has a closed socket on 127.0.0.1: it was never connected, and is bound or has been."},
		{"a remote endpoint", []tcpmib.DatedConn{none(tcpmib.StateClosed, "127.0.0.1:80", "127.0.0.2:0")}, "connected",
			"TCP port 80 is the local port of a connection of a.exe (PID 10), and nothing listens on it. Another program can usually listen on it all the same, " +
				"but one that asks for it exclusively (SO_EXCLUSIVEADDRUSE) only when it has ended."},
		{"another state", []tcpmib.DatedConn{none(tcpmib.StateSynSent, "127.0.0.1:80", "0.0.0.0:0")}, "connected",
			"TCP port 80 is the local port of a connection of a.exe (PID 10), and nothing listens on it. Another program can usually listen on it all the same, " +
				"but one that asks for it exclusively (SO_EXCLUSIVEADDRUSE) only when it has ended."},
		{"next to a bound one", []tcpmib.DatedConn{none(tcpmib.StateClosed, "127.0.0.1:80", ""), none(tcpmib.StateReserved, "127.0.0.2:80", "")}, "bound",
			"TCP port 80 is held by a.exe (PID 10), which bound it on 127.0.0.1 and 127.0.0.2 without listening or connecting; most tools do not show such sockets."},
	} {
		t.Run(test.name, func(t *testing.T) {
			finding := portcheck.Judge(portcheck.Facts{
				Port: 80, Protocols: []rows.Protocol{rows.TCP}, TCP: test.conns,
				Processes: owner.Processes{10: {PID: 10, Name: "a.exe", Created: noon.Add(-time.Hour)}},
			}).Findings[0]
			assert.Equal(t, test.cause, finding.Cause)
			assert.Empty(t, cmp.Diff(test.want, finding.Found))
		})
	}
}

// A listener that is in the table of one family alone takes no connections of the other.
func TestFamiliesOfAListener(t *testing.T) {
	const only6 = " It is IPv6 only: another program can listen on the port over IPv4."
	for _, test := range []struct {
		listeners []tcpmib.DatedConn
		want      bool
	}{
		{[]tcpmib.DatedConn{listener("[::]:80", 10)}, true},
		{[]tcpmib.DatedConn{listener("[::]:80", 10), listener("[::1]:80", 11)}, true},
		{[]tcpmib.DatedConn{listener("[::]:80", 10), listener("0.0.0.0:80", 10)}, false},
		{[]tcpmib.DatedConn{listener("[::]:80", 10), listener("127.0.0.1:80", 10)}, false},
		{[]tcpmib.DatedConn{listener("[::1]:80", 10)}, false},
	} {
		finding := portcheck.Judge(portcheck.Facts{Port: 80, Protocols: []rows.Protocol{rows.TCP}, TCP: test.listeners}).Findings[0]
		assert.Equal(t, test.want, strings.Contains(finding.Found, only6), finding.Found)
	}
}
