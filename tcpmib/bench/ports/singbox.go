package ports

import (
	"net/netip"

	"github.com/winmib/winmib/tcpmib/owner"
)

// FindProcessInfo is FindProcessInfo of sing-box's package common/process: the process whose socket
// has a source. With an error it returns as much as it found, or nil. Mihomo's findProcessName does
// the same, for TCP among connections that are established.
//
// The original finds neither listeners, nor a source with a zone, nor an IPv4 source in IPv6 form;
// panics on a table of no rows and 4 bytes; returns ":System Idle Process" for a connection that
// nobody owns; takes the first of several processes that share a UDP port; and may return the path of
// another process that has been given the process ID since.
func FindProcessInfo(network string, source netip.AddrPort) (*ConnectionOwner, error) {
	p, err := owner.Find(network, source, netip.AddrPort{})
	switch {
	case p.PID == 0:
		return nil, err
	case p.PID == owner.SystemPID:
		return &ConnectionOwner{p.PID, ":System"}, nil
	case err != nil:
		return &ConnectionOwner{ProcessID: p.PID}, err
	}
	path, err := p.Path()
	return &ConnectionOwner{p.PID, path}, err
}
