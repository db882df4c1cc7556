package ports

import (
	"fmt"
	"net/netip"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// LocalPortToPIDMapping is GetLocalPortToPIDMapping of packetbeat's package procs: the processes
// that own the local endpoints of a transport, "tcp" or "udp". Packetbeat looks up an endpoint in it,
// then the same port on all addresses.
//
// The original has no IPv4 endpoints where IPv6 cannot be read, loses scope IDs, takes
// ::ffff:192.0.2.1 for 192.0.2.1, and lets a connection in TIME-WAIT, which has no process, take an
// endpoint from one that has.
func LocalPortToPIDMapping(transport string) (map[netip.AddrPort]int, error) {
	pids := map[netip.AddrPort]int{}
	switch transport {
	case "tcp":
		conns, err := tcpmib.Conns(tcpmib.Both)
		for _, c := range conns {
			if c.PID != 0 {
				pids[c.Local] = int(c.PID)
			}
		}
		return pids, err
	case "udp":
		endpoints, err := udpmib.Endpoints(tcpmib.Both)
		for _, e := range endpoints {
			if e.PID != 0 {
				pids[e.Local] = int(e.PID)
			}
		}
		return pids, err
	}
	return nil, fmt.Errorf("unsupported transport protocol %q", transport)
}
