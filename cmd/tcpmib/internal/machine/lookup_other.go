//go:build !windows

package machine

import "net"

// LookupAddr returns the names of an address, as the system's resolver has them.
var LookupAddr = net.DefaultResolver.LookupAddr
