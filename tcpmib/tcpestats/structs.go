package tcpestats

import "structs"

// SynOptsROSv0 is TCP_ESTATS_SYN_OPTS_ROS_v0: what both sides said in their SYN segments; it does
// not change and needs no collection.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_syn_opts_ros_v0
type SynOptsROSv0 struct {
	_          structs.HostLayout `c:"TCP_ESTATS_SYN_OPTS_ROS_v0"`
	ActiveOpen uint8              `c:"ActiveOpen"` // 1 when this computer began the connection, 0 when the other side did
	MssRcvd    uint32             `c:"MssRcvd"`    // the other side's maximum segment size option, in bytes, or 0
	MssSent    uint32             `c:"MssSent"`    // this side's maximum segment size option, in bytes, or 0
}

// DataRODv0 is TCP_ESTATS_DATA_ROD_v0: how much data has gone each way.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_data_rod_v0
type DataRODv0 struct {
	_                 structs.HostLayout `c:"TCP_ESTATS_DATA_ROD_v0"`
	DataBytesOut      uint64             `c:"DataBytesOut"`    // bytes of data sent, retransmissions included
	DataSegsOut       uint64             `c:"DataSegsOut"`     // segments with data sent, retransmissions included
	DataBytesIn       uint64             `c:"DataBytesIn"`     // bytes of data received, retransmissions included
	DataSegsIn        uint64             `c:"DataSegsIn"`      // segments with data received, retransmissions included
	SegsOut           uint64             `c:"SegsOut"`         // segments sent
	SegsIn            uint64             `c:"SegsIn"`          // segments received
	SoftErrors        uint32             `c:"SoftErrors"`      // segments that failed a consistency check
	SoftErrorReason   SoftError          `c:"SoftErrorReason"` // the last check that failed
	SndUna            uint32             `c:"SndUna"`          // the oldest sequence number not acknowledged
	SndNxt            uint32             `c:"SndNxt"`          // the next sequence number to send
	SndMax            uint32             `c:"SndMax"`          // the highest sequence number sent, plus one
	_                 [4]byte            // C aligns what follows to 8 bytes on 386 too, Go does not
	ThruBytesAcked    uint64             `c:"ThruBytesAcked"` // bytes of data that the other side has acknowledged
	RcvNxt            uint32             `c:"RcvNxt"`         // the next sequence number to receive
	_                 [4]byte            // C aligns what follows to 8 bytes on 386 too, Go does not
	ThruBytesReceived uint64             `c:"ThruBytesReceived"` // bytes of data that this side has acknowledged
}

// DataRWv0 is TCP_ESTATS_DATA_RW_v0: whether DataRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_data_rw_v0
type DataRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_DATA_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// SndCongRODv0 is TCP_ESTATS_SND_CONG_ROD_v0: what holds the sender back.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_snd_cong_rod_v0
type SndCongRODv0 struct {
	_               structs.HostLayout `c:"TCP_ESTATS_SND_CONG_ROD_v0"`
	SndLimTransRwin uint32             `c:"SndLimTransRwin"` // times that the other side's window became the limit
	SndLimTimeRwin  uint32             `c:"SndLimTimeRwin"`  // milliseconds that the other side's window was the limit
	SndLimBytesRwin uintptr            `c:"SndLimBytesRwin"` // bytes sent while the other side's window was the limit
	SndLimTransCwnd uint32             `c:"SndLimTransCwnd"` // times that the congestion window became the limit
	SndLimTimeCwnd  uint32             `c:"SndLimTimeCwnd"`  // milliseconds that the congestion window was the limit
	SndLimBytesCwnd uintptr            `c:"SndLimBytesCwnd"` // bytes sent while the congestion window was the limit
	SndLimTransSnd  uint32             `c:"SndLimTransSnd"`  // times that the sender itself became the limit
	SndLimTimeSnd   uint32             `c:"SndLimTimeSnd"`   // milliseconds that the sender itself was the limit
	SndLimBytesSnd  uintptr            `c:"SndLimBytesSnd"`  // bytes sent while the sender itself was the limit
	SlowStart       uint32             `c:"SlowStart"`       // times that slow start widened the congestion window
	CongAvoid       uint32             `c:"CongAvoid"`       // times that congestion avoidance widened the congestion window
	OtherReductions uint32             `c:"OtherReductions"` // times that the congestion window shrank for reasons other than congestion
	CurCwnd         uint32             `c:"CurCwnd"`         // the congestion window, in bytes
	MaxSsCwnd       uint32             `c:"MaxSsCwnd"`       // the widest congestion window in slow start, in bytes
	MaxCaCwnd       uint32             `c:"MaxCaCwnd"`       // the widest congestion window in congestion avoidance, in bytes
	CurSsthresh     uint32             `c:"CurSsthresh"`     // the slow start threshold, in bytes
	MaxSsthresh     uint32             `c:"MaxSsthresh"`     // the highest slow start threshold, in bytes, the first one excluded
	MinSsthresh     uint32             `c:"MinSsthresh"`     // the lowest slow start threshold, in bytes
}

// SndCongROSv0 is TCP_ESTATS_SND_CONG_ROS_v0: the limit of the congestion window.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_snd_cong_ros_v0
type SndCongROSv0 struct {
	_       structs.HostLayout `c:"TCP_ESTATS_SND_CONG_ROS_v0"`
	LimCwnd uint32             `c:"LimCwnd"` // the widest congestion window there may be, in bytes
}

// SndCongRWv0 is TCP_ESTATS_SND_CONG_RW_v0: whether SndCongRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_snd_cong_rw_v0
type SndCongRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_SND_CONG_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// PathRODv0 is TCP_ESTATS_PATH_ROD_v0: the network path: losses, congestion, round trips and
// segment sizes.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_path_rod_v0
type PathRODv0 struct {
	_                     structs.HostLayout `c:"TCP_ESTATS_PATH_ROD_v0"`
	FastRetran            uint32             `c:"FastRetran"`            // fast retransmits
	Timeouts              uint32             `c:"Timeouts"`              // retransmission time-outs, first ones
	SubsequentTimeouts    uint32             `c:"SubsequentTimeouts"`    // retransmission time-outs after the timer was doubled
	CurTimeoutCount       uint32             `c:"CurTimeoutCount"`       // time-outs since new data was last acknowledged
	AbruptTimeouts        uint32             `c:"AbruptTimeouts"`        // time-outs without a sign of congestion before them
	PktsRetrans           uint32             `c:"PktsRetrans"`           // segments with data sent again
	BytesRetrans          uint32             `c:"BytesRetrans"`          // bytes sent again
	DupAcksIn             uint32             `c:"DupAcksIn"`             // duplicate acknowledgements received
	SacksRcvd             uint32             `c:"SacksRcvd"`             // SACK options received
	SackBlocksRcvd        uint32             `c:"SackBlocksRcvd"`        // SACK blocks received
	CongSignals           uint32             `c:"CongSignals"`           // times that congestion of any kind shrank the congestion window
	PreCongSumCwnd        uint32             `c:"PreCongSumCwnd"`        // sum of the congestion windows just before those, in bytes
	PreCongSumRtt         uint32             `c:"PreCongSumRtt"`         // sum of the round trips just before those, in milliseconds
	PostCongSumRtt        uint32             `c:"PostCongSumRtt"`        // sum of the first round trips after those, in milliseconds
	PostCongCountRtt      uint32             `c:"PostCongCountRtt"`      // how many round trips PostCongSumRtt sums
	EcnSignals            uint32             `c:"EcnSignals"`            // congestion signals by ECN
	EceRcvd               uint32             `c:"EceRcvd"`               // segments received with the mark of congestion
	SendStall             uint32             `c:"SendStall"`             // local stalls that count as congestion
	QuenchRcvd            uint32             `c:"QuenchRcvd"`            // reserved, 0
	RetranThresh          uint32             `c:"RetranThresh"`          // duplicate acknowledgements that trigger a fast retransmit
	SndDupAckEpisodes     uint32             `c:"SndDupAckEpisodes"`     // runs of duplicate acknowledgements
	SumBytesReordered     uint32             `c:"SumBytesReordered"`     // bytes acknowledged at the end of runs that needed no retransmission
	NonRecovDa            uint32             `c:"NonRecovDa"`            // duplicate acknowledgements that triggered no fast retransmit
	NonRecovDaEpisodes    uint32             `c:"NonRecovDaEpisodes"`    // runs of them
	AckAfterFr            uint32             `c:"AckAfterFr"`            // reserved, 0
	DsackDups             uint32             `c:"DsackDups"`             // duplicate segments that D-SACK blocks reported
	SampleRtt             uint32             `c:"SampleRtt"`             // the last round trip, in milliseconds
	SmoothedRtt           uint32             `c:"SmoothedRtt"`           // the smoothed round trip, in milliseconds
	RttVar                uint32             `c:"RttVar"`                // the variation of round trips, in milliseconds
	MaxRtt                uint32             `c:"MaxRtt"`                // the longest round trip, in milliseconds
	MinRtt                uint32             `c:"MinRtt"`                // the shortest round trip, in milliseconds
	SumRtt                uint32             `c:"SumRtt"`                // sum of all round trips, in milliseconds
	CountRtt              uint32             `c:"CountRtt"`              // how many round trips SumRtt sums
	CurRto                uint32             `c:"CurRto"`                // the retransmission time-out, in milliseconds
	MaxRto                uint32             `c:"MaxRto"`                // the longest retransmission time-out, in milliseconds
	MinRto                uint32             `c:"MinRto"`                // the shortest retransmission time-out, in milliseconds
	CurMss                uint32             `c:"CurMss"`                // the maximum segment size, in bytes
	MaxMss                uint32             `c:"MaxMss"`                // the largest maximum segment size, in bytes
	MinMss                uint32             `c:"MinMss"`                // the smallest maximum segment size, in bytes
	SpuriousRtoDetections uint32             `c:"SpuriousRtoDetections"` // acknowledgements of segments that were sent again for nothing
}

// PathRWv0 is TCP_ESTATS_PATH_RW_v0: whether PathRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_path_rw_v0
type PathRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_PATH_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// SendBuffRODv0 is TCP_ESTATS_SEND_BUFF_ROD_v0: the output queues.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_send_buff_rod_v0
type SendBuffRODv0 struct {
	_            structs.HostLayout `c:"TCP_ESTATS_SEND_BUFF_ROD_v0"`
	CurRetxQueue uintptr            `c:"CurRetxQueue"` // bytes kept for retransmission
	MaxRetxQueue uintptr            `c:"MaxRetxQueue"` // the most bytes kept for retransmission
	CurAppWQueue uintptr            `c:"CurAppWQueue"` // bytes that the program has written and that were never sent
	MaxAppWQueue uintptr            `c:"MaxAppWQueue"` // the most bytes written and not yet sent
}

// SendBuffRWv0 is TCP_ESTATS_SEND_BUFF_RW_v0: whether SendBuffRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_send_buff_rw_v0
type SendBuffRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_SEND_BUFF_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// RecRODv0 is TCP_ESTATS_REC_ROD_v0: the receiver on this side.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_rec_rod_v0
type RecRODv0 struct {
	_              structs.HostLayout `c:"TCP_ESTATS_REC_ROD_v0"`
	CurRwinSent    uint32             `c:"CurRwinSent"`    // the window last announced, in bytes
	MaxRwinSent    uint32             `c:"MaxRwinSent"`    // the widest window announced, in bytes
	MinRwinSent    uint32             `c:"MinRwinSent"`    // the narrowest window announced, in bytes
	LimRwin        uint32             `c:"LimRwin"`        // the widest window that may be announced, in bytes
	DupAckEpisodes uint32             `c:"DupAckEpisodes"` // runs of duplicate acknowledgements sent
	DupAcksOut     uint32             `c:"DupAcksOut"`     // duplicate acknowledgements sent
	CeRcvd         uint32             `c:"CeRcvd"`         // segments received with the mark of congestion
	EcnSent        uint32             `c:"EcnSent"`        // reserved, 0
	EcnNoncesRcvd  uint32             `c:"EcnNoncesRcvd"`  // reserved, 0
	CurReasmQueue  uint32             `c:"CurReasmQueue"`  // bytes that wait for bytes before them
	MaxReasmQueue  uint32             `c:"MaxReasmQueue"`  // the most bytes that waited for bytes before them
	CurAppRQueue   uintptr            `c:"CurAppRQueue"`   // bytes that wait for the program to read them
	MaxAppRQueue   uintptr            `c:"MaxAppRQueue"`   // the most bytes that waited for the program
	WinScaleSent   uint8              `c:"WinScaleSent"`   // the window scale option sent
}

// RecRWv0 is TCP_ESTATS_REC_RW_v0: whether RecRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_rec_rw_v0
type RecRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_REC_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// ObsRecRODv0 is TCP_ESTATS_OBS_REC_ROD_v0: the receiver on the other side, as seen from here.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_obs_rec_rod_v0
type ObsRecRODv0 struct {
	_            structs.HostLayout `c:"TCP_ESTATS_OBS_REC_ROD_v0"`
	CurRwinRcvd  uint32             `c:"CurRwinRcvd"`  // the window last received, in bytes
	MaxRwinRcvd  uint32             `c:"MaxRwinRcvd"`  // the widest window received, in bytes
	MinRwinRcvd  uint32             `c:"MinRwinRcvd"`  // the narrowest window received, in bytes
	WinScaleRcvd uint8              `c:"WinScaleRcvd"` // the window scale option received
}

// ObsRecRWv0 is TCP_ESTATS_OBS_REC_RW_v0: whether ObsRecRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_obs_rec_rw_v0
type ObsRecRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_OBS_REC_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// BandwidthRWv0 is TCP_ESTATS_BANDWIDTH_RW_v0: whether BandwidthRODv0 is collected, each way.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_bandwidth_rw_v0
type BandwidthRWv0 struct {
	_                        structs.HostLayout `c:"TCP_ESTATS_BANDWIDTH_RW_v0"`
	EnableCollectionOutbound BooleanOptional    `c:"EnableCollectionOutbound"` // for what is sent
	EnableCollectionInbound  BooleanOptional    `c:"EnableCollectionInbound"`  // for what is received
}

// BandwidthRODv0 is TCP_ESTATS_BANDWIDTH_ROD_v0: estimates of the path's bandwidth.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_bandwidth_rod_v0
type BandwidthRODv0 struct {
	_                       structs.HostLayout `c:"TCP_ESTATS_BANDWIDTH_ROD_v0"`
	OutboundBandwidth       uint64             `c:"OutboundBandwidth"`       // the estimate for what is sent, in bits a second
	InboundBandwidth        uint64             `c:"InboundBandwidth"`        // the estimate for what is received, in bits a second
	OutboundInstability     uint64             `c:"OutboundInstability"`     // how much OutboundBandwidth varies, in bits a second
	InboundInstability      uint64             `c:"InboundInstability"`      // how much InboundBandwidth varies, in bits a second
	OutboundBandwidthPeaked uint8              `c:"OutboundBandwidthPeaked"` // 1 when OutboundBandwidth has reached its peak, else 0
	InboundBandwidthPeaked  uint8              `c:"InboundBandwidthPeaked"`  // 1 when InboundBandwidth has reached its peak, else 0
	_                       [6]byte            // C rounds the size up to 8 bytes on 386 too, Go does not
}

// FineRttRWv0 is TCP_ESTATS_FINE_RTT_RW_v0: whether FineRttRODv0 is collected.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_fine_rtt_rw_v0
type FineRttRWv0 struct {
	_                structs.HostLayout `c:"TCP_ESTATS_FINE_RTT_RW_v0"`
	EnableCollection uint8              `c:"EnableCollection"` // 1 to collect, 0 to stop
}

// FineRttRODv0 is TCP_ESTATS_FINE_RTT_ROD_v0: round trips in microseconds, where PathRODv0 has
// milliseconds.
// https://learn.microsoft.com/windows/win32/api/tcpestats/ns-tcpestats-tcp_estats_fine_rtt_rod_v0
type FineRttRODv0 struct {
	_      structs.HostLayout `c:"TCP_ESTATS_FINE_RTT_ROD_v0"`
	RttVar uint32             `c:"RttVar"` // the variation of round trips, in microseconds
	MaxRtt uint32             `c:"MaxRtt"` // the longest round trip, in microseconds
	MinRtt uint32             `c:"MinRtt"` // the shortest round trip, in microseconds
	SumRtt uint32             `c:"SumRtt"` // sum of all round trips, in microseconds
}
