// Package conformance lists what this module claims of the Windows headers: every struct, enum and
// constant of tcpmib.h, udpmib.h and tcpestats.h, what it takes from iprtrmib.h, the functions of
// iphlpapi.h that package native calls, and what the header sets are known to lack.
//
// The claim is checked against the records of thirteen Windows SDKs, on every machine, and live: by
// build.sh layout against MinGW-w64's headers (gcc, and clang for arm64) and Wine's (clang), for
// amd64, 386 and arm64, and by build.ps1 layout against every Windows SDK of the machine, with
// clang.
package conformance

import (
	"slices"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/tcpestats"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Spec is the claim. It shares nothing with what the next call returns.
func Spec() layout.Spec {
	return layout.Spec{
		// The SDK's iphlpapi.h includes tcpestats.h, Wine's does not.
		Headers:   append(layout.DefaultHeaders(), "tcpestats.h"),
		Types:     slices.Clone(types),
		Constants: slices.Clone(constants),
		Functions: slices.Clone(functions),
		Rules: layout.Rules{
			Gaps:              gaps(),
			Exclusive:         exclusive(),
			Accepted:          slices.Clone(accepted),
			Complete:          []string{"tcpmib.h", "udpmib.h", "tcpestats.h", "iprtrmib.h"},
			CompleteFunctions: []layout.Prototypes{{Header: "iphlpapi.h", Name: "*Tcp*"}, {Header: "iphlpapi.h", Name: "*Udp*"}},
			Omitted:           slices.Clone(omitted),
		},
	}
}

var types = []layout.Type{
	// tcpmib.h
	layout.EnumOf[tcpmib.State]("MIB_TCP_STATE"),
	layout.EnumOf[tcpmib.OffloadState]("TCP_CONNECTION_OFFLOAD_STATE"),
	layout.Struct[tcpmib.TCPRow](""),
	layout.Struct[tcpmib.TCPRowW2K](""),
	layout.Struct[tcpmib.TCPTable](""),
	layout.Struct[tcpmib.TCPRow2](""),
	layout.Struct[tcpmib.TCPTable2](""),
	layout.Struct[tcpmib.TCPRowOwnerPID](""),
	layout.Struct[tcpmib.TCPTableOwnerPID](""),
	layout.Struct[tcpmib.TCPRowOwnerModule](""),
	layout.Struct[tcpmib.TCPTableOwnerModule](""),
	layout.Struct[tcpmib.TCP6Row](""),
	layout.Struct[tcpmib.TCP6Table](""),
	layout.Struct[tcpmib.TCP6Row2](""),
	layout.Struct[tcpmib.TCP6Table2](""),
	layout.Struct[tcpmib.TCP6RowOwnerPID](""),
	layout.Struct[tcpmib.TCP6TableOwnerPID](""),
	layout.Struct[tcpmib.TCP6RowOwnerModule](""),
	layout.Struct[tcpmib.TCP6TableOwnerModule](""),
	layout.EnumOf[tcpmib.RTOAlgorithm]("TCP_RTO_ALGORITHM"),
	layout.Struct[tcpmib.TCPStats](""),
	layout.Struct[tcpmib.TCPStatsW2K](""),
	layout.Struct[tcpmib.TCPStats2](""),

	// iprtrmib.h
	layout.EnumOf[udpmib.UDPTableClass]("UDP_TABLE_CLASS"),
	layout.EnumOf[tcpmib.TCPTableClass]("TCP_TABLE_CLASS"),
	layout.EnumOf[tcpmib.OwnerModuleInfoClass]("TCPIP_OWNER_MODULE_INFO_CLASS"),
	layout.Struct[tcpmib.OwnerModuleBasicInfo](""),

	// udpmib.h
	layout.Struct[udpmib.UDPRow](""),
	layout.Struct[udpmib.UDPTable](""),
	layout.Struct[udpmib.UDP6Row](""),
	layout.Struct[udpmib.UDP6Table](""),
	layout.Struct[udpmib.UDPRow2](""),
	layout.Struct[udpmib.UDPTable2](""),
	layout.Struct[udpmib.UDP6Row2](""),
	layout.Struct[udpmib.UDP6Table2](""),
	layout.Struct[udpmib.UDPRowOwnerPID](""),
	layout.Struct[udpmib.UDPTableOwnerPID](""),
	layout.Struct[udpmib.UDP6RowOwnerPID](""),
	layout.Struct[udpmib.UDP6TableOwnerPID](""),
	layout.Struct[udpmib.UDPRowOwnerModule](""),
	layout.Struct[udpmib.UDPTableOwnerModule](""),
	layout.Struct[udpmib.UDP6RowOwnerModule](""),
	layout.Struct[udpmib.UDP6TableOwnerModule](""),
	layout.Struct[udpmib.UDPStats](""),
	layout.Struct[udpmib.UDPStats2](""),

	// tcpestats.h
	layout.EnumOf[tcpestats.Type]("TCP_ESTATS_TYPE"),
	layout.EnumOf[tcpestats.BooleanOptional]("TCP_BOOLEAN_OPTIONAL"),
	layout.EnumOf[tcpestats.SoftError]("TCP_SOFT_ERROR"),
	layout.Struct[tcpestats.SynOptsROSv0](""),
	layout.Struct[tcpestats.DataRODv0](""),
	layout.Struct[tcpestats.DataRWv0](""),
	layout.Struct[tcpestats.SndCongRODv0](""),
	layout.Struct[tcpestats.SndCongROSv0](""),
	layout.Struct[tcpestats.SndCongRWv0](""),
	layout.Struct[tcpestats.PathRODv0](""),
	layout.Struct[tcpestats.PathRWv0](""),
	layout.Struct[tcpestats.SendBuffRODv0](""),
	layout.Struct[tcpestats.SendBuffRWv0](""),
	layout.Struct[tcpestats.RecRODv0](""),
	layout.Struct[tcpestats.RecRWv0](""),
	layout.Struct[tcpestats.ObsRecRODv0](""),
	layout.Struct[tcpestats.ObsRecRWv0](""),
	layout.Struct[tcpestats.BandwidthRWv0](""),
	layout.Struct[tcpestats.BandwidthRODv0](""),
	layout.Struct[tcpestats.FineRttRWv0](""),
	layout.Struct[tcpestats.FineRttRODv0](""),
}

var constants = []layout.Constant{
	// tcpmib.h
	{C: "TCPIP_OWNING_MODULE_SIZE", Go: tcpmib.OwningModuleSize},
	{C: "MIB_TCP_STATE_CLOSED", Go: tcpmib.StateClosed},
	{C: "MIB_TCP_STATE_LISTEN", Go: tcpmib.StateListen},
	{C: "MIB_TCP_STATE_SYN_SENT", Go: tcpmib.StateSynSent},
	{C: "MIB_TCP_STATE_SYN_RCVD", Go: tcpmib.StateSynRcvd},
	{C: "MIB_TCP_STATE_ESTAB", Go: tcpmib.StateEstab},
	{C: "MIB_TCP_STATE_FIN_WAIT1", Go: tcpmib.StateFinWait1},
	{C: "MIB_TCP_STATE_FIN_WAIT2", Go: tcpmib.StateFinWait2},
	{C: "MIB_TCP_STATE_CLOSE_WAIT", Go: tcpmib.StateCloseWait},
	{C: "MIB_TCP_STATE_CLOSING", Go: tcpmib.StateClosing},
	{C: "MIB_TCP_STATE_LAST_ACK", Go: tcpmib.StateLastAck},
	{C: "MIB_TCP_STATE_TIME_WAIT", Go: tcpmib.StateTimeWait},
	{C: "MIB_TCP_STATE_DELETE_TCB", Go: tcpmib.StateDeleteTCB},
	{C: "MIB_TCP_STATE_RESERVED", Go: tcpmib.StateReserved},
	{C: "TcpConnectionOffloadStateInHost", Go: tcpmib.OffloadStateInHost},
	{C: "TcpConnectionOffloadStateOffloading", Go: tcpmib.OffloadStateOffloading},
	{C: "TcpConnectionOffloadStateOffloaded", Go: tcpmib.OffloadStateOffloaded},
	{C: "TcpConnectionOffloadStateUploading", Go: tcpmib.OffloadStateUploading},
	{C: "TcpConnectionOffloadStateMax", Go: tcpmib.OffloadStateMax},
	{C: "MIB_TCP_MAXCONN_DYNAMIC", Go: tcpmib.TCPMaxConnDynamic},
	{C: "TcpRtoAlgorithmOther", Go: tcpmib.RTOAlgorithmOther},
	{C: "TcpRtoAlgorithmConstant", Go: tcpmib.RTOAlgorithmConstant},
	{C: "TcpRtoAlgorithmRsre", Go: tcpmib.RTOAlgorithmRsre},
	{C: "TcpRtoAlgorithmVanj", Go: tcpmib.RTOAlgorithmVanj},
	{C: "MIB_TCP_RTO_OTHER", Go: tcpmib.RTOAlgorithmOther},
	{C: "MIB_TCP_RTO_CONSTANT", Go: tcpmib.RTOAlgorithmConstant},
	{C: "MIB_TCP_RTO_RSRE", Go: tcpmib.RTOAlgorithmRsre},
	{C: "MIB_TCP_RTO_VANJ", Go: tcpmib.RTOAlgorithmVanj},

	// iprtrmib.h
	{C: "TCP_TABLE_BASIC_LISTENER", Go: tcpmib.TCPTableBasicListener},
	{C: "TCP_TABLE_BASIC_CONNECTIONS", Go: tcpmib.TCPTableBasicConnections},
	{C: "TCP_TABLE_BASIC_ALL", Go: tcpmib.TCPTableBasicAll},
	{C: "TCP_TABLE_OWNER_PID_LISTENER", Go: tcpmib.TCPTableOwnerPIDListener},
	{C: "TCP_TABLE_OWNER_PID_CONNECTIONS", Go: tcpmib.TCPTableOwnerPIDConnections},
	{C: "TCP_TABLE_OWNER_PID_ALL", Go: tcpmib.TCPTableOwnerPIDAll},
	{C: "TCP_TABLE_OWNER_MODULE_LISTENER", Go: tcpmib.TCPTableOwnerModuleListener},
	{C: "TCP_TABLE_OWNER_MODULE_CONNECTIONS", Go: tcpmib.TCPTableOwnerModuleConnections},
	{C: "TCP_TABLE_OWNER_MODULE_ALL", Go: tcpmib.TCPTableOwnerModuleAll},
	{C: "TCPIP_OWNER_MODULE_INFO_BASIC", Go: tcpmib.OwnerModuleInfoBasic},

	{C: "UDP_TABLE_BASIC", Go: udpmib.UDPTableClassBasic},
	{C: "UDP_TABLE_OWNER_PID", Go: udpmib.UDPTableClassOwnerPID},
	{C: "UDP_TABLE_OWNER_MODULE", Go: udpmib.UDPTableClassOwnerModule},

	// tcpestats.h
	{C: "TcpConnectionEstatsSynOpts", Go: tcpestats.TypeSynOpts},
	{C: "TcpConnectionEstatsData", Go: tcpestats.TypeData},
	{C: "TcpConnectionEstatsSndCong", Go: tcpestats.TypeSndCong},
	{C: "TcpConnectionEstatsPath", Go: tcpestats.TypePath},
	{C: "TcpConnectionEstatsSendBuff", Go: tcpestats.TypeSendBuff},
	{C: "TcpConnectionEstatsRec", Go: tcpestats.TypeRec},
	{C: "TcpConnectionEstatsObsRec", Go: tcpestats.TypeObsRec},
	{C: "TcpConnectionEstatsBandwidth", Go: tcpestats.TypeBandwidth},
	{C: "TcpConnectionEstatsFineRtt", Go: tcpestats.TypeFineRtt},
	{C: "TcpConnectionEstatsMaximum", Go: tcpestats.TypeMaximum},
	{C: "TcpBoolOptDisabled", Go: tcpestats.BoolOptDisabled},
	{C: "TcpBoolOptEnabled", Go: tcpestats.BoolOptEnabled},
	{C: "TcpBoolOptUnchanged", Go: tcpestats.BoolOptUnchanged},
	{C: "TcpErrorNone", Go: tcpestats.SoftErrorNone},
	{C: "TcpErrorBelowDataWindow", Go: tcpestats.SoftErrorBelowDataWindow},
	{C: "TcpErrorAboveDataWindow", Go: tcpestats.SoftErrorAboveDataWindow},
	{C: "TcpErrorBelowAckWindow", Go: tcpestats.SoftErrorBelowAckWindow},
	{C: "TcpErrorAboveAckWindow", Go: tcpestats.SoftErrorAboveAckWindow},
	{C: "TcpErrorBelowTsWindow", Go: tcpestats.SoftErrorBelowTsWindow},
	{C: "TcpErrorAboveTsWindow", Go: tcpestats.SoftErrorAboveTsWindow},
	{C: "TcpErrorDataChecksumError", Go: tcpestats.SoftErrorDataChecksumError},
	{C: "TcpErrorDataLengthError", Go: tcpestats.SoftErrorDataLengthError},
	{C: "TcpErrorMaxSoftError", Go: tcpestats.SoftErrorMaxSoftError},
}
