package ports

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"syscall"

	"github.com/shirou/gopsutil/v4/net"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

var kinds = map[string]struct{ tcp, udp tcpmib.Family }{
	"all":   {tcpmib.Both, tcpmib.Both},
	"tcp":   {tcp: tcpmib.Both},
	"tcp4":  {tcp: tcpmib.IPv4},
	"tcp6":  {tcp: tcpmib.IPv6},
	"udp":   {udp: tcpmib.Both},
	"udp4":  {udp: tcpmib.IPv4},
	"udp6":  {udp: tcpmib.IPv6},
	"inet":  {tcpmib.Both, tcpmib.Both},
	"inet4": {tcpmib.IPv4, tcpmib.IPv4},
	"inet6": {tcpmib.IPv6, tcpmib.IPv6},
}

// ConnectionsPid is ConnectionsPid of gopsutil's package net: the sockets of a kind, of one process
// or, with 0, of all.
//
// The original loses scope IDs, prints ::ffff:192.0.2.1 as 192.0.2.1, leaves the status of an
// unknown state empty, shows a remote endpoint that has no meaning for listeners, and does not
// report that a table could not be read.
func ConnectionsPid(kind string, pid int32) ([]net.ConnectionStat, error) {
	families, ok := kinds[kind]
	if !ok {
		return nil, fmt.Errorf("invalid kind, %s", kind)
	}
	stats := []net.ConnectionStat{}
	var errTCP, errUDP error
	if families.tcp != 0 {
		var conns []tcpmib.Conn
		conns, errTCP = tcpmib.Conns(families.tcp)
		for _, c := range conns {
			if pid == 0 || c.PID == uint32(pid) {
				stats = append(stats, net.ConnectionStat{
					Family: addressFamily[c.Family()], Type: syscall.SOCK_STREAM,
					Laddr: addr(c.Local), Raddr: remoteAddr(c), Status: status.Replace(c.State.String()), Pid: int32(c.PID),
				})
			}
		}
	}
	if families.udp != 0 {
		var endpoints []udpmib.Endpoint
		endpoints, errUDP = udpmib.Endpoints(families.udp)
		for _, e := range endpoints {
			if pid == 0 || e.PID == uint32(pid) {
				stats = append(stats, net.ConnectionStat{
					Family: addressFamily[e.Family()], Type: syscall.SOCK_DGRAM, Laddr: addr(e.Local), Pid: int32(e.PID),
				})
			}
		}
	}
	return stats, errors.Join(errTCP, errUDP)
}

// status writes states as gopsutil does: SYN_SENT, and DELETE for DELETE-TCB.
var status = strings.NewReplacer("-TCB", "", "-", "_")

func addr(a netip.AddrPort) net.Addr {
	return net.Addr{IP: a.Addr().String(), Port: uint32(a.Port())}
}

func remoteAddr(c tcpmib.Conn) net.Addr {
	if c.Remote.IsValid() {
		return addr(c.Remote)
	}
	return nobody[c.Family()]
}

// nobody is the remote endpoint of a listener, as gopsutil has it on every system.
var nobody = map[tcpmib.Family]net.Addr{tcpmib.IPv4: {IP: "0.0.0.0"}, tcpmib.IPv6: {IP: "::"}}

var addressFamily = map[tcpmib.Family]uint32{tcpmib.IPv4: tcpmib.AFInet, tcpmib.IPv6: tcpmib.AFInet6}
