package rows

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func TestSockets(t *testing.T) {
	a, b := netip.MustParseAddrPort("10.0.0.1:80"), netip.MustParseAddrPort("10.0.0.2:1000")
	tcp := Socket{Conn: tcpmib.Conn{Local: a, Remote: b, PID: 7}}
	udpSocket := OfEndpoint(udpmib.Endpoint{Local: a, PID: 7})
	assert.Equal(t, Socket{tcpmib.Conn{Local: a, PID: 7}, UDP}, udpSocket)
	assert.Equal(t, "tcp", tcp.Protocol.String())
	assert.Equal(t, "udp", udpSocket.Protocol.String())
	assert.Equal(t, []Socket{tcp, udpSocket}, AppendUDP(AppendTCP(nil, []tcpmib.Conn{tcp.Conn}), []udpmib.Endpoint{{Local: a, PID: 7}}))

	assert.Negative(t, tcp.Compare(udpSocket), "TCP first")
	assert.Positive(t, udpSocket.Compare(tcp))
	other := tcp
	other.Remote = a
	assert.Positive(t, tcp.Compare(other))
	assert.Zero(t, tcp.Compare(tcp))

	assert.True(t, tcp.Same(tcp))
	assert.False(t, tcp.Same(other))
	asUDP := tcp
	asUDP.Protocol = UDP
	assert.False(t, tcp.Same(asUDP))
	assert.NotEqual(t, tcp.Identity(), asUDP.Identity())
	noOwner := tcp
	noOwner.PID = 0
	assert.True(t, tcp.Same(noOwner))
	assert.NotEqual(t, tcp.Identity(), noOwner.Identity())

	assert.Equal(t, "10.0.0.1:80 to 10.0.0.2:1000", Endpoints(tcp.Conn))
	assert.Equal(t, "10.0.0.1:80", Endpoints(udpSocket.Conn))

}

func TestChange(t *testing.T) {
	old := tcpmib.Conn{
		Local: netip.MustParseAddrPort("10.0.0.1:80"), Remote: netip.MustParseAddrPort("10.0.0.2:1000"),
		PID: 7, State: tcpmib.StateEstab, Offload: tcpmib.OffloadStateOffloaded,
	}
	now := old
	now.PID, now.State, now.Offload = 0, tcpmib.StateTimeWait, tcpmib.OffloadStateInHost
	c := OfTCP(tcpmib.Change{Kind: tcpmib.Changed, Conn: now, Old: old})
	assert.Equal(t, Socket{now, TCP}, c.Now())
	assert.Equal(t, Socket{old, TCP}, c.Before())
	c = OfTCP(tcpmib.Change{Kind: tcpmib.Closed, Conn: now})
	assert.Equal(t, tcpmib.Closed, c.Kind)
	assert.Equal(t, Socket{now, TCP}, c.Now())
	assert.Zero(t, c.Before())

	c = OfUDP(udpmib.Change{Kind: tcpmib.Changed, Endpoint: udpmib.Endpoint{Local: old.Local, PID: 8}, Old: udpmib.Endpoint{Local: old.Local, PID: 7}})
	assert.Equal(t, Socket{tcpmib.Conn{Local: old.Local, PID: 8}, UDP}, c.Now())
	assert.Equal(t, Socket{tcpmib.Conn{Local: old.Local, PID: 7}, UDP}, c.Before())
}

func TestSnapshot(t *testing.T) {
	at := time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC)
	remote := netip.MustParseAddrPort("203.0.113.7:443")
	conn := func(port uint16, pid uint32) Socket {
		return Socket{Conn: tcpmib.Conn{Local: netip.AddrPortFrom(netip.IPv4Unspecified(), port), Remote: remote, PID: pid}}
	}
	s := Snapshot{
		Sockets:   []Socket{conn(1, 10), conn(2, 20), conn(3, 0), {conn(4, 10).Conn, UDP}},
		Processes: owner.Processes{0: {Name: "System Idle Process"}, 10: {PID: 10, Name: "a.exe", Created: at}, 20: {PID: 20, Name: "b.exe", Created: at}},
		Hosts:     map[netip.Addr]string{remote.Addr(): "host.example"},
		Owners:    map[uint32]*Owner{10: {User: "anna"}, 20: {User: "bob"}},
		Services:  map[uint32][]string{10: {"A"}, 20: {"B"}},
	}
	r := s.Row(s.Sockets[0])
	assert.Equal(t, "a.exe", r.Process)
	assert.Equal(t, "host.example", r.RemoteName)
	assert.Equal(t, "anna", r.Owner.User)
	assert.Equal(t, []string{"A"}, r.Services)
	assert.Zero(t, r.Age)
	assert.Empty(t, s.Row(s.Sockets[2]).Process, "nobody owns it")

	s.At = at.Add(time.Hour)
	s.Created = &Created{}
	s.Created.Add(s.Sockets[0], at.Add(time.Minute))
	s.Created.Add(s.Sockets[1], at.Add(-time.Minute)) // before its process
	s.Modules = map[Identity]*Module{s.Sockets[0].Identity(): {Name: "M"}}
	r = s.Row(s.Sockets[0])
	assert.Equal(t, 59*time.Minute, r.Age)
	assert.Equal(t, at.Add(time.Minute), r.Created)
	assert.Equal(t, "M", r.Module)
	assert.Equal(t, "a.exe", r.Process)
	r = s.Row(s.Sockets[1])
	assert.Empty(t, r.Process, "its owner has ended")
	assert.Nil(t, r.Owner)
	assert.Nil(t, r.Services)
	assert.Zero(t, s.Row(s.Sockets[2]).Age)
	assert.Zero(t, s.Row(s.Sockets[3]).Created, "not in the table")
	s.Created.Add(s.Sockets[0], s.At.Add(time.Minute))
	assert.Zero(t, s.Row(s.Sockets[0]).Age, "clocks differ")
	s.At = time.Time{}
	assert.Zero(t, s.Row(s.Sockets[0]).Age)

	assert.Equal(t, "3 connections, 1 UDP socket", s.Count())
	assert.Equal(t, 1, s.CountUDP())
	s.Keep(func(r *Row) bool { return r.PID != 20 })
	var ports []uint16
	for r := range s.Rows() {
		ports = append(ports, r.Local.Port())
	}
	assert.Equal(t, []uint16{1, 3, 4}, ports)
	for range s.Rows() {
		break
	}
	s.Keep(func(r *Row) bool { return r.Protocol == UDP })
	assert.Equal(t, "1 UDP socket", s.Count())
	s.Sockets = slices.Repeat(s.Sockets, 2)
	assert.Equal(t, "2 UDP sockets", s.Count())
	s.Sockets = []Socket{conn(1, 1)}
	assert.Equal(t, "1 connection", s.Count())
	s.Sockets = nil
	assert.Equal(t, "0 connections", s.Count())
}
