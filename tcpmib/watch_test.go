package tcpmib_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// sequence answers the k-th question of each family with its k-th answer, and then with the last.
func sequence(ipv4, ipv6 []fake) fake {
	answers, asked := map[string][]fake{"GetTcpTable2": ipv4, "GetTcp6Table2": ipv6}, map[string]int{}
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		k := asked[q.Func]
		asked[q.Func]++
		return answers[q.Func][min(k, len(answers[q.Func])-1)](q, buf)
	}
}

// slow takes a while to answer.
func slow(d time.Duration, f fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		time.Sleep(d)
		return f(q, buf)
	}
}

// An event is what a Watch yielded, short enough to be compared by eye: when, in seconds since the
// watch began, and what.
func events(t *testing.T, r *tcpmib.Reader, interval time.Duration, family tcpmib.Family, n int, handle func(tcpmib.Change)) (got []string) {
	t.Helper()
	start := time.Now()
	for c, err := range r.Watch(t.Context(), interval, family) {
		at := c.Time.Sub(start).Seconds()
		switch {
		case err != nil:
			assert.Empty(t, cmp.Diff(tcpmib.Change{Time: c.Time}, c, compareChanges), "nothing but the time with an error")
			got = append(got, fmt.Sprintf("%v: %v", at, err))
		default:
			got = append(got, fmt.Sprintf("%v: %v %v %d", at, c.Kind, c.Conn.Family(), c.Conn.Remote.Port()))
		}
		handle(c)
		if len(got) == n {
			break
		}
	}
	return got
}

func nothing(tcpmib.Change) {}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := tcpmib.Reader{Source: sequence(
			[]fake{whole(table4(2)), whole(table4(3)), whole(table4(3)), whole(table4(1))},
			[]fake{whole(table6(1)), whole(table6(1)), whole(table6(0)), whole(table6(1))},
		)}
		assert.Equal(t, []string{
			"0: present ipv4 0", "0: present ipv4 1", "0: present ipv6 0",
			"2: opened ipv4 2",
			"4: closed ipv6 0",
			"6: closed ipv4 1", "6: closed ipv4 2", "6: opened ipv6 0",
		}, events(t, &r, 2*time.Second, tcpmib.Both, 8, nothing))
	})
}

// A family that fails is reported at each tick, and its connections are neither closed when it does
// nor opened when it works again. The other goes on.
func TestWatchFailingFamily(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := tcpmib.Reader{Source: sequence(
			[]fake{whole(table4(1)), whole(table4(2)), whole(table4(2)), whole(table4(2))},
			[]fake{whole(table6(2)), fails(5), fails(5), whole(table6(1)), whole(table6(1))},
		)}
		const denied = "GetTcp6Table2: access is denied (ERROR_ACCESS_DENIED, 5)"
		assert.Equal(t, []string{
			"0: present ipv4 0", "0: present ipv6 0", "0: present ipv6 1",
			"1: opened ipv4 1", "1: " + denied,
			"2: " + denied,
			"3: closed ipv6 1",
		}, events(t, &r, time.Second, tcpmib.Both, 7, nothing))
	})
}

// The connections of a family that fails at first are present in the first snapshot that has them.
func TestWatchFamilyThatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := tcpmib.Reader{Source: sequence([]fake{fails(31), whole(table4(1)), whole(table4(2))}, nil)}
		assert.Equal(t, []string{
			"0: GetTcpTable2: the network stack does not answer (ERROR_GEN_FAILURE, 31)",
			"1: present ipv4 0",
			"2: opened ipv4 1",
		}, events(t, &r, time.Second, tcpmib.IPv4, 3, nothing))
	})
}

// Ticks that a slow system or a slow reader takes are skipped and reported, and the next one is on
// time.
func TestWatchMissedTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := tcpmib.Reader{Source: sequence([]fake{
			whole(table4(1)), slow(2500*time.Millisecond, whole(table4(2))), whole(table4(2)), whole(table4(3)), whole(table4(4)),
		}, nil)}
		assert.Equal(t, []string{
			"0: present ipv4 0",
			"1: opened ipv4 1",
			"1: tcpmib: ticks missed: 2; reading and handling the tables took longer than the interval of 1s",
			"5: opened ipv4 2",
			"5: tcpmib: ticks missed: 1; reading and handling the tables took longer than the interval of 1s",
			"7: opened ipv4 3",
		}, events(t, &r, time.Second, tcpmib.IPv4, 6, func(c tcpmib.Change) {
			if c.Conn.Remote.Port() == 2 {
				time.Sleep(time.Second)
			}
		}))
	})
}

func TestWatchMissedError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := tcpmib.Reader{Source: slow(10*time.Second, whole(table4(0)))}
		for _, err := range r.Watch(t.Context(), time.Second, tcpmib.IPv4) {
			missed := (*tcpmib.MissedError)(nil)
			require.ErrorAs(t, err, &missed)
			assert.Equal(t, tcpmib.MissedError{Ticks: 10, Interval: time.Second}, *missed)
			return
		}
	})
	// As many as a sleeping machine misses do not fit an int of 32 bits.
	synctest.Test(t, func(t *testing.T) {
		r := tcpmib.Reader{Source: slow(time.Hour, whole(table4(0)))}
		for _, err := range r.Watch(t.Context(), time.Microsecond, tcpmib.IPv4) {
			missed := (*tcpmib.MissedError)(nil)
			require.ErrorAs(t, err, &missed)
			assert.EqualValues(t, min(time.Hour/time.Microsecond, math.MaxInt), missed.Ticks)
			return
		}
	})
}

// Cancelling ends the stream at once: while it waits, between two changes, and before it begins.
func TestWatchCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := tcpmib.Reader{Source: sequence([]fake{whole(table4(1))}, nil)}
		start := time.Now()
		time.AfterFunc(1500*time.Millisecond, cancel)
		for _, err := range r.Watch(ctx, time.Second, tcpmib.IPv4) {
			require.NoError(t, err)
		}
		assert.Equal(t, 1500*time.Millisecond, time.Since(start))

		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		n := 0
		r = tcpmib.Reader{Source: families(whole(table4(10)), fails(5))}
		for range r.Watch(ctx, time.Second, tcpmib.Both) {
			if n++; n == 3 {
				cancel()
			}
		}
		assert.Equal(t, 3, n)

		for range r.Watch(ctx, time.Second, tcpmib.Both) {
			assert.Fail(t, "a cancelled watch yields nothing")
		}
	})
}

// A read under way cannot be cancelled, but what it found is not yielded.
func TestWatchCancelWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := tcpmib.Reader{Source: families(slow(2*time.Second, fails(5)), whole(table6(1)))}
		for range r.Watch(ctx, 10*time.Second, tcpmib.Both) {
			assert.Fail(t, "it was cancelled")
		}
	})
}

func TestWatchRefusesNoInterval(t *testing.T) {
	for _, interval := range []time.Duration{0, -time.Second} {
		n := 0
		for _, err := range tcpmib.Watch(t.Context(), interval, tcpmib.Both) {
			n++
			require.ErrorIs(t, err, fs.ErrInvalid)
		}
		assert.Equal(t, 1, n)
	}
	for _, err := range tcpmib.Ticks(t.Context(), 1) {
		assert.NoError(t, err, "a nanosecond is an interval")
		break
	}
}

// On a system without the functions each family is an error, and watching continues.
func TestWatchThisMachine(t *testing.T) {
	n := 0
	for _, err := range tcpmib.Watch(t.Context(), time.Millisecond, tcpmib.Both) {
		if errors.Is(err, errors.ErrUnsupported) {
			requireLive(t, err)
		}
		if n++; n == 10 {
			return
		}
	}
}
