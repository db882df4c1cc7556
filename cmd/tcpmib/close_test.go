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
)

// closing is a made-up machine on which connections can be closed.
type closing struct {
	*machine
	asked    []string
	keep     bool          // say that it is closed, and keep it
	linger   time.Duration // how long a closed one stays in the table
	err      error
	closedAt time.Time
	closed   tcpmib.Conn
}

func (m *closing) close(c tcpmib.Conn) error {
	m.asked = append(m.asked, endpointText(c))
	if m.err == nil {
		m.closed, m.closedAt = c, time.Now()
	}
	return m.err
}

func (m *closing) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if m.closed.Local.IsValid() && !m.keep && time.Since(m.closedAt) >= m.linger {
		m.rows4 = slices.DeleteFunc(m.rows4, func(r tcpmib.TCPRow2) bool {
			return r.Local() == m.closed.Local && r.Remote() == m.closed.Remote
		})
	}
	return m.machine.Ask(q, buf)
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
		"no":         {args: args, answer: "\n", stderr: "Close 1 connection? [y/N] ", code: exitNothing},
		"nobody":     {args: args, stderr: "nobody is there to answer: use --yes", code: exitUsage},
		"--yes":      {args: args + " --yes", stdout: "closed  " + one + "\n", stderr: "192.168.1.23:50120  203.0.113.7:443  ESTABLISHED  9216  chrome.exe", asked: []string{one}},
		"slowly":     {args: args + " -y", m: closing{linger: 700 * time.Millisecond}, stdout: "closed  " + one + "\n", asked: []string{one}},
		"matches":    {args: "--remote 203.0.113.7 --yes", stdout: "closed  " + one + "\nclosed  " + two + "\n", asked: []string{one, two}},
		"gone":       {args: noSuch, stdout: "gone    192.168.1.23:50120 to 203.0.113.7:444\n"},
		"no match":   {args: "--port 1 --yes", code: exitNothing},
		"system":     {args: "--pid 4 --established --yes", stderr: "is left alone: it belongs to System (PID 4)", code: exitNothing},
		"system, 4":  {args: "192.168.1.23:445 192.168.1.99:52001 --yes", stderr: "is left alone: it belongs to System (PID 4)", code: exitNothing},
		"listening":  {args: "--local-port 5432 --listening --yes", stderr: "127.0.0.1:5432 is left alone: it listens", code: exitNothing},
		"ipv6":       {args: "--local-port 8443 --yes", stderr: "is left alone: only IPv4 connections can be closed", code: exitNothing},
		"bound":      {args: "--state reserved --yes", stderr: "it is connected to nobody", code: exitNothing},
		"denied":     {args: args + " --yes", m: closing{err: &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5}}, stdout: "failed  " + one + "\n", stderr: "access is denied: run as administrator (ERROR_ACCESS_DENIED, 5): start the terminal with \"Run as administrator\"", code: exitFailure, asked: []string{one}},
		"denied 317": {args: args + " --yes", m: closing{err: &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 317}}, stdout: "failed  " + one + "\n", stderr: "and it is still there: permission denied: start the terminal with", code: exitFailure, asked: []string{one}},
		"stays":      {args: args + " --yes", m: closing{keep: true}, stdout: "failed  " + one + "\n", stderr: "it is still there", code: exitFailure, asked: []string{one}},
		"bad":        {args: "here there", stderr: `"here" is no endpoint: want an address and a port such as`, code: exitUsage},
		"one":        {args: "1.2.3.4:5", stderr: "want the two endpoints of a connection, or filters", code: exitUsage},
		"nothing":    {args: "", stderr: "want the two endpoints of a connection, or filters", code: exitUsage},
		"off":        {args: "--established=false --ipv4=false --yes", stderr: "want the two endpoints of a connection, or filters", code: exitUsage},
		"both":       {args: args + " --port 1", stderr: "and not both", code: exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var processes = tt.m
				m, names := office()
				processes.machine = m
				a := testApp(&processes, names)
				a.closeConn = processes.close
				a.stdin = strings.NewReader(tt.answer)
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
		"192.168.1.23:50120 203.0.113.7:443 --yes": exitOK, // asks for nothing of IPv6
		"--remote 203.0.113.7 --yes":               exitFailure,
	} {
		m, names := office()
		m.code6 = 50
		system := closing{machine: m}
		a := testApp(&system, names)
		a.closeConn = system.close
		got := runApp(a, append([]string{"close"}, strings.Fields(args)...)...)
		assert.Contains(t, got.stdout, "closed  192.168.1.23:50120 to 203.0.113.7:443\n")
		assert.Equal(t, code, got.code, got.stderr)
		assert.Equal(t, code == exitFailure, strings.Contains(got.stderr, "GetTcp6Table2: not supported"))
	}
}

// What could not be read and what could not be closed are both said.
func TestCloseHalfFails(t *testing.T) {
	m, names := office()
	m.code6 = 50
	a := testApp(m, names)
	a.closeConn = func(tcpmib.Conn) error { return &tcpmib.Error{Query: tcpmib.Query{Func: "SetTcpEntry"}, Code: 5} }
	got := runApp(a, "close", "--remote", "203.0.113.7", "--yes")
	assert.Equal(t, exitFailure, got.code)
	assert.Contains(t, got.stderr, "SetTcpEntry: access is denied")
	assert.Contains(t, got.stderr, "GetTcp6Table2: not supported")
}

// What Windows says is gone was gone: somebody else was quicker.
func TestCloseRace(t *testing.T) {
	m, names := office()
	a := testApp(m, names)
	a.closeConn = func(c tcpmib.Conn) error {
		m.rows4 = nil
		return fmt.Errorf("SetTcpEntry: %w", fs.ErrNotExist)
	}
	got := runApp(a, "close", "192.168.1.23:50120", "203.0.113.7:443", "--yes")
	assert.Equal(t, exitOK, got.code, got.stderr)
	assert.Equal(t, "gone    192.168.1.23:50120 to 203.0.113.7:443\n", got.stdout)
}

// A table that cannot be read after the close is no proof that it worked.
func TestCloseUnverified(t *testing.T) {
	m, names := office()
	a := testApp(m, names)
	a.closeConn = func(c tcpmib.Conn) error {
		m.code4 = 31
		return nil
	}
	got := runApp(a, "close", "192.168.1.23:50120", "203.0.113.7:443", "--yes")
	assert.Equal(t, exitFailure, got.code)
	assert.Contains(t, got.stderr, "closed, but whether it is gone cannot be seen: GetTcpTable2")
}
