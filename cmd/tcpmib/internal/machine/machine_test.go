package machine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// made is a made-up machine.
type made struct {
	sourced
	processes owner.Processes
	err       error // of processes
	services  map[uint32][]string
	details   map[uint32]owner.Details
	errs      map[uint32][]error
	asked     []uint32 // for modules
}

func (m *made) Now() time.Time                         { return fixture.Now }
func (m *made) Processes() (owner.Processes, error)    { return m.processes, m.err }
func (m *made) Services() (map[uint32][]string, error) { return m.services, nil }
func (m *made) Details(_ owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	return m.details, m.errs
}

func (m *made) Module4(r *tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
	m.asked = append(m.asked, r.OwningPid)
	return tcpmib.OwnerModule{Name: "four"}, nil
}

func (m *made) Module6(r *tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	m.asked = append(m.asked, r.OwningPid)
	return tcpmib.OwnerModule{Name: "six"}, fs.ErrPermission
}

// reader returns a reader of a machine, and what it says.
func reader(m Machine) (*Reader, *bytes.Buffer) {
	said := &bytes.Buffer{}
	return &Reader{Machine: m, Terminal: &cli.Terminal{Out: &bytes.Buffer{}, Err: said}}, said
}

// office is a reader of fixture.Office.
func office() (*Reader, *made, *bytes.Buffer) {
	source, processes := fixture.Office()
	m := &made{sourced: sourced{m: source}, processes: processes, services: fixture.OfficeServices()}
	r, said := reader(m)
	return r, m, said
}

func recorded(t *testing.T, name string) *Captured {
	c, err := Open(filepath.Join("..", "..", "testdata", name+".zip"), 0)
	require.NoError(t, err)
	return c
}

// What is no capture is refused in words that say what to do.
func TestOpen(t *testing.T) {
	dir := fixture.TempDir(t)
	file := func(text string) string {
		path := filepath.Join(dir, "file.zip")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	_, err := Open(dir, 0)
	assert.ErrorContains(t, err, "is a folder")
	_, err = Open(filepath.Join(dir, "none.zip"), 0)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	if runtime.GOOS != "windows" {
		_, err = Open(os.DevNull, 0)
		assert.ErrorContains(t, err, "use - for standard input")
	}
	const changed = "PowerShell changed into text"
	whole, err := os.ReadFile(filepath.Join("..", "..", "testdata", "office.zip"))
	require.NoError(t, err)
	for text, want := range map[string]string{
		"\xff\xfeP\x00K\x00": changed,
		"\xfe\xff\x00P\x00K": changed,
		"\xef\xbb\xbfPK":     changed,
		"PK" + strings.Repeat(" ", 50_000) + "\xef\xbf\xbd":   changed,
		"PK" + strings.Repeat(" ", 64<<10-2) + "\xef\xbf\xbd": "not a tcpmib capture", // only its start is looked at
		"PK":                 "not a tcpmib capture",
		"\xef\xbf\xbd":       "not a tcpmib capture",
		string(whole[:1000]): "not a tcpmib capture",
		"":                   "not a tcpmib capture",
	} {
		_, err := Open(file(text), 0)
		assert.ErrorContains(t, err, want, "%.20q", text)
		if text == "" {
			want = "standard input is empty"
		}
		_, err = ReadStdin(strings.NewReader(text), 0)
		assert.ErrorContains(t, err, want, "%.20q", text)
		assert.NotContains(t, err.Error(), "capture: ", "the name of the package")
	}
	for _, open := range []func(maxRows int) (*Captured, error){
		func(maxRows int) (*Captured, error) { return Open(file(string(whole)), maxRows) },
		func(maxRows int) (*Captured, error) { return ReadStdin(bytes.NewReader(whole), maxRows) },
	} {
		c, err := open(0)
		require.NoError(t, err)
		assert.Equal(t, fixture.Now, c.Now())
		_, err = open(5)
		assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
		assert.ErrorContains(t, err, "; --max-rows 38 allows more")
	}
	long := filepath.Join(dir, "long.zip")
	require.NoError(t, os.WriteFile(long, nil, 0o600))
	require.NoError(t, os.Truncate(long, 65<<20))
	_, err = Open(long, 0)
	assert.ErrorContains(t, err, "; --max-rows 1064960 allows more")
	f, err := os.Open(long)
	require.NoError(t, err)
	defer f.Close()
	_, err = ReadStdin(io.NewSectionReader(f, 0, 64<<20+1), 0)
	assert.ErrorContains(t, err, "; a larger --max-rows allows more")
	_, err = ReadStdin(io.NewSectionReader(f, 0, 64<<20), 0)
	assert.ErrorContains(t, err, "not a tcpmib capture", "as long as a file may be")
	broken := errors.New("broken")
	_, err = ReadStdin(failing{broken}, 0)
	assert.ErrorIs(t, err, broken)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Each table is read if it is wanted, and those that can be read are not lost with the others.
func TestRead(t *testing.T) {
	for _, test := range []struct {
		tables   rows.Tables
		tcp, udp int
	}{
		{rows.Tables{Families: tcpmib.Both, TCP: true}, 31, 0},
		{rows.Tables{Families: tcpmib.IPv4, TCP: true}, 23, 0},
		{rows.Tables{Families: tcpmib.Both, TCP: true, Listening: true}, 9, 0},
		{rows.Tables{Families: tcpmib.IPv4, TCP: true, Listening: true}, 5, 0},
		{rows.Tables{Families: tcpmib.IPv6, TCP: true, Listening: true}, 4, 0},
		{rows.Tables{Families: tcpmib.Both, Bound: true}, 2, 0},
		{rows.Tables{Families: tcpmib.Both, UDP: true}, 0, 7},
		{rows.Tables{Families: tcpmib.IPv6, UDP: true}, 0, 3},
		{rows.Tables{Families: tcpmib.Both, TCP: true, Bound: true, UDP: true}, 33, 7},
	} {
		r, _, said := office()
		s, err := r.Read(test.tables)
		require.NoError(t, err)
		assert.Equal(t, test.udp, s.CountUDP(), "%+v", test.tables)
		assert.Equal(t, test.tcp, len(s.Sockets)-test.udp, "%+v", test.tables)
		assert.NotEmpty(t, s.Processes)
		assert.Empty(t, said.String())
	}
	// A capture has no table of listening sockets.
	r, _ := reader(recorded(t, "office"))
	s, err := r.Read(rows.Tables{Families: tcpmib.Both, TCP: true, Listening: true})
	require.NoError(t, err)
	assert.Len(t, s.Sockets, 31)

	r, m, said := office()
	all := rows.Tables{Families: tcpmib.Both, TCP: true, UDP: true}
	m.m.(*fixture.Machine).Code6 = 31
	s, err = r.Read(all)
	assert.ErrorContains(t, err, "GetTcp6Table2")
	assert.Len(t, s.Sockets, 23+4)
	s, err = r.Read(rows.Tables{Families: tcpmib.Both, TCP: true, Listening: true})
	assert.Error(t, err)
	assert.Len(t, s.Sockets, 5)
	m.m.(*fixture.Machine).Code4 = 31
	s, err = r.Read(all)
	assert.Error(t, err)
	assert.Nil(t, s)

	assert.Empty(t, said.String())
	m.err = errors.ErrUnsupported
	r.KnownProcesses()
	assert.Empty(t, said.String(), "another system has no names")
	m.err = fs.ErrPermission
	assert.Equal(t, m.processes, r.KnownProcesses())
	assert.Contains(t, said.String(), "process names are missing")
}

// Watch ends with its context, Twice after two ticks, Replay after its machines, and all with the
// loop. The tick after which no other comes says so.
func TestTicks(t *testing.T) {
	r, _, _ := office()
	tables := rows.Tables{Families: tcpmib.IPv4, TCP: true}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := func(tick Tick) (n int) {
		for _, err := range tick.Changes {
			assert.NoError(t, err)
			n++
		}
		assert.Equal(t, n, tick.Len())
		return n
	}
	var counts []int
	for tick := range Twice(ctx, r, tables, time.Millisecond) {
		assert.Same(t, r, tick.Machine)
		assert.False(t, tick.At.IsZero())
		assert.Equal(t, len(counts) == 1, tick.Last)
		counts = append(counts, changes(tick))
	}
	assert.Equal(t, []int{23, 0}, counts)
	for range Twice(ctx, r, tables, time.Millisecond) {
		counts = append(counts, 1)
		break
	}
	assert.Equal(t, []int{23, 0, 1}, counts)

	ticks := 0
	for tick := range Watch(ctx, r, tables, time.Millisecond) {
		if tick.missed {
			continue
		}
		assert.False(t, tick.Last)
		if ticks++; ticks == 3 {
			n := 0
			cancel()
			for range tick.Changes {
				n++
			}
			assert.Zero(t, n, "the context has ended")
		}
	}
	assert.Equal(t, 3, ticks)
	n := 0
	for range until(t.Context(), func(yield func(rows.Change, error) bool) {
		for yield(rows.Change{}, nil) {
		}
	}) {
		n++
		break
	}
	assert.Equal(t, 1, n)

	// Ticks that a slow loop missed are an error in place of changes.
	errs, done := 0, false
	for tick := range Watch(t.Context(), r, tables, time.Millisecond) {
		for _, err := range tick.Changes {
			if isMissed(err) {
				errs++
			}
		}
		if done = errs > 0; done {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	assert.Equal(t, 1, errs)

	before, _ := reader(recorded(t, "office"))
	after, _ := reader(recorded(t, "later"))
	counts = nil
	for tick := range Replay([]*Reader{before, after}, tables) {
		assert.Equal(t, tick.Machine.Now(), tick.At)
		assert.Equal(t, tick.Machine == after, tick.Last)
		counts = append(counts, changes(tick))
	}
	assert.Equal(t, []int{23, 3}, counts)
	counts = nil
	for tick := range Replay([]*Reader{before, after}, tables) {
		counts = append(counts, changes(tick))
		break
	}
	assert.Equal(t, []int{23}, counts)
}

// A machine that has lost a table says so once for both families.
func TestChangesWithoutTables(t *testing.T) {
	r, _ := reader(recorded(t, "empty"))
	r.Machine.(*Captured).Capture = &capture.Capture{}
	var errs []string
	tr := &Tracker{}
	for _, err := range tr.Changes(r, rows.Tables{Families: tcpmib.Both, TCP: true, UDP: true}, fixture.Now) {
		errs = append(errs, err.Error())
	}
	assert.Equal(t, []string{"the capture does not hold the table of TCP connections", "the capture does not hold the table of UDP sockets"}, errs)
}

func change(kind tcpmib.ChangeKind, local string, pid uint32) rows.Change {
	c := tcpmib.Change{Kind: kind, Conn: tcpmib.Conn{Local: netip.MustParseAddrPort(local), State: tcpmib.StateEstab, PID: pid}}
	if kind == tcpmib.Changed {
		c.Old = c.Conn
		c.Old.State = tcpmib.StateSynSent
	}
	return rows.OfTCP(c)
}

// A closed socket has the name that its process had, and what is known of processes stays known.
func TestNames(t *testing.T) {
	var n Names
	r, m, said := office()
	n.Next(fixture.Named(map[uint32]string{1: "old.exe", 2: "two.exe"}))
	n.Next(fixture.Named(map[uint32]string{1: "new.exe", 3: "three.exe"}))
	assert.Equal(t, "two.exe", n.Newer()[2].Name, "it has ended and keeps its name")
	name := func(kind tcpmib.ChangeKind, pid uint32) (now, before string) {
		c := change(kind, "10.0.0.1:80", pid)
		a, b := n.Rows(&c)
		return a.Process, b.Process
	}
	now, before := name(tcpmib.Closed, 1)
	assert.Equal(t, [2]string{"old.exe", ""}, [2]string{now, before})
	now, before = name(tcpmib.Changed, 1)
	assert.Equal(t, [2]string{"new.exe", "old.exe"}, [2]string{now, before})
	now, _ = name(tcpmib.Opened, 1)
	assert.Equal(t, "new.exe", now)
	now, _ = name(tcpmib.Closed, 3)
	assert.Equal(t, "three.exe", now, "the older snapshot does not know it")

	m.details = map[uint32]owner.Details{1: {Path: "one"}, 2: {User: "two"}}
	m.errs = map[uint32][]error{2: {fs.ErrPermission}}
	var owners OneOfEach
	n.Know(r, owners.Sockets, rows.Named("path"))
	assert.Empty(t, said.String(), "nothing changed")
	for _, pid := range []uint32{1, 1, 2} {
		owners.Add(rows.Socket{Conn: tcpmib.Conn{PID: pid}})
	}
	assert.Len(t, owners.Sockets, 2)
	n.Know(r, owners.Sockets, nil)
	assert.Empty(t, said.String(), "nothing is needed")
	n.Know(r, owners.Sockets, rows.Named("path", "services"))
	assert.Contains(t, said.String(), "paths are missing: 1 of 2 processes")
	said.Reset()
	n.Know(r, owners.Sockets, rows.Named("path"))
	assert.Empty(t, said.String(), "it is said once")
	c := change(tcpmib.Closed, "10.0.0.1:80", 1)
	row, _ := n.Rows(&c)
	assert.Equal(t, "one", row.Owner.Path)

	addr := netip.MustParseAddr("10.0.0.9")
	n.Keep(&rows.Snapshot{Owners: map[uint32]*rows.Owner{1: {}, 9: {}}, Hosts: map[netip.Addr]string{addr: "host"}, Services: map[uint32][]string{1: {"s"}}})
	n.Keep(&rows.Snapshot{Hosts: map[netip.Addr]string{addr: ""}})
	c.Conn.Remote = netip.AddrPortFrom(addr, 1)
	row, _ = n.Rows(&c)
	assert.Equal(t, "one", row.Owner.Path, "known better before")
	assert.Equal(t, "host", row.RemoteName)
	assert.Equal(t, []string{"s"}, row.Services)
	c.Conn.PID = 9
	row, _ = n.Rows(&c)
	assert.NotNil(t, row.Owner)
}

// What a user asked for and cannot have is said, and what is shown without being asked is not.
func TestEnrich(t *testing.T) {
	r, m, said := office()
	read := func() *rows.Snapshot {
		s, err := r.Read(rows.Tables{Families: tcpmib.Both, TCP: true, UDP: true})
		require.NoError(t, err)
		return s
	}
	s := read()
	r.Enrich(s, tcpmib.Both, nil, nil)
	assert.Nil(t, s.Created)
	assert.Nil(t, s.Owners)
	assert.Nil(t, s.Services)

	r.Enrich(s, tcpmib.Both, rows.Named("created"), rows.Named("services"))
	dated := 0
	for _, socket := range s.Sockets {
		if !s.Created.At(socket).IsZero() {
			dated++
		}
	}
	assert.Equal(t, 28+7, dated, "all that have an owner")
	assert.Equal(t, fixture.Now, s.At)
	assert.NotEmpty(t, s.Services)
	created, services := s.Created, s.Services
	m.services = nil
	r.Enrich(s, tcpmib.Both, rows.Named("age", "services"), nil)
	assert.Same(t, created, s.Created, "they are read once")
	assert.Equal(t, services, s.Services)
	assert.Empty(t, m.asked)

	for _, columns := range [][]rows.Column{rows.Named("module"), rows.Named("created", "module")} {
		m.asked = nil
		s = read()
		r.Enrich(s, tcpmib.Both, nil, columns)
		assert.Len(t, m.asked, 28, "all that have an owner, once")
		r.Enrich(s, tcpmib.Both, nil, columns)
		assert.Len(t, m.asked, 28)
		modules := map[string]int{}
		for row := range s.Rows() {
			modules[row.Module]++
		}
		assert.Equal(t, map[string]int{"four": 21, "": 17}, modules, "IPv6 is refused")
	}
	s = read()
	r.Enrich(s, tcpmib.IPv4, rows.Named("created"), nil)
	r.Enrich(s, tcpmib.IPv4, nil, rows.Named("module"))
	assert.Equal(t, "four", s.Row(s.Sockets[0]).Module, "though creation times were read before")
	assert.Empty(t, said.String())

	m.details = map[uint32]owner.Details{1044: {Path: "p", User: "u", CommandLine: "c"}}
	m.errs = map[uint32][]error{4: {fs.ErrPermission}, 1288: {fs.ErrPermission, fs.ErrClosed}}
	s = read()
	r.Enrich(s, tcpmib.Both, nil, rows.Named("path", "user", "parent", "parentProcess", "commandLine"))
	assert.Empty(t, said.String())
	assert.NoError(t, s.Owners[4].Err, "the kernel has none of them")
	assert.ErrorIs(t, s.Owners[1288].Err, fs.ErrPermission)
	assert.Nil(t, s.Owners[owner.IdlePID])
	assert.Equal(t, "p", s.Owners[1044].Path)
	for _, column := range []string{"path", "user", "commandLine"} {
		said.Reset()
		r.Enrich(s, tcpmib.Both, rows.Named(column), nil)
		assert.Contains(t, said.String(), "are missing: 1 of ", column)
	}
	said.Reset()
	s.Owners[1288].Path = "known"
	r.Enrich(s, tcpmib.Both, rows.Named("path", "parent", "parentProcess"), nil)
	assert.Empty(t, said.String(), "the parent of 1288 is known")
	s.Owners[1288].Parent = owner.IdlePID
	for _, column := range []string{"parent", "parentProcess"} {
		said.Reset()
		r.Enrich(s, tcpmib.Both, rows.Named(column), nil)
		assert.Contains(t, said.String(), "parents are missing: 1 of ", column)
	}
	said.Reset()

	m.m.(*fixture.Machine).Code4, m.m.(*fixture.Machine).Code6 = 31, 31
	s = &rows.Snapshot{Sockets: []rows.Socket{{Protocol: rows.UDP}}}
	r.Enrich(s, tcpmib.Both, rows.Named("created"), nil)
	assert.Contains(t, said.String(), "creation times are missing")
	assert.Contains(t, said.String(), "GetExtendedUdpTable")
	assert.NotContains(t, said.String(), "Tcp")

	r, said = reader(recorded(t, "office"))
	s = &rows.Snapshot{Sockets: []rows.Socket{{}}}
	r.Enrich(s, tcpmib.Both, rows.Named("module"), nil)
	assert.Contains(t, said.String(), "modules are missing")
	assert.Nil(t, s.Modules)
}

// A parent is named if it still is the process that it was.
func TestParents(t *testing.T) {
	at := fixture.Now
	r, m, _ := office()
	m.processes = owner.Processes{
		0:  {PID: 0, Name: "idle"},
		10: {PID: 10, Name: "parent", Created: at},
		11: {PID: 11, Name: "child", Parent: 10, Created: at.Add(time.Second)},
		12: {PID: 12, Name: "elder", Parent: 10, Created: at.Add(-time.Second)},
		13: {PID: 13, Name: "orphan", Parent: 99, Created: at},
		14: {PID: 14, Name: "first", Parent: 0, Created: at},
	}
	s := &rows.Snapshot{Processes: m.processes}
	for pid := range maps.Keys(m.processes) {
		s.Sockets = append(s.Sockets, rows.Socket{Conn: tcpmib.Conn{PID: pid}})
	}
	r.ReadOwners(s)
	names := map[uint32]string{}
	for pid, o := range s.Owners {
		names[pid] = o.ParentProcess
	}
	assert.Equal(t, map[uint32]string{10: "", 11: "parent", 12: "", 13: "", 14: ""}, names)
	assert.Equal(t, uint32(99), s.Owners[13].Parent)
}

// Names are looked up once for each address, without the zone, and not again.
func TestResolve(t *testing.T) {
	r, _, _ := office()
	s, err := r.Read(rows.Tables{Families: tcpmib.Both, TCP: true})
	require.NoError(t, err)
	var lock sync.Mutex
	asked := map[string]int{}
	r.Lookup = func(_ context.Context, addr string) ([]string, error) {
		lock.Lock()
		defer lock.Unlock()
		asked[addr]++
		switch addr {
		case "203.0.113.7":
			return []string{"example.com.", "other."}, nil
		case "198.51.100.40":
			return []string{"only.example."}, nil
		case "192.0.2.9":
			return []string{"wrong"}, fs.ErrNotExist
		}
		return nil, nil
	}
	for range 2 {
		require.NoError(t, r.resolve(s, tcpmib.Both))
	}
	for addr, n := range asked {
		assert.Equal(t, 1, n, addr)
	}
	want := []string{"203.0.113.7", "192.0.2.9", "fe80::9e05:d6ff:fe00:1", "2001:db8:aa::40"}
	assert.Subset(t, slices.Collect(maps.Keys(asked)), want)
	assert.NotContains(t, asked, "0.0.0.0")
	assert.NotContains(t, asked, "invalid IP")
	assert.Equal(t, "example.com", s.Hosts[netip.MustParseAddr("203.0.113.7")])
	assert.Equal(t, "only.example", s.Hosts[netip.MustParseAddr("198.51.100.40")])
	assert.Empty(t, s.Hosts[netip.MustParseAddr("192.0.2.9")])
}

// Lookups take 3 seconds together, as the help says, and 32 run at once.
func TestResolveTime(t *testing.T) {
	at := slices.IndexFunc(Extras, func(e Extra) bool { return e.Column == "remoteName" })
	assert.Contains(t, Extras[at].Usage, "for at most 3 seconds")
	s := &rows.Snapshot{}
	for i := range 100 {
		remote := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 443)
		s.Sockets = append(s.Sockets, rows.Socket{Conn: tcpmib.Conn{Remote: remote}})
	}
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := office()
		var lock sync.Mutex
		running, most := 0, 0
		r.Lookup = func(context.Context, string) ([]string, error) {
			lock.Lock()
			running++
			most = max(most, running)
			lock.Unlock()
			time.Sleep(2 * time.Second) // whatever its context says
			lock.Lock()
			running--
			lock.Unlock()
			return []string{"host"}, nil
		}
		start := time.Now()
		require.NoError(t, r.resolve(s, tcpmib.Both))
		assert.Equal(t, 3*time.Second, time.Since(start))
		assert.Len(t, s.Hosts, 32, "those that answered in time")
		time.Sleep(2 * time.Second) // the late ones end
		lock.Lock()
		defer lock.Unlock()
		assert.Equal(t, 32, most)
	})
}

// A capture has what was recorded, and says of the rest that it is not.
func TestCaptured(t *testing.T) {
	c := recorded(t, "office")
	processes, err := c.Processes()
	require.NoError(t, err)
	assert.Equal(t, "postgres.exe", processes[3120].Name)
	assert.Equal(t, uint32(3120), processes[3120].PID)
	services, err := c.Services()
	require.NoError(t, err)
	assert.Equal(t, []string{"TermService"}, services[1288])
	assert.NotContains(t, services, uint32(3120))
	details, errs := c.Details(nil, 3120, 77_777)
	assert.Contains(t, details[3120].Path, "postgres.exe")
	assert.NotContains(t, details, uint32(77_777))
	assert.NotContains(t, errs, uint32(3120))
	assert.True(t, IsNotCaptured(errs[77_777][0]))

	c.Capture = &capture.Capture{}
	_, err = c.Services()
	assert.True(t, IsNotCaptured(err))
	assert.False(t, IsNotCaptured(errors.ErrUnsupported))
	assert.ErrorContains(t, err, "office.zip does not record them")
}
