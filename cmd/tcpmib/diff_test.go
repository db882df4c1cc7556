package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// record writes a capture of a machine, made after some time.
func record(t *testing.T, m *fixture.Machine, after time.Duration, processes map[uint32]string) (path string) {
	t.Helper()
	path = filepath.Join(fixture.TempDir(t), "capture.zip")
	var b bytes.Buffer
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC).Add(after)
	require.NoError(t, capture.Write(&b, m, capture.Info{Time: at, Processes: processes}))
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// Closed connections have the name that their process had, though the process has ended and another
// has its PID. A connection in TIME-WAIT is shown with the owner that it lost; the events have it
// as it is.
func TestDiffOwners(t *testing.T) {
	before, after := &fixture.Machine{}, &fixture.Machine{}
	before.Add("10.0.0.1:1000", "10.0.0.2:80", tcpmib.StateEstab, 1)
	before.Add("10.0.0.1:2000", "10.0.0.2:80", tcpmib.StateEstab, 2)
	before.Add("10.0.0.1:3000", "10.0.0.2:80", tcpmib.StateEstab, 3)
	after.Add("10.0.0.1:2000", "10.0.0.2:80", tcpmib.StateTimeWait, 0)
	after.Add("10.0.0.1:3000", "10.0.0.2:80", tcpmib.StateEstab, 1)
	before.Add("10.0.0.1:4000", "10.0.0.2:80", tcpmib.StateSynSent, 0)
	after.Add("10.0.0.1:4000", "10.0.0.2:80", tcpmib.StateEstab, 3)
	files := []string{
		record(t, before, 0, map[uint32]string{1: "ended.exe", 2: "client.exe", 3: "other.exe"}),
		record(t, after, 5*time.Minute+12*time.Second, map[uint32]string{1: "second.exe", 2: "client.exe", 3: "other.exe"}),
	}
	got := runApp(officeApp(), "diff", files[0], files[1])
	assert.Equal(t, cli.ExitNothing, got.code)
	assert.Empty(t, got.stderr)
	assert.Equal(t, `1 opened, 2 closed, 2 changed in 5m 12s

   LOCAL          REMOTE       STATE                     PID  PROCESS
-  10.0.0.1:1000  10.0.0.2:80  ESTABLISHED                 1  ended.exe
~  10.0.0.1:2000  10.0.0.2:80  ESTABLISHED -> TIME-WAIT    2  client.exe
-  10.0.0.1:3000  10.0.0.2:80  ESTABLISHED                 3  other.exe
+  10.0.0.1:3000  10.0.0.2:80  ESTABLISHED                 1  second.exe
~  10.0.0.1:4000  10.0.0.2:80  SYN-SENT -> ESTABLISHED     3  other.exe
`, got.stdout)

	assert.Equal(t, []string{"closed ended.exe", "changed ", "closed other.exe", "opened second.exe", "changed other.exe"},
		events(t, runApp(officeApp(), "diff", files[0], files[1], "--format=jsonl").stdout))
	assert.Equal(t, []string{"closed ended.exe"},
		events(t, runApp(officeApp(), "diff", files[0], files[1], "--format=jsonl", "--process=ended").stdout))
	assert.Equal(t, []string{"changed "}, // which had this owner before
		events(t, runApp(officeApp(), "diff", files[0], files[1], "--format=jsonl", "--process=client").stdout))
}

// The events are those of watch, without those of the start.
func TestDiffIsWatch(t *testing.T) {
	office, later := filepath.Join("testdata", "office.zip"), filepath.Join("testdata", "later.zip")
	for _, filters := range []string{"", "--state=syn-sent", "--process=ssh", "--port=1", "-6", "--user=anna", "--path=chrome", "--service=rpc*"} {
		args := strings.Fields(filters)
		var want strings.Builder
		watched := runApp(officeApp(), append([]string{"watch", "--from", office, "--from", later, "--once"}, args...)...)
		for line := range strings.Lines(watched.stdout) {
			if !strings.Contains(line, `"event":"present"`) {
				want.WriteString(line)
			}
		}
		got := runApp(officeApp(), append([]string{"diff", office, later, "--format=jsonl"}, args...)...)
		assert.Equal(t, want.String(), got.stdout, filters)
		assert.Equal(t, want.Len() > 0, got.code == cli.ExitNothing, filters)
	}
}

// On a screen the state before goes first; a difference has the color of its mark.
func TestDiffOnScreen(t *testing.T) {
	a := officeApp()
	a.Environ = append(a.Environ, "CLICOLOR_FORCE=1", "COLUMNS=80")
	got := runApp(a, "diff", filepath.Join("testdata", "office.zip"), filepath.Join("testdata", "later.zip"))
	fixture.Golden(t, "diff80.golden", got.stdout)
}

// With one capture, this machine is compared.
func TestDiffLive(t *testing.T) {
	got := runApp(testApp(fixture.Later()), "diff", filepath.Join("testdata", "office.zip"))
	assert.Equal(t, cli.ExitNothing, got.code)
	assert.Empty(t, got.stderr)
	assert.Regexp(t, `^1 opened, 1 closed, 1 changed in 0s\n`, got.stdout)
	assert.Contains(t, got.stdout, "ssh.exe")

	got = runApp(testApp(fixture.Office()), "diff", record(t, &fixture.Machine{}, 1e6*time.Hour, nil), "--port=1")
	assert.Equal(t, cli.ExitOK, got.code)
	assert.Regexp(t, `^tcpmib: .*capture\.zip is 41666d 16h ahead of the clock of this machine\n$`, got.stderr)
}

// A filter by what the tables do not have is asked about before it judges.
func TestDiffOfUser(t *testing.T) {
	office, later := filepath.Join("testdata", "office.zip"), filepath.Join("testdata", "later.zip")
	for filter, want := range map[string][]string{
		"--user=anna":     {"changed sqlclient.exe", "opened chrome.exe"},
		"--user=!anna":    {"closed ssh.exe"},
		"--path=chrome":   {"opened chrome.exe"},
		"--service=rpcss": nil,
	} {
		got := runApp(officeApp(), "diff", office, later, "--format=jsonl", filter)
		assert.ElementsMatch(t, want, events(t, got.stdout), filter)
		assert.Equal(t, want != nil, got.code == cli.ExitNothing, filter)
	}
}

// From 60 columns up states stay, and addresses shorten; below, states go first.
func TestDiffKeepsStates(t *testing.T) {
	before, after := &fixture.Machine{}, &fixture.Machine{}
	for port, m := range map[string]*fixture.Machine{"1000": before, "2000": after} {
		m.Add("[2001:db8:1111:2222:3333:4444:5555:6666]:"+port, "[2001:db8:1111:2222:3333:4444:5555:7777]:443", tcpmib.StateEstab, 7)
		m.Add("[2001:db8:1111:2222:3333:4444:5555:6666]:"+port, "[2001:db8:1111:2222:3333:4444:5555:8888]:443", tcpmib.StateCloseWait, 8)
	}
	processes := map[uint32]string{7: "a program with a long name.exe", 8: "another with a long name.exe"}
	files := []string{record(t, before, 0, processes), record(t, after, time.Minute, processes)}
	for columns, stays := range map[string]bool{"59": false, "60": true, "61": true, "80": true} {
		a := officeApp()
		a.Environ = append(a.Environ, "CLICOLOR_FORCE=1", "NO_COLOR=1", "COLUMNS="+columns)
		got := runApp(a, "diff", files[0], files[1])
		assert.Equal(t, stays, strings.Contains(got.stdout, "CLOSE-WAIT"), "%s columns:\n%s", columns, got.stdout)
	}
}
