package rows

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// Each part of an identity changes the fingerprint, and nothing else does.
func TestFingerprint(t *testing.T) {
	local, remote := netip.MustParseAddrPort("[fe80::1%7]:80"), netip.MustParseAddrPort("[fe80::2]:443")
	s := Socket{Conn: tcpmib.Conn{Local: local, Remote: remote, PID: 1, State: tcpmib.StateEstab, Offload: 2}}
	seen := map[Fingerprint]bool{s.Fingerprint(): true}
	for _, change := range []func(s *Socket){
		func(s *Socket) { s.Protocol = UDP },
		func(s *Socket) { s.PID = 256 },
		func(s *Socket) { s.PID = 1 << 31 },
		func(s *Socket) { s.Local, s.Remote = remote, local },
		func(s *Socket) { s.Local = netip.MustParseAddrPort("[fe80::1%8]:80") },
		func(s *Socket) { s.Local = netip.MustParseAddrPort("[fe80::1%70]:80") },
		func(s *Socket) { s.Local = netip.MustParseAddrPort("[fe80::1%7]:81") },
		func(s *Socket) { s.Local = netip.MustParseAddrPort("[fe80::1%7]:336") },
		func(s *Socket) { s.Local = netip.MustParseAddrPort("[fe80::1:1%7]:80") },
		func(s *Socket) { s.Remote = netip.MustParseAddrPort("[fe80::2%0]:443") },
		func(s *Socket) { s.Remote = netip.AddrPort{} },
		func(s *Socket) { s.Remote = netip.MustParseAddrPort("[::]:0") },
		func(s *Socket) { s.Remote = netip.MustParseAddrPort("0.0.0.0:0") },
		func(s *Socket) { s.Remote = netip.MustParseAddrPort("[::ffff:0.0.0.0]:0") },
	} {
		other := s
		change(&other)
		assert.False(t, seen[other.Fingerprint()], "%+v", other)
		seen[other.Fingerprint()] = true
	}
	s.State, s.Offload = tcpmib.StateTimeWait, 0
	assert.True(t, seen[s.Fingerprint()])
	assert.NotEqual(t, s.Fingerprint()[0], s.Fingerprint()[1], "the halves are independent")
}

// Times of sockets are as exact as those of Windows.
func TestMoment(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Date(1601, 1, 1, 0, 0, 0, 100, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_900, time.UTC),
		time.Date(2024, 5, 6, 7, 8, 9, 123_456_700, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_900, time.UTC),
	} {
		assert.Equal(t, at, MomentOf(at).Time())
	}
	assert.Zero(t, MomentOf(time.Time{}))
	assert.Equal(t, Moment(10_000_001), MomentOf(time.Time{}.Add(time.Second+100)), "in units of 100 ns")
	assert.Less(t, MomentOf(created), MomentOf(created.Add(100)))
}

// Creation times are found in any order, and of a socket that is listed twice the last one.
func TestCreated(t *testing.T) {
	socket := func(i int) Socket {
		return Socket{Conn: tcpmib.Conn{Local: netip.AddrPortFrom(netip.IPv6Loopback(), uint16(i)), PID: 4}}
	}
	at := func(i int) time.Time { return created.Truncate(time.Microsecond).Add(time.Duration(i) * time.Second) }
	assert.Zero(t, (&Created{}).At(socket(1)))
	var c Created
	order := []int{1, 2, 2, 3, 5, 6, 6, 7, 1}
	for n, i := range order {
		c.Add(socket(i), at(n))
	}
	last := map[int]time.Time{1: at(8), 2: at(2), 3: at(3), 5: at(4), 6: at(6), 7: at(7)} // 4 is not there
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		i := 2 + random.IntN(6)
		assert.Equal(t, last[i], c.At(socket(i)), i)
	}
	for _, i := range []int{2, 3, 5, 6, 7, 1, 1, 4, 2, 0, 7} {
		assert.Equal(t, last[i], c.At(socket(i)), i)
	}
	c.Add(socket(4), at(20))
	assert.Equal(t, at(20), c.At(socket(4)), "added after a search")
}

// Rows are sorted by times without being compared, and what is unknown stays last.
func TestSortedByTime(t *testing.T) {
	list := []Row{}
	for i, age := range []time.Duration{5, -1, 3, 5, 0, -1} {
		r := Row{Socket: Socket{Conn: tcpmib.Conn{Local: netip.AddrPortFrom(netip.IPv6Loopback(), uint16(10-i))}}}
		if age >= 0 {
			r.SetCreated(created, created.Add(age*time.Hour))
		}
		list = append(list, r)
	}
	asked := 0
	order := func(reverse bool, by ...string) (got []int) {
		asked = 0
		row, socket := func(i int) Row { asked++; return list[i] }, func(i int) Socket { return list[i].Socket }
		for i := range Sorted(len(list), row, socket, Named(by...), reverse) {
			got = append(got, i)
		}
		return got
	}
	assert.Equal(t, []int{4, 2, 3, 0, 5, 1}, order(false, "age"), "equal ones as by Socket.Compare")
	assert.Equal(t, []int{0, 3, 2, 4, 1, 5}, order(true, "age"))
	assert.Equal(t, len(list), asked, "each is made once, also those of equal ages")
	assert.Equal(t, []int{4, 2, 3, 0, 5, 1}, order(false, "age", "localPort"))
	assert.Equal(t, []int{5, 4, 3, 2, 1, 0}, order(false, "state", "local"))
	assert.Zero(t, asked, "the sockets are enough")
	for i := range list {
		if !list[i].Created.IsZero() {
			list[i].Created = list[i].Created.Add(-list[i].Age)
		}
	}
	assert.Equal(t, []int{3, 0, 2, 4, 5, 1}, order(false, "created"))
	assert.Equal(t, []int{4, 2, 0, 3, 1, 5}, order(true, "created"))
}

// A sort by times looks at each row once, and for a column before or behind it once more.
func TestSortByTimeLooksOnce(t *testing.T) {
	const n = 1000
	for _, by := range [][]string{{"age"}, {"created"}, {"process", "age"}, {"state", "created", "pid", "age"}} {
		asked := make([]int, n)
		row := func(i int) Row {
			asked[i]++
			r := Row{}
			r.SetCreated(created.Add(time.Duration(i*7919%n)*time.Minute), created.Add(n*time.Minute))
			return r
		}
		for range Sorted(n, row, func(int) Socket { return Socket{} }, Named(by...), false) {
		}
		for i := range asked {
			assert.LessOrEqual(t, asked[i], 2*len(by)-1, "%v of row %d", by, i)
		}
	}
}
