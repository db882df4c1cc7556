package tcpmib_test

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
)

// alternating has a table of n rows, sorted, of which every twentieth has another offload state in
// every second answer.
type alternating struct {
	tables [2][]byte
	asked  int
}

func newAlternating(n int) *alternating {
	var a alternating
	for k := range a.tables {
		b := binary.LittleEndian.AppendUint32(nil, uint32(n))
		for i := range n {
			offload := byte(tcpmib.OffloadStateInHost)
			if i%20 == 0 && k == 1 {
				offload = byte(tcpmib.OffloadStateOffloaded)
			}
			b = binary.LittleEndian.AppendUint32(b, uint32(tcpmib.StateEstab))
			b = append(b, 10, 1, 2, 3, 0x01, 0xBB, 0, 0)
			b = append(b, 192, 0, byte(i>>24), byte(i>>16), byte(i>>8), byte(i), 0, 0)
			b = append(b, 0, 0, 0, 1, offload, 0, 0, 0)
		}
		a.tables[k] = b
	}
	return &a
}

func (a *alternating) Ask(_ tcpmib.Query, buf []byte) (size, code uint32) {
	table := a.tables[a.asked%2]
	if len(buf) < len(table) {
		return uint32(len(table)), tcpmib.CodeInsufficientBuffer
	}
	a.asked++
	return uint32(copy(buf, table)), tcpmib.CodeSuccess
}

func TestTrackerMakesNoGarbage(t *testing.T) {
	const n = 1000
	r := tcpmib.Reader{Source: newAlternating(n)}
	var tracker tcpmib.Tracker
	changes := 0
	snapshot := func() {
		for _, err := range tracker.Changes(&r, tcpmib.IPv4, time.Time{}) {
			if err != nil {
				t.Fatal(err)
			}
			changes++
		}
	}
	snapshot()
	assert.Equal(t, n, changes, "all are present")
	snapshot()
	snapshot()
	changes = 0
	assert.Zero(t, testing.AllocsPerRun(10, snapshot))
	assert.Equal(t, 11*n/20, changes)
}

// One snapshot of 100,000 connections of which 5,000 change: read, convert, see that Windows has
// sorted them, compare. It is what a Watch does at each tick.
func BenchmarkTracker(b *testing.B) {
	r := tcpmib.Reader{Source: newAlternating(100_000)}
	var tracker tcpmib.Tracker
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range tracker.Changes(&r, tcpmib.IPv4, time.Time{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// A loop that ends early loses changes, but does not see them again.
func TestTrackerAfterAnEarlyBreak(t *testing.T) {
	r := tcpmib.Reader{Source: newAlternating(40)}
	var tracker tcpmib.Tracker
	for range tracker.Changes(&r, tcpmib.IPv4, time.Time{}) {
		break
	}
	var kinds []tcpmib.ChangeKind
	for change, err := range tracker.Changes(&r, tcpmib.IPv4, time.Time{}) {
		require.NoError(t, err)
		kinds = append(kinds, change.Kind)
	}
	assert.Equal(t, []tcpmib.ChangeKind{tcpmib.Changed, tcpmib.Changed}, kinds)
	assert.Len(t, tracker.AppendDatedConns(nil), 40)
}

// One family alone is read, its connections and its bound sockets.
func TestTrackerOfOneFamily(t *testing.T) {
	machine := &tcpmibtest.Machine{
		Conns: []tcpmib.Conn{{Local: endpoint("0.0.0.0:80"), State: tcpmib.StateListen}, {Local: endpoint("[::]:80"), State: tcpmib.StateListen}},
		Bound: []tcpmib.Conn{{Local: endpoint("0.0.0.0:5000"), PID: 9}, {Local: endpoint("[::]:5000"), PID: 9}},
	}
	for family, want := range map[tcpmib.Family][]string{
		tcpmib.IPv4: {"present 0.0.0.0:80 LISTEN", "present 0.0.0.0:5000 BOUND pid 9"},
		tcpmib.IPv6: {"present [::]:80 LISTEN", "present [::]:5000 BOUND pid 9"},
		tcpmib.Both: {"present 0.0.0.0:80 LISTEN", "present [::]:80 LISTEN", "present 0.0.0.0:5000 BOUND pid 9", "present [::]:5000 BOUND pid 9"},
	} {
		for _, created := range []bool{false, true} {
			r, tracker := tcpmib.Reader{Source: machine}, tcpmib.Tracker{Created: created, Bound: true}
			var got []string
			for change, err := range tracker.Changes(&r, family, time.Time{}) {
				require.NoError(t, err)
				got = append(got, change.String())
			}
			assert.Equal(t, want, got, "%v, %v", family, created)
			assert.Equal(t, want, again(&tracker), "%v, %v", family, created)
		}
	}
}

// again returns the changes of the last snapshot of a Tracker as text.
func again(tracker *tcpmib.Tracker) (changes []string) {
	for i := range tracker.NumChanges() {
		changes = append(changes, tracker.Change(i).String())
	}
	return changes
}

// The changes of a snapshot stay there until the next one, which may be of another family, and
// fail.
func TestTrackerHasItsChanges(t *testing.T) {
	now := time.Unix(7, 0)
	var tracker tcpmib.Tracker
	assert.Zero(t, tracker.NumChanges())
	take := func(family tcpmib.Family, source fake) {
		r, changes := tcpmib.Reader{Source: source}, []tcpmib.Change{}
		for c, err := range tracker.Changes(&r, family, now) {
			if err == nil {
				changes = append(changes, c)
			}
		}
		require.Len(t, changes, tracker.NumChanges())
		for i, c := range changes {
			assert.Equal(t, c, tracker.Change(i))
			assert.Equal(t, now, c.Time)
		}
		assert.Equal(t, tcpmib.Change{}, tracker.Change(len(changes)))
		assert.Equal(t, tcpmib.Change{}, tracker.Change(-1))
		checkConns(t, &tracker)
	}
	take(tcpmib.Both, families(whole(table4(2)), whole(table6(1))))
	assert.Equal(t, 3, tracker.NumChanges())
	take(tcpmib.IPv6, families(whole(table4(2)), whole(table6(1))))
	assert.Zero(t, tracker.NumChanges())
	take(tcpmib.Both, families(whole(table4(1)), whole(table6(3))))
	assert.Equal(t, 3, tracker.NumChanges())
	take(tcpmib.Both, families(fails(4711), whole(table6(2))))
	assert.Equal(t, 1, tracker.NumChanges())
	take(tcpmib.Both, families(fails(4711), fails(4711)))
	assert.Zero(t, tracker.NumChanges())
}

// checkConns checks that Conns yields what AppendDatedConns returns, up to any that ends the loop.
func checkConns(t *testing.T, tracker *tcpmib.Tracker) {
	t.Helper()
	all := tracker.AppendDatedConns(nil)
	for n := range len(all) + 1 {
		var got []tcpmib.Conn
		for c := range tracker.Conns() {
			if len(got) == n {
				break
			}
			assert.Equal(t, all[len(got)].Conn, c)
			got = append(got, c)
		}
		assert.Len(t, got, n)
	}
}

// Conns has the bound sockets, and the connections of a Tracker with creation times.
func TestTrackerConns(t *testing.T) {
	for _, created := range []bool{false, true} {
		m := &tcpmibtest.Machine{
			Conns: []tcpmib.Conn{at(1, 7, tcpmib.StateEstab), at(2, 7, tcpmib.StateEstab)},
			Bound: []tcpmib.Conn{{Local: endpoint("10.0.0.1:3"), PID: 7}, {Local: endpoint("[::1]:3"), PID: 7}},
		}
		r := tcpmib.Reader{Source: m}
		tracker := tcpmib.Tracker{Created: created, Bound: true}
		for range tracker.Changes(&r, tcpmib.Both, time.Time{}) {
		}
		require.Len(t, tracker.AppendDatedConns(nil), 4)
		checkConns(t, &tracker)
	}
}

// What a Tracker makes of two snapshots, with creation times and without.
func TestTrackerIdentity(t *testing.T) {
	const estab, wait = tcpmib.StateEstab, tcpmib.StateTimeWait
	first, second := time.Unix(1_700_000_000, 0).UTC(), time.Unix(1_700_000_060, 0).UTC()
	owned := func(c tcpmib.Conn, created time.Time) tcpmib.DatedConn {
		return tcpmib.DatedConn{Conn: c, Created: created}
	}
	for _, test := range []struct {
		name         string
		older, newer tcpmib.DatedConn
		want         []string // with creation times
		without      []string
	}{
		{"unchanged", owned(at(1, 7, estab), first), owned(at(1, 7, estab), first), nil, nil},
		{"TIME-WAIT loses the owner", owned(at(1, 7, estab), first), owned(at(1, 0, wait), first),
			[]string{"changed 7"}, []string{"changed 7"}},
		{"TIME-WAIT loses the creation time too", owned(at(1, 7, estab), first), owned(at(1, 0, wait), time.Time{}),
			[]string{"changed 7"}, []string{"changed 7"}},
		{"the same endpoints again", owned(at(1, 7, estab), first), owned(at(1, 7, estab), second),
			[]string{"closed 7", "opened 7"}, nil},
		{"again, in another state", owned(at(1, 7, wait), first), owned(at(1, 7, estab), second),
			[]string{"closed 7", "opened 7"}, []string{"closed 7", "opened 7"}},
		{"again, by another process", owned(at(1, 7, estab), first), owned(at(1, 8, estab), second),
			[]string{"closed 7", "opened 8"}, []string{"closed 7", "opened 8"}},
	} {
		for _, created := range []bool{true, false} {
			t.Run(fmt.Sprint(test.name, ", with creation times: ", created), func(t *testing.T) {
				tracker := tcpmib.Tracker{Created: created}
				var got []string
				for i, c := range []tcpmib.DatedConn{test.older, test.newer} {
					r := tcpmib.Reader{Source: functions(map[string]fake{
						"GetExtendedTcpTable": whole(ownerModules(c)), "GetTcpTable2": whole(table2Of(c.Conn)),
					})}
					at := time.Unix(int64(i), 0)
					for change, err := range tracker.Changes(&r, tcpmib.IPv4, at) {
						require.NoError(t, err)
						assert.Equal(t, at, change.Time)
						pid, when := change.Conn.PID, c.Created
						switch change.Kind {
						case tcpmib.Present:
							continue
						case tcpmib.Closed:
							when = test.older.Created
						case tcpmib.Changed:
							pid = change.Old.PID
						}
						got = append(got, fmt.Sprint(change.Kind, " ", pid))
						if created {
							assert.Equal(t, when, change.Created)
						}
					}
				}
				want := test.without
				if created {
					want = test.want
				}
				assert.Equal(t, want, got)
				now := tracker.AppendDatedConns(nil)
				require.Len(t, now, 1)
				assert.Equal(t, test.newer.Conn, now[0].Conn)
				if !created {
					test.newer.Created = time.Time{}
				}
				assert.True(t, now[0].Created.Equal(test.newer.Created))
			})
		}
	}
}

// Snapshots of different sources, as in a replay of captures: a family that fails stays as it was.
func TestTrackerAcrossSources(t *testing.T) {
	var tracker tcpmib.Tracker
	take := func(source fake) (got []string) {
		r := tcpmib.Reader{Source: source}
		for c, err := range tracker.Changes(&r, tcpmib.Both, time.Time{}) {
			if err != nil {
				got = append(got, err.Error())
				continue
			}
			got = append(got, fmt.Sprint(c.Kind, " ", c.Conn.Family(), " ", c.Conn.Remote.Port()))
		}
		return got
	}
	assert.Equal(t, []string{"present ipv4 0", "present ipv6 0"}, take(families(whole(table4(1)), whole(table6(1)))))
	assert.Equal(t, []string{"opened ipv4 1", "GetTcp6Table2: Windows error 4711"}, take(families(whole(table4(2)), fails(4711))))
	assert.Len(t, tracker.AppendDatedConns(nil), 3)
	assert.Equal(t, []string{"opened ipv6 1"}, take(families(whole(table4(2)), whole(table6(2)))))
	assert.Nil(t, take(families(whole(table4(2)), whole(table6(2)))))

	r := tcpmib.Reader{Source: fails(0)}
	for _, err := range tracker.Changes(&r, 0, time.Time{}) {
		assert.ErrorIs(t, err, fs.ErrInvalid)
	}
}

func TestSame(t *testing.T) {
	const estab, wait = tcpmib.StateEstab, tcpmib.StateTimeWait
	now := time.Now()
	for _, test := range []struct {
		name      string
		c, d      tcpmib.DatedConn
		want      bool
		backwards bool // whether c can follow d
	}{
		{"equal", tcpmib.DatedConn{Conn: at(1, 7, estab)}, tcpmib.DatedConn{Conn: at(1, 7, estab)}, true, true},
		{"a later state", tcpmib.DatedConn{Conn: at(1, 7, estab)}, tcpmib.DatedConn{Conn: at(1, 7, wait)}, true, false},
		{"no owner any more", tcpmib.DatedConn{Conn: at(1, 7, estab)}, tcpmib.DatedConn{Conn: at(1, 0, wait)}, true, false},
		{"no owner before", tcpmib.DatedConn{Conn: at(1, 0, estab)}, tcpmib.DatedConn{Conn: at(1, 7, estab)}, true, true},
		{"another owner", tcpmib.DatedConn{Conn: at(1, 7, estab)}, tcpmib.DatedConn{Conn: at(1, 8, estab)}, false, false},
		{"another port", tcpmib.DatedConn{Conn: at(1, 7, estab)}, tcpmib.DatedConn{Conn: at(2, 7, estab)}, false, false},
		{"another time", tcpmib.DatedConn{at(1, 7, estab), now}, tcpmib.DatedConn{at(1, 7, estab), now.Add(1)}, false, false},
		{"one time", tcpmib.DatedConn{at(1, 7, estab), now}, tcpmib.DatedConn{Conn: at(1, 7, estab)}, true, true},
	} {
		assert.Equal(t, test.want, test.c.Same(test.d), test.name)
		assert.Equal(t, test.backwards, test.d.Same(test.c), test.name)
	}
	assert.Equal(t, at(1, 7, estab).Endpoints(), at(1, 8, wait).Endpoints())
	assert.NotEqual(t, at(1, 7, estab).Endpoints(), at(2, 7, estab).Endpoints())
}
