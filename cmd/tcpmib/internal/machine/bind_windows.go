package machine

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// soExclusiveAddrUse is SO_EXCLUSIVEADDRUSE, in the header the complement of SO_REUSEADDR.
// https://learn.microsoft.com/windows/win32/winsock/so-exclusiveaddruse
const soExclusiveAddrUse = ^windows.SO_REUSEADDR

// bindPort binds a port and lets go of it at once. It does not listen, which would have the
// firewall ask, and asks for the port exclusively, so that any socket on it refuses the bind.
func bindPort(p rows.Protocol, family tcpmib.Family, port uint16) (code uint32, err error) {
	kind, protocol := windows.SOCK_STREAM, windows.IPPROTO_TCP
	if p == rows.UDP {
		kind, protocol = windows.SOCK_DGRAM, windows.IPPROTO_UDP
	}
	domain, address := windows.AF_INET, windows.Sockaddr(&windows.SockaddrInet4{Port: int(port)})
	if family == tcpmib.IPv6 {
		domain, address = windows.AF_INET6, &windows.SockaddrInet6{Port: int(port)}
	}
	var data windows.WSAData
	if err := windows.WSAStartup(0x202, &data); err != nil {
		return 0, err
	}
	defer windows.WSACleanup()
	socket, err := windows.Socket(domain, kind, protocol)
	if err != nil {
		return winsockCode(err)
	}
	defer windows.Closesocket(socket)
	if family == tcpmib.IPv6 { // IPv4 has a bind of its own
		if err := windows.SetsockoptInt(socket, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, 1); err != nil {
			return 0, err
		}
	}
	if err := windows.SetsockoptInt(socket, windows.SOL_SOCKET, soExclusiveAddrUse, 1); err != nil {
		return 0, err
	}
	return winsockCode(windows.Bind(socket, address))
}

// winsockCode returns the code of an error of Winsock.
func winsockCode(err error) (code uint32, _ error) {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return uint32(errno), nil
	}
	return 0, err
}
