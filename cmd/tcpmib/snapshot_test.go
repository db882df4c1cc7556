package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib/owner"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// go-netstat scans the list of processes again for every row; here one look at it,
// and one at the services, serves all.
func TestOneProcessSnapshot(t *testing.T) {
	m, processes := fixture.Office()
	for _, args := range [][]string{
		{"list"}, {"list", "--format=json", "--services"}, {"list", "--format=csv", "--process=chrome"}, {"list", "--sort=process"}, {"summary"},
	} {
		a := testApp(m, processes)
		snapshots, lists, services := 0, 0, fake(a).listServices
		fake(a).listProcs = func() (owner.Processes, error) { snapshots++; return processes, nil }
		fake(a).listServices = func() (map[uint32][]string, error) { lists++; return services() }
		got := runApp(a, args...)
		assert.Zero(t, got.code, "%v: %s", args, got.stderr)
		assert.Contains(t, got.stdout, "chrome", args)
		assert.Equal(t, 1, snapshots, args)
		assert.LessOrEqual(t, lists, 1, args)
	}
}
