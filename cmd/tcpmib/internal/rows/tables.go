package rows

import "github.com/winmib/winmib/tcpmib"

// Tables are the tables of Windows that sockets are read from.
type Tables struct {
	Families  tcpmib.Family
	TCP       bool // connections and listening sockets
	Listening bool // of these, the listening sockets are enough
	Bound     bool // sockets that are bound, and neither listen nor are connected
	UDP       bool
}
