package owner

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// ErrShared is the error of an endpoint that sockets of several processes share, such as UDP port
// 5353.
var ErrShared = errors.New("several processes share it")

// Find returns the process that owns a socket of this machine. It is Sockets.Find with one read of
// the tables of that network and one snapshot of the processes: for more than one endpoint use
// ReadSockets.
func Find(network string, local, remote netip.AddrPort) (Process, error) {
	s, err := readNetwork(network)
	if err != nil {
		return Process{}, err
	}
	return s.Find(network, local, remote)
}

// FindConn returns the process that owns the local end of c: Sockets.FindConn of this machine.
func FindConn(c net.Conn) (Process, error) {
	s, err := readNetwork(c.LocalAddr().Network())
	if err != nil {
		return Process{}, err
	}
	return s.FindConn(c)
}

// FindPeer returns the process at the other end of c, which has to be on this machine, as it is for
// a server on a loopback address: Sockets.FindPeer of this machine.
func FindPeer(c net.Conn) (Process, error) {
	s, err := readNetwork(c.LocalAddr().Network())
	if err != nil {
		return Process{}, err
	}
	return s.FindPeer(c)
}

// Sockets is one snapshot of the sockets of a machine and of its processes. It answers for many
// endpoints, from several goroutines.
type Sockets struct {
	tcp, udp  sockets
	processes Processes
	err       error                    // why some sockets or processes are missing
	zones     func() map[string]string // the indexes of this machine's interfaces by their names
}

// sockets are sockets by their local endpoint, without zone.
type sockets map[netip.AddrPort][]socket

type socket struct {
	zone    string         // of the local endpoint
	remote  netip.AddrPort // not valid for a listener, and for UDP
	pid     uint32
	created time.Time // the zero time where it is not known
}

// ReadSockets reads the TCP and UDP tables of this machine and its processes. When some of them
// cannot be read, Sockets has the others, and the error says what is missing.
func ReadSockets() (*Sockets, error) {
	s := newSockets()
	s.readTCP(nil)
	s.readUDP(nil)
	s.readProcesses()
	return s, s.err
}

// NewSockets reads the TCP and UDP tables of a source, such as a capture, together with the
// processes of the same time. With nil for processes, those that Find returns have only a PID. When
// some tables cannot be read, Sockets has the others, and the error says what is missing.
func NewSockets(src tcpmib.Source, processes Processes) (*Sockets, error) {
	s := newSockets()
	s.processes = processes
	s.readTCP(src)
	s.readUDP(src)
	return s, s.err
}

// readNetwork reads what Find needs for one network. Its only error is that of an unknown one.
func readNetwork(network string) (*Sockets, error) {
	s := newSockets()
	switch protocol(network) {
	case "tcp":
		s.readTCP(nil)
	case "udp":
		s.readUDP(nil)
	default:
		return nil, unknownNetwork(network)
	}
	s.readProcesses()
	return s, nil // Find returns s.err where it matters
}

func newSockets() *Sockets { return &Sockets{zones: sync.OnceValue(interfaceIndexes)} }

func (s *Sockets) readTCP(src tcpmib.Source) {
	r := tcpmib.Reader{Source: src}
	conns, err := r.AppendDatedConns(nil, tcpmib.Both)
	s.addTCP(conns)
	s.err = errors.Join(s.err, err)
}

func (s *Sockets) readUDP(src tcpmib.Source) {
	r := udpmib.Reader{Source: src}
	endpoints, err := r.AppendEndpoints(nil, tcpmib.Both)
	s.addUDP(endpoints)
	s.err = errors.Join(s.err, err)
}

func (s *Sockets) readProcesses() {
	var err error
	s.processes, err = Snapshot()
	s.err = errors.Join(s.err, err)
}

func (s *Sockets) addTCP(conns []tcpmib.DatedConn) {
	for _, c := range conns {
		if s.tcp == nil {
			s.tcp = make(sockets, len(conns))
		}
		s.tcp.add(c.Local, socket{remote: c.Remote, pid: c.PID, created: c.Created})
	}
}

func (s *Sockets) addUDP(endpoints []udpmib.Endpoint) {
	for _, e := range endpoints {
		if s.udp == nil {
			s.udp = make(sockets, len(endpoints))
		}
		s.udp.add(e.Local, socket{pid: e.PID, created: e.Created})
	}
}

func (s sockets) add(local netip.AddrPort, socket socket) {
	addr := local.Addr().Unmap()
	socket.zone = addr.Zone()
	key := netip.AddrPortFrom(addr.WithZone(""), local.Port())
	s[key] = append(s[key], socket)
}

// Find returns the process that owns a socket. network is "tcp" or "udp", or one of them with "4"
// or "6", which makes no difference. The socket is
//
//   - for TCP with a remote endpoint, the connection between the two;
//   - for TCP without one (the zero AddrPort), the listener on local, or else the listener on its
//     port on all addresses, or else a connection from local;
//   - for UDP, whose tables have no remote endpoints, the socket on local, or else the one on its port
//     on all addresses.
//
// An IPv4 address may be mapped into IPv6, as net.TCPAddr has it. A zone may be the index of an
// interface or its name on this machine; without one, any matches.
//
// The error is fs.ErrNotExist if there is no such socket, if nobody owns it any more (TIME-WAIT),
// or if its process has ended since; only then the Process has a PID. If the sockets of several
// processes match, it is ErrShared.
func (s *Sockets) Find(network string, local, remote netip.AddrPort) (Process, error) {
	list := s.tcp
	switch protocol(network) {
	case "tcp":
	case "udp":
		list, remote = s.udp, netip.AddrPort{}
	default:
		return Process{}, unknownNetwork(network)
	}
	name := fmt.Sprintf("%s socket %v", protocol(network), local)
	if remote.IsValid() {
		name = fmt.Sprintf("%s connection from %v to %v", protocol(network), local, remote)
	}
	local, zone, err := s.plain(local)
	if err != nil {
		return Process{}, err
	}
	remote, remoteZone, err := s.plain(remote)
	if err != nil {
		return Process{}, err
	}
	var found []socket
	if remote.IsValid() {
		found = list.match(local, zone, func(o socket) bool { return samePeer(o.remote, remote, remoteZone) })
	} else {
		found = list.bound(local, zone)
	}
	return s.process(name, found)
}

// FindConn returns the process that owns the local end of c, normally this one. It can be another
// if c came from there, as an inherited socket does.
func (s *Sockets) FindConn(c net.Conn) (Process, error) {
	local, remote, err := endpoints(c)
	if err != nil {
		return Process{}, err
	}
	return s.Find(c.LocalAddr().Network(), local, remote)
}

// FindPeer returns the process at the other end of c. If that is not on this machine, the error is
// fs.ErrNotExist.
func (s *Sockets) FindPeer(c net.Conn) (Process, error) {
	local, remote, err := endpoints(c)
	if err != nil {
		return Process{}, err
	}
	if !remote.IsValid() {
		return Process{}, fmt.Errorf("owner: %v is not connected: %w", local, fs.ErrInvalid)
	}
	return s.Find(c.LocalAddr().Network(), remote, local)
}

// endpoints are those of a connection of package net; remote is the zero value if c has none.
func endpoints(c net.Conn) (local, remote netip.AddrPort, err error) {
	type hasAddrPort interface{ AddrPort() netip.AddrPort }
	a, ok := c.LocalAddr().(hasAddrPort)
	if !ok {
		return local, remote, fmt.Errorf("owner: %v is not the address of a TCP or UDP socket: %w", c.LocalAddr(), fs.ErrInvalid)
	}
	if b, ok := c.RemoteAddr().(hasAddrPort); ok {
		remote = b.AddrPort()
	}
	return a.AddrPort(), remote, nil
}

// bound returns the sockets that have or cover a local endpoint, whoever they are connected to.
func (s sockets) bound(local netip.AddrPort, zone string) []socket {
	listens := func(o socket) bool { return !o.remote.IsValid() }
	if found := s.match(local, zone, listens); len(found) > 0 {
		return found
	}
	all := []netip.Addr{netip.IPv6Unspecified()} // which may take IPv4, too
	if local.Addr().Is4() {
		all = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	for _, addr := range all {
		if found := s.match(netip.AddrPortFrom(addr, local.Port()), "", listens); len(found) > 0 {
			return found
		}
	}
	return s.match(local, zone, func(socket) bool { return true })
}

func (s sockets) match(local netip.AddrPort, zone string, want func(socket) bool) (found []socket) {
	for _, o := range s[local] {
		if sameZone(o.zone, zone) && want(o) {
			found = append(found, o)
		}
	}
	return found
}

func samePeer(row, remote netip.AddrPort, zone string) bool {
	addr := row.Addr().Unmap()
	return row.IsValid() && row.Port() == remote.Port() && addr.WithZone("") == remote.Addr() && sameZone(addr.Zone(), zone)
}

// sameZone: Windows leaves the zone out where the address does not need one, and a packet has none.
func sameZone(a, b string) bool { return a == b || a == "" || b == "" }

// process is the one process of the sockets that were found.
func (s *Sockets) process(name string, found []socket) (Process, error) {
	if len(found) == 0 {
		if s.err != nil {
			return Process{}, fmt.Errorf("owner: %s not found among what could be read: %w", name, s.err)
		}
		return Process{}, fmt.Errorf("owner: no %s: %w", name, fs.ErrNotExist)
	}
	owned := slices.DeleteFunc(found, func(o socket) bool { return o.pid == 0 })
	if len(owned) == 0 {
		return Process{}, fmt.Errorf("owner: %s has no owner any more: %w", name, fs.ErrNotExist)
	}
	first := owned[0]
	for _, o := range owned {
		if o.pid != first.pid {
			return Process{}, fmt.Errorf("owner: %s belongs to processes %d and %d: %w", name, first.pid, o.pid, ErrShared)
		}
	}
	if s.processes == nil {
		return Process{PID: first.pid}, nil
	}
	p, ok := s.processes[first.pid]
	if !ok && s.err != nil {
		return Process{PID: first.pid}, fmt.Errorf("owner: process %d, which owns the %s, is not among what could be read: %w", first.pid, name, s.err)
	}
	if !ok || p.ReusedPID(first.created) {
		return Process{PID: first.pid}, fmt.Errorf("owner: process %d, which owns the %s, is not in the snapshot: it has ended: %w", first.pid, name, fs.ErrNotExist)
	}
	return p, nil
}

// plain returns an endpoint without mapping and zone, and the zone as the tables have it: a number.
func (s *Sockets) plain(e netip.AddrPort) (plain netip.AddrPort, zone string, err error) {
	addr := e.Addr().Unmap()
	zone = addr.Zone()
	if zone != "" {
		if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
			zone = strconv.FormatUint(n, 10)
		} else if index, ok := s.zones()[zone]; ok {
			zone = index
		} else {
			return e, "", fmt.Errorf("owner: %v: no interface is named %q: %w", e, zone, fs.ErrNotExist)
		}
	}
	if !addr.IsValid() {
		return netip.AddrPort{}, "", nil
	}
	return netip.AddrPortFrom(addr.WithZone(""), e.Port()), zone, nil
}

// interfaceIndexes has no entries when the interfaces cannot be read.
func interfaceIndexes() map[string]string {
	interfaces, _ := net.Interfaces()
	indexes := make(map[string]string, len(interfaces))
	for _, i := range interfaces {
		indexes[i.Name] = strconv.Itoa(i.Index)
	}
	return indexes
}

func protocol(network string) string { return strings.TrimRight(network, "46") }

func unknownNetwork(network string) error {
	return fmt.Errorf("owner: unknown network %q; want tcp or udp: %w", network, fs.ErrInvalid)
}
