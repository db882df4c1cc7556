package udpmib_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// owned has n IPv4 sockets of a process.
func owned(n int, pid uint32, ticks uint64) fake {
	table := table4(n)
	for i := range n {
		row := table[8+160*i:]
		for k := range 4 {
			row[8+k] = byte(pid >> (8 * k))
		}
		for k := range 8 {
			row[16+k] = byte(ticks >> (8 * k))
		}
	}
	return whole(table)
}

// One family alone is read and reported alone.
func TestTrackerOfOneFamily(t *testing.T) {
	r := udpmib.Reader{Source: families(whole(table4(1)), whole(table6(1, sevens)))}
	for family, want := range map[tcpmib.Family]string{tcpmib.IPv4: "10.1.2.3:443", tcpmib.IPv6: "[fe80::1%7]:443"} {
		var tracker udpmib.Tracker
		var got []string
		for c, err := range tracker.Changes(&r, family, bound) {
			require.NoError(t, err)
			got = append(got, c.Endpoint.Local.String())
		}
		assert.Equal(t, []string{want}, got)
	}
}

// asked notes whether a source was asked to sort.
type asked struct {
	tcpmib.Source
	order *[]bool
}

func (a asked) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	*a.order = append(*a.order, q.Order)
	return a.Source.Ask(q, buf)
}

// A tracker, which needs sorted rows, has Windows sort them. Whoever reads endpoints alone does
// not.
func TestOrder(t *testing.T) {
	var order []bool
	r := udpmib.Reader{Source: asked{families(whole(table4(1)), whole(table6(1, sevens))), &order}}
	_, err := r.AppendEndpoints(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Equal(t, []bool{false, false}, order)
	order = nil
	var tracker udpmib.Tracker
	for _, err := range tracker.Changes(&r, tcpmib.Both, bound) {
		require.NoError(t, err)
	}
	assert.Equal(t, []bool{true, true}, order)
}

func TestSame(t *testing.T) {
	later := bound.Add(time.Second)
	of := func(local string, pid uint32, created time.Time) udpmib.Endpoint {
		e := endpoint(local, pid)
		e.Created = created
		return e
	}
	e := of("0.0.0.0:53", 7, bound)
	for _, test := range []struct {
		f    udpmib.Endpoint
		same bool
	}{
		{e, true},
		{of("0.0.0.0:54", 7, bound), false},
		{of("0.0.0.0:53", 8, bound), false},
		{of("0.0.0.0:53", 0, bound), true},
		{of("0.0.0.0:53", 7, later), false},
		{of("0.0.0.0:53", 7, time.Time{}), true},
		{of("0.0.0.0:53", 0, later), false},
		{of("0.0.0.0:53", 0, time.Time{}), true},
		{of("0.0.0.0:53", 8, time.Time{}), false},
		{of("0.0.0.0:53", 7, bound.In(time.FixedZone("", 3600))), true},
	} {
		assert.Equal(t, test.same, e.Same(test.f), "%v", test.f)
		assert.Equal(t, test.same, test.f.Same(e), "%v", test.f)
	}
}

func TestTracker(t *testing.T) {
	var tracker udpmib.Tracker
	take := func(ipv4, ipv6 fake) (got []string) {
		r, changes := udpmib.Reader{Source: families(ipv4, ipv6)}, []udpmib.Change(nil)
		for c, err := range tracker.Changes(&r, tcpmib.Both, bound) {
			assert.Equal(t, bound, c.Time)
			if err != nil {
				assert.Empty(t, gocmp.Diff(udpmib.Change{Time: bound}, c, compareEndpoints))
				got = append(got, err.Error())
				continue
			}
			got = append(got, fmt.Sprintf("%v %v %d", c.Kind, c.Endpoint.Local, c.Endpoint.PID))
			assert.Equal(t, c.Kind == tcpmib.Changed, c.Old.Local.IsValid())
			changes = append(changes, c)
		}
		require.Len(t, changes, tracker.NumChanges())
		for i, c := range changes {
			assert.Equal(t, c, tracker.Change(i))
		}
		assert.Equal(t, udpmib.Change{}, tracker.Change(len(changes)))
		assert.Equal(t, udpmib.Change{}, tracker.Change(-1))
		return got
	}
	none := fails(tcpmib.CodeNoData)
	assert.Equal(t, []string{"present 10.1.2.3:443 7", "present [fe80::1%7]:443 1000"}, take(owned(1, 7, boundTicks), whole(table6(1, sevens))))
	assert.Nil(t, take(owned(1, 7, boundTicks), whole(table6(1, sevens))))
	assert.Equal(t, []string{"opened 10.1.2.3:444 7", "GetExtendedUdpTable(ipv6, OwnerModule): Windows error 4711"}, take(owned(2, 7, boundTicks), fails(4711)))
	all := tracker.AppendEndpoints(nil)
	require.Len(t, all, 3)
	for n := range len(all) + 1 { // Endpoints yields the same, up to any that ends the loop
		var got []udpmib.Endpoint
		for e := range tracker.Endpoints() {
			if len(got) == n {
				break
			}
			got = append(got, e)
		}
		assert.Equal(t, all[:n], append([]udpmib.Endpoint{}, got...))
	}
	assert.Equal(t, []string{"closed 10.1.2.3:444 7", "closed [fe80::1%7]:443 1000"}, take(owned(1, 7, boundTicks), none))
	assert.Equal(t, []string{"changed 10.1.2.3:443 0"}, take(owned(1, 0, boundTicks), none))
	assert.Equal(t, []string{"closed 10.1.2.3:443 0", "opened 10.1.2.3:443 8"}, take(owned(1, 8, boundTicks), none), "another owner after none")
	assert.Equal(t, []string{"closed 10.1.2.3:443 8", "opened 10.1.2.3:443 8"}, take(owned(1, 8, boundTicks+1), none), "another creation time")

	r := udpmib.Reader{Source: fails(0)}
	for _, family := range []tcpmib.Family{0, 4} {
		for _, err := range tracker.Changes(&r, family, bound) {
			assert.ErrorIs(t, err, fs.ErrInvalid)
		}
		for _, err := range r.Watch(t.Context(), time.Second, family) {
			assert.ErrorIs(t, err, fs.ErrInvalid)
		}
	}
}

func TestTrackerMakesNoGarbage(t *testing.T) {
	r := udpmib.Reader{Source: families(owned(1000, 7, boundTicks), whole(table6(1000, sevens)))}
	var tracker udpmib.Tracker
	snapshot := func() {
		for _, err := range tracker.Changes(&r, tcpmib.Both, bound) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		snapshot()
	}
	if !raced {
		assert.Zero(t, testing.AllocsPerRun(100, snapshot))
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, n := time.Now(), 0
		r := udpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
			if q.Family == tcpmib.AFInet {
				n++
				time.Sleep(map[int]time.Duration{3: 1500 * time.Millisecond}[n])
			}
			return families(owned(n, 7, boundTicks), fails(tcpmib.CodeNoData))(q, buf)
		})}
		ctx, cancel := context.WithTimeout(t.Context(), 4500*time.Millisecond)
		defer cancel()
		var got []string
		for c, err := range r.Watch(ctx, time.Second, tcpmib.Both) {
			if err != nil {
				missed := (*tcpmib.MissedError)(nil)
				require.ErrorAs(t, err, &missed)
				got = append(got, fmt.Sprint(c.Time.Sub(start), " missed ", missed.Ticks))
				continue
			}
			got = append(got, fmt.Sprint(c.Time.Sub(start), " ", c.Kind, " ", c.Endpoint.Local.Port()))
		}
		assert.Equal(t, []string{"0s present 443", "1s opened 444", "2s opened 445", "2s missed 1", "4s opened 446"}, got)
		assert.Equal(t, 4500*time.Millisecond, time.Since(start))
	})
	for _, err := range udpmib.Watch(t.Context(), 0, tcpmib.Both) {
		assert.ErrorIs(t, err, fs.ErrInvalid)
	}
}

// A warm Reader allocates nothing for scope IDs, small and large.
func TestNoScopeIDAllocates(t *testing.T) {
	const n = 1000
	for _, first := range []uint32{1, 100, 70_000} {
		r := udpmib.Reader{Source: whole(table6(n, func(i int) uint32 { return first + uint32(i) }))}
		var endpoints []udpmib.Endpoint
		read := func() {
			var err error
			if endpoints, err = r.AppendEndpoints(endpoints[:0], tcpmib.IPv6); err != nil || len(endpoints) != n {
				t.Fatal(len(endpoints), err)
			}
		}
		read()
		if !raced {
			assert.Zero(t, testing.AllocsPerRun(10, read), "from %d on", first)
		}
	}
	r := udpmib.Reader{Source: whole(table6(1<<16+1, func(i int) uint32 { return uint32(1 + i) }))}
	got, err := r.AppendEndpoints(nil, tcpmib.IPv6)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
	assert.Empty(t, got)
}
