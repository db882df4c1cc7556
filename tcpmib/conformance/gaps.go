package conformance

import "github.com/winmib/winmib/tcpmib/layout"

// oneForm is why both forms of a struct that Windows Vista changed are looked for under the plain
// name.
const oneForm = "these headers have one form of it, under the plain name"

// gaps are what MinGW-w64 and Wine lack or say otherwise. Each is checked to be true in every run.
func gaps() []layout.Gap {
	gaps := []layout.Gap{
		{Set: layout.SetMinGW, Name: "MIB_TCP_STATE", Reason: "MinGW-w64 makes it an int and the states macros"},
		{Set: layout.SetMinGW, Name: "TCP_RTO_ALGORITHM", Reason: "MinGW-w64 has no such enum, only the macros MIB_TCP_RTO_*"},
		{Set: layout.SetMinGW, Name: "MIB_TCPROW_LH.State", Reason: "MinGW-w64 has dwState alone, not the union"},
		{Set: layout.SetMinGW, Name: "MIB_TCPSTATS_LH.RtoAlgorithm", Reason: "MinGW-w64 has dwRtoAlgorithm alone, not the union"},

		{Set: layout.SetWine, Name: "TcpRtoAlgorithmOther", Gives: "0", Reason: rtoFromZero},
		{Set: layout.SetWine, Name: "TcpRtoAlgorithmConstant", Gives: "1", Reason: rtoFromZero},
		{Set: layout.SetWine, Name: "TcpRtoAlgorithmRsre", Gives: "2", Reason: rtoFromZero},
		{Set: layout.SetWine, Name: "TcpRtoAlgorithmVanj", Gives: "3", Reason: rtoFromZero},
		{Set: layout.SetWine, Name: "MIB_TCP_MAXCONN_DYNAMIC", Reason: "Wine does not define it"},

		{Set: layout.SetSDK, Before: 16299, Name: "TcpRtoAlgorithmOther", Gives: "0", Reason: rtoOfOldSDKs},
		{Set: layout.SetSDK, Before: 16299, Name: "TcpRtoAlgorithmConstant", Gives: "1", Reason: rtoOfOldSDKs},
		{Set: layout.SetSDK, Before: 16299, Name: "TcpRtoAlgorithmRsre", Gives: "2", Reason: rtoOfOldSDKs},
		{Set: layout.SetSDK, Before: 16299, Name: "TcpRtoAlgorithmVanj", Gives: "3", Reason: rtoOfOldSDKs},
	}
	for _, name := range []string{"MIB_TCPSTATS2", "MIB_UDPSTATS2", "GetTcpStatisticsEx2", "GetUdpStatisticsEx2"} {
		gaps = append(gaps, layout.Gap{Set: layout.SetSDK, Before: 16299, Name: name, Reason: since1709})
	}
	for _, name := range rowsSinceServer2022 {
		gaps = append(gaps, layout.Gap{Set: layout.SetSDK, Before: 20348, Name: name, Reason: since2022})
	}
	for _, set := range []string{layout.SetMinGW, layout.SetWine} {
		for _, name := range []string{"MIB_TCPROW", "MIB_TCPSTATS"} {
			gaps = append(gaps,
				layout.Gap{Set: set, Name: name + "_LH", As: name, Reason: oneForm},
				layout.Gap{Set: set, Name: name + "_W2K", As: name, Reason: oneForm})
		}
	}
	for _, g := range []struct {
		reason string
		names  []string
	}{
		{"Wine has no GetOwnerModuleFromTcpEntry", []string{
			"TCPIP_OWNER_MODULE_INFO_CLASS", "TCPIP_OWNER_MODULE_INFO_BASIC", "TCPIP_OWNER_MODULE_BASIC_INFO",
			"GetOwnerModuleFromTcpEntry", "GetOwnerModuleFromTcp6Entry",
			"GetOwnerModuleFromUdpEntry", "GetOwnerModuleFromUdp6Entry"}},
		{"Wine's iphlpapi.h does not declare it", []string{
			"GetTcp6Table", "GetTcpTable2", "GetTcp6Table2",
			"CreatePersistentTcpPortReservation", "DeletePersistentTcpPortReservation", "LookupPersistentTcpPortReservation",
			"CreatePersistentUdpPortReservation", "DeletePersistentUdpPortReservation", "LookupPersistentUdpPortReservation",
			"GetPerTcp6ConnectionEStats", "SetPerTcp6ConnectionEStats"}},
		{"Wine's tcpestats.h has TCP_ESTATS_TYPE alone", []string{
			"TCP_BOOLEAN_OPTIONAL", "TcpBoolOptDisabled", "TcpBoolOptEnabled", "TcpBoolOptUnchanged",
			"TCP_ESTATS_SYN_OPTS_ROS_v0",
			"TCP_ESTATS_DATA_ROD_v0", "TCP_ESTATS_DATA_RW_v0",
			"TCP_ESTATS_SND_CONG_ROD_v0", "TCP_ESTATS_SND_CONG_ROS_v0", "TCP_ESTATS_SND_CONG_RW_v0",
			"TCP_ESTATS_PATH_ROD_v0", "TCP_ESTATS_PATH_RW_v0",
			"TCP_ESTATS_SEND_BUFF_ROD_v0", "TCP_ESTATS_SEND_BUFF_RW_v0",
			"TCP_ESTATS_REC_ROD_v0", "TCP_ESTATS_REC_RW_v0",
			"TCP_ESTATS_OBS_REC_ROD_v0", "TCP_ESTATS_OBS_REC_RW_v0",
			"TCP_ESTATS_BANDWIDTH_RW_v0", "TCP_ESTATS_BANDWIDTH_ROD_v0",
			"TCP_ESTATS_FINE_RTT_RW_v0", "TCP_ESTATS_FINE_RTT_ROD_v0"}},
	} {
		for _, name := range g.names {
			gaps = append(gaps, layout.Gap{Set: layout.SetWine, Name: name, Reason: g.reason})
		}
	}
	for _, name := range []string{"GetPerTcpConnectionEStats", "SetPerTcpConnectionEStats"} {
		gaps = append(gaps, layout.Gap{Set: layout.SetWine, Older: true, Name: name,
			Reason: "Wine's iphlpapi.h declares it in newer versions, such as 10, only"})
	}
	return gaps
}

const (
	rtoOfOldSDKs = "SDKs before 10.0.16299 count from 0; RFC 4022 and MIB_TCP_RTO_* of the same header count from 1"
	since1709    = "new in Windows 10 version 1709"
	since2022    = "new in Windows Server 2022"
)

// rowsSinceServer2022 are the newest UDP rows, and their tables.
var rowsSinceServer2022 = []string{"MIB_UDPROW2", "MIB_UDPTABLE2", "MIB_UDP6ROW2", "MIB_UDP6TABLE2"}

const rtoFromZero = "Wine counts from 0, as old SDKs did; RFC 4022 and MIB_TCP_RTO_* of the same header count from 1"

// exclusive is what a Windows SDK alone declares.
func exclusive() []layout.Exclusive {
	var list []layout.Exclusive
	for _, g := range []struct {
		reason string
		names  []string
	}{
		{since1709, []string{"MIB_TCPSTATS2", "MIB_UDPSTATS2", "GetTcpStatisticsEx2", "GetUdpStatisticsEx2"}},
		{since2022, rowsSinceServer2022},
		{"MinGW-w64 and Wine end the list at 12", []string{"MIB_TCP_STATE_RESERVED"}},
		{"MinGW-w64 lacks it, Wine counts from 0", []string{
			"TcpRtoAlgorithmOther", "TcpRtoAlgorithmConstant", "TcpRtoAlgorithmRsre", "TcpRtoAlgorithmVanj"}},
		{"MinGW-w64 and Wine have no TCP_SOFT_ERROR", []string{
			"TCP_SOFT_ERROR", "TcpErrorNone", "TcpErrorBelowDataWindow", "TcpErrorAboveDataWindow",
			"TcpErrorBelowAckWindow", "TcpErrorAboveAckWindow", "TcpErrorBelowTsWindow", "TcpErrorAboveTsWindow",
			"TcpErrorDataChecksumError", "TcpErrorDataLengthError", "TcpErrorMaxSoftError"}},
	} {
		for _, name := range g.names {
			list = append(list, layout.Exclusive{Name: name, Set: layout.SetSDK, Reason: g.reason})
		}
	}
	return list
}

// accepted is what Go cannot express on 386, where it aligns 64-bit integers to 4 bytes and C to 8,
// and where header sets contradict each other. Every offset and every size is the same, because
// padding is written out.
var accepted = []layout.Accepted{
	{Kind: layout.KindAlign, Name: "MIB_*_OWNER_MODULE", GOARCH: "386", Reason: align386},
	{Kind: layout.KindAlign, Name: "MIB_*STATS2", GOARCH: "386", Reason: align386},
	{Kind: layout.KindAlign, Name: "MIB_UDP*ROW2", GOARCH: "386", Reason: align386},
	{Kind: layout.KindAlign, Name: "MIB_UDP*TABLE2", GOARCH: "386", Reason: align386},
	{Kind: layout.KindAlign, Name: "TCP_ESTATS_DATA_ROD_v0", GOARCH: "386", Reason: align386},
	{Kind: layout.KindAlign, Name: "TCP_ESTATS_BANDWIDTH_ROD_v0", GOARCH: "386", Reason: align386},
	{Kind: layout.KindSign, Name: "MIB_UDP*ROW_OWNER_MODULE.dwFlags", Set: layout.SetMinGW, Reason: "MinGW-w64 makes it a DWORD and the SDK an int"},
}

const align386 = "Go aligns 64-bit integers to 4 bytes on 386; Windows copies these, and x86 reads them anywhere"

// omitted is what iprtrmib.h declares apart from TCP and UDP, and functions that are not Windows's
// own any more. Nothing of tcpmib.h, udpmib.h and tcpestats.h is left out.
var omitted = []layout.Omission{
	{Name: "AllocateAndGet*FromStack", Reason: "undocumented, and replaced by GetExtendedTcpTable and GetExtendedUdpTable"},
	{Name: "MIB_IF*", Reason: "network interfaces"},
	{Name: "MIBICMP*", Reason: "ICMP"},
	{Name: "MIB_ICMP*", Reason: "ICMP"},
	{Name: "ICMP[46]_*", Reason: "ICMP"},
	{Name: "MIB_IP*", Reason: "IP addresses, routes and multicast"},
	{Name: "MIB_MFE_*", Reason: "IP multicast"},
	{Name: "MIB_MCAST_*", Reason: "IP multicast"},
	{Name: "MIB_BOUNDARYROW", Reason: "IP multicast"},
	{Name: "MIB_BEST_IF", Reason: "IP routes"},
	{Name: "MIB_ROUTESTATE", Reason: "IP routes"},
	{Name: "MIB_PROXYARP", Reason: "ARP"},
	{Name: "MIB_OPAQUE_*", Reason: "the router manager's envelope for all of these"},
}
