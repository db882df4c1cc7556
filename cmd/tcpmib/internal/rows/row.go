// Package rows knows what a row of the command's output is, its columns, and every format that
// writes rows.
//
// To add a column, add an entry to Columns (columns.go); to show it without being asked, name it in
// a set of columns (select.go). To add a format, add an entry to Formats (format.go).
package rows

import (
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/tcpmib"
)

// Row is a socket and what is known about it. Formats render rows.
type Row struct {
	Socket
	Process string // name of the program that owns it

	// Read only when asked for; zero values are unknown.
	RemoteName string    // DNS name of the remote address
	Created    time.Time // when the socket was bound or connected
	Module     string    // the part of the program that opened it
	Age        time.Duration
	Services   []string  // services that run in the process
	Owner      *Owner    // what else is known of the process
	Measured   *Measured // traffic, for estats only

	Change *tcpmib.Change // what happened to it, for diff only
	Ports  *ephemeral.Use // what its pair uses of the dynamic range, for summary --ephemeral only
}

// Owner is what is known of a process beside its name. Zero values are unknown.
type Owner struct {
	Path, User, CommandLine string

	Parent        uint32 // the ID of the process that created it
	ParentProcess string // its name, if it is still the same process

	Err error // why something of it is not known
}

// Measured is the traffic of a connection while estats collected statistics.
type Measured struct {
	BytesIn, BytesOut, Retransmitted uint64
	RTT, RTTMin, RTTMax              uint32 // in milliseconds; 0 if nothing was sent and acknowledged
}

// Endpoints returns the endpoints of a connection as text.
func Endpoints(c tcpmib.Conn) string {
	if !c.Remote.IsValid() {
		return c.Local.String()
	}
	return c.Local.String() + " to " + c.Remote.String()
}
