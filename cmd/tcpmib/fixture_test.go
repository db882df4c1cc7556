package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// result is what a run of the program left behind.
type result struct {
	stdout, stderr string
	code           int
}

// fakeMachine is a machine whose parts a test can replace.
type fakeMachine struct {
	asks                             tcpmib.Source
	listProcs                        func() (owner.Processes, error)
	listServices                     func() (map[uint32][]string, error)
	known                            map[uint32]owner.Details // nil: those of fixture.Office
	closeConn                        func(tcpmib.Conn) error
	calls                            machine.EStats
	asked                            int // for modules
	refuseDetails, refuseCommandLine bool
	elevated                         bool
	reservations                     map[rows.Protocol][]uint16
	tryBind                          func(rows.Protocol, tcpmib.Family, uint16) (uint32, error)
}

func (m *fakeMachine) Source() tcpmib.Source                  { return m.asks }
func (m *fakeMachine) Processes() (owner.Processes, error)    { return m.listProcs() }
func (m *fakeMachine) Services() (map[uint32][]string, error) { return m.listServices() }
func (m *fakeMachine) Elevated() (bool, error)                { return m.elevated, nil }
func (m *fakeMachine) Close(c tcpmib.Conn) error              { return m.closeConn(c) }
func (m *fakeMachine) EStats() machine.EStats                 { return m.calls }
func (m *fakeMachine) Now() time.Time                         { return fixture.Now }

func (m *fakeMachine) Reserved(p rows.Protocol, port uint16) (bool, error) {
	return slices.Contains(m.reservations[p], port), nil
}

func (m *fakeMachine) Bind(p rows.Protocol, family tcpmib.Family, port uint16) (uint32, error) {
	return m.tryBind(p, family, port)
}

func (m *fakeMachine) Details(_ owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	known := m.known
	if known == nil {
		known = fixture.OfficeDetails()
	}
	details, errs := map[uint32]owner.Details{}, map[uint32][]error{}
	for _, pid := range pids {
		if d, ok := known[pid]; ok && !m.refuseDetails {
			details[pid] = d
			if m.refuseCommandLine {
				errs[pid] = []error{fs.ErrPermission}
			}
		} else {
			errs[pid] = []error{fs.ErrPermission}
		}
	}
	return details, errs
}

func (m *fakeMachine) Module4(r *tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
	m.asked++
	return tcpmib.OwnerModule{Name: fmt.Sprintf("module%d", r.OwningPid)}, nil
}

func (m *fakeMachine) Module6(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	m.asked++
	return tcpmib.OwnerModule{}, fs.ErrPermission
}

// testApp is the program on a made-up machine, whose parts a test may replace.
func testApp(source tcpmib.Source, processes owner.Processes) *app {
	m := &fakeMachine{
		asks:      source,
		listProcs: func() (owner.Processes, error) { return processes, nil },
		listServices: func() (map[uint32][]string, error) {
			return fixture.OfficeServices(), nil
		},
		closeConn: func(tcpmib.Conn) error { return fs.ErrPermission },
		tryBind:   func(rows.Protocol, tcpmib.Family, uint16) (uint32, error) { return 0, nil },
	}
	return &app{
		Terminal:       cli.Terminal{Environ: []string{"TERM=xterm-256color"}},
		live:           m,
		lookup:         func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") },
		untilInterrupt: context.WithCancel,
	}
}

// fake returns the machine of a testApp.
func fake(a *app) *fakeMachine { return a.live.(*fakeMachine) }

// officeApp is the program on the machine of fixture.Office.
func officeApp() *app { return testApp(fixture.Office()) }

func runApp(a *app, args ...string) result {
	var stdout, stderr bytes.Buffer
	a.Out, a.Err = &stdout, &stderr
	if a.In == nil {
		a.In = &bytes.Buffer{}
	}
	code := a.run(args)
	return result{stdout.String(), stderr.String(), code}
}

// runOffice runs the program before the made-up machine, which must go well.
func runOffice(t testing.TB, args ...string) string {
	t.Helper()
	r := runApp(officeApp(), args...)
	require.Zero(t, r.code, r.stderr)
	require.Empty(t, r.stderr)
	return r.stdout
}

// The captures in testdata are made of made-up machines: office.zip of fixture.Office, later.zip of
// the same two seconds fixture.Later, both with owners, empty.zip of one without connections and
// half.zip of one whose GetTcp6Table2 fails.
func TestFixtures(t *testing.T) {
	info := capture.Info{
		Time:           fixture.Now,
		WindowsVersion: "10.0.22631",
		GOARCH:         "amd64",
	}
	for name, make := range map[string]func() (*fixture.Machine, owner.Processes){
		"office.zip": fixture.Office,
		"later.zip":  fixture.Later,
		"empty.zip":  func() (*fixture.Machine, owner.Processes) { return &fixture.Machine{}, nil },
		"half.zip": func() (*fixture.Machine, owner.Processes) {
			m, processes := fixture.Office()
			m.Code6 = 50
			return m, processes
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, processes := make()
			info := info
			info.Processes = map[uint32]string{}
			for pid, process := range processes {
				info.Processes[pid] = process.Name
			}
			if name == "office.zip" || name == "later.zip" {
				info.Owners = fixture.OfficeOwners()
			}
			if name == "later.zip" {
				info.Time = info.Time.Add(2 * time.Second)
			}
			path := filepath.Join("testdata", name)
			if *fixture.Update {
				var b bytes.Buffer
				require.NoError(t, capture.Write(&b, m, info))
				require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
			}
			c, err := capture.Open(path)
			require.NoError(t, err)
			info.Version = capture.Version
			assert.Empty(t, cmp.Diff(info, c.Info()))
			for _, q := range capture.Queries {
				want, wantErr := ask(m, q)
				got, err := ask(c, q)
				assert.Equal(t, wantErr, err)
				assert.Empty(t, cmp.Diff(want, got), q.Func)
			}
		})
	}
}

// ask returns what a source answers with.
func ask(src tcpmib.Source, q tcpmib.Query) ([]byte, error) {
	buf := make([]byte, 1<<20)
	size, code := src.Ask(q, buf)
	return buf[:size], q.Err(code)
}
