package machine

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// sourced is a machine that has tables and nothing else.
type sourced struct {
	Live
	m tcpmib.Source
}

func (s sourced) Source() tcpmib.Source { return s.m }

// Bound and UDP sockets are compared with their last snapshot as TCP connections are, table by
// table, and a table that cannot be read for a while has closed nothing.
func TestTracker(t *testing.T) {
	m := &fixture.Machine{}
	m.AddUDP("0.0.0.0:53", 7)
	m.AddUDP("[::]:53", 7)
	m.AddBound("0.0.0.0:8081", 8)
	m.Add("0.0.0.0:53", "", tcpmib.StateListen, 7)
	all := rows.Tables{Families: tcpmib.Both, TCP: true, Bound: true, UDP: true}
	tr := &Tracker{}
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	look := func(tables rows.Tables) (changes []string, err error) {
		var changed []rows.Change
		for c, failed := range tr.Changes(&Reader{Machine: sourced{m: m}}, tables, at) {
			if failed != nil {
				err = errors.Join(err, failed)
				continue
			}
			assert.Equal(t, c, tr.change(len(changes)))
			if c.Kind != tcpmib.Present {
				changed = append(changed, c)
			}
			changes = append(changes, c.Kind.String()+" "+c.Protocol.String()+" "+c.Conn.Local.String())
		}
		assert.Equal(t, changed, slices.Collect(tr.Changed))
		for c := range tr.Changed { // a loop may end early
			assert.Equal(t, changed[0], c)
			break
		}
		return changes, err
	}
	want := func(tables rows.Tables, want ...string) {
		t.Helper()
		got, err := look(tables)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(want, got))
	}
	want(all, "present tcp 0.0.0.0:53", "present tcp 0.0.0.0:8081", "present udp 0.0.0.0:53", "present udp [::]:53")
	assert.NotEqual(t, &tcpmib.Reader{}, &tr.conns, "buffers are kept for the next tick")
	assert.NotEqual(t, &udpmib.Reader{}, &tr.endpoints, "buffers are kept for the next tick")
	want(all)
	assert.Len(t, tr.Sockets(), 4)

	m.UDP = slices.DeleteFunc(m.UDP, func(e udpmib.Endpoint) bool { return e.Family() == tcpmib.IPv4 })
	m.AddUDP("127.0.0.1:5353", 9)
	m.Bound = nil
	want(all, "closed tcp 0.0.0.0:8081", "closed udp 0.0.0.0:53", "opened udp 127.0.0.1:5353")

	m.Code6 = 31
	_, err := look(all)
	assert.ErrorContains(t, err, "ipv6")
	assert.Equal(t, rows.UDP, tr.Sockets()[2].Protocol)
	assert.Equal(t, 3, cap(tr.Sockets()), "there may be a million")
	m.Code6 = 0
	want(all)

	for range tr.Changes(&Reader{Machine: recorded(t, "office")}, all, at) {
	}
	assert.Equal(t, &tcpmib.Reader{}, &tr.conns, "a capture is read once")
	assert.Equal(t, &udpmib.Reader{}, &tr.endpoints, "a capture is read once")
	for range tr.Changes(&Reader{Machine: sourced{m: m}}, all, at) {
	}

	want(rows.Tables{Families: tcpmib.Both, UDP: true})
	assert.Len(t, tr.Sockets(), 2, "TCP is forgotten")
	want(all, "present tcp 0.0.0.0:53")
}
