package owner_test

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib/owner"
)

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

// A process that ended has no path, and one that took over its ID is not taken for
// it.
func TestPathOfTheDead(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	require.NoError(t, cmd.Run())
	_, err := owner.Process{PID: uint32(cmd.Process.Pid), Created: time.Unix(1, 0)}.Path()
	assert.ErrorIs(t, err, fs.ErrNotExist)

	processes, err := owner.Snapshot()
	require.NoError(t, err)
	p := processes[uint32(os.Getpid())]
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
