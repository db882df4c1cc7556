package rows

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// manySockets returns a snapshot of n sockets of 60 processes with 20 names, in no order.
func manySockets(n int) *Snapshot {
	s := &Snapshot{Processes: owner.Processes{}}
	for i := range n {
		i = i * 7919 % n
		pid := uint32(4 + i%60*4)
		name := fmt.Sprintf("program%d.exe", pid%20)
		if pid%3 == 0 {
			name = fmt.Sprintf("PROGRAM%d.EXE", pid%20) // equal but for case
		}
		s.Processes[pid] = owner.Process{PID: pid, Name: name}
		s.Sockets = append(s.Sockets, Socket{Conn: tcpmib.Conn{
			Local:  netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 50000),
			Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, 7}), uint16(i%1000)),
			State:  tcpmib.StateEstab, PID: pid,
		}})
	}
	return s
}

// A sort by columns gives the order that Order gives, whether it uses ranks or not.
func TestSortIsOrder(t *testing.T) {
	for _, names := range [][]string{
		{"process"}, {"process", "pid"}, {"pid", "process", "state"}, {"state", "process", "pid", "local"}, {"local"}, {"remote"},
		{"module", "process"}, {"process", "local"}, {"stateCode", "stateCode", "pid"},
		{"age"}, {"process", "age", "pid"}, {"created", "process"}, {"state", "created"},
	} {
		by := Named(names...)
		for _, reverse := range []bool{false, true} {
			s := manySockets(3000)
			s.Created, s.At = &Created{}, created.Add(time.Hour)
			for i, socket := range s.Sockets {
				if i%3 > 0 { // the others are unknown
					s.Created.Add(socket, created.Add(time.Duration(i%7)*time.Second))
				}
			}
			var want []Row
			for r := range s.Rows() {
				want = append(want, *r)
			}
			order := Order(by, reverse)
			slices.SortFunc(want, func(a, b Row) int { return order(&a, &b) })
			s.Sort(by, reverse)
			i := 0
			for r := range s.Rows() {
				assert.Equal(t, want[i], *r, "%v %v %d", names, reverse, i)
				i++
			}
		}
	}
}

// The names of processes are compared for each process, not for each socket: what a sort costs
// on a busy machine, counted rather than timed.
func TestSortComparesNamesOnce(t *testing.T) {
	const n = 10_000
	by := Named("process", "pid")
	words, ranks := 0, 0
	word, rank := by[0].Word, by[1].Rank
	by[0].Word = func(r *Row) string { words++; return word(r) }
	by[1].Rank = func(r *Row) uint64 { ranks++; return rank(r) }
	s := manySockets(n)
	s.Sort(by, false)
	assert.Less(t, words, n+20*20)
	assert.Equal(t, n, ranks)
}

// Two values are enough to have an order.
func TestSortOfTwo(t *testing.T) {
	s := &Snapshot{Processes: owner.Processes{4: {PID: 4, Name: "b.exe"}, 8: {PID: 8, Name: "a.exe"}}}
	for i := range 600 {
		s.Sockets = append(s.Sockets, Socket{Conn: tcpmib.Conn{Local: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(i)), PID: uint32(4 + i%2*4)}})
	}
	s.Sort(Named("process"), false)
	for i, socket := range s.Sockets {
		if want := uint32(8 - i/300*4); socket.PID != want {
			t.Fatalf("row %d is of process %d, want %d", i, socket.PID, want)
		}
	}
}

// Without columns rows are in the order of Socket.Compare.
func TestSortedByNoColumns(t *testing.T) {
	s := manySockets(100)
	for _, reverse := range []bool{false, true} {
		var got []Socket
		for i := range Sorted(len(s.Sockets), func(i int) Row { return s.Row(s.Sockets[i]) }, func(i int) Socket { return s.Sockets[i] }, nil, reverse) {
			got = append(got, s.Sockets[i])
		}
		want := manySockets(100)
		want.Sort(nil, reverse)
		assert.Equal(t, want.Sockets, got, "reverse %v", reverse)
	}
}

// A time that decides between rows that are equal so far comes last if it is unknown, reversed or
// not.
func TestUnknownTimeOfEqualRows(t *testing.T) {
	known, later, unknown := Row{Process: "a"}, Row{Process: "a"}, Row{Process: "a"}
	known.SetCreated(created, created)
	later.SetCreated(created.Add(1000), created)
	for _, reverse := range []bool{false, true} {
		for _, name := range []string{"created", "age"} {
			order := Order(Named("process", name), reverse)
			for _, r := range []*Row{&known, &later} {
				assert.Negative(t, order(r, &unknown), "%s, reverse %v", name, reverse)
				assert.Positive(t, order(&unknown, r), "%s, reverse %v", name, reverse)
			}
			assert.Zero(t, order(&unknown, &unknown))
		}
		assert.Equal(t, reverse, Order(Named("process", "created"), reverse)(&known, &later) > 0)
	}
}
