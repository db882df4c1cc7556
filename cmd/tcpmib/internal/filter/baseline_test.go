package filter

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

func TestBaseline(t *testing.T) {
	conn := func(local, remote string, state tcpmib.State, pid uint32) tcpmib.Conn {
		c := tcpmib.Conn{Local: netip.MustParseAddrPort(local), State: state, PID: pid}
		if remote != "" {
			c.Remote = netip.MustParseAddrPort(remote)
		}
		return c
	}
	base := NewBaseline(&rows.Snapshot{
		Sockets: rows.AppendTCP(nil, []tcpmib.Conn{
			conn("0.0.0.0:80", "", tcpmib.StateListen, 10),
			conn("0.0.0.0:81", "", tcpmib.StateListen, 11),
			conn("0.0.0.0:82", "", tcpmib.StateReserved, 10),
			conn("10.0.0.1:83", "0.0.0.0:0", tcpmib.StateReserved, 10),
			conn("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateEstab, 10),
			conn("10.0.0.1:50000", "10.0.0.2:443", tcpmib.StateTimeWait, 0),
		}),
		Processes: fixture.Named(map[uint32]string{10: "w3wp.exe"}),
	})
	processes := fixture.Named(map[uint32]string{20: "W3WP.EXE", 21: "other.exe", 10: "other.exe"})
	for name, test := range map[string]struct {
		conn tcpmib.Conn
		has  bool
	}{
		"the listener after a restart: another PID":  {conn("0.0.0.0:80", "", tcpmib.StateListen, 20), true},
		"a listener of another program":              {conn("0.0.0.0:80", "", tcpmib.StateListen, 21), false},
		"another program that has the old PID":       {conn("0.0.0.0:80", "", tcpmib.StateListen, 10), false},
		"a listener without a name":                  {conn("0.0.0.0:80", "", tcpmib.StateListen, 99), true},
		"a listener that had no name":                {conn("0.0.0.0:81", "", tcpmib.StateListen, 21), true},
		"a listener at another address":              {conn("127.0.0.1:80", "", tcpmib.StateListen, 20), false},
		"a listener of the other family":             {conn("[::]:80", "", tcpmib.StateListen, 20), false},
		"a new listener without a name":              {conn("0.0.0.0:90", "", tcpmib.StateListen, 99), false},
		"a bound socket":                             {conn("0.0.0.0:82", "", tcpmib.StateReserved, 20), true},
		"a bound socket with an endpoint of zeros":   {conn("10.0.0.1:83", "0.0.0.0:0", tcpmib.StateReserved, 20), true},
		"a socket that was bound and listens now":    {conn("0.0.0.0:82", "", tcpmib.StateListen, 20), false},
		"the connection":                             {conn("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateEstab, 10), true},
		"the connection in another state":            {conn("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateCloseWait, 10), true},
		"the connection, which lost its owner":       {conn("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateTimeWait, 0), true},
		"the endpoints of a connection, another PID": {conn("10.0.0.1:80", "10.0.0.2:1000", tcpmib.StateEstab, 20), false},
		"other endpoints":                            {conn("10.0.0.1:80", "10.0.0.2:1001", tcpmib.StateEstab, 10), false},
		"endpoints used again after TIME-WAIT":       {conn("10.0.0.1:50000", "10.0.0.2:443", tcpmib.StateEstab, 20), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := rows.Snapshot{Processes: processes}
			r := s.Row(rows.Socket{Conn: test.conn})
			assert.Equal(t, test.has, base.Has(&r))
		})
	}
}

// A baseline with many sockets on the same endpoints has what one of them is.
func TestBaselineOfEqualEndpoints(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	processes := fixture.Named(map[uint32]string{1: "a.exe", 2: "B.EXE", 3: "b.exe"})
	anySocket := func() rows.Socket {
		s := rows.Socket{Protocol: rows.Protocol(random.IntN(2))}
		s.Local = netip.AddrPortFrom(netip.IPv6Loopback(), uint16(random.IntN(2)))
		s.PID = uint32(random.IntN(5))
		if s.Protocol == rows.TCP {
			s.State = tcpmib.State(random.IntN(16))
			s.Remote = netip.AddrPortFrom(netip.IPv6Loopback(), uint16(random.IntN(2)))
		}
		return s
	}
	for range 3000 {
		s := &rows.Snapshot{Processes: processes}
		for range random.IntN(6) {
			s.Sockets = append(s.Sockets, anySocket())
		}
		now := s.Row(anySocket())
		want := slices.ContainsFunc(s.Sockets, func(o rows.Socket) bool {
			older := s.Row(o)
			if isConnection(&now) {
				return o.Protocol == now.Protocol && o.Conn.Same(now.Conn)
			}
			return !isConnection(&older) && o.Protocol == now.Protocol && o.Local == now.Local && o.State == now.State &&
				(older.Process == "" || now.Process == "" || strings.EqualFold(older.Process, now.Process))
		})
		assert.Equal(t, want, NewBaseline(s).Has(&now), "%v of %v", now.Socket, s.Sockets)
	}
}

func TestBaselineUDP(t *testing.T) {
	local := netip.MustParseAddrPort("0.0.0.0:53")
	socket := func(protocol rows.Protocol, pid uint32) rows.Socket {
		return rows.Socket{Conn: tcpmib.Conn{Local: local, PID: pid}, Protocol: protocol}
	}
	processes := fixture.Named(map[uint32]string{10: "dns.exe", 20: "DNS.EXE", 21: "other.exe"})
	base := NewBaseline(&rows.Snapshot{Sockets: []rows.Socket{socket(rows.UDP, 10)}, Processes: processes})
	for socket, has := range map[rows.Socket]bool{
		socket(rows.UDP, 20): true,
		socket(rows.UDP, 21): false,
		socket(rows.TCP, 20): false,
	} {
		r := (&rows.Snapshot{Processes: processes}).Row(socket)
		assert.Equal(t, has, base.Has(&r), socket)
	}
}

// A machine that had nothing has nothing.
func TestEmptyBaseline(t *testing.T) {
	base := NewBaseline(&rows.Snapshot{})
	for _, local := range []string{"0.0.0.0:80", "[::1]:80"} {
		for _, remote := range []string{"", "10.0.0.2:443"} {
			r := rows.Row{Socket: rows.Socket{Conn: tcpmib.Conn{Local: netip.MustParseAddrPort(local)}}}
			if remote != "" {
				r.Remote = netip.MustParseAddrPort(remote)
			}
			assert.False(t, base.Has(&r))
		}
	}
	assert.False(t, base.Has(&rows.Row{}))
}
