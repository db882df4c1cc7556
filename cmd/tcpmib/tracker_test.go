package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Bound and UDP sockets are compared with their last snapshot as TCP connections are, table by table,
// and a table that cannot be read for a while has closed nothing.
func TestTracker(t *testing.T) {
	m := &fixture.Machine{}
	m.AddUDP4("0.0.0.0:53", 7)
	m.AddUDP6("[::]:53", 0, 7)
	m.AddBound4("0.0.0.0:8081", 8)
	m.Add4("0.0.0.0:53", "", tcpmib.StateListen, 7, tcpmib.OffloadStateInHost)
	all := filter.Tables{Families: tcpmib.Both, TCP: true, Bound: true, UDP: true}
	tr := &tracker{}
	at := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	look := func(tables filter.Tables) (changes []string, err error) {
		for c, lookErr := range tr.changes(m, tables, at) {
			if lookErr != nil {
				err = lookErr
				continue
			}
			assert.Equal(t, at, c.Time)
			changes = append(changes, c.Kind.String()+" "+c.Protocol.String()+" "+c.Conn.Local.String())
		}
		return changes, err
	}
	want := func(tables filter.Tables, want ...string) {
		t.Helper()
		got, err := look(tables)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(want, got))
	}
	want(all, "present tcp 0.0.0.0:53", "present tcp 0.0.0.0:8081", "present udp 0.0.0.0:53", "present udp [::]:53")
	want(all)
	assert.Len(t, tr.sockets(), 4)

	m.UDP4 = nil
	m.AddUDP4("127.0.0.1:5353", 9)
	m.Bound4 = nil
	want(all, "closed tcp 0.0.0.0:8081", "closed udp 0.0.0.0:53", "opened udp 127.0.0.1:5353")

	m.Code6 = 31
	_, err := look(all)
	assert.ErrorContains(t, err, "ipv6")
	assert.Equal(t, rows.UDP, tr.sockets()[2].Protocol)
	m.Code6 = 0
	want(all)

	want(filter.Tables{Families: tcpmib.Both, UDP: true})
	assert.Len(t, tr.sockets(), 2, "TCP is forgotten")
	want(all, "present tcp 0.0.0.0:53")
}

// watch follows UDP sockets with its own clock, and ends with the context.
func TestWatchUDP(t *testing.T) {
	m := &fixture.Machine{}
	m.AddUDP4("0.0.0.0:53", 7)
	got := runApp(testApp(m, nil), "watch", "-u", "--interval", "100ms", "--for", "300ms", "--format", "jsonl")
	assert.Zero(t, got.code, got.stderr)
	assert.Contains(t, got.stdout, `"event":"present","protocol":"udp","family":"ipv4","localAddress":"0.0.0.0","localPort":53,"remoteAddress":null`)
	assert.NotContains(t, got.stdout, "opened")
}
