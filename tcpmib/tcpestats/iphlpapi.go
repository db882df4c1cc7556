package tcpestats

import (
	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
)

// The functions of iphlpapi.dll, under their own names.

// pointer is a pointer to a kind of statistics; the compiler infers it.
type pointer[S any] interface {
	*S
	parts() parts
}

// GetPerTcpConnectionEStats returns one kind of statistics of the IPv4 connection
// that row names. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getpertcpconnectionestats
func GetPerTcpConnectionEStats[S Statistics, P pointer[S]](row *tcpmib.TCPRow) (stats S, err error) {
	p := P(&stats).parts()
	code := native.GetPerTcpConnectionEStats(bytesOfTCPRow(row), uint32(p.typ), v0(p.rw), v0(p.ros), v0(p.rod))
	return stats, result("GetPerTcpConnectionEStats", code)
}

// GetPerTcp6ConnectionEStats is GetPerTcpConnectionEStats for an IPv6
// connection. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getpertcp6connectionestats
func GetPerTcp6ConnectionEStats[S Statistics, P pointer[S]](row *tcpmib.TCP6Row) (stats S, err error) {
	p := P(&stats).parts()
	code := native.GetPerTcp6ConnectionEStats(bytesOfTCP6Row(row), uint32(p.typ), v0(p.rw), v0(p.ros), v0(p.rod))
	return stats, result("GetPerTcp6ConnectionEStats", code)
}

// SetPerTcpConnectionEStats sets what stats has in RW, and nothing else, for the
// IPv4 connection that row names: whether this kind of statistics is collected.
// Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setpertcpconnectionestats
func SetPerTcpConnectionEStats[S Collected, P pointer[S]](row *tcpmib.TCPRow, stats S) error {
	p := P(&stats).parts()
	return result("SetPerTcpConnectionEStats", native.SetPerTcpConnectionEStats(bytesOfTCPRow(row), uint32(p.typ), v0(p.rw), 0))
}

// SetPerTcp6ConnectionEStats is SetPerTcpConnectionEStats for an IPv6
// connection. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setpertcp6connectionestats
func SetPerTcp6ConnectionEStats[S Collected, P pointer[S]](row *tcpmib.TCP6Row, stats S) error {
	p := P(&stats).parts()
	return result("SetPerTcp6ConnectionEStats", native.SetPerTcp6ConnectionEStats(bytesOfTCP6Row(row), uint32(p.typ), v0(p.rw), 0))
}

// v0 are the bytes of a struct whose name ends in v0, as all do.
func v0(b []byte) native.EStats { return native.EStats{Bytes: b, Version: 0} }

// result is what a function returned, as an error or nil.
func result(function string, code uint32) error {
	if code == 0 {
		return nil
	}
	return &tcpmib.Error{Func: function, Code: code}
}
