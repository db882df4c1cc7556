package ports

import (
	"net/netip"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// TCPTable is GetTCP4Table and GetTCP6Table of portmaster's package service/network/iphelper.
//
// The original has no more than 65,535 rows, of a table of at most 1 MiB, and misreads a port whose
// upper half, which has no meaning, is not 0.
func TCPTable(family tcpmib.Family) (connections []*ConnectionInfo, listeners []*BindInfo, err error) {
	conns, err := tcpmib.Conns(family)
	for _, c := range conns {
		if c.State == tcpmib.StateListen {
			listeners = append(listeners, &BindInfo{Local: address(c.Local), PID: int(c.PID)})
		} else {
			connections = append(connections, &ConnectionInfo{Local: address(c.Local), Remote: address(c.Remote), PID: int(c.PID)})
		}
	}
	return connections, listeners, err
}

// UDPTable is GetUDP4Table and GetUDP6Table of the same package.
func UDPTable(family tcpmib.Family) (binds []*BindInfo, err error) {
	endpoints, err := udpmib.Endpoints(family)
	for _, e := range endpoints {
		binds = append(binds, &BindInfo{Local: address(e.Local), PID: int(e.PID)})
	}
	return binds, err
}

func address(a netip.AddrPort) Address { return Address{IP: a.Addr().AsSlice(), Port: a.Port()} }
