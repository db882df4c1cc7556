package tcpestats

import (
	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// The functions of iphlpapi.dll, under their own names.

// GetPerTcpConnectionEStats returns one kind of statistics of the IPv4 connection that row names,
// or fs.ErrNotExist if there is none. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getpertcpconnectionestats
func GetPerTcpConnectionEStats[S Statistics](row *tcpmib.TCPRow) (stats S, err error) {
	p := partsOf(&stats)
	code := native.GetPerTcpConnectionEStats((*[native.SizeofTCPRow]byte)(mib.Bytes(row)), uint32(p.typ), v0(p.rw), v0(p.ros), v0(p.rod))
	return stats, tcpmib.Query{Func: "GetPerTcpConnectionEStats"}.Err(code)
}

// GetPerTcp6ConnectionEStats is GetPerTcpConnectionEStats for an IPv6 connection. Needs elevation.
// Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getpertcp6connectionestats
func GetPerTcp6ConnectionEStats[S Statistics](row *tcpmib.TCP6Row) (stats S, err error) {
	p := partsOf(&stats)
	code := native.GetPerTcp6ConnectionEStats((*[native.SizeofTCP6Row]byte)(mib.Bytes(row)), uint32(p.typ), v0(p.rw), v0(p.ros), v0(p.rod))
	return stats, tcpmib.Query{Func: "GetPerTcp6ConnectionEStats"}.Err(code)
}

// SetPerTcpConnectionEStats sets what stats has in RW, and nothing else, for the IPv4 connection
// that row names: whether this kind of statistics is collected. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setpertcpconnectionestats
func SetPerTcpConnectionEStats[S Collected](row *tcpmib.TCPRow, stats S) error {
	p := partsOf(&stats)
	code := native.SetPerTcpConnectionEStats((*[native.SizeofTCPRow]byte)(mib.Bytes(row)), uint32(p.typ), v0(p.rw), fromStart)
	return tcpmib.Query{Func: "SetPerTcpConnectionEStats"}.Err(code)
}

// SetPerTcp6ConnectionEStats is SetPerTcpConnectionEStats for an IPv6 connection. Needs elevation.
// Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-setpertcp6connectionestats
func SetPerTcp6ConnectionEStats[S Collected](row *tcpmib.TCP6Row, stats S) error {
	p := partsOf(&stats)
	code := native.SetPerTcp6ConnectionEStats((*[native.SizeofTCP6Row]byte)(mib.Bytes(row)), uint32(p.typ), v0(p.rw), fromStart)
	return tcpmib.Query{Func: "SetPerTcp6ConnectionEStats"}.Err(code)
}

// fromStart is the offset in RW of what is set: all of it.
const fromStart = 0

// v0 is a struct with version 0, as all are.
func v0(b []byte) native.EStats { return native.EStats{Bytes: b, Version: 0} }
