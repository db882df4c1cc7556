package conformance

import (
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/tcpestats"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// functions are the functions of iphlpapi.h that package native calls, with their parameters as Go
// has them. A uintptr is a PVOID.
var functions = []layout.Function{
	// TCP
	layout.FuncOf[func(table *tcpmib.TCPTable, size *uint32, order int32) uint32]("GetTcpTable"),
	layout.FuncOf[func(table *tcpmib.TCP6Table, size *uint32, order int32) uint32]("GetTcp6Table"),
	layout.FuncOf[func(table *tcpmib.TCPTable2, size *uint32, order int32) uint32]("GetTcpTable2"),
	layout.FuncOf[func(table *tcpmib.TCP6Table2, size *uint32, order int32) uint32]("GetTcp6Table2"),
	layout.FuncOf[func(table uintptr, size *uint32, order int32, family uint32, class tcpmib.TCPTableClass, reserved uint32) uint32]("GetExtendedTcpTable"),
	layout.FuncOf[func(row *tcpmib.TCPRowOwnerModule, class tcpmib.OwnerModuleInfoClass, buffer uintptr, size *uint32) uint32]("GetOwnerModuleFromTcpEntry"),
	layout.FuncOf[func(row *tcpmib.TCP6RowOwnerModule, class tcpmib.OwnerModuleInfoClass, buffer uintptr, size *uint32) uint32]("GetOwnerModuleFromTcp6Entry"),
	layout.FuncOf[func(row *tcpmib.TCPRow) uint32]("SetTcpEntry"),
	layout.FuncOf[func(startPort, numberOfPorts uint16, token *uint64) uint32]("CreatePersistentTcpPortReservation"),
	layout.FuncOf[func(startPort, numberOfPorts uint16) uint32]("DeletePersistentTcpPortReservation"),
	layout.FuncOf[func(startPort, numberOfPorts uint16, token *uint64) uint32]("LookupPersistentTcpPortReservation"),
	layout.FuncOf[func(stats *tcpmib.TCPStats) uint32]("GetTcpStatistics"),
	layout.FuncOf[func(stats *tcpmib.TCPStats, family uint32) uint32]("GetTcpStatisticsEx"),
	layout.FuncOf[func(stats *tcpmib.TCPStats2, family uint32) uint32]("GetTcpStatisticsEx2"),
	layout.FuncOf[func(row *tcpmib.TCPRow, typ tcpestats.Type, rw *byte, rwVersion, rwSize uint32, ros *byte, rosVersion, rosSize uint32, rod *byte, rodVersion, rodSize uint32) uint32]("GetPerTcpConnectionEStats"),
	layout.FuncOf[func(row *tcpmib.TCP6Row, typ tcpestats.Type, rw *byte, rwVersion, rwSize uint32, ros *byte, rosVersion, rosSize uint32, rod *byte, rodVersion, rodSize uint32) uint32]("GetPerTcp6ConnectionEStats"),
	layout.FuncOf[func(row *tcpmib.TCPRow, typ tcpestats.Type, rw *byte, rwVersion, rwSize, offset uint32) uint32]("SetPerTcpConnectionEStats"),
	layout.FuncOf[func(row *tcpmib.TCP6Row, typ tcpestats.Type, rw *byte, rwVersion, rwSize, offset uint32) uint32]("SetPerTcp6ConnectionEStats"),

	// UDP
	layout.FuncOf[func(table *udpmib.UDPTable, size *uint32, order int32) uint32]("GetUdpTable"),
	layout.FuncOf[func(table *udpmib.UDP6Table, size *uint32, order int32) uint32]("GetUdp6Table"),
	layout.FuncOf[func(table uintptr, size *uint32, order int32, family uint32, class udpmib.UDPTableClass, reserved uint32) uint32]("GetExtendedUdpTable"),
	layout.FuncOf[func(row *udpmib.UDPRowOwnerModule, class tcpmib.OwnerModuleInfoClass, buffer uintptr, size *uint32) uint32]("GetOwnerModuleFromUdpEntry"),
	layout.FuncOf[func(row *udpmib.UDP6RowOwnerModule, class tcpmib.OwnerModuleInfoClass, buffer uintptr, size *uint32) uint32]("GetOwnerModuleFromUdp6Entry"),
	layout.FuncOf[func(stats *udpmib.UDPStats) uint32]("GetUdpStatistics"),
	layout.FuncOf[func(stats *udpmib.UDPStats, family uint32) uint32]("GetUdpStatisticsEx"),
	layout.FuncOf[func(stats *udpmib.UDPStats2, family uint32) uint32]("GetUdpStatisticsEx2"),
	layout.FuncOf[func(startPort, numberOfPorts uint16, token *uint64) uint32]("CreatePersistentUdpPortReservation"),
	layout.FuncOf[func(startPort, numberOfPorts uint16) uint32]("DeletePersistentUdpPortReservation"),
	layout.FuncOf[func(startPort, numberOfPorts uint16, token *uint64) uint32]("LookupPersistentUdpPortReservation"),
}
