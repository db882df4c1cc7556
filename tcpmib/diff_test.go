package tcpmib_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

var compareChanges = cmp.Options{compareAddrPorts}

// at is a connection from port 1000 of 10.0.0.1 to a port of 10.0.0.2.
func at(port uint16, pid uint32, state tcpmib.State) tcpmib.Conn {
	return tcpmib.Conn{
		Local: endpoint("10.0.0.1:1000"), Remote: endpoint(fmt.Sprintf("10.0.0.2:%d", port)), PID: pid, State: state,
	}
}

func TestDiff(t *testing.T) {
	const estab, wait = tcpmib.StateEstab, tcpmib.StateCloseWait
	opened := func(c tcpmib.Conn) tcpmib.Change { return tcpmib.Change{Kind: tcpmib.Opened, Conn: c} }
	closed := func(c tcpmib.Conn) tcpmib.Change { return tcpmib.Change{Kind: tcpmib.Closed, Conn: c} }
	changed := func(from, to tcpmib.Conn) tcpmib.Change {
		return tcpmib.Change{Kind: tcpmib.Changed, Conn: to, Old: from}
	}
	type conns = []tcpmib.Conn
	for _, c := range []struct {
		name         string
		older, newer conns
		want         []tcpmib.Change
	}{
		{"nothing", nil, nil, nil},
		{"all the same", conns{at(1, 7, estab), at(2, 7, estab)}, conns{at(1, 7, estab), at(2, 7, estab)}, nil},
		{"all new", nil, conns{at(1, 7, estab), at(2, 7, estab)}, []tcpmib.Change{opened(at(1, 7, estab)), opened(at(2, 7, estab))}},
		{"all gone", conns{at(1, 7, estab), at(2, 7, estab)}, nil, []tcpmib.Change{closed(at(1, 7, estab)), closed(at(2, 7, estab))}},
		{"another state", conns{at(1, 7, estab)}, conns{at(1, 7, wait)}, []tcpmib.Change{changed(at(1, 7, estab), at(1, 7, wait))}},
		{"another process is another connection", conns{at(1, 7, estab)}, conns{at(1, 8, estab)},
			[]tcpmib.Change{closed(at(1, 7, estab)), opened(at(1, 8, estab))}},
		{"TIME-WAIT, which has no owner", conns{at(1, 7, estab)}, conns{at(1, 0, tcpmib.StateTimeWait)},
			[]tcpmib.Change{changed(at(1, 7, estab), at(1, 0, tcpmib.StateTimeWait))}},
		{"in order", conns{at(1, 7, estab), at(3, 7, estab), at(5, 7, estab)}, conns{at(2, 7, estab), at(3, 7, wait), at(6, 7, estab)},
			[]tcpmib.Change{
				closed(at(1, 7, estab)), opened(at(2, 7, estab)), changed(at(3, 7, estab), at(3, 7, wait)),
				closed(at(5, 7, estab)), opened(at(6, 7, estab)),
			}},
		{"twice, in two states", conns{at(1, 7, estab), at(1, 7, wait)}, conns{at(1, 7, estab), at(1, 7, wait)}, nil},
		{"twice, the first goes", conns{at(1, 7, estab), at(1, 7, wait)}, conns{at(1, 7, wait)}, []tcpmib.Change{closed(at(1, 7, estab))}},
		{"twice, the first is new", conns{at(1, 7, wait)}, conns{at(1, 7, estab), at(1, 7, wait)}, []tcpmib.Change{opened(at(1, 7, estab))}},
		{"twice the same", conns{at(1, 7, estab), at(1, 7, estab)}, conns{at(1, 7, estab)}, []tcpmib.Change{closed(at(1, 7, estab))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := slices.Collect(tcpmib.Diff(c.older, c.newer))
			assert.Empty(t, cmp.Diff(c.want, got, compareChanges))
			// It can be stopped after each change.
			for n := range c.want {
				var some []tcpmib.Change
				for change := range tcpmib.Diff(c.older, c.newer) {
					if some = append(some, change); len(some) == n+1 {
						break
					}
				}
				assert.Empty(t, cmp.Diff(c.want[:n+1], some, compareChanges))
			}
		})
	}
}

// Changes applied to the older snapshot are the newer one.
func TestDiffAddsUp(t *testing.T) {
	older, newer := churned(1000, 1), churned(1000, 2)
	now := map[tcpmib.Conn]bool{}
	for _, c := range older {
		now[c] = true
	}
	kinds := map[tcpmib.ChangeKind]int{}
	for c := range tcpmib.Diff(older, newer) {
		kinds[c.Kind]++
		switch c.Kind {
		case tcpmib.Opened:
			assert.False(t, now[c.Conn])
			now[c.Conn] = true
		case tcpmib.Closed:
			assert.True(t, now[c.Conn])
			delete(now, c.Conn)
		case tcpmib.Changed:
			assert.True(t, now[c.Old])
			delete(now, c.Old)
			now[c.Conn] = true
		}
	}
	assert.Len(t, now, len(newer))
	for _, c := range newer {
		assert.True(t, now[c])
	}
	assert.Len(t, kinds, 3, "all kinds were there")
}

// churned is a sorted snapshot of n connections: of ten, seven are in all, one has another state in
// each, one is there in every second, and one has another port in each.
func churned(n, generation int) []tcpmib.Conn {
	var conns []tcpmib.Conn
	for i := range n {
		local := fmt.Sprintf("10.0.%d.%d:%d", i>>8&255, i&255, 1000+i>>16)
		c := tcpmib.Conn{Local: endpoint(local), Remote: endpoint("192.0.2.1:443"), PID: uint32(i), State: tcpmib.StateEstab}
		switch i % 10 {
		case 7:
			c.State = tcpmib.State(generation%10 + 1)
		case 8:
			if generation%2 == 0 {
				continue
			}
		case 9:
			c.Remote = endpoint(fmt.Sprintf("192.0.2.1:%d", generation%100+1))
		}
		conns = append(conns, c)
	}
	slices.SortFunc(conns, tcpmib.Conn.Compare)
	return conns
}

func TestDiffMakesNoGarbage(t *testing.T) {
	older, newer := churned(1000, 1), churned(1000, 2)
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		for range tcpmib.Diff(older, newer) {
		}
	}))
}

// A twentieth of 100,000 connections, which is a busy second, and all of them.
func BenchmarkDiff(b *testing.B) {
	const n = 100_000
	older := churned(n, 1)
	few := slices.Clone(older)
	for i := 0; i < len(few); i += 20 {
		few[i].State = tcpmib.StateCloseWait
	}
	for name, newer := range map[string][]tcpmib.Conn{"none": slices.Clone(older), "a twentieth": few, "three in ten": churned(n, 2)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range tcpmib.Diff(older, newer) {
				}
			}
		})
	}
}
