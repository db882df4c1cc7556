package tcpestats

import "github.com/winmib/winmib/tcpmib/internal/mib"

// The nine kinds of statistics, each with its structs. RW says whether the ROD values are
// collected; while they are not, they are 0.

// SynOpts is what both sides announced when the connection opened. It needs no collection.
type SynOpts struct{ SynOptsROSv0 }

// Data counts the bytes and segments of each direction.
type Data struct {
	DataRODv0
	RW DataRWv0
}

// SndCong is what limits the sender.
type SndCong struct {
	SndCongRODv0
	SndCongROSv0
	RW SndCongRWv0
}

// Path describes the network path: round trips, losses, retransmissions.
type Path struct {
	PathRODv0
	RW PathRWv0
}

// SendBuff is the data that waits to be sent or acknowledged.
type SendBuff struct {
	SendBuffRODv0
	RW SendBuffRWv0
}

// Rec is the receiver of this computer.
type Rec struct {
	RecRODv0
	RW RecRWv0
}

// ObsRec is the remote receiver, as this computer observes it.
type ObsRec struct {
	ObsRecRODv0
	RW ObsRecRWv0
}

// Bandwidth is the estimated bandwidth of the path. Its two directions are collected separately.
type Bandwidth struct {
	BandwidthRODv0
	RW BandwidthRWv0
}

// FineRtt is the round-trip times in microseconds.
type FineRtt struct {
	FineRttRODv0
	RW FineRttRWv0
}

// Collected are the kinds of statistics that Windows collects on request: all but SynOpts.
type Collected interface {
	Data | SndCong | Path | SendBuff | Rec | ObsRec | Bandwidth | FineRtt
}

// Statistics are all kinds of statistics.
type Statistics interface{ SynOpts | Collected }

// parts are the structs of a kind, as the bytes that Windows fills.
type parts struct {
	typ          Type
	rw, ros, rod []byte
}

// partsOf returns the parts of stats, which must be a pointer to one of Statistics: a test goes
// through them all.
func partsOf(stats any) parts {
	switch s := stats.(type) {
	case *SynOpts:
		return parts{TypeSynOpts, nil, mib.Bytes(&s.SynOptsROSv0), nil}
	case *Data:
		return parts{TypeData, mib.Bytes(&s.RW), nil, mib.Bytes(&s.DataRODv0)}
	case *SndCong:
		return parts{TypeSndCong, mib.Bytes(&s.RW), mib.Bytes(&s.SndCongROSv0), mib.Bytes(&s.SndCongRODv0)}
	case *Path:
		return parts{TypePath, mib.Bytes(&s.RW), nil, mib.Bytes(&s.PathRODv0)}
	case *SendBuff:
		return parts{TypeSendBuff, mib.Bytes(&s.RW), nil, mib.Bytes(&s.SendBuffRODv0)}
	case *Rec:
		return parts{TypeRec, mib.Bytes(&s.RW), nil, mib.Bytes(&s.RecRODv0)}
	case *ObsRec:
		return parts{TypeObsRec, mib.Bytes(&s.RW), nil, mib.Bytes(&s.ObsRecRODv0)}
	case *Bandwidth:
		return parts{TypeBandwidth, mib.Bytes(&s.RW), nil, mib.Bytes(&s.BandwidthRODv0)}
	case *FineRtt:
		return parts{TypeFineRtt, mib.Bytes(&s.RW), nil, mib.Bytes(&s.FineRttRODv0)}
	}
	panic("tcpestats: a kind of Statistics without parts")
}

// switchOn sets the switch of stats, which must be a pointer to one of Collected. In the zero value it
// is off.
func switchOn(stats any) {
	switch s := stats.(type) {
	case *Data:
		s.RW.EnableCollection = 1
	case *SndCong:
		s.RW.EnableCollection = 1
	case *Path:
		s.RW.EnableCollection = 1
	case *SendBuff:
		s.RW.EnableCollection = 1
	case *Rec:
		s.RW.EnableCollection = 1
	case *ObsRec:
		s.RW.EnableCollection = 1
	case *Bandwidth:
		s.RW.EnableCollectionOutbound, s.RW.EnableCollectionInbound = BoolOptEnabled, BoolOptEnabled
	case *FineRtt:
		s.RW.EnableCollection = 1
	default:
		panic("tcpestats: a kind of Collected without a switch")
	}
}
