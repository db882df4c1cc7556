package main

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// closing is a made-up machine on which connections can be closed.
type closing struct {
	*fixture.Machine
	asked  []string
	keep   bool          // say that it is closed, and keep it
	linger time.Duration // how long closed ones stay in the table
	err    error
	closed map[tcpmib.Endpoints]time.Time
}

func (m *closing) close(c tcpmib.Conn) error {
	m.asked = append(m.asked, rows.Endpoints(c))
	if m.err == nil && !m.keep {
		if m.closed == nil {
			m.closed = map[tcpmib.Endpoints]time.Time{}
		}
		m.closed[c.Endpoints()] = time.Now()
	}
	return m.err
}

func (m *closing) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	m.Dated = slices.DeleteFunc(m.Dated, func(c tcpmib.DatedConn) bool {
		at, ok := m.closed[c.Endpoints()]
		return ok && time.Since(at) >= m.linger
	})
	return m.Machine.Ask(q, buf)
}

func TestClose(t *testing.T) {
	const (
		one    = "192.168.1.23:50120 to 203.0.113.7:443"
		two    = "192.168.1.23:50121 to 203.0.113.7:443"
		args   = "192.168.1.23:50120 203.0.113.7:443"
		noSuch = "192.168.1.23:50120 203.0.113.7:444"
	)
	for name, tt := range map[string]struct {
		args   string
		answer string
		m      closing
		stdout string
		stderr string // a part
		code   int
		asked  []string
	}{
		"yes":     {args: args, answer: "y\n", stdout: "closed   " + one + "\n", stderr: "Close 1 connection? [y/N] ", asked: []string{one}},
		"no":      {args: args, answer: "\n", stderr: "Close 1 connection? [y/N] ", code: cli.ExitNothing},
		"nobody":  {args: args, stderr: "cannot ask for confirmation: standard input is not a terminal; use --yes", code: cli.ExitUsage},
		"--yes":   {args: args + " --yes", stdout: "closed   " + one + "\n", stderr: "192.168.1.23:50120  203.0.113.7:443  ESTABLISHED  9216  chrome.exe", asked: []string{one}},
		"slowly":  {args: args + " -y", m: closing{linger: 700 * time.Millisecond}, stdout: "closed   " + one + "\n", asked: []string{one}},
		"matches": {args: "--remote 203.0.113.7 --yes", stdout: "closed   " + one + "\nclosed   " + two + "\n", asked: []string{one, two}},
		"none":    {args: noSuch, stderr: "tcpmib: no connection from 192.168.1.23:50120 to 203.0.113.7:444\n", code: cli.ExitNothing},
		"swapped": {args: "203.0.113.7:443 192.168.1.23:50120", stderr: "tcpmib: no connection from 203.0.113.7:443 to 192.168.1.23:50120; did you mean " + one + "?\n", code: cli.ExitNothing},
		"no zone": {args: "[fe80::1c2b:3fff:fe4a:5d6e]:50140 [fe80::9e05:d6ff:fe00:1]:445",
			stderr: "did you mean [fe80::1c2b:3fff:fe4a:5d6e%12]:50140 to [fe80::9e05:d6ff:fe00:1%12]:445?\n", code: cli.ExitNothing},
		"no match":  {args: "--port 1 --yes", stderr: "tcpmib: no connection matches\n", code: cli.ExitNothing},
		"system":    {args: "--pid 4 --established --yes", stdout: "skipped  [fe80::1c2b:3fff:fe4a:5d6e%12]:50140 to [fe80::9e05:d6ff:fe00:1%12]:445\n", stderr: "skipped: connections of System (PID 4) are never closed", code: cli.ExitFailure},
		"system, 4": {args: "192.168.1.23:445 192.168.1.99:52001 --yes", stdout: "skipped  192.168.1.23:445 to 192.168.1.99:52001\n", stderr: "skipped: connections of System (PID 4) are never closed", code: cli.ExitFailure},
		"listening": {args: "--local-port 5432 --listening --yes", stdout: "skipped  127.0.0.1:5432\n", stderr: "127.0.0.1:5432 skipped: a listening socket is not a connection: end its process instead\n" +
			"tcpmib: TCP port 5432 is held by postgres.exe (PID 3120), which listens on 127.0.0.1. Other addresses of this machine can be bound, but not all of them at once by a program that asks for the port exclusively (SO_EXCLUSIVEADDRUSE). " +
			"To free it, end postgres.exe -D \"C:\\Data\" (PID 3120): `taskkill /F /PID 3120`.\n", code: cli.ExitFailure},
		"service": {args: "--local-port 3389 --listening --yes", stdout: "skipped  0.0.0.0:3389\n",
			stderr: "To free it, stop the service TermService as administrator: `sc.exe stop TermService`.\n", code: cli.ExitFailure},
		"bound port": {args: "--state bound --local-port 8081 --yes", stdout: "skipped  0.0.0.0:8081\nskipped  [::]:8081\n",
			stderr: "To free it, end sqlclient.exe --host 127.0.0.1 (PID 7340): `taskkill /F /PID 7340`.\n", code: cli.ExitFailure},
		"listener":    {args: "127.0.0.1:5432 0.0.0.0:0 --yes", stdout: "skipped  127.0.0.1:5432\n", stderr: "127.0.0.1:5432 skipped: a listening socket is not a connection", code: cli.ExitFailure},
		"listener 6":  {args: "[::1]:49669 [::]:0 --yes", stdout: "skipped  [::1]:49669\n", stderr: "[::1]:49669 skipped: a listening socket is not a connection", code: cli.ExitFailure},
		"no listener": {args: "127.0.0.1:5433 0.0.0.0:0", stderr: "tcpmib: no connection from 127.0.0.1:5433 to 0.0.0.0:0\n", code: cli.ExitNothing},
		"ipv6":        {args: "--local-port 8443 --yes", stdout: "skipped  [::ffff:192.168.1.23]:8443 to [::ffff:192.168.1.50]:49800\n", stderr: "skipped: only IPv4 connections can be closed", code: cli.ExitFailure},
		"bound":       {args: "--state bound --yes", stdout: "skipped  0.0.0.0:8081\nskipped  192.168.1.23:50132 to 0.0.0.0:0\nskipped  [::]:8081\n", stderr: "2 sockets skipped: a socket that is only bound is not a connection", code: cli.ExitFailure},
		"some":        {args: "--process postgres --yes", stdout: "closed   127.0.0.1:5432 to 127.0.0.1:50112\nskipped  127.0.0.1:5432\nskipped  [::1]:49669\n", stderr: "tcpmib: 2 sockets skipped: a listening socket is not a connection: end its process instead\n", code: cli.ExitFailure, asked: []string{"127.0.0.1:5432 to 127.0.0.1:50112"}},
		"some, no":    {args: "--process postgres", answer: "n\n", stderr: "Close 1 connection? [y/N] ", code: cli.ExitNothing},
		"denied":      {args: args + " --yes", m: closing{err: &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5}}, stdout: "failed   " + one + "\n", stderr: "access is denied (ERROR_ACCESS_DENIED, 5): start the terminal with \"Run as administrator\"", code: cli.ExitFailure, asked: []string{one}},
		"denied 317":  {args: args + " --yes", m: closing{err: &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 317}}, stdout: "failed   " + one + "\n", stderr: "and it is still there: permission denied: start the terminal with", code: cli.ExitFailure, asked: []string{one}},
		"stays":       {args: args + " --yes", m: closing{keep: true}, stdout: "failed   " + one + "\n", stderr: "it is still there", code: cli.ExitFailure, asked: []string{one}},
		"bad":         {args: "here there", stderr: `"here" is not an endpoint: want an address and a port such as`, code: cli.ExitUsage},
		"one":         {args: "1.2.3.4:5", stderr: "want the two endpoints of a connection, or filters", code: cli.ExitUsage},
		"nothing":     {args: "", stderr: "want the two endpoints of a connection, or filters", code: cli.ExitUsage},
		"off":         {args: "--established=false --ipv4=false --yes", stderr: "want the two endpoints of a connection, or filters", code: cli.ExitUsage},
		"both":        {args: args + " --port 1", stderr: "not both", code: cli.ExitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var processes = tt.m
				m, names := fixture.Office()
				processes.Machine = m
				a := testApp(&processes, names)
				fake(a).closeConn = processes.close
				a.In = strings.NewReader(tt.answer)
				got := runApp(a, append([]string{"close"}, strings.Fields(tt.args)...)...)
				assert.Equal(t, tt.stdout, got.stdout)
				assert.Contains(t, got.stderr, tt.stderr)
				assert.Equal(t, tt.code, got.code, got.stderr)
				assert.Equal(t, tt.asked, processes.asked)
			})
		})
	}
}

// A family that cannot be read does not keep the other's connections open.
func TestCloseHalf(t *testing.T) {
	for args, code := range map[string]int{
		"192.168.1.23:50120 203.0.113.7:443 --yes": cli.ExitOK, // asks for nothing of IPv6
		"--remote 203.0.113.7 --yes":               cli.ExitFailure,
	} {
		m, names := fixture.Office()
		m.Code6 = 50
		system := closing{Machine: m}
		a := testApp(&system, names)
		fake(a).closeConn = system.close
		got := runApp(a, append([]string{"close"}, strings.Fields(args)...)...)
		assert.Contains(t, got.stdout, "closed   192.168.1.23:50120 to 203.0.113.7:443\n")
		assert.Equal(t, code, got.code, got.stderr)
		assert.Equal(t, code == cli.ExitFailure, strings.Contains(got.stderr, "GetTcp6Table2: not supported"))
	}
}

// counted is a machine that counts how often its tables are read.
type counted struct {
	tcpmib.Source
	read map[string]int
}

func (c *counted) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	size, code = c.Source.Ask(q, buf)
	if code == 0 {
		c.read[q.Func]++
	}
	return size, code
}

// Thousands that stay cost the time and the readings of one, and a line for each reason.
func TestCloseThousands(t *testing.T) {
	const n = 3000
	set := tcpmib.Query{Func: "SetTcpEntry"}
	for name, tt := range map[string]struct {
		err    error
		reads  int // to check
		stderr string
	}{
		"refused":     {&tcpmib.Error{Query: set, Code: 5}, 0, "tcpmib: 3000 connections: SetTcpEntry: access is denied"},
		"not found":   {&tcpmib.Error{Query: set, Code: 317}, 1, "and it is still there: permission denied: start"},
		"not carried": {nil, 21, "tcpmib: 3000 connections: it is still there\n"}, // as under Wine
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &fixture.Machine{}
				for i := range n {
					m.Add(fmt.Sprintf("10.0.0.1:%d", 1024+i), "10.0.0.2:80", tcpmib.StateEstab, 7)
				}
				source := &counted{m, map[string]int{}}
				a := testApp(source, nil)
				calls := 0
				fake(a).closeConn = func(tcpmib.Conn) error { calls++; return tt.err }
				start := time.Now()
				got := runApp(a, "close", "--remote-port=80", "--yes")
				assert.Equal(t, cli.ExitFailure, got.code)
				assert.Equal(t, n, calls)
				assert.Equal(t, n, strings.Count(got.stdout, "failed   10.0.0.1:"))
				assert.Equal(t, 1, strings.Count(got.stderr, "tcpmib: "), "one line a reason")
				assert.Contains(t, got.stderr, tt.stderr)
				assert.LessOrEqual(t, source.read["GetTcpTable2"], 1+tt.reads)
				assert.LessOrEqual(t, time.Since(start), closeTime+closePause)
			})
		})
	}
}

// Both errors are reported: of the table that could not be read, and of the connection that could
// not be closed.
func TestCloseHalfFails(t *testing.T) {
	m, names := fixture.Office()
	m.Code6 = 50
	a := testApp(m, names)
	fake(a).closeConn = func(tcpmib.Conn) error { return &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5} }
	got := runApp(a, "close", "--remote", "203.0.113.7", "--yes")
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Contains(t, got.stderr, "SetTcpEntry: access is denied")
	assert.Contains(t, got.stderr, "GetTcp6Table2: not supported")
}

// A connection that Windows no longer knows had already closed: somebody else was quicker.
func TestCloseRace(t *testing.T) {
	m, names := fixture.Office()
	a := testApp(m, names)
	fake(a).closeConn = func(c tcpmib.Conn) error {
		m.Dated = nil
		return fmt.Errorf("SetTcpEntry: %w", fs.ErrNotExist)
	}
	got := runApp(a, "close", "192.168.1.23:50120", "203.0.113.7:443", "--yes")
	assert.Equal(t, cli.ExitOK, got.code, got.stderr)
	assert.Equal(t, "gone     192.168.1.23:50120 to 203.0.113.7:443\n", got.stdout)
}

// A table that cannot be read after the close is no proof that it worked.
func TestCloseUnverified(t *testing.T) {
	m, names := fixture.Office()
	a := testApp(m, names)
	fake(a).closeConn = func(c tcpmib.Conn) error {
		m.Code4 = 31
		return nil
	}
	got := runApp(a, "close", "192.168.1.23:50120", "203.0.113.7:443", "--yes")
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Contains(t, got.stderr, "closed, but cannot check that it is gone: GetTcpTable2")
}

// An administrator is not asked to become one.
func TestElevate(t *testing.T) {
	denied := &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5}
	for _, elevated := range []bool{false, true} {
		a := &app{live: &fakeMachine{elevated: elevated}}
		got := a.elevate(denied)
		assert.ErrorIs(t, got, denied)
		assert.Equal(t, !elevated, strings.Contains(strings.ToLower(got.Error()), "administrator"), "%v", got)
	}
}

// The screen closes a connection as the command does, and not what cannot be closed.
func TestCloseFromTheScreen(t *testing.T) {
	m, names := fixture.Office()
	c := &closing{Machine: m}
	a := testApp(c, names)
	fake(a).closeConn = c.close
	conn := func(local string) rows.Socket {
		i := slices.IndexFunc(m.Dated, func(c tcpmib.DatedConn) bool { return c.Local.String() == local })
		return rows.Socket{Conn: m.Dated[i].Conn}
	}
	w := a.world(nil)
	one, two, three := conn("192.168.1.23:50120"), conn("192.168.1.23:50121"), conn("192.168.1.23:50122")
	assert.ErrorContains(t, w.Close(conn("0.0.0.0:135")), "a listening socket is not a connection")
	assert.Empty(t, c.asked)
	assert.NoError(t, w.Close(one))
	assert.Equal(t, []string{rows.Endpoints(one.Conn)}, c.asked)
	c.err = fs.ErrNotExist
	assert.NoError(t, w.Close(one), "it has gone already")
	assert.ErrorIs(t, w.Close(two), fs.ErrPermission, "it is still there")
	c.err = &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5}
	assert.ErrorIs(t, w.Close(three), c.err)
}

// What frees a port is said of up to three; for more there is a command.
func TestSayWhatFrees(t *testing.T) {
	m, processes := fixture.Office()
	var skipped []outcome
	m.Add("10.0.0.1:7999", "10.0.0.2:80", tcpmib.StateEstab, 7)
	for i := range 6 {
		for _, address := range []string{"0.0.0.0", "10.0.0.1"} {
			m.Add(fmt.Sprintf("%s:800%d", address, i), "0.0.0.0:0", tcpmib.StateListen, 7)
		}
	}
	for _, c := range m.Dated {
		if port := c.Local.Port(); 7999 <= port && port < 8010 {
			skipped = append(skipped, outcome{conn: c.Conn})
		}
	}
	a := testApp(m, processes)
	for n, want := range map[int]string{1: "", 3: "", 4: " 8000 8001 8002 8003\n", 5: " 8000 8001 8002 8003\n", 6: " 8000 8001 8002 8003\n"} {
		var stderr strings.Builder
		a.Err = &stderr
		a.sayWhatFrees(skipped[:1+2*n])
		if want == "" {
			for i := range 4 {
				assert.Equal(t, i < n, strings.Contains(stderr.String(), fmt.Sprintf("800%d", i)), stderr.String())
			}
			continue
		}
		assert.Equal(t, "tcpmib: what frees these ports and others: tcpmib port"+want, stderr.String())
	}
	var stderr strings.Builder
	a.Err = &stderr
	a.sayWhatFrees(skipped[:1])
	assert.Empty(t, stderr.String(), "a connection holds no port that another program wants")
}
