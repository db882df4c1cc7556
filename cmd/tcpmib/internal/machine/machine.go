// Package machine is what the commands ask: this computer, or a capture of one.
package machine

import (
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// Machine is this computer (Live) or a capture of one (Captured). It is chosen once, from the
// flags. Anything that a capture does not record is a NotCapturedError.
type Machine interface {
	Source() tcpmib.Source
	Now() time.Time // when the tables are read, or were

	Processes() (owner.Processes, error)
	Services() (map[uint32][]string, error) // by process ID
	Elevated() (bool, error)                // whether the user is an administrator, and runs the command as one
	Details(p owner.Processes, pids ...uint32) (map[uint32]owner.Details, map[uint32][]error)
	Module4(*tcpmib.TCPRowOwnerModule) (tcpmib.OwnerModule, error)
	Module6(*tcpmib.TCP6RowOwnerModule) (tcpmib.OwnerModule, error)

	Close(tcpmib.Conn) error
	EStats() EStats

	// Reserved reports whether there is a persistent reservation of exactly this port.
	Reserved(rows.Protocol, uint16) (bool, error)
	// Bind binds a port on all addresses of a family, exclusively, and lets go of it. It returns
	// the code of Winsock, or an error if it could not try.
	Bind(rows.Protocol, tcpmib.Family, uint16) (code uint32, err error)
}

// EStats are the functions of tcpestats.h that the commands call.
type EStats struct {
	Data    func(tcpmib.Conn) (tcpestats.Data, error)
	Path    func(tcpmib.Conn) (tcpestats.Path, error)
	SetData func(tcpmib.Conn, tcpestats.Data) error
	SetPath func(tcpmib.Conn, tcpestats.Path) error
}
