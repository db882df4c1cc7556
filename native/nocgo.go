//go:build !windows || !cgo

package native

// Every function, one line each, under the shape that it has, as in shim.h. What
// a shape does is in nocgo_windows.go, and in other.go for other systems.
var (
	getTcpTable                 = table("GetTcpTable")
	getTcp6Table                = table("GetTcp6Table")
	getTcpTable2                = table("GetTcpTable2")
	getTcp6Table2               = table("GetTcp6Table2")
	getExtendedTcpTable         = extended("GetExtendedTcpTable")
	getOwnerModuleFromTcpEntry  = module[[SizeofTCPRowOwnerModule]byte]("GetOwnerModuleFromTcpEntry")
	getOwnerModuleFromTcp6Entry = module[[SizeofTCP6RowOwnerModule]byte]("GetOwnerModuleFromTcp6Entry")
	setTcpEntry                 = fixed[[SizeofTCPRow]byte]("SetTcpEntry")
	getTcpStatistics            = fixed[[SizeofTCPStats]byte]("GetTcpStatistics")
	getTcpStatisticsEx          = statsEx[[SizeofTCPStats]byte]("GetTcpStatisticsEx")
	getTcpStatisticsEx2         = statsEx[[SizeofTCPStats2]byte]("GetTcpStatisticsEx2")
	getPerTcpConnectionEStats   = getEStats[[SizeofTCPRow]byte]("GetPerTcpConnectionEStats")
	getPerTcp6ConnectionEStats  = getEStats[[SizeofTCP6Row]byte]("GetPerTcp6ConnectionEStats")
	setPerTcpConnectionEStats   = setEStats[[SizeofTCPRow]byte]("SetPerTcpConnectionEStats")
	setPerTcp6ConnectionEStats  = setEStats[[SizeofTCP6Row]byte]("SetPerTcp6ConnectionEStats")
)
