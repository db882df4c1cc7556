package portcheck_test

import (
	"fmt"
	"net/netip"
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

var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

func socket(local, remote string, state tcpmib.State, pid uint32) tcpmib.DatedConn {
	c := tcpmib.Conn{Local: netip.MustParseAddrPort(local), State: state, PID: pid}
	if remote != "" {
		c.Remote = netip.MustParseAddrPort(remote)
	}
	return tcpmib.DatedConn{Conn: c, Created: noon}
}

func listener(local string, pid uint32) tcpmib.DatedConn {
	return socket(local, "", tcpmib.StateListen, pid)
}

func bound(local string, pid uint32) tcpmib.Conn {
	return socket(local, "", tcpmib.StateReserved, pid).Conn
}

// bind are attempts over IPv4 and IPv6.
func bind(p rows.Protocol, code4, code6 uint32) []portcheck.Attempt {
	return []portcheck.Attempt{{Protocol: p, Family: tcpmib.IPv4, Code: code4}, {Protocol: p, Family: tcpmib.IPv6, Code: code6}}
}

func unread(q portcheck.Question, reason string) portcheck.Failure {
	return portcheck.Failure{Protocol: rows.TCP, Question: q, Reason: reason}
}

// The facts about TCP port 80, and what is found from them.
func TestJudgeTCP(t *testing.T) {
	processes := owner.Processes{
		4:  {PID: 4, Name: "System"},
		10: {PID: 10, Name: "a.exe", Created: noon.Add(-time.Hour)},
		11: {PID: 11, Name: "b.exe"},
		12: {PID: 12, Name: "late.exe", Created: noon.Add(time.Hour)},
		13: {PID: 13, Name: "svchost.exe"},
		14: {PID: 14, Name: "svchost.exe"},
		21: {PID: 21, Name: "child.exe", Parent: 20},
		22: {PID: 22, Name: "late child.exe", Parent: 12},
		30: {PID: 30, Name: "c.exe"}, 31: {PID: 31, Name: "d.exe"},
	}
	services := map[uint32][]string{13: {"W3SVC"}, 14: {"One", "Two"}}
	for _, test := range []struct {
		name   string
		facts  portcheck.Facts
		status portcheck.Status
		cause  portcheck.Cause
		want   string // what was found
	}{
		{"nothing, and a bind", portcheck.Facts{Attempts: bind(rows.TCP, 0, 0)}, "free", "none", "TCP port 80 is free."},
		{"other ports", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:8080", 10), socket("10.0.0.1:5000", "10.0.0.2:80", tcpmib.StateEstab, 10)}},
			"free", "none", "TCP port 80 is free."},
		{"the other protocol", portcheck.Facts{UDP: []udpmib.Endpoint{{Local: netip.MustParseAddrPort("0.0.0.0:80")}}}, "free", "none", "TCP port 80 is free."},
		{"no IPv6", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10047)}, "free", "none", "TCP port 80 is free."},
		{"IPv6 switched off", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10049), Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x")}},
			"free", "none", "TCP port 80 is free."},
		{"capture", portcheck.Facts{Recorded: true}, "free", "none",
			"TCP port 80 was free when the capture was made. Captures do not record reserved or excluded ranges."},

		{"listener on one address", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("127.0.0.1:80", 10)}}, "held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on 127.0.0.1. Other addresses of this machine can be " +
				"bound, but not all of them at once by a program that asks for the port exclusively (SO_EXCLUSIVEADDRUSE)."},
		{"IPv4 wildcard", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 10)}}, "held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on all IPv4 addresses."},
		{"IPv6 wildcard, which may be dual-stack", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("[::]:80", 10)}}, "held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on all IPv6 addresses. It is IPv6 only: another program " +
				"can listen on the port over IPv4."},
		{"both wildcards", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("[::]:80", 10), listener("0.0.0.0:80", 10)}}, "held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on all addresses."},
		{"a wildcard and an address", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 10), listener("10.0.0.1:80", 11)}}, "held", "listening",
			"TCP port 80 is held by a.exe (PID 10) and b.exe (PID 11), which listen on all IPv4 addresses and 10.0.0.1."},
		{"many listeners", portcheck.Facts{TCP: []tcpmib.DatedConn{
			listener("10.0.0.1:80", 10), listener("10.0.0.2:80", 11), listener("10.0.0.3:80", 30), listener("10.0.0.4:80", 31), listener("10.0.0.5:80", 31), listener("0.0.0.0:80", 21)}},
			"held", "listening",
			"TCP port 80 is held by child.exe (PID 21), a.exe (PID 10), b.exe (PID 11) and 2 more processes, which listen on " +
				"all IPv4 addresses, 10.0.0.1, 10.0.0.2, 10.0.0.3 and 2 more addresses."},
		{"all addresses, and many", portcheck.Facts{TCP: []tcpmib.DatedConn{
			listener("0.0.0.0:80", 10), listener("[::]:80", 10), listener("10.0.0.1:80", 10), listener("10.0.0.2:80", 10), listener("10.0.0.3:80", 10), listener("10.0.0.4:80", 10), listener("10.0.0.5:80", 10)}},
			"held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on all addresses, 10.0.0.1, 10.0.0.2, 10.0.0.3 and 2 more addresses."},
		{"not worth a summary", portcheck.Facts{TCP: []tcpmib.DatedConn{
			listener("10.0.0.1:80", 10), listener("10.0.0.2:80", 11), listener("10.0.0.3:80", 30), listener("10.0.0.4:80", 31), listener("0.0.0.0:80", 31)}},
			"held", "listening",
			"TCP port 80 is held by d.exe (PID 31), a.exe (PID 10), b.exe (PID 11) and c.exe (PID 30), which listen on all " +
				"IPv4 addresses, 10.0.0.1, 10.0.0.2, 10.0.0.3 and 10.0.0.4."},
		{"a listener and its connections", portcheck.Facts{TCP: []tcpmib.DatedConn{
			socket("10.0.0.1:80", "10.0.0.2:5000", tcpmib.StateEstab, 11), listener("0.0.0.0:80", 10), socket("10.0.0.1:80", "10.0.0.2:5001", tcpmib.StateTimeWait, 0)}},
			"held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on all IPv4 addresses."},
		{"a service", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 13)}}, "held", "listening",
			"TCP port 80 is held by svchost.exe (PID 13, service W3SVC), which listens on all IPv4 addresses."},
		{"services", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 14)}}, "held", "listening",
			"TCP port 80 is held by svchost.exe (PID 14, services One and Two), which listens on all IPv4 addresses."},
		{"the kernel", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("[::]:80", 4), listener("0.0.0.0:80", 4)}}, "held", "listening",
			"TCP port 80 is held by System (PID 4), the kernel, which listens on all addresses."},
		{"an owner that has ended", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 99)}}, "held", "listening",
			"TCP port 80 is held by a process that has ended (PID 99), which listens on all IPv4 addresses."},
		{"an owner that has ended, and its child", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 20)}}, "held", "listening",
			"TCP port 80 is held by a process that has ended (PID 20), which listens on all IPv4 addresses."},
		{"an owner whose PID is another's", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 12)}}, "held", "listening",
			"TCP port 80 is held by a process that has ended (PID 12), which listens on all IPv4 addresses."},
		{"an unknown owner", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 0)}}, "held", "listening",
			"TCP port 80 is held by a process that Windows does not name, which listens on all IPv4 addresses."},

		{"bound", portcheck.Facts{Bound: []tcpmib.Conn{bound("0.0.0.0:80", 10)}}, "held", "bound",
			"TCP port 80 is held by a.exe (PID 10), which bound it on all IPv4 addresses without listening or connecting; " +
				"most tools do not show such sockets."},
		{"bound by two, and a connection", portcheck.Facts{
			Bound: []tcpmib.Conn{bound("10.0.0.1:80", 10), bound("10.0.0.2:80", 11)},
			TCP:   []tcpmib.DatedConn{socket("10.0.0.1:80", "10.0.0.2:5000", tcpmib.StateEstab, 30)}}, "held", "bound",
			"TCP port 80 is held by a.exe (PID 10) and b.exe (PID 11), which bound it on 10.0.0.1 and 10.0.0.2 without " +
				"listening or connecting; most tools do not show such sockets."},
		{"a connection", portcheck.Facts{TCP: []tcpmib.DatedConn{socket("10.0.0.1:80", "10.0.0.2:5000", tcpmib.StateCloseWait, 10), socket("10.0.0.1:80", "10.0.0.2:5001", tcpmib.StateTimeWait, 0)}},
			"held", "connected",
			"TCP port 80 is the local port of a connection of a.exe (PID 10), and nothing listens on it. Another program can " +
				"usually listen on it all the same, but one that asks for it exclusively (SO_EXCLUSIVEADDRUSE) only when it has " +
				"ended."},
		{"connections", portcheck.Facts{TCP: []tcpmib.DatedConn{socket("10.0.0.1:80", "10.0.0.2:5000", tcpmib.StateEstab, 10), socket("10.0.0.1:80", "10.0.0.2:5001", tcpmib.StateEstab, 11)}},
			"held", "connected",
			"TCP port 80 is the local port of connections of a.exe (PID 10) and b.exe (PID 11), and nothing listens on it. " +
				"Another program can usually listen on it all the same, but one that asks for it exclusively " +
				"(SO_EXCLUSIVEADDRUSE) only when they have ended."},
		{"TIME-WAIT", portcheck.Facts{TCP: []tcpmib.DatedConn{socket("10.0.0.1:80", "10.0.0.2:5001", tcpmib.StateTimeWait, 0)}}, "held", "time-wait",
			"TCP port 80 is held only by connections in TIME-WAIT, which have ended and which no process owns. A program can " +
				"usually listen on it all the same; one that cannot has to wait until Windows drops them, after 30 seconds to 5 " +
				"minutes (TcpTimedWaitDelay in the registry)."},

		{"a reservation", portcheck.Facts{Reserved: []rows.Protocol{rows.TCP}}, "held", "reserved",
			"TCP port 80 is reserved: only a program that holds the token of its persistent reservation can bind it."},
		{"a reservation for UDP", portcheck.Facts{Reserved: []rows.Protocol{rows.UDP}}, "free", "none", "TCP port 80 is free."},
		{"excluded", portcheck.Facts{Attempts: bind(rows.TCP, 10013, 0)}, "held", "excluded",
			"No socket is known to hold TCP port 80, yet Windows refuses to bind it over IPv4 (WSAEACCES, 10013): it lies in " +
				"a range that is reserved or excluded, as Hyper-V, WSL and Docker do, or a socket that no table shows holds it " +
				"exclusively."},
		{"excluded for IPv6", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10013)}, "held", "excluded",
			"No socket is known to hold TCP port 80, yet Windows refuses to bind it over IPv6 (WSAEACCES, 10013): it lies in " +
				"a range that is reserved or excluded, as Hyper-V, WSL and Docker do, or a socket that no table shows holds it " +
				"exclusively."},
		{"in use", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10048)}, "held", "hidden",
			"TCP port 80 is held, but by whom is not known: Windows refuses to bind it over IPv6 (WSAEADDRINUSE, 10048), and " +
				"no table shows the socket."},
		{"in use, and a table unreadable", portcheck.Facts{Attempts: bind(rows.TCP, 10048, 10047), Failures: []portcheck.Failure{unread(portcheck.BoundTable, "no bound table")}},
			"held", "hidden",
			"TCP port 80 is held, but by whom is not known: Windows refuses to bind it over IPv4 (WSAEADDRINUSE, 10048), and " +
				"no table shows the socket. It may be in one that could not be read: no bound table."},

		{"a table unreadable", portcheck.Facts{Attempts: bind(rows.TCP, 0, 0), Failures: []portcheck.Failure{unread(portcheck.Table, "no IPv6 table")}}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but no IPv6 table."},
		{"a table unreadable, and a listener in the other", portcheck.Facts{TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 10)}, Failures: []portcheck.Failure{unread(portcheck.Table, "no IPv6 table")}},
			"held", "listening",
			"TCP port 80 is held by a.exe (PID 10), which listens on all IPv4 addresses."},
		{"a table of UDP unreadable", portcheck.Facts{Failures: []portcheck.Failure{{Protocol: rows.UDP, Reason: "x"}}}, "free", "none", "TCP port 80 is free."},
		{"bound sockets unreadable, and a bind", portcheck.Facts{Attempts: bind(rows.TCP, 0, 0), Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x")}}, "free", "none", "TCP port 80 is free."},
		{"bound sockets unreadable, and no IPv6", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10047), Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x")}}, "free", "none", "TCP port 80 is free."},
		{"bound sockets unreadable, and an odd code", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10055), Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x")}}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but x; a bind over IPv6 failed with the Winsock code 10055."},
		{"bound sockets unreadable, and half a bind", portcheck.Facts{Attempts: bind(rows.TCP, 0, 0)[:1], Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x")}}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but x."},
		{"bound sockets unreadable, and no family", portcheck.Facts{Attempts: bind(rows.TCP, 10047, 10047), Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x")}}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but x."},
		{"bound sockets not captured", portcheck.Facts{Recorded: true, Failures: []portcheck.Failure{unread(portcheck.BoundTable, "x"), unread(portcheck.BoundTable, "x")}}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but x."},
		{"no bind could be tried", portcheck.Facts{Failures: []portcheck.Failure{unread(portcheck.BindAttempt, "x"), unread(portcheck.BindAttempt, "y")}}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but x; y."},
		{"an odd code", portcheck.Facts{Attempts: bind(rows.TCP, 0, 10055)}, "unknown", "unreadable",
			"Whether TCP port 80 is free is not known. Nothing was found to hold it, but a bind over IPv6 failed with the " +
				"Winsock code 10055."},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.facts.Port, test.facts.Protocols = 80, []rows.Protocol{rows.TCP}
			test.facts.Processes, test.facts.Services = processes, services
			got := portcheck.Judge(test.facts)
			assert.Len(t, got.Findings, 1)
			assert.Equal(t, test.status, got.Findings[0].Status)
			assert.Equal(t, test.status, got.Status())
			assert.Equal(t, test.cause, got.Findings[0].Cause)
			assert.Empty(t, cmp.Diff(test.want, got.Findings[0].Found))
		})
	}
}

func TestJudgeUDP(t *testing.T) {
	facts := portcheck.Facts{
		Protocols: []rows.Protocol{rows.UDP},
		TCP:       []tcpmib.DatedConn{listener("0.0.0.0:137", 10), listener("0.0.0.0:5353", 10), listener("0.0.0.0:9", 10)},
		UDP: []udpmib.Endpoint{
			{Local: netip.MustParseAddrPort("10.0.0.1:137"), PID: 4},
			{Local: netip.MustParseAddrPort("10.0.0.1:138"), PID: 4},
			{Local: netip.MustParseAddrPort("0.0.0.0:500"), PID: 4},
			{Local: netip.MustParseAddrPort("0.0.0.0:5353"), PID: 10},
			{Local: netip.MustParseAddrPort("[fe80::1%3]:5353"), PID: 11},
		},
		Processes: owner.Processes{4: {PID: 4, Name: "System"}, 10: {PID: 10, Name: "a.exe"}, 11: {PID: 11, Name: "b.exe"}},
	}
	for port, want := range map[uint16]string{
		9:    "UDP port 9 is free.",
		137:  "UDP port 137 is held by System (PID 4), the kernel, which has a socket on 10.0.0.1. This is NetBIOS over TCP/IP: choose another port.",
		138:  "UDP port 138 is held by System (PID 4), the kernel, which has a socket on 10.0.0.1. This is NetBIOS over TCP/IP: choose another port.",
		500:  "UDP port 500 is held by System (PID 4), the kernel, which has a socket on all IPv4 addresses. This is one of its drivers: choose another port.",
		5353: "UDP port 5353 is held by a.exe (PID 10) and b.exe (PID 11), which have a socket on all IPv4 addresses and fe80::1%3. To free it, end a.exe (PID 10) and b.exe (PID 11): `taskkill /F /PID 10 /PID 11`.",
	} {
		facts.Port = port
		assert.Equal(t, want, portcheck.Judge(facts).Findings[0].Message)
	}
}

// SMB is distinguished from other ports of the kernel.
func TestSMB(t *testing.T) {
	for _, port := range []string{"139", "445"} {
		facts := portcheck.Facts{Protocols: []rows.Protocol{rows.TCP}, TCP: []tcpmib.DatedConn{listener("10.0.0.1:"+port, 4)}}
		facts.Port = facts.TCP[0].Local.Port()
		assert.Contains(t, portcheck.Judge(facts).Findings[0].Message, "This is Windows file sharing (SMB), the service LanmanServer: choose another port.")
	}
}

// If the processes could not be listed, no owner is reported as ended.
func TestWithoutProcesses(t *testing.T) {
	facts := portcheck.Facts{Port: 80, Protocols: []rows.Protocol{rows.TCP}, TCP: []tcpmib.DatedConn{listener("0.0.0.0:80", 10)}}
	assert.Equal(t, "TCP port 80 is held by the process with PID 10, which listens on all IPv4 addresses. To free it, end PID 10: `taskkill /F /PID 10`.",
		portcheck.Judge(facts).Findings[0].Message)
}

// The sockets that weigh most come first, and then those with the smaller endpoints.
func TestHolders(t *testing.T) {
	connected := socket("10.0.0.1:80", "10.0.0.2:5000", tcpmib.StateEstab, 10)
	waiting := socket("10.0.0.1:80", "10.0.0.2:4000", tcpmib.StateTimeWait, 0)
	listening4, listening6 := listener("0.0.0.0:80", 10), listener("[::]:80", 10)
	facts := portcheck.Facts{
		Port: 80, Protocols: []rows.Protocol{rows.TCP, rows.UDP},
		TCP:       []tcpmib.DatedConn{waiting, connected, listening6, listener("0.0.0.0:81", 10), listening4},
		Bound:     []tcpmib.Conn{bound("0.0.0.0:80", 11), bound("0.0.0.0:81", 11)},
		UDP:       []udpmib.Endpoint{{Local: netip.MustParseAddrPort("0.0.0.0:80"), PID: 10, Created: noon}},
		Processes: owner.Processes{0: {Name: "System Idle Process"}, 10: {PID: 10, Name: "a.exe"}},
	}
	got := portcheck.Judge(facts)
	want := [][]portcheck.Holder{{
		{Protocol: rows.TCP, DatedConn: listening4, Process: "a.exe"},
		{Protocol: rows.TCP, DatedConn: listening6, Process: "a.exe"},
		{Protocol: rows.TCP, DatedConn: tcpmib.DatedConn{Conn: bound("0.0.0.0:80", 11)}},
		{Protocol: rows.TCP, DatedConn: connected, Process: "a.exe"},
		{Protocol: rows.TCP, DatedConn: waiting},
	}, {
		{Protocol: rows.UDP, DatedConn: tcpmib.DatedConn{Conn: tcpmib.Conn{Local: netip.MustParseAddrPort("0.0.0.0:80"), PID: 10}, Created: noon}, Process: "a.exe"},
	}}
	for i, f := range got.Findings {
		assert.Empty(t, cmp.Diff(want[i], f.Holders, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })))
	}
}

func TestStatus(t *testing.T) {
	for _, test := range []struct{ one, other, want portcheck.Status }{
		{"free", "free", "free"}, {"free", "held", "held"}, {"unknown", "held", "held"}, {"free", "unknown", "unknown"},
	} {
		v := portcheck.Verdict{Findings: []portcheck.Finding{{Status: test.one}, {Status: test.other}}}
		assert.Equal(t, test.want, v.Status())
	}
}

// A port with very many sockets, processes, addresses and services is judged in one pass over them.
func TestManyHolders(t *testing.T) {
	const n = 100_000
	facts := portcheck.Facts{Port: 443, Protocols: []rows.Protocol{rows.TCP}, Processes: owner.Processes{}, Services: map[uint32][]string{}}
	for i := range uint32(n) {
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		pid := 8 + i
		facts.TCP = append(facts.TCP, tcpmib.DatedConn{Conn: tcpmib.Conn{Local: netip.AddrPortFrom(addr, 443), State: tcpmib.StateListen, PID: pid}})
		facts.Bound = append(facts.Bound, tcpmib.Conn{Local: netip.AddrPortFrom(addr, 443), State: tcpmib.StateReserved, PID: pid},
			tcpmib.Conn{Local: netip.AddrPortFrom(addr, 443), State: tcpmib.StateReserved, PID: n + pid})
		facts.Processes[n+pid] = owner.Process{PID: n + pid, Name: "service.exe", Parent: pid} // pid has ended
		facts.Services[n+pid] = []string{fmt.Sprint("service", i)}
	}
	finding := portcheck.Judge(facts).Findings[0]
	assert.Len(t, finding.Holders, 2*n, "bound sockets of listeners are the same sockets")
	assert.Contains(t, finding.Found, fmt.Sprint(n-3, " more processes, which listen on 10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3 and ", n-4, " more addresses"))
	assert.Len(t, finding.Advice, n, "each has a child that may hold the socket")
}
