package main

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// measuring is a system that counts 1000 bytes in and 10 segments sent again
// between two questions, if collection is on.
type measuring struct {
	data map[tcpmib.Conn]tcpestats.Data
	path map[tcpmib.Conn]tcpestats.Path
	sets []uint8
	err  error
}

func (m *measuring) calls() machine.EStats {
	return machine.EStats{
		Data: func(c tcpmib.Conn) (tcpestats.Data, error) {
			d := m.data[c]
			if d.RW.EnableCollection == 1 {
				d.DataBytesIn += 1000
				d.DataBytesOut += 200
				m.data[c] = d
			}
			return d, m.err
		},
		Path: func(c tcpmib.Conn) (tcpestats.Path, error) {
			p := m.path[c]
			if p.RW.EnableCollection == 1 {
				p.PktsRetrans += 10
				p.SmoothedRtt, p.MinRtt, p.MaxRtt = 23, 1<<32-1, 71
				m.path[c] = p
			}
			return p, m.err
		},
		SetData: func(c tcpmib.Conn, want tcpestats.Data) error {
			d := m.data[c]
			d.RW = want.RW
			m.data[c] = d
			m.sets = append(m.sets, want.RW.EnableCollection)
			return nil
		},
		SetPath: func(c tcpmib.Conn, want tcpestats.Path) error {
			p := m.path[c]
			p.RW = want.RW
			m.path[c] = p
			m.sets = append(m.sets, want.RW.EnableCollection)
			return nil
		},
	}
}

func newMeasuring() *measuring {
	return &measuring{data: map[tcpmib.Conn]tcpestats.Data{}, path: map[tcpmib.Conn]tcpestats.Path{}}
}

func runEstats(t *testing.T, m *measuring, args ...string) (r result) {
	synctest.Test(t, func(t *testing.T) {
		a := officeApp()
		fake(a).calls = m.calls()
		r = runApp(a, append([]string{"estats"}, args...)...)
	})
	return r
}

func TestEstats(t *testing.T) {
	m := newMeasuring()
	got := runEstats(t, m, "192.168.1.23:50120", "203.0.113.7:443")
	assert.Equal(t, cli.ExitOK, got.code, got.stderr)
	fixture.Golden(t, "estats/table.golden", got.stdout)
	assert.Equal(t, []uint8{1, 1, 0, 0}, m.sets, "switched on, and off again")

	m = newMeasuring()
	got = runEstats(t, m, "--process=chrome", "--established", "--format=jsonl")
	assert.Equal(t, cli.ExitOK, got.code, got.stderr)
	fixture.Golden(t, "estats/jsonl.golden", got.stdout)
	assert.Len(t, m.sets, 12)
}

// Statistics that are collected already stay on, and are counted from where they were.
func TestEstatsOnAlready(t *testing.T) {
	m := newMeasuring()
	a := officeApp()
	s, err := read(a.reader(a.live), &filter.Filter{})
	assert.NoError(t, err)
	for _, socket := range s.Sockets {
		c := socket.Conn
		m.data[c] = tcpestats.Data{RW: tcpestats.DataRWv0{EnableCollection: 1}}
		m.path[c] = tcpestats.Path{RW: tcpestats.PathRWv0{EnableCollection: 1}}
	}
	got := runEstats(t, m, "192.168.1.23:50120", "203.0.113.7:443", "--format=csv")
	assert.Equal(t, cli.ExitOK, got.code, got.stderr)
	assert.Contains(t, got.stdout, ",1000,200,10,23,,71\n")
	assert.Empty(t, m.sets)
}

// A counter that went down was reset by another program: it counts from there.
func TestEstatsCounterWentDown(t *testing.T) {
	m := newMeasuring()
	a := officeApp()
	s, err := read(a.reader(a.live), &filter.Filter{})
	assert.NoError(t, err)
	for _, socket := range s.Sockets {
		c := socket.Conn
		m.data[c] = tcpestats.Data{RW: tcpestats.DataRWv0{EnableCollection: 1}, DataRODv0: tcpestats.DataRODv0{DataBytesIn: 5_000_000, DataBytesOut: 5_000_000}}
		m.path[c] = tcpestats.Path{RW: tcpestats.PathRWv0{EnableCollection: 1}, PathRODv0: tcpestats.PathRODv0{PktsRetrans: 300}}
	}
	calls := m.calls()
	fake(a).calls = calls
	fake(a).calls.Data = func(c tcpmib.Conn) (tcpestats.Data, error) {
		d, err := calls.Data(c)
		m.data[c] = tcpestats.Data{RW: d.RW}
		return d, err
	}
	fake(a).calls.Path = func(c tcpmib.Conn) (tcpestats.Path, error) {
		p, err := calls.Path(c)
		m.path[c] = tcpestats.Path{RW: p.RW}
		return p, err
	}
	synctest.Test(t, func(t *testing.T) {
		got := runApp(a, "estats", "192.168.1.23:50120", "203.0.113.7:443", "--format=csv")
		assert.Contains(t, got.stdout, ",1000,200,10,23,,71\n")
	})
}

// An interrupt ends the collection and never leaves it on, whenever it comes.
func TestEstatsInterrupted(t *testing.T) {
	for name, after := range map[string]int{"at first": 0, "while enabling": 3, "while collecting": 6, "while restoring": 7} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMeasuring()
				a := officeApp()
				caught := false // whether the program handles an interrupt, which would kill it otherwise
				var interrupt context.CancelFunc
				a.untilInterrupt = func(ctx context.Context) (context.Context, context.CancelFunc) {
					ctx, interrupt = context.WithCancel(ctx)
					caught = true
					if after == 0 {
						interrupt()
					}
					return ctx, func() { caught = false }
				}
				calls := m.calls()
				fake(a).calls = calls
				setPath := func(c tcpmib.Conn, want tcpestats.Path) error {
					assert.True(t, caught)
					err := calls.SetPath(c, want)
					if len(m.sets)/2 == after {
						interrupt()
					}
					return err
				}
				fake(a).calls.SetPath = setPath
				if after == 6 {
					time.AfterFunc(time.Second, func() { interrupt() })
				}
				start := time.Now()
				got := runApp(a, "estats", "--process=chrome,ssh,sqlclient", "--remote-port=22,443,5432", "-4", "--for=1m", "--format=jsonl")
				assert.Less(t, time.Since(start), 2*time.Second)
				for _, d := range m.data {
					assert.Zero(t, d.RW.EnableCollection)
				}
				for _, p := range m.path {
					assert.Zero(t, p.RW.EnableCollection)
				}
				assert.Equal(t, strings.Count(got.stdout, "\n")*4, len(m.sets), "what was enabled is restored and shown")
				assert.NotContains(t, got.stderr, "no connection matches")
			})
		})
	}
}

func TestEstatsOfNoConnection(t *testing.T) {
	for args, want := range map[string]string{
		"127.0.0.1:5432 0.0.0.0:0":     "tcpmib: 127.0.0.1:5432 skipped: only connections have statistics\n",
		"192.168.1.23:50132 0.0.0.0:0": "tcpmib: 192.168.1.23:50132 to 0.0.0.0:0 skipped: only connections have statistics\n",
		"127.0.0.1:5432 0.0.0.0:1":     "tcpmib: no connection from 127.0.0.1:5432 to 0.0.0.0:1\n",
		"--listening":                  "tcpmib: no connection matches\n",
	} {
		got := runEstats(t, newMeasuring(), strings.Fields(args)...)
		assert.Equal(t, result{"", want, cli.ExitNothing}, got, args)
	}
}

func TestEstatsErrors(t *testing.T) {
	m := newMeasuring()
	m.err = &tcpmib.Error{Query: tcpmib.Query{Func: "GetPerTcpConnectionEStats"}, Code: 5}
	got := runEstats(t, m, "--port=443")
	assert.Equal(t, cli.ExitFailure, got.code)
	assert.Empty(t, got.stdout)
	assert.Contains(t, got.stderr, "access is denied")
	assert.Contains(t, got.stderr, `start the terminal with "Run as administrator"`)

	assert.Equal(t, cli.ExitNothing, runEstats(t, newMeasuring(), "1.2.3.4:1", "1.2.3.4:2").code)
	assert.Equal(t, cli.ExitUsage, runEstats(t, newMeasuring()).code)
	assert.Equal(t, cli.ExitUsage, runEstats(t, newMeasuring(), "--port=443", "--for=0s").code)
}

// A connection that closes is left out and said, whenever it does; the others are
// measured.
func TestEstatsClosedMeanwhile(t *testing.T) {
	const closes = "192.168.1.23:50120 to 203.0.113.7:443"
	for name, tt := range map[string]struct {
		args   []string
		afterN int // questions
		rows   int
		code   int
	}{
		"before, alone":     {[]string{"192.168.1.23:50120", "203.0.113.7:443"}, 0, 0, cli.ExitNothing},
		"meanwhile, alone":  {[]string{"192.168.1.23:50120", "203.0.113.7:443"}, 1, 0, cli.ExitNothing},
		"before, of many":   {[]string{"--process=chrome", "--established"}, 0, 2, cli.ExitOK},
		"meanwhile of many": {[]string{"--process=chrome", "--established"}, 1, 2, cli.ExitOK},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMeasuring()
			calls, asked := m.calls(), 0
			gone := func(c tcpmib.Conn) bool { return rows.Endpoints(c) == closes && asked > tt.afterN }
			data, setPath := calls.Data, calls.SetPath
			calls.Data = func(c tcpmib.Conn) (tcpestats.Data, error) {
				if rows.Endpoints(c) == closes {
					asked++
				}
				if gone(c) {
					return tcpestats.Data{}, fs.ErrNotExist
				}
				return data(c)
			}
			calls.SetPath = func(c tcpmib.Conn, want tcpestats.Path) error {
				if gone(c) {
					return fs.ErrNotExist
				}
				return setPath(c, want)
			}
			synctest.Test(t, func(t *testing.T) {
				a := officeApp()
				fake(a).calls = calls
				got := runApp(a, append([]string{"estats", "--format=jsonl"}, tt.args...)...)
				assert.Equal(t, tt.code, got.code)
				assert.Equal(t, tt.rows, strings.Count(got.stdout, "\n"))
				assert.Equal(t, 1, strings.Count(got.stderr, "tcpmib: "+closes+" skipped: it has closed\n"), got.stderr)
			})
		})
	}
}

// A family that cannot be read does not keep the other from being measured.
func TestEstatsHalf(t *testing.T) {
	m, names := fixture.Office()
	m.Code6 = 50
	synctest.Test(t, func(t *testing.T) {
		a := testApp(m, names)
		fake(a).calls = newMeasuring().calls()
		got := runApp(a, "estats", "--process=chrome", "--established", "--format=jsonl")
		assert.Equal(t, cli.ExitFailure, got.code)
		assert.NotEmpty(t, got.stdout)
		assert.Contains(t, got.stderr, "GetTcp6Table2")
	})
}

func TestInspect(t *testing.T) {
	m := newMeasuring()
	a := officeApp()
	fake(a).calls = m.calls()
	s, err := read(a.reader(a.live), &filter.Filter{})
	assert.NoError(t, err)
	var text string
	for _, socket := range s.Sockets {
		c := socket.Conn
		if c.PID != 1288 && c.PID != 0 {
			continue
		}
		text += rows.Endpoints(c) + "\n"
		for _, d := range inspect(a.reader(a.live), socket) {
			text += "  " + d.Name + ": " + d.Value + "\n"
		}
	}
	fixture.Golden(t, "inspect.golden", text)
}

// Details of one connection come from the tables of its family only.
func TestInspectAsksItsFamily(t *testing.T) {
	m, processes := fixture.Office()
	for family, other := range map[tcpmib.Family]string{tcpmib.IPv4: "GetExtendedTcpTable 23 8", tcpmib.IPv6: "GetExtendedTcpTable 2 8"} {
		r := &recorded{m, map[string]bool{}}
		a := testApp(r, processes)
		fake(a).calls = newMeasuring().calls()
		s, err := read(a.reader(a.live), &filter.Filter{Family: family})
		assert.NoError(t, err)
		inspect(a.reader(a.live), s.Sockets[0])
		assert.NotContains(t, r.asked, other)
	}
}

// A counter that stood still grew by nothing, and one that went down started again.
func TestSince(t *testing.T) {
	for newer, want := range map[uint64]uint64{5: 0, 7: 2, 4: 4, 0: 0} {
		assert.Equal(t, want, since(5, newer), newer)
	}
}
