package owner_test

import (
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib/owner"
)

// As a child of TestPathOfTheDead the program lives until its input ends.
func TestMain(m *testing.M) {
	if os.Getenv("WINMIB_CHILD") != "" {
		io.Copy(io.Discard, os.Stdin)
		return
	}
	os.Exit(m.Run())
}

func onWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

func TestSnapshotOfThisProcess(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	processes, err := owner.Snapshot()
	require.NoError(t, err)
	require.Greater(t, len(processes), 3)
	p := processes[uint32(os.Getpid())]
	assert.EqualValues(t, os.Getpid(), p.PID)
	assert.Equal(t, strings.ToLower(filepath.Base(self)), strings.ToLower(p.Name))
	assert.WithinRange(t, p.Created, time.Now().Add(-time.Hour), time.Now())
	path, err := p.Path()
	require.NoError(t, err)
	want, err := os.Stat(self)
	require.NoError(t, err)
	got, err := os.Stat(path)
	require.NoError(t, err)
	assert.True(t, os.SameFile(want, got), "%s is %s", path, self)
}

// Every process has a name and, but for the two that are not programs, a time.
func TestSnapshotOfAll(t *testing.T) {
	processes, err := owner.Snapshot()
	require.NoError(t, err)
	for pid, p := range processes {
		assert.Equal(t, pid, p.PID)
		assert.NotEmpty(t, p.Name, pid)
		if pid != owner.IdlePID && pid != owner.SystemPID {
			assert.WithinRange(t, p.Created, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Now().Add(time.Minute), p.Name)
		}
	}
}

// A process that ended has no path.
func TestPathOfTheDead(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WINMIB_CHILD=1")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	pid := uint32(cmd.Process.Pid)
	held, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	require.NoError(t, err)

	processes, err := owner.Snapshot()
	require.NoError(t, err)
	child := processes[pid]
	require.Equal(t, pid, child.PID)
	_, err = child.Path()
	require.NoError(t, err, "while it lives")

	stdin.Close()
	require.NoError(t, cmd.Wait())
	_, err = child.Path()
	assert.ErrorIs(t, err, fs.ErrNotExist, "while somebody holds on to it")
	windows.CloseHandle(held)
	_, err = child.Path()
	assert.ErrorIs(t, err, fs.ErrNotExist, "when nothing is left of it")
}

// A PID that is used again is another process, which began at another time.
func TestPathOfAnother(t *testing.T) {
	processes, err := owner.Snapshot()
	require.NoError(t, err)
	p := processes[uint32(os.Getpid())]
	_, err = p.Path()
	require.NoError(t, err)
	p.Created = p.Created.Add(-time.Second)
	_, err = p.Path()
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestServices(t *testing.T) {
	processes, err := owner.Snapshot()
	require.NoError(t, err)
	services, err := owner.Services()
	require.NoError(t, err)
	after, err := owner.Snapshot() // services come and go
	require.NoError(t, err)
	maps.Copy(processes, after)
	names := map[string]bool{}
	for pid, services := range services {
		assert.NotEmpty(t, services)
		for _, name := range services {
			assert.NotEmpty(t, name)
			assert.False(t, names[name], "%s is there twice", name)
			names[name] = true
		}
		assert.Contains(t, processes, pid, "%v", services)
	}
	if onWine() {
		assert.NotEmpty(t, names, "Wine runs at least PlugPlay")
		return
	}
	assert.True(t, names["Dnscache"] && names["EventLog"] && names["RpcSs"], "%v", names)
	assert.Greater(t, len(names), 20)
}

// A child has this process as its parent, its user, and the command line that it was given.
func TestDetails(t *testing.T) {
	cmd := exec.Command(os.Args[0], "--say", "two words", "ä𝄞")
	cmd.Env = append(os.Environ(), "WINMIB_CHILD=1")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer cmd.Wait()
	defer stdin.Close()
	child, self := uint32(cmd.Process.Pid), uint32(os.Getpid())

	processes, err := owner.Snapshot()
	require.NoError(t, err)
	assert.Equal(t, self, processes[child].Parent)
	details, errs := processes.Details(child, self, owner.SystemPID, 99999)
	assert.Empty(t, errs[child])
	assert.Empty(t, errs[self])
	assert.True(t, strings.HasSuffix(details[child].CommandLine, `--say "two words" ä𝄞`), details[child].CommandLine)
	assert.Equal(t, details[self].Path, details[child].Path)
	current, err := user.Current()
	require.NoError(t, err)
	assert.Equal(t, strings.ToLower(current.Username), strings.ToLower(details[child].User))
	assert.Equal(t, details[self].User, details[child].User)
	require.Len(t, errs[99999], 1)
	assert.ErrorIs(t, errs[99999][0], fs.ErrNotExist)
	assert.NotEmpty(t, errs[owner.SystemPID], "the kernel has no path")
	for _, err := range errs[owner.SystemPID] {
		assert.ErrorContains(t, err, "of process 4: ")
	}
}
