package owner_test

import (
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/owner"
)

func TestReusedPID(t *testing.T) {
	started := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name             string
		process, created time.Time
		want             bool
	}{
		{"the connection is younger", started, started.Add(time.Second), false},
		{"both at once", started, started, false},
		{"the connection is older", started, started.Add(-100 * time.Nanosecond), true},
		{"the connection's time is unknown", started, time.Time{}, false},
		{"the process's time is unknown", time.Time{}, started, false},
		{"neither is known", time.Time{}, time.Time{}, false},
	} {
		assert.Equal(t, c.want, owner.Process{PID: 7, Created: c.process}.ReusedPID(c.created), c.name)
	}
}

// The two processes that every Windows has are named everywhere.
func TestSnapshotNamesTheKernel(t *testing.T) {
	p, _ := owner.Snapshot()
	assert.Equal(t, "System Idle Process", p[0].Name)
	assert.Equal(t, "System Idle Process", p[owner.IdlePID].Name)
	assert.Equal(t, "System", p[owner.SystemPID].Name)
	assert.EqualValues(t, owner.SystemPID, p[owner.SystemPID].PID)
	assert.Zero(t, p[1<<32-1], "nobody")
}

// Errors name the process that was asked for.
func TestErrorsNameThePID(t *testing.T) {
	p, _ := owner.Snapshot()
	_, err := p.Path(4_000_000_001)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "process 4000000001 ")
	assert.Empty(t, p.Name(4_000_000_001))
	assert.Equal(t, "System", p.Name(owner.SystemPID))
	_, err = p.Path(owner.SystemPID)
	assert.ErrorContains(t, err, "path of process 4: ")
	details, errs := p.Details(4_000_000_001)
	assert.Empty(t, details)
	assert.ErrorContains(t, errs[4_000_000_001][0], "process 4000000001 is not in the snapshot")
}
