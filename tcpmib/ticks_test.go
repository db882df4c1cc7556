package tcpmib_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// Ticks come at once and then on time, those that a slow body takes are skipped and reported.
func TestTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var got []string
		for tick, err := range tcpmib.Ticks(t.Context(), time.Second) {
			got = append(got, fmt.Sprint(tick.Sub(start), " ", err))
			switch len(got) {
			case 2:
				time.Sleep(999 * time.Millisecond)
			case 3:
				time.Sleep(2500 * time.Millisecond)
			case 4:
				time.Sleep(time.Second) // while the missed ticks are reported
			}
			if len(got) == 6 {
				break
			}
		}
		const missed = "tcpmib: ticks missed: %d; reading and handling the tables took longer than the interval of 1s"
		assert.Equal(t, []string{
			"0s <nil>", "1s <nil>", "2s <nil>", "2s " + fmt.Sprintf(missed, 2), "5.5s <nil>", "6s <nil>",
		}, got)
	})
}

func TestTicksEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		n := 0
		for _, err := range tcpmib.Ticks(ctx, time.Second) {
			require.NoError(t, err)
			n++
		}
		assert.Equal(t, 3, n)
		assert.Equal(t, 2500*time.Millisecond, time.Since(start), "at once")
		for range tcpmib.Ticks(ctx, time.Second) {
			assert.Fail(t, "it was cancelled")
		}
	})
	for _, interval := range []time.Duration{0, -time.Second} {
		n := 0
		for tick, err := range tcpmib.Ticks(t.Context(), interval) {
			assert.ErrorIs(t, err, fs.ErrInvalid)
			assert.Zero(t, tick)
			n++
		}
		assert.Equal(t, 1, n)
	}
}

// Bound sockets are followed as connections are, after them, each family on its own.
func TestTrackerBound(t *testing.T) {
	bound := func(ports ...uint16) fake {
		var conns []tcpmib.Conn
		for _, port := range ports {
			conns = append(conns, tcpmib.Conn{Local: endpoint(fmt.Sprintf("10.0.0.1:%d", port)), PID: 7})
		}
		return whole(table2Of(conns...))
	}
	tracker := tcpmib.Tracker{Bound: true}
	take := func(source fake) (got []string) {
		r := tcpmib.Reader{Source: source}
		for c, err := range tracker.Changes(&r, tcpmib.Both, time.Unix(1, 0)) {
			assert.Equal(t, time.Unix(1, 0), c.Time)
			if err != nil {
				got = append(got, err.Error())
				continue
			}
			got = append(got, fmt.Sprint(c.Kind, " ", c.Conn.Local.Port(), " ", c.Conn.State))
		}
		return got
	}
	main := whole(table2Of(at(80, 7, tcpmib.StateEstab)))
	assert.Equal(t, []string{"present 1000 ESTABLISHED", "present 5000 BOUND"}, take(bindings(bound(5000), nil, main, nil)))
	assert.Equal(t, []string{"opened 4000 BOUND"}, take(bindings(bound(5000, 4000), nil, main, nil)))
	assert.Equal(t, []string{"InternalGetBoundTcp6EndpointTable: Windows error 4711"},
		take(bindings(bound(4000, 5000), fails(4711), main, nil)))
	assert.Len(t, tracker.AppendDatedConns(nil), 3)
	assert.Equal(t, []string{"closed 5000 BOUND"}, take(bindings(bound(4000), nil, main, nil)))
	now := tracker.AppendDatedConns(nil)
	require.Len(t, now, 2)
	assert.Equal(t, tcpmib.StateReserved, now[1].State)

	// A loop that ends early, at each place.
	for n := range 3 {
		var tracker tcpmib.Tracker
		tracker.Bound = true
		r := tcpmib.Reader{Source: bindings(bound(5000), nil, main, fails(5))}
		for range tracker.Changes(&r, tcpmib.Both, time.Time{}) {
			if n--; n < 0 {
				break
			}
		}
	}
}
