package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
)

// withoutBound is a Windows before 10 version 1809.
type withoutBound struct{ tcpmib.Source }

func (s withoutBound) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	if strings.HasPrefix(q.Func, "InternalGetBoundTcp") {
		return 0, tcpmib.CodeNoAnswer
	}
	return s.Source.Ask(q, buf)
}

func TestEphemeralOwners(t *testing.T) {
	m := &fixture.Machine{}
	m.Add("10.0.0.1:50000", "10.0.0.2:80", tcpmib.StateEstab, 7)
	m.Add("10.0.0.1:50001", "10.0.0.3:80", tcpmib.StateEstab, 8)
	m.Add("10.0.0.1:50002", "10.0.0.3:80", tcpmib.StateEstab, 8)
	m.AddBound("0.0.0.0:50003", 8)
	m.AddBound("10.0.0.1:50000", 7) // of the connection
	processes := fixture.Named(map[uint32]string{7: "seven.exe"})
	got := runApp(testApp(m, processes), "summary", "--ephemeral", "-4", "--dynamic-range=50000-50003")
	assert.Equal(t, cli.ExitOK, got.code)
	assert.Empty(t, got.stderr)
	assert.Equal(t, `dynamic range 50000-50003: 4 ports

LOCAL ADDRESS  REMOTE       USED  OF      %  TIME-WAIT  BOUND  TOP PROCESS
0.0.0.0        *               4   4  100.0          0      1  PID 8
10.0.0.1       10.0.0.3:80     3   4   75.0          0      1  PID 8
10.0.0.1       10.0.0.2:80     2   4   50.0          0      1  seven.exe
`, got.stdout)

	all := got.stdout
	assert.Equal(t, all, runApp(testApp(m, processes), "summary", "--ephemeral", "-4", "--dynamic-range=50000-50003", "--limit=0").stdout, "all of them")
	got = runApp(testApp(m, processes), "summary", "--ephemeral", "-4", "--dynamic-range=50000-50003", "--limit=1")
	assert.Equal(t, 1, strings.Count(got.stdout, "PID 8"))
	assert.True(t, strings.HasSuffix(got.stdout, "\nand 2 more\n"), got.stdout)

	// A missing table is reported, and the rest is shown.
	got = runApp(testApp(withoutBound{m}, processes), "summary", "--ephemeral", "-4", "--dynamic-range=50000-50003")
	assert.Equal(t, cli.ExitOK, got.code)
	assert.Contains(t, got.stderr, "tcpmib: bound sockets are missing: the capture does not hold the table of bound TCP sockets")
	assert.Contains(t, got.stdout, "0.0.0.0        *               3   4  75.0          0      0  PID 8\n")
}

// One port in use is something, and none is nothing.
func TestEphemeralExitCode(t *testing.T) {
	for n, want := range []int{cli.ExitNothing, cli.ExitOK, cli.ExitOK} {
		m := &fixture.Machine{}
		for i := range n {
			m.Add(fmt.Sprintf("10.0.0.1:5000%d", i), "10.0.0.2:80", tcpmib.StateEstab, 7)
		}
		got := runApp(testApp(m, nil), "summary", "--ephemeral", "-4", "--dynamic-range=50000-50003")
		assert.Equal(t, want, got.code, "%d ports: %s", n, got.stderr)
	}
}

// A narrow screen loses OF, which is on top, then BOUND and TIME-WAIT.
func TestEphemeralOnScreen(t *testing.T) {
	for width, want := range map[string]string{
		"200": "LOCAL ADDRESS  REMOTE             USED     OF    %  TIME-WAIT  BOUND  TOP PROCESS",
		"80":  "LOCAL ADDRESS  REMOTE             USED    %  TIME-WAIT  BOUND  TOP PROCESS",
		"70":  "LOCAL ADDRESS  REMOTE             USED    %  TIME-WAIT  TOP PROCESS",
		"60":  "LOCAL ADDRESS  REMOTE             USED    %  TOP PROCESS",
	} {
		a := officeApp()
		a.Environ = append(a.Environ, "CLICOLOR_FORCE=1", "COLUMNS="+width)
		got := runApp(a, "summary", "--ephemeral", "-4", "--color=never")
		assert.Equal(t, want, strings.Split(got.stdout, "\n")[2], width)
	}
}
