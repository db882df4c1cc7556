package tcpmib_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// The diagram of RFC 793, figure 6, without LISTEN, whose rows have no other side: from one state
// to the next. An abort leads from everywhere to CLOSED, where a connection ends.
var nextStates = map[tcpmib.State][]tcpmib.State{
	tcpmib.StateSynSent:   {tcpmib.StateSynRcvd, tcpmib.StateEstab},
	tcpmib.StateSynRcvd:   {tcpmib.StateEstab, tcpmib.StateFinWait1},
	tcpmib.StateEstab:     {tcpmib.StateFinWait1, tcpmib.StateCloseWait},
	tcpmib.StateFinWait1:  {tcpmib.StateFinWait2, tcpmib.StateClosing, tcpmib.StateTimeWait},
	tcpmib.StateFinWait2:  {tcpmib.StateTimeWait},
	tcpmib.StateClosing:   {tcpmib.StateTimeWait},
	tcpmib.StateCloseWait: {tcpmib.StateLastAck},
}

// canFollow reports whether a connection that was in one state can be in another.
func canFollow(before, after tcpmib.State) bool {
	if before == after {
		return true
	}
	for _, next := range nextStates[before] {
		if canFollow(next, after) {
			return true
		}
	}
	return false
}

// life is a random history of one connection, from its first snapshot to its last. It loses its
// owner when its process ends, and does not get another.
func life(rng *rand.Rand, pid uint32) (states []tcpmib.Conn) {
	c := at(80, pid, []tcpmib.State{tcpmib.StateSynSent, tcpmib.StateSynRcvd}[rng.IntN(2)])
	for {
		states = append(states, c)
		if rng.IntN(12) == 0 {
			return states // reset
		}
		if rng.IntN(3) == 0 {
			continue // it stays
		}
		next := nextStates[c.State]
		if len(next) == 0 {
			return states
		}
		c.State = next[rng.IntN(len(next))]
		if c.State == tcpmib.StateTimeWait || rng.IntN(8) == 0 {
			c.PID = 0
		}
	}
}

// Random histories of connections that use one pair of endpoints after each other, in snapshots
// that miss some of their states, and whole connections. A connection that changes is never called
// closed and opened, and one that is proven another is never called changed: by a state that cannot
// follow, or by another owner than the last that was seen.
func TestIdentityInRandomHistories(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	proven, changes := 0, 0
	for range 1000 {
		var tracker tcpmib.Tracker
		var last tcpmib.Conn // in the last snapshot; the zero value if there was none
		lastLife, owner := -1, uint32(0)
		for n := range 4 {
			for _, c := range life(rng, uint32(100+rng.IntN(3))) {
				if rng.IntN(3) == 0 {
					continue // between two snapshots
				}
				if rng.IntN(10) == 0 {
					got := snapshot(t, &tracker) // when nobody uses the endpoints
					if lastLife >= 0 {
						require.Equal(t, []string{"closed"}, got)
					}
					lastLife, owner = -1, 0
				}
				got := snapshot(t, &tracker, c)
				another := lastLife != n
				proof := !canFollow(last.State, c.State) || owner != 0 && c.PID != 0 && c.PID != owner
				about := fmt.Sprintf("%v, last owned by %d, then %v", last, owner, c)
				switch {
				case lastLife < 0 && len(got) == 1:
					require.Contains(t, []string{"present", "opened"}, got[0], about)
				case another && proof:
					require.Equal(t, []string{"closed", "opened"}, got, about)
					proven++
				case c == last:
					require.Empty(t, got, about)
				default: // the same one, or one that cannot be distinguished from it
					require.Equal(t, []string{"changed"}, got, about)
					changes++
				}
				if lastLife < 0 || another && proof {
					owner = 0
				}
				if c.PID != 0 {
					owner = c.PID
				}
				last, lastLife = c, n
			}
		}
	}
	assert.Greater(t, proven, 300)
	assert.Greater(t, changes, 300)
}

// snapshot returns the kinds of changes to these connections.
func snapshot(t *testing.T, tracker *tcpmib.Tracker, conns ...tcpmib.Conn) (kinds []string) {
	r := tcpmib.Reader{Source: families(whole(table2Of(conns...)), nil)}
	for c, err := range tracker.Changes(&r, tcpmib.IPv4, time.Time{}) {
		require.NoError(t, err)
		kinds = append(kinds, c.Kind.String())
	}
	return kinds
}

func TestIdentity(t *testing.T) {
	const estab, wait, synSent = tcpmib.StateEstab, tcpmib.StateTimeWait, tcpmib.StateSynSent
	for _, test := range []struct {
		name      string
		snapshots []tcpmib.Conn
		last      []string
	}{
		{"another owner after none", []tcpmib.Conn{at(1, 100, estab), at(1, 0, estab), at(1, 200, estab)}, []string{"closed", "opened"}},
		{"another owner, long after none", []tcpmib.Conn{at(1, 100, estab), at(1, 0, estab), at(1, 0, estab), at(1, 0, tcpmib.StateFinWait1), at(1, 200, tcpmib.StateFinWait2)},
			[]string{"closed", "opened"}},
		{"the same owner after none", []tcpmib.Conn{at(1, 100, estab), at(1, 0, estab), at(1, 100, estab)}, []string{"changed"}},
		{"an owner after none was known", []tcpmib.Conn{at(1, 0, estab), at(1, 200, estab)}, []string{"changed"}},
		{"an owner of the connection before is not remembered", []tcpmib.Conn{at(1, 100, estab), at(1, 0, synSent), at(1, 200, estab)}, []string{"changed"}},
		{"from CLOSE-WAIT", []tcpmib.Conn{at(1, 7, tcpmib.StateCloseWait), at(1, 7, synSent)}, []string{"closed", "opened"}},
		{"from LAST-ACK", []tcpmib.Conn{at(1, 7, tcpmib.StateLastAck), at(1, 7, estab)}, []string{"closed", "opened"}},
		{"from TIME-WAIT", []tcpmib.Conn{at(1, 0, wait), at(1, 0, tcpmib.StateSynRcvd)}, []string{"closed", "opened"}},
		{"a lower process ID", []tcpmib.Conn{at(1, 8, estab), at(1, 7, estab)}, []string{"closed", "opened"}},
		{"states that RFC 793 does not have", []tcpmib.Conn{at(1, 7, 100), at(1, 7, synSent)}, []string{"changed"}},
		{"states without a name", []tcpmib.Conn{at(1, 7, 0), at(1, 7, 77)}, []string{"changed"}},
		{"deleted", []tcpmib.Conn{at(1, 7, estab), at(1, 7, tcpmib.StateDeleteTCB)}, []string{"changed"}},
	} {
		var tracker tcpmib.Tracker
		var got []string
		for _, c := range test.snapshots {
			got = snapshot(t, &tracker, c)
		}
		assert.Equal(t, test.last, got, test.name)
	}
}

// A memory of owners follows its connection, whatever comes and goes around it.
func TestIdentityAmongOthers(t *testing.T) {
	var tracker tcpmib.Tracker
	snapshot(t, &tracker, at(1, 1, tcpmib.StateEstab), at(3, 100, tcpmib.StateEstab), at(5, 300, tcpmib.StateEstab))
	snapshot(t, &tracker, at(1, 1, tcpmib.StateEstab), at(2, 2, tcpmib.StateEstab), at(3, 0, tcpmib.StateEstab), at(5, 0, tcpmib.StateEstab))
	snapshot(t, &tracker, at(2, 2, tcpmib.StateEstab), at(3, 0, tcpmib.StateEstab), at(4, 4, tcpmib.StateEstab), at(5, 0, tcpmib.StateEstab))
	assert.Equal(t, []string{"closed", "opened", "closed", "changed"}, snapshot(t, &tracker,
		at(2, 2, tcpmib.StateEstab), at(3, 200, tcpmib.StateEstab), at(5, 300, tcpmib.StateEstab)))
}
