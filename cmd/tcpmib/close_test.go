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
	asked    []string
	keep     bool          // say that it is closed, and keep it
	linger   time.Duration // how long a closed one stays in the table
	err      error
	closedAt time.Time
	closed   tcpmib.Conn
}

func (m *closing) close(c tcpmib.Conn) error {
	m.asked = append(m.asked, rows.Endpoints(c))
	if m.err == nil {
		m.closed, m.closedAt = c, time.Now()
	}
	return m.err
}

func (m *closing) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if m.closed.Local.IsValid() && !m.keep && time.Since(m.closedAt) >= m.linger {
		m.Rows4 = slices.DeleteFunc(m.Rows4, func(r tcpmib.TCPRow2) bool {
			return r.Local() == m.closed.Local && r.Remote() == m.closed.Remote
		})
	}
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
		"yes":        {args: args, answer: "y\n", stdout: "closed  " + one + "\n", stderr: "Close 1 connection? [y/N] ", asked: []string{one}},
		"no":         {args: args, answer: "\n", stderr: "Close 1 connection? [y/N] ", code: cli.ExitNothing},
		"nobody":     {args: args, stderr: "cannot ask for confirmation: standard input is not a terminal; use --yes", code: cli.ExitUsage},
		"--yes":      {args: args + " --yes", stdout: "closed  " + one + "\n", stderr: "192.168.1.23:50120  203.0.113.7:443  ESTABLISHED  9216  chrome.exe", asked: []string{one}},
		"slowly":     {args: args + " -y", m: closing{linger: 700 * time.Millisecond}, stdout: "closed  " + one + "\n", asked: []string{one}},
		"matches":    {args: "--remote 203.0.113.7 --yes", stdout: "closed  " + one + "\nclosed  " + two + "\n", asked: []string{one, two}},
		"gone":       {args: noSuch, stdout: "gone    192.168.1.23:50120 to 203.0.113.7:444\n"},
		"no match":   {args: "--port 1 --yes", code: cli.ExitNothing},
		"system":     {args: "--pid 4 --established --yes", stderr: "skipped: it belongs to System (PID 4)", code: cli.ExitNothing},
		"system, 4":  {args: "192.168.1.23:445 192.168.1.99:52001 --yes", stderr: "skipped: it belongs to System (PID 4)", code: cli.ExitNothing},
		"listening":  {args: "--local-port 5432 --listening --yes", stderr: "127.0.0.1:5432 skipped: it is a listening socket, not a connection", code: cli.ExitNothing},
		"ipv6":       {args: "--local-port 8443 --yes", stderr: "skipped: only IPv4 connections can be closed", code: cli.ExitNothing},
		"bound":      {args: "--state reserved --yes", stderr: "it is not connected", code: cli.ExitNothing},
		"denied":     {args: args + " --yes", m: closing{err: &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5}}, stdout: "failed  " + one + "\n", stderr: "access is denied: run as administrator (ERROR_ACCESS_DENIED, 5): start the terminal with \"Run as administrator\"", code: cli.ExitFailure, asked: []string{one}},
		"denied 317": {args: args + " --yes", m: closing{err: &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 317}}, stdout: "failed  " + one + "\n", stderr: "and it is still there: permission denied: start the terminal with", code: cli.ExitFailure, asked: []string{one}},
		"stays":      {args: args + " --yes", m: closing{keep: true}, stdout: "failed  " + one + "\n", stderr: "it is still there", code: cli.ExitFailure, asked: []string{one}},
		"bad":        {args: "here there", stderr: `"here" is not an endpoint: want an address and a port such as`, code: cli.ExitUsage},
		"one":        {args: "1.2.3.4:5", stderr: "want the two endpoints of a connection, or filters", code: cli.ExitUsage},
		"nothing":    {args: "", stderr: "want the two endpoints of a connection, or filters", code: cli.ExitUsage},
		"off":        {args: "--established=false --ipv4=false --yes", stderr: "want the two endpoints of a connection, or filters", code: cli.ExitUsage},
		"both":       {args: args + " --port 1", stderr: "not both", code: cli.ExitUsage},
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
		assert.Contains(t, got.stdout, "closed  192.168.1.23:50120 to 203.0.113.7:443\n")
		assert.Equal(t, code, got.code, got.stderr)
		assert.Equal(t, code == cli.ExitFailure, strings.Contains(got.stderr, "GetTcp6Table2: not supported"))
	}
}

// What could not be read and what could not be closed are both said.
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

// What Windows says is gone was gone: somebody else was quicker.
func TestCloseRace(t *testing.T) {
	m, names := fixture.Office()
	a := testApp(m, names)
	fake(a).closeConn = func(c tcpmib.Conn) error {
		m.Rows4 = nil
		return fmt.Errorf("SetTcpEntry: %w", fs.ErrNotExist)
	}
	got := runApp(a, "close", "192.168.1.23:50120", "203.0.113.7:443", "--yes")
	assert.Equal(t, cli.ExitOK, got.code, got.stderr)
	assert.Equal(t, "gone    192.168.1.23:50120 to 203.0.113.7:443\n", got.stdout)
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
