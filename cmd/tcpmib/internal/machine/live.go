package machine

import (
	"errors"
	"io/fs"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/tcpestats"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Live is this computer.
type Live struct{}

// Source returns nil: what a Reader asks by default.
func (Live) Source() tcpmib.Source { return nil }

// Now returns the time of the clock.
func (Live) Now() time.Time { return time.Now() }

// Processes returns the processes that run now.
func (Live) Processes() (owner.Processes, error) { return owner.Snapshot() }

// Services returns the services that run now, by process ID.
func (Live) Services() (map[uint32][]string, error) { return owner.Services() }

// Elevated asks Windows.
func (Live) Elevated() (bool, error) { return owner.Elevated(), nil }

// Details returns the details of processes, and why some are missing.
func (Live) Details(p owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error) {
	return p.Details(pids...)
}

// Module4 returns the part of a program that opened an IPv4 connection.
func (Live) Module4(r *tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.GetOwnerModuleFromTcpEntry(r)
}

// Module6 returns the part of a program that opened an IPv6 connection.
func (Live) Module6(r *tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error) {
	return tcpmib.GetOwnerModuleFromTcp6Entry(r)
}

// Close closes a connection.
func (Live) Close(c tcpmib.Conn) error { return tcpmib.Close(c) }

// EStats returns the functions of Windows.
func (Live) EStats() EStats {
	return EStats{
		Data:    tcpestats.Get[tcpestats.Data],
		Path:    tcpestats.Get[tcpestats.Path],
		SetData: tcpestats.Set[tcpestats.Data],
		SetPath: tcpestats.Set[tcpestats.Path],
	}
}

// Reserved looks for a reservation of one port.
func (Live) Reserved(p rows.Protocol, port uint16) (reserved bool, err error) {
	lookup := tcpmib.LookupPersistentTcpPortReservation
	if p == rows.UDP {
		lookup = udpmib.LookupPersistentUdpPortReservation
	}
	_, err = lookup(port, 1)
	reserved = err == nil
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return reserved, err
}

// Bind tries a bind.
func (Live) Bind(p rows.Protocol, family tcpmib.Family, port uint16) (code uint32, err error) {
	return bindPort(p, family, port)
}
