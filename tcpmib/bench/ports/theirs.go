package ports

import (
	"net"
	"time"

	gopsutil "github.com/shirou/gopsutil/v4/net"
)

// The types that the originals keep, as far as a port fills them in. Most of their modules cannot be
// imported: the Go module proxy does not serve them, or the package is internal.

// ConnectionInfo is a connection of portmaster.
type ConnectionInfo struct {
	Local, Remote Address
	PID           int
}

// BindInfo is a listener or a UDP socket of portmaster.
type BindInfo struct {
	Local Address
	PID   int
}

// Address is an endpoint of portmaster.
type Address struct {
	IP   net.IP
	Port uint16
}

// ConnectionStat is a row of velociraptor's plugin, with the family and the type as it prints them.
type ConnectionStat struct {
	Pid          int32
	Family, Type string
	Status       string // of TCP
	Laddr, Raddr gopsutil.Addr
	Timestamp    time.Time
}

// ConnectionOwner is the process that sing-box finds.
type ConnectionOwner struct {
	ProcessID   uint32
	ProcessPath string // its program
}

// Socket is a socket of witr.
type Socket struct {
	Port     int
	Address  string
	Protocol string // TCP or UDP
	State    string // OPEN for UDP
}
