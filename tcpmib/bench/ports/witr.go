package ports

import (
	"errors"
	"net/netip"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// GetSocketsForPID is GetSocketsForPID of witr's package proc: the sockets of a process, each local
// endpoint once for each state.
//
// The original parses what netstat prints, so its states are in the language of Windows, and a
// connection whose peer has port 0 is a listener; it reports no errors.
func GetSocketsForPID(pid int) ([]Socket, error) {
	var sockets []Socket
	seen := map[Socket]bool{}
	add := func(protocol string, local netip.AddrPort, state string) {
		s := Socket{Port: int(local.Port()), Address: local.Addr().String(), Protocol: protocol, State: state}
		if !seen[s] {
			seen[s] = true
			sockets = append(sockets, s)
		}
	}
	conns, errTCP := tcpmib.Conns(tcpmib.Both)
	for _, c := range conns {
		switch {
		case int(c.PID) != pid:
		case c.State == tcpmib.StateListen:
			add("TCP", c.Local, "LISTEN")
		default:
			add("TCP", c.Local, c.State.Netstat())
		}
	}
	endpoints, errUDP := udpmib.Endpoints(tcpmib.Both)
	for _, e := range endpoints {
		if int(e.PID) == pid {
			add("UDP", e.Local, "OPEN")
		}
	}
	return sockets, errors.Join(errTCP, errUDP)
}
