// Package conformance lists what this module claims of the Windows headers: every struct, enum and constant of
// tcpmib.h and tcpestats.h, what it takes from iprtrmib.h, and what the header sets are known to lack.
//
// The claim is checked against MinGW-w64's headers (with gcc and clang) and Wine's (with clang) for amd64, 386 and arm64
// by build.sh layout, which is part of build.sh test, and against every Windows SDK of the machine, with cl and clang,
// for the same three by build.ps1 layout. What only lists, a Windows SDK alone can prove.
package conformance

import (
	"slices"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/layout"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// Spec is the claim. It shares nothing with what the next call returns.
func Spec() layout.Spec {
	return layout.Spec{
		// The SDK's iphlpapi.h includes tcpestats.h, Wine's does not.
		Headers:   append(layout.DefaultHeaders(), "tcpestats.h"),
		Types:     slices.Clone(types),
		Constants: slices.Clone(constants),
		Gaps:      gaps(),
		Only:      only(),
		Complete:  []string{"tcpmib.h", "tcpestats.h", "iprtrmib.h"},
		Omitted:   slices.Clone(omitted),
	}
}

var types = []any{
	// tcpmib.h
	layout.Enum("MIB_TCP_STATE", tcpmib.State(0)),
	layout.Enum("TCP_CONNECTION_OFFLOAD_STATE", tcpmib.OffloadState(0)),
	tcpmib.TCPRow{},
	tcpmib.TCPRowW2K{},
	tcpmib.TCPTable{},
	tcpmib.TCPRow2{},
	tcpmib.TCPTable2{},
	tcpmib.TCPRowOwnerPID{},
	tcpmib.TCPTableOwnerPID{},
	tcpmib.TCPRowOwnerModule{},
	tcpmib.TCPTableOwnerModule{},
	tcpmib.TCP6Row{},
	tcpmib.TCP6Table{},
	tcpmib.TCP6Row2{},
	tcpmib.TCP6Table2{},
	tcpmib.TCP6RowOwnerPID{},
	tcpmib.TCP6TableOwnerPID{},
	tcpmib.TCP6RowOwnerModule{},
	tcpmib.TCP6TableOwnerModule{},
	layout.Enum("TCP_RTO_ALGORITHM", tcpmib.RTOAlgorithm(0)),
	tcpmib.TCPStats{},
	tcpmib.TCPStatsW2K{},
	tcpmib.TCPStats2{},

	// iprtrmib.h
	layout.Enum("TCP_TABLE_CLASS", tcpmib.TCPTableClass(0)),
	layout.Enum("TCPIP_OWNER_MODULE_INFO_CLASS", tcpmib.OwnerModuleInfoClass(0)),
	tcpmib.OwnerModuleBasicInfo{},

	// tcpestats.h
	layout.Enum("TCP_ESTATS_TYPE", tcpestats.Type(0)),
	layout.Enum("TCP_BOOLEAN_OPTIONAL", tcpestats.BooleanOptional(0)),
	layout.Enum("TCP_SOFT_ERROR", tcpestats.SoftError(0)),
	tcpestats.SynOptsROSv0{},
	tcpestats.DataRODv0{},
	tcpestats.DataRWv0{},
	tcpestats.SndCongRODv0{},
	tcpestats.SndCongROSv0{},
	tcpestats.SndCongRWv0{},
	tcpestats.PathRODv0{},
	tcpestats.PathRWv0{},
	tcpestats.SendBuffRODv0{},
	tcpestats.SendBuffRWv0{},
	tcpestats.RecRODv0{},
	tcpestats.RecRWv0{},
	tcpestats.ObsRecRODv0{},
	tcpestats.ObsRecRWv0{},
	tcpestats.BandwidthRWv0{},
	tcpestats.BandwidthRODv0{},
	tcpestats.FineRttRWv0{},
	tcpestats.FineRttRODv0{},
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
