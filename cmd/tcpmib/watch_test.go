package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/screen"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// scripted is a Source that has another machine for each look; the last stays.
type scripted struct {
	machines []*fixture.Machine
	asked    map[string]int
}

func (s *scripted) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	i := min(s.asked[q.Func], len(s.machines)-1)
	size, code = s.machines[i].Ask(q, buf)
	if code != tcpmib.CodeInsufficientBuffer { // or the Reader asks once more
		s.asked[q.Func]++
	}
	return size, code
}

func script(machines ...*fixture.Machine) *scripted {
	return &scripted{machines, map[string]int{}}
}

func events(t *testing.T, stdout string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(stdout) {
		var e struct {
			Time      time.Time
			Event     string
			LocalPort int
			Process   string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		assert.False(t, e.Time.IsZero())
		list = append(list, e.Event+" "+e.Process)
	}
	return list
}

func TestWatchEvents(t *testing.T) {
	one, two := &fixture.Machine{}, &fixture.Machine{}
	one.Add("0.0.0.0:80", "", tcpmib.StateListen, 7)
	one.Add("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateEstab, 8)
	two.Add("0.0.0.0:80", "", tcpmib.StateListen, 7)
	two.Add("10.0.0.1:80", "10.0.0.2:2000", tcpmib.StateEstab, 9)
	broken := &fixture.Machine{Code4: 31, Code6: 31}
	half := &fixture.Machine{Machine: one.Machine, Code6: 50}
	empty := &fixture.Machine{Code6: 50}
	const no6 = "tcpmib: GetTcp6Table2: not supported: the protocol is not installed (ERROR_NOT_SUPPORTED, 50)\n"

	for name, tt := range map[string]struct {
		machines []*fixture.Machine
		args     []string
		want     []string
		stderr   string
		code     int
	}{
		"for": {[]*fixture.Machine{one, one, two}, []string{"--for=2500ms"},
			[]string{"present seven", "present eight", "closed eight", "opened nine"}, "", cli.ExitOK},
		"once": {[]*fixture.Machine{one, two, one}, []string{"--once"},
			[]string{"present seven", "present eight", "closed eight", "opened nine"}, "", cli.ExitOK},
		"trouble": {[]*fixture.Machine{one, broken, broken, two}, []string{"--for=3500ms", "-4"},
			[]string{"present seven", "present eight", "closed eight", "opened nine"},
			"tcpmib: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n", cli.ExitOK},
		"once in trouble": {[]*fixture.Machine{one, broken}, []string{"--once", "-4"},
			[]string{"present seven", "present eight"},
			"tcpmib: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n", cli.ExitFailure},
		"half": {[]*fixture.Machine{half}, []string{"--for=2500ms"},
			[]string{"present seven", "present eight"}, no6, cli.ExitOK},
		"half, empty at first": {[]*fixture.Machine{empty, half}, []string{"--for=2500ms"},
			[]string{"opened seven", "opened eight"}, no6, cli.ExitOK},
		"half of both protocols": {[]*fixture.Machine{half}, []string{"--for=2500ms", "-t", "-u"},
			[]string{"present seven", "present eight"}, no6 + strings.ReplaceAll(no6, "GetTcp6Table2", "GetExtendedUdpTable(ipv6, OwnerModule)"), cli.ExitOK},
		"half, once": {[]*fixture.Machine{half}, []string{"--once"},
			[]string{"present seven", "present eight"}, no6, cli.ExitFailure},
		"half, at the second look": {[]*fixture.Machine{one, half}, []string{"--once"},
			[]string{"present seven", "present eight"}, no6, cli.ExitFailure},
		"trouble alone": {[]*fixture.Machine{broken}, []string{"--for=3500ms"}, nil,
			"tcpmib: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n" +
				"tcpmib: GetTcp6Table2: the network stack does not answer (ERROR_GEN_FAILURE, 31)\n", cli.ExitFailure},
		"no IPv6": {[]*fixture.Machine{half}, []string{"-6"}, nil, no6, cli.ExitFailure}, // ends by itself
		"nothing": {[]*fixture.Machine{{}}, []string{"--for=1500ms"}, nil, "", cli.ExitNothing},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Names are looked up at each tick at which something happens, and
				// what ended with its process keeps its name.
				looked := 0
				a := testApp(script(tt.machines...), nil)
				fake(a).listProcs = func() (owner.Processes, error) {
					looked++
					if looked == 1 {
						return fixture.Named(map[uint32]string{7: "seven", 8: "eight"}), nil
					}
					return fixture.Named(map[uint32]string{7: "seven", 9: "nine"}), nil
				}
				got := runApp(a, append([]string{"watch", "--interval=1s"}, tt.args...)...)
				assert.Equal(t, tt.want, events(t, got.stdout))
				assert.Equal(t, tt.stderr, got.stderr)
				assert.Equal(t, tt.code, got.code)
			})
		})
	}
}

// Missed ticks and malformed tables are each reported once, however many there are.
func TestWatchLate(t *testing.T) {
	a := testApp(&fixture.Machine{}, nil)
	var stderr bytes.Buffer
	a.Err = &stderr
	failed := func(err error) machine.Tick {
		return machine.Tick{Changes: func(yield func(rows.Change, error) bool) { yield(rows.Change{}, err) }}
	}
	late := func(yield func(machine.Tick) bool) {
		for ticks := range 3 {
			yield(failed(&tcpmib.MissedError{Ticks: ticks + 2, Interval: time.Second}))
		}
		for size := range 3 {
			yield(failed(fmt.Errorf("%d bytes: %w", size, tcpmib.ErrMalformed)))
		}
	}
	assert.ErrorIs(t, a.writeEvents(late, &watchFlags{}, nil, false), cli.ErrReported)
	assert.Contains(t, stderr.String(), "ticks missed: 2")
	assert.Equal(t, 2, strings.Count(stderr.String(), "\n"), stderr.String())
}

// Connections that closed between two captures have the name that their process had, though the
// process has ended, another has its PID, and both captures have the same time.
func TestWatchCapturesKeepNames(t *testing.T) {
	before, after := &fixture.Machine{}, &fixture.Machine{}
	for pid, port := range []string{"1000", "2000", "3000"} {
		before.Add("10.0.0.1:"+port, "10.0.0.2:80", tcpmib.StateEstab, uint32(pid+1))
	}
	after.Add("10.0.0.1:3000", "10.0.0.2:80", tcpmib.StateEstab, 3)
	after.Add("10.0.0.1:4000", "10.0.0.2:80", tcpmib.StateEstab, 2)
	args := []string{"watch", "--format=jsonl",
		"--from", record(t, before, 0, map[uint32]string{1: "ended.exe", 2: "first.exe", 3: "stays.exe"}),
		"--from", record(t, after, 0, map[uint32]string{2: "second.exe", 3: "stays.exe"})}
	got := runApp(officeApp(), args...)
	assert.Equal(t, []string{"present ended.exe", "present first.exe", "present stays.exe",
		"closed ended.exe", "closed first.exe", "opened second.exe"}, events(t, got.stdout))
	got = runApp(officeApp(), append(args, "--process=ended")...)
	assert.Equal(t, []string{"present ended.exe", "closed ended.exe"}, events(t, got.stdout))
}

// A socket that closed is shown with what was known of it while it was there: of itself, of its
// process, which may have ended, and of its remote address. Its age is that at the end.
func TestWatchRemembers(t *testing.T) {
	one, two := &fixture.Machine{}, &fixture.Machine{}
	dated := one.Add("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateEstab, 8)
	dated.Created = fixture.Now.Add(-time.Minute)
	one.Add("10.0.0.1:80", "10.0.0.3:1000", tcpmib.StateEstab, 9)
	synctest.Test(t, func(t *testing.T) {
		a := testApp(script(one, two), nil)
		a.lookup = func(_ context.Context, addr string) ([]string, error) {
			return []string{"host" + addr[len(addr)-1:]}, nil
		}
		m := fake(a)
		m.known = map[uint32]owner.Details{8: {Path: "8.exe"}, 9: {Path: "9.exe"}}
		services := map[uint32][]string{8: {"Service8"}, 9: {"Service9"}}
		m.listServices = func() (map[uint32][]string, error) { defer func() { services = nil }(); return services, nil }
		procs := fixture.Named(map[uint32]string{8: "eight", 9: "nine"})
		m.listProcs = func() (owner.Processes, error) { defer func() { procs = nil }(); return procs, nil }
		got := runApp(a, "watch", "--once", "--interval=1s", "--sort=remote",
			"--columns=process,path,age,created,module,services,remoteName")
		lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
		require.Len(t, lines, 4, got.stdout+got.stderr)
		for i := range 2 {
			_, before, _ := strings.Cut(lines[i], `"present",`)
			_, after, _ := strings.Cut(lines[i+2], `"closed",`)
			assert.Equal(t, before, after)
		}
		assert.Contains(t, lines[2], `"process":"eight","path":"8.exe","age":60,"created":"2024-05-06T07:07:09Z",`+
			`"module":"module8","services":["Service8"],"remoteName":"host2"`)
		assert.Contains(t, lines[3], `"remoteName":"host3"`)
	})
}

// A person who expects the screen reads why there are JSON lines; a program does not.
func TestWatchWithoutConsole(t *testing.T) {
	const why = "tcpmib: the live screen needs a console"
	for environ, want := range map[string]bool{"TTY_FORCE=1": true, "CLICOLOR_FORCE=1": true, "TTY_FORCE=0": false, "": false} {
		for args, asked := range map[string]bool{"watch": false, "watch --format=jsonl": true, "watch --once": true} {
			synctest.Test(t, func(t *testing.T) {
				a := officeApp()
				a.Environ = []string{environ}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				a.untilInterrupt = func(context.Context) (context.Context, context.CancelFunc) { return ctx, cancel }
				got := runApp(a, strings.Fields(args)...)
				assert.Equal(t, want && !asked, strings.HasPrefix(got.stderr, why), "%s %s: %s", environ, args, got.stderr)
				assert.Contains(t, got.stdout, `"event":"present"`)
			})
		}
	}
}

func TestWatchClosedPipe(t *testing.T) {
	m, processes := fixture.Office()
	a := testApp(m, processes)
	var stderr bytes.Buffer
	a.In, a.Out, a.Err = &bytes.Buffer{}, &closedWriter{written: 1}, &stderr
	assert.Equal(t, cli.ExitOK, a.run([]string{"watch"}))
	assert.Empty(t, stderr.String())
}

// The screen as a whole, on what is no real terminal: it starts, takes keys and
// leaves.
func TestScreenRuns(t *testing.T) {
	m, processes := fixture.Office()
	a := testApp(m, processes)
	keys, typist := io.Pipe()
	var shown bytes.Buffer
	a.In, a.Out, a.Err = keys, &shown, &bytes.Buffer{}
	go func() {
		for _, key := range []string{"G", "k", "/", "s", "\r", "?", "?", "q"} {
			io.WriteString(typist, key)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	o := screen.Options{World: a.world(nil), Interval: 10 * time.Millisecond}
	require.NoError(t, screen.Run(ctx, &a.Terminal, o))
	require.NoError(t, ctx.Err(), "it left by itself")
	assert.Contains(t, shown.String(), "\x1b[?1049h", "on the alternate screen")
	assert.Contains(t, shown.String(), "\x1b[?1049l", "and back")

	// If nothing can be read there is no screen. (Another machine: a look that was under way when
	// the screen ended may still read the first.)
	silent := &fixture.Machine{Code4: 31, Code6: 31}
	shown.Reset()
	o.World = testApp(silent, processes).world(nil)
	err := screen.Run(ctx, &a.Terminal, o)
	assert.ErrorContains(t, err, "GetTcpTable2: the network stack does not answer")
	assert.Empty(t, shown.String())
}

// A family that cannot be read for a while has not closed its connections.
func TestScreenKeepsWhatItCannotRead(t *testing.T) {
	m, processes := fixture.Office()
	w := testApp(m, processes).world(nil)
	all := screen.Request{Tables: allTCP}
	before := w.Look(all)
	require.NoError(t, before.Err)
	require.Len(t, before.Snapshot.Sockets, 31)
	m.Code6 = 31
	without := w.Look(all)
	assert.Equal(t, before.Snapshot.Sockets, without.Snapshot.Sockets)
	assert.ErrorContains(t, without.Err, "GetTcp6Table2: the network stack does not answer")
	m.Code6 = 0
	assert.NoError(t, w.Look(all).Err)
}

// In a capture nothing is looked up on this machine, and nothing closed. Each is compared with the
// one before it, whichever was shown last. Sockets that are there when their family is first read
// have not opened: nothing has happened to them.
func TestScreenOfAnotherFamily(t *testing.T) {
	w := testApp(fixture.Office()).world(nil)
	for _, families := range []tcpmib.Family{tcpmib.IPv4, tcpmib.Both} {
		l := w.Look(screen.Request{Tables: rows.Tables{Families: families, TCP: true}})
		assert.NoError(t, l.Err)
		assert.Len(t, l.Snapshot.Sockets, map[tcpmib.Family]int{tcpmib.IPv4: 23, tcpmib.Both: 31}[families])
		assert.Nil(t, l.Changes)
	}
}

func TestScreenOfCaptures(t *testing.T) {
	var captures []*machine.Captured
	for _, name := range []string{"office", "later"} {
		c, err := machine.Open("testdata/"+name+".zip", capture.DefaultMaxRows)
		require.NoError(t, err)
		captures = append(captures, c)
	}
	w := testApp(nil, nil).world(captures)
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	assert.Equal(t, []screen.Capture{{Name: "office.zip", Time: at}, {Name: "later.zip", Time: at.Add(2 * time.Second)}}, w.Captures)
	for range 2 {
		first := w.Look(screen.Request{Tables: allTCP})
		assert.Len(t, first.Snapshot.Sockets, 31)
		assert.Nil(t, first.Changes, "what is present is in the snapshot")
		assert.Nil(t, first.Before)
		second := w.Look(screen.Request{Capture: 1, Tables: allTCP})
		var kinds []tcpmib.ChangeKind
		for c := range second.Changes {
			kinds = append(kinds, c.Kind)
		}
		assert.Equal(t, []tcpmib.ChangeKind{tcpmib.Changed, tcpmib.Closed, tcpmib.Opened}, kinds)
		assert.Equal(t, "ssh.exe", second.Before[8088].Name)
	}
	created := w.Look(screen.Request{Tables: rows.Tables{Families: tcpmib.IPv4, TCP: true}, Created: true}).Snapshot
	assert.Len(t, created.Sockets, 23, "IPv4 only")
	assert.NotZero(t, created.Created.At(created.Sockets[len(created.Sockets)-1]))
	// All that the capture has of a socket and its owner.
	established := slices.IndexFunc(created.Sockets, func(s rows.Socket) bool { return s.PID == 3120 && s.State == tcpmib.StateEstab })
	assert.Equal(t, []screen.Detail{
		{Name: "path", Value: `C:\Program Files\PostgreSQL\16\bin\postgres.exe`},
		{Name: "command line", Value: `"C:\Program Files\PostgreSQL\16\bin\postgres.exe" -D "C:\Data"`},
		{Name: "services", Value: "-"},
		{Name: "user", Value: `NT SERVICE\postgresql`},
		{Name: "parent", Value: "services.exe, PID 612"},
		{Name: "process since", Value: "2024-05-06T05:05:12Z"},
		{Name: "created", Value: "2024-05-06T06:04:00Z"},
	}, w.Inspect(created.Sockets[established]))
	assert.Equal(t, []screen.Detail{{Name: "created", Value: "-"}}, w.Inspect(rows.Socket{}))
	assert.ErrorContains(t, w.Refuse(rows.Socket{}), "cannot be closed")
	assert.ErrorContains(t, w.Close(rows.Socket{}), "cannot be closed")
	alone := testApp(nil, nil).world(captures[:1])
	assert.ErrorContains(t, alone.Refuse(rows.Socket{}), "cannot be closed")
	assert.ErrorContains(t, alone.Close(rows.Socket{}), "cannot be closed")
}

// The screen of this computer refuses what closing would refuse, and reads services when asked.
func TestScreenOfThisComputer(t *testing.T) {
	w := officeApp().world(nil)
	l := w.Look(screen.Request{Tables: allTCP, Services: true})
	assert.Equal(t, []string{"TermService"}, l.Snapshot.Services[1288])
	assert.Nil(t, l.Before)
	assert.Nil(t, l.Snapshot.Owners)
	assert.NotNil(t, w.Look(screen.Request{Tables: allTCP, Owners: true}).Snapshot.Owners)
	assert.NotNil(t, w.Look(screen.Request{Tables: allTCP}).Before)
	assert.ErrorContains(t, w.Refuse(l.Snapshot.Sockets[0]), "listening socket")
}

var allTCP = rows.Tables{Families: tcpmib.Both, TCP: true}

// watch follows UDP sockets with its own clock, and ends with the context.
func TestWatchUDP(t *testing.T) {
	m := &fixture.Machine{}
	m.AddUDP("0.0.0.0:53", 7)
	got := runApp(testApp(m, nil), "watch", "-u", "--interval", "100ms", "--for", "300ms", "--format", "jsonl")
	assert.Zero(t, got.code, got.stderr)
	assert.Contains(t, got.stdout, `"event":"present","protocol":"udp","family":"ipv4","localAddress":"0.0.0.0","localPort":53,"remoteAddress":null`)
	assert.NotContains(t, got.stdout, "opened")
}

// A disk that is full ends a watch, whatever it has to ask before it writes.
func TestWatchToAFullDisk(t *testing.T) {
	for _, args := range []string{"", "--user=anna", "--columns=local,user", "--sort=pid", "--sort=pid --columns=local,user", "--created"} {
		a := desktopApp()
		var stderr bytes.Buffer
		a.In, a.Out, a.Err = &bytes.Buffer{}, failingWriter{}, &stderr
		code := a.run(append([]string{"watch", "--once", "--interval=10ms"}, strings.Fields(args)...))
		assert.Equal(t, cli.ExitFailure, code, args)
		assert.Contains(t, stderr.String(), "tcpmib: no space left\n", args)
	}
}

// A socket that was left behind by a process that had ended is not that of the process which has
// its ID by now, and is not when it closes either.
func TestWatchOfReusedID(t *testing.T) {
	dir := fixture.TempDir(t)
	capturedAt := func(name string, m *fixture.Machine, at time.Time) string {
		path := filepath.Join(dir, name)
		var b bytes.Buffer
		require.NoError(t, capture.Write(&b, m, capture.Info{
			Time: at, Processes: map[uint32]string{7: "new.exe"},
			Owners: map[uint32]capture.Owner{7: {Created: fixture.Now.Add(-time.Minute), Services: []string{"new"}}},
		}))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
		return path
	}
	before := &fixture.Machine{}
	before.Add("10.0.0.1:1000", "10.0.0.2:80", tcpmib.StateEstab, 7)
	args := []string{"watch", "--columns=process,services", "--created",
		"--from", capturedAt("before.zip", before, fixture.Now), "--from", capturedAt("after.zip", &fixture.Machine{}, fixture.Now.Add(time.Second))}
	for _, sort := range []string{"", "--sort=process"} {
		got := runApp(officeApp(), append(args, strings.Fields(sort)...)...)
		assert.Empty(t, got.stderr)
		assert.Regexp(t, `"event":"present","process":"","services":\[\],.*\n.*"event":"closed","process":"","services":\[\],`, got.stdout)
	}
}

// A person gets the screen, unless asked for something else; a program gets lines.
func TestWatchFormat(t *testing.T) {
	for _, tt := range []struct {
		f           watchFlags
		interactive bool
		want        string // "": an error
	}{
		{watchFlags{}, true, watchScreen},
		{watchFlags{}, false, watchJSONL},
		{watchFlags{once: true}, true, watchJSONL},
		{watchFlags{format: watchJSONL}, true, watchJSONL},
		{watchFlags{format: watchJSONL}, false, watchJSONL},
		{watchFlags{format: watchScreen}, true, watchScreen},
		{watchFlags{format: watchScreen}, false, ""},
		{watchFlags{format: watchScreen, once: true}, true, ""},
		{watchFlags{format: watchScreen, from: []string{"-"}}, true, ""},
		{watchFlags{format: watchScreen, from: []string{"a.zip"}}, true, watchScreen},
		{watchFlags{format: watchJSON}, true, ""},
		{watchFlags{format: watchJSON, once: true}, true, watchJSON},
		{watchFlags{format: watchJSON, duration: 1}, false, watchJSON},
		{watchFlags{format: watchJSON, from: []string{"a.zip"}}, false, watchJSON},
	} {
		f := tt.f
		err := f.check(&pflag.FlagSet{}, tt.interactive)
		if tt.want == "" {
			assert.Equal(t, cli.ExitUsage, cli.ExitCode(err), "%+v: %v", tt, err)
			continue
		}
		assert.NoError(t, err, "%+v", tt)
		assert.Equal(t, tt.want, f.format, "%+v", tt)
	}
	// --json is an array, or lines where there is no end to it.
	flags := &pflag.FlagSet{}
	flags.Bool("json", false, "")
	require.NoError(t, flags.Set("json", "true"))
	for want, f := range map[string]watchFlags{watchJSONL: {format: watchJSON}, watchJSON: {format: watchJSON, once: true}} {
		assert.NoError(t, f.check(flags, true))
		assert.Equal(t, want, f.format)
	}
}

// Whatever is looked up or sorted, all changes are written.
func TestWatchWritesAll(t *testing.T) {
	args := []string{"watch", "--from=testdata/office.zip", "--from=testdata/later.zip"}
	want := strings.Count(runOffice(t, args...), "\n")
	assert.Greater(t, want, 30)
	for _, flags := range []string{"--columns=local,user", "--columns=local,services", "--created", "--sort=local", "--created --sort=age,user", "--columns=local,path,parent", "--format=json"} {
		got := runApp(officeApp(), append(args, strings.Fields(flags)...)...) // some details are missing
		assert.Equal(t, want, strings.Count(got.stdout, `"event":`), "%s: %s", flags, got.stderr)
	}
}

// The file of a watch is made, or emptied, and is no program.
func TestWatchOutput(t *testing.T) {
	path := filepath.Join(fixture.TempDir(t), "f")
	args := []string{"watch", "--from=testdata/office.zip", "--port=50120", "--columns=localPort", "--output", path}
	for _, before := range []string{"", strings.Repeat("before", 1000)} {
		if before != "" {
			require.NoError(t, os.WriteFile(path, []byte(before), 0o600))
		}
		got := runApp(officeApp(), args...)
		assert.Equal(t, cli.ExitOK, got.code, got.stderr)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, `{"time":"2024-05-06T07:08:09Z","event":"present","localPort":50120}`+"\n", string(text))
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Zero(t, info.Mode()&0o111)
	}
}

// One column to sort by is enough.
func TestWatchSortsByOneColumn(t *testing.T) {
	for _, args := range []string{"--sort=localPort", "--sort=localPort --columns=localPort", "--sort=localPort,pid"} {
		got := runApp(officeApp(), append([]string{"watch", "--from=testdata/office.zip"}, strings.Fields(args)...)...)
		require.Zero(t, got.code, got.stderr)
		var ports []int
		for line := range strings.Lines(got.stdout) {
			var e struct{ LocalPort int }
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			ports = append(ports, e.LocalPort)
		}
		assert.Len(t, ports, 31)
		assert.True(t, slices.IsSorted(ports), "%s: %v", args, ports)
	}
}

func TestParentOf(t *testing.T) {
	for want, o := range map[string]rows.Owner{
		"": {}, "PID 1, which has ended": {Parent: 1}, "services.exe, PID 612": {Parent: 612, ParentProcess: "services.exe"},
	} {
		assert.Equal(t, want, parentOf(&o))
	}
}
