package owner

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

var began = time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)

func endpoint(text string) netip.AddrPort {
	if text == "" {
		return netip.AddrPort{}
	}
	return netip.MustParseAddrPort(text)
}

// machine has a few sockets of every kind. Its interface 12 is named Ethernet.
func machine() *Sockets {
	s := newSockets()
	s.zones = func() map[string]string { return map[string]string{"Ethernet": "12"} }
	s.processes = Processes{}
	for pid := uint32(1); pid < 20; pid++ {
		s.processes[pid] = Process{PID: pid, Name: "p.exe", Created: began}
	}
	var conns []tcpmib.DatedConn
	for _, c := range []struct {
		local, remote string
		pid           uint32
		created       time.Time
	}{
		{"127.0.0.1:50000", "127.0.0.1:8080", 1, began.Add(time.Second)}, // both ends of a connection
		{"127.0.0.1:8080", "127.0.0.1:50000", 2, began.Add(time.Second)},
		{"0.0.0.0:8080", "", 2, time.Time{}},
		{"127.0.0.1:8081", "", 3, time.Time{}},
		{"[::]:9000", "", 4, time.Time{}},
		{"[fe80::1%12]:443", "[fe80::2%12]:50001", 5, time.Time{}},
		{"[fe80::1%13]:443", "[fe80::2%13]:50001", 6, time.Time{}},
		{"[::ffff:10.0.0.1]:50002", "[::ffff:10.0.0.2]:443", 7, time.Time{}},
		{"10.0.0.1:50003", "10.0.0.2:443", 0, time.Time{}},             // in TIME-WAIT
		{"10.0.0.1:50004", "10.0.0.2:443", 8, began.Add(-time.Hour)},   // its PID was used again
		{"10.0.0.1:50005", "10.0.0.2:443", 99, began.Add(time.Second)}, // its process has ended
		{"10.0.0.1:50006", "10.0.0.2:443", 9, time.Time{}},             // two connections from one endpoint
		{"10.0.0.1:50006", "10.0.0.3:443", 9, time.Time{}},
		{"10.0.0.1:50007", "10.0.0.2:443", 9, time.Time{}}, // two processes
		{"10.0.0.1:50007", "10.0.0.3:443", 10, time.Time{}},
	} {
		conns = append(conns, tcpmib.DatedConn{Conn: tcpmib.Conn{Local: endpoint(c.local), Remote: endpoint(c.remote), PID: c.pid}, Created: c.created})
	}
	s.addTCP(conns)
	s.addUDP([]udpmib.Endpoint{
		{Local: endpoint("0.0.0.0:53"), PID: 11},
		{Local: endpoint("127.0.0.1:53"), PID: 12},
		{Local: endpoint("[::]:500"), PID: 13},
		{Local: endpoint("0.0.0.0:5353"), PID: 14},
		{Local: endpoint("0.0.0.0:5353"), PID: 15},
		{Local: endpoint("[fe80::1%12]:123"), PID: 16},
	})
	return s
}

func TestFind(t *testing.T) {
	s := machine()
	for name, c := range map[string]struct {
		network, local, remote string
		pid                    uint32
		err                    error
	}{
		"one end":                         {"tcp", "127.0.0.1:50000", "127.0.0.1:8080", 1, nil},
		"the other end":                   {"tcp4", "127.0.0.1:8080", "127.0.0.1:50000", 2, nil},
		"mapped, as net.TCPAddr has it":   {"tcp", "[::ffff:127.0.0.1]:50000", "[::ffff:127.0.0.1]:8080", 1, nil},
		"mapped in the table":             {"tcp", "10.0.0.1:50002", "10.0.0.2:443", 7, nil},
		"mapped on one side":              {"tcp6", "[::ffff:10.0.0.1]:50002", "10.0.0.2:443", 7, nil},
		"zones by number":                 {"tcp", "[fe80::1%13]:443", "[fe80::2%13]:50001", 6, nil},
		"zones by name":                   {"tcp", "[fe80::1%Ethernet]:443", "[fe80::2%Ethernet]:50001", 5, nil},
		"one zone is enough":              {"tcp", "[fe80::1%Ethernet]:443", "[fe80::2]:50001", 5, nil},
		"the zone of the other end":       {"tcp", "[fe80::1]:443", "[fe80::2%13]:50001", 6, nil},
		"without zones":                   {"tcp", "[fe80::1]:443", "[fe80::2]:50001", 0, ErrShared},
		"no such zone":                    {"tcp", "[fe80::1%14]:443", "[fe80::2]:50001", 0, fs.ErrNotExist},
		"no such interface":               {"tcp", "[fe80::1%Wi-Fi]:443", "[fe80::2]:50001", 0, fs.ErrNotExist},
		"no such remote interface":        {"tcp", "[fe80::1]:443", "[fe80::2%Wi-Fi]:50001", 0, fs.ErrNotExist},
		"another remote port":             {"tcp", "127.0.0.1:50000", "127.0.0.1:8081", 0, fs.ErrNotExist},
		"another remote address":          {"tcp", "127.0.0.1:50000", "127.0.0.2:8080", 0, fs.ErrNotExist},
		"a listener is no connection":     {"tcp", "127.0.0.1:8081", "127.0.0.1:50000", 0, fs.ErrNotExist},
		"a listener":                      {"tcp", "127.0.0.1:8081", "", 3, nil},
		"a listener on all addresses":     {"tcp", "10.0.0.1:8080", "", 2, nil},
		"a listener on [::] takes IPv6":   {"tcp", "[fe80::9]:9000", "", 4, nil},
		"a listener on [::] takes IPv4":   {"tcp", "10.0.0.1:9000", "", 4, nil},
		"a listener on 0.0.0.0, not IPv6": {"tcp", "[::1]:8080", "", 0, fs.ErrNotExist},
		"a connection by its local end":   {"tcp", "127.0.0.1:50000", "", 1, nil},
		"connections of one process":      {"tcp", "10.0.0.1:50006", "", 9, nil},
		"connections of two":              {"tcp", "10.0.0.1:50007", "", 0, ErrShared},
		"TIME-WAIT":                       {"tcp", "10.0.0.1:50003", "10.0.0.2:443", 0, fs.ErrNotExist},
		"a PID that was used again":       {"tcp", "10.0.0.1:50004", "10.0.0.2:443", 8, fs.ErrNotExist},
		"a process that has ended":        {"tcp", "10.0.0.1:50005", "10.0.0.2:443", 99, fs.ErrNotExist},
		"UDP, exactly":                    {"udp", "127.0.0.1:53", "", 12, nil},
		"UDP, all addresses":              {"udp4", "10.0.0.1:53", "", 11, nil},
		"UDP, dual-stack":                 {"udp", "10.0.0.1:500", "", 13, nil},
		"UDP has no remote endpoints":     {"udp", "127.0.0.1:53", "8.8.8.8:53", 12, nil},
		"UDP, mapped":                     {"udp", "[::ffff:127.0.0.1]:53", "", 12, nil},
		"UDP, zone by name":               {"udp6", "[fe80::1%Ethernet]:123", "", 16, nil},
		"UDP, shared":                     {"udp", "10.0.0.1:5353", "", 0, ErrShared},
		"not TCP's":                       {"udp", "127.0.0.1:8081", "", 0, fs.ErrNotExist},
		"another network":                 {"ip", "127.0.0.1:8081", "", 0, fs.ErrInvalid},
		"no endpoint":                     {"tcp", "", "", 0, fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := s.Find(c.network, endpoint(c.local), endpoint(c.remote))
			assert.ErrorIs(t, err, c.err)
			assert.Equal(t, c.pid, p.PID)
			if c.err == nil {
				assert.NoError(t, err)
				assert.Equal(t, "p.exe", p.Name)
			}
		})
	}
}

// conn is a net.Conn with these addresses.
type conn struct {
	net.Conn
	local, remote net.Addr
}

func (c conn) LocalAddr() net.Addr  { return c.local }
func (c conn) RemoteAddr() net.Addr { return c.remote }

func TestFindConnAndPeer(t *testing.T) {
	s := machine()
	tcp := func(text string) net.Addr { return net.TCPAddrFromAddrPort(endpoint(text)) }
	udp := func(text string) net.Addr { return net.UDPAddrFromAddrPort(endpoint(text)) }
	for name, c := range map[string]struct {
		conn       conn
		here, peer uint32
		peerErr    error
	}{
		"TCP":           {conn{nil, tcp("127.0.0.1:8080"), tcp("127.0.0.1:50000")}, 2, 1, nil},
		"TCP, by name":  {conn{nil, tcp("[fe80::1%Ethernet]:443"), tcp("[fe80::2%Ethernet]:50001")}, 5, 0, fs.ErrNotExist},
		"UDP":           {conn{nil, udp("127.0.0.1:53"), udp("127.0.0.1:500")}, 12, 13, nil},
		"not connected": {conn{nil, udp("127.0.0.1:53"), nil}, 12, 0, fs.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := s.FindConn(c.conn)
			assert.NoError(t, err)
			assert.Equal(t, c.here, p.PID)
			p, err = s.FindPeer(c.conn)
			assert.ErrorIs(t, err, c.peerErr)
			assert.Equal(t, c.peer, p.PID)
		})
	}
	pipe, _ := net.Pipe()
	_, err := s.FindConn(pipe)
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = s.FindPeer(pipe)
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = FindPeer(pipe)
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = FindConn(pipe)
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = Find("ip", endpoint("127.0.0.1:1"), netip.AddrPort{})
	assert.ErrorIs(t, err, fs.ErrInvalid)
}

// A zone is the index of an interface or its name.
func TestZoneThatIsNone(t *testing.T) {
	for _, zone := range []string{"Wi-Fi", "-1", "4294967296"} {
		_, err := machine().Find("tcp", endpoint("[fe80::1%"+zone+"]:443"), netip.AddrPort{})
		assert.ErrorIs(t, err, fs.ErrNotExist)
		assert.ErrorContains(t, err, `no interface is named "`+zone+`"`)
	}
}

// source answers each query with the code of its family, and no rows.
type source struct{ ipv4, ipv6 uint32 }

func (s source) Ask(q tcpmib.Query, _ []byte) (size, code uint32) {
	if q.Family == tcpmib.AFInet6 {
		return 0, s.ipv6
	}
	return 0, s.ipv4
}

// A machine without sockets is no error, and no panic.
func TestFindOnAnEmptyMachine(t *testing.T) {
	s := newSockets()
	_, err := s.Find("tcp", endpoint("127.0.0.1:1"), endpoint("127.0.0.1:2"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "no tcp connection from 127.0.0.1:1 to 127.0.0.1:2")
	_, err = s.Find("tcp6", endpoint("[::1]:1"), netip.AddrPort{})
	assert.ErrorContains(t, err, "no tcp socket [::1]:1")
}

func TestNewSockets(t *testing.T) {
	const accessDenied = 5 // ERROR_ACCESS_DENIED
	at := endpoint("127.0.0.1:1")
	s, err := NewSockets(source{tcpmib.CodeNoData, tcpmib.CodeNoData}, nil)
	assert.NoError(t, err)
	_, err = s.Find("tcp", at, netip.AddrPort{})
	assert.ErrorIs(t, err, fs.ErrNotExist)

	s, err = NewSockets(source{tcpmib.CodeNoData, accessDenied}, nil)
	assert.ErrorIs(t, err, fs.ErrPermission)
	_, err = s.Find("udp", at, netip.AddrPort{})
	assert.ErrorIs(t, err, fs.ErrPermission, "it may be in the table that could not be read")
}

// Without processes there are PIDs, and what could not be read is an error only where nothing is found.
func TestFindWithoutAll(t *testing.T) {
	s := machine()
	s.processes = nil
	p, err := s.Find("tcp", endpoint("127.0.0.1:8081"), netip.AddrPort{})
	assert.NoError(t, err)
	assert.Equal(t, Process{PID: 3}, p)

	s.err = errors.New("the table of IPv6 cannot be read")
	_, err = s.Find("tcp", endpoint("127.0.0.1:8081"), netip.AddrPort{})
	assert.NoError(t, err)
	_, err = s.Find("tcp", endpoint("[::1]:1"), netip.AddrPort{})
	assert.ErrorIs(t, err, s.err)

	s.processes = Processes{} // as far as they could be read
	p, err = s.Find("tcp", endpoint("127.0.0.1:8081"), netip.AddrPort{})
	assert.ErrorIs(t, err, s.err)
	assert.Equal(t, Process{PID: 3}, p)
}
