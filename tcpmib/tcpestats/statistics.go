package tcpestats

// The nine kinds of statistics, each with its structs. RW says whether the ROD
// values are collected; while they are not, they are 0.

// SynOpts is what both sides said when the connection opened. It needs no
// collection.
type SynOpts struct{ SynOptsROSv0 }

// Data is how much data has gone each way.
type Data struct {
	DataRODv0
	RW DataRWv0
}

// SndCong is what holds the sender back.
type SndCong struct {
	SndCongRODv0
	SndCongROSv0
	RW SndCongRWv0
}

// Path is what the network path is like: round trips, losses, retransmissions.
type Path struct {
	PathRODv0
	RW PathRWv0
}

// SendBuff is what waits to be sent and to be acknowledged.
type SendBuff struct {
	SendBuffRODv0
	RW SendBuffRWv0
}

// Rec is the receiver on this side.
type Rec struct {
	RecRODv0
	RW RecRWv0
}

// ObsRec is the receiver on the other side, as it is seen from here.
type ObsRec struct {
	ObsRecRODv0
	RW ObsRecRWv0
}

// Bandwidth is how wide the path is estimated to be. Its two directions are
// collected apart.
type Bandwidth struct {
	BandwidthRODv0
	RW BandwidthRWv0
}

// FineRtt is the round trips in microseconds.
type FineRtt struct {
	FineRttRODv0
	RW FineRttRWv0
}

// Collected are the kinds of statistics that Windows collects when it is told
// to: all but SynOpts.
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

// What pointers to the kinds can do. The functions ask for it while they run, so that
// callers have one type parameter, the kind, and can write generic functions of
// their own around them; the lists below have the compiler prove that the answer is
// yes.
type (
	statistics interface{ parts() parts }
	collected  interface{ collect(on uint8) }
)

var (
	_ = []collected{(*Data)(nil), (*SndCong)(nil), (*Path)(nil), (*SendBuff)(nil), (*Rec)(nil), (*ObsRec)(nil), (*Bandwidth)(nil), (*FineRtt)(nil)}
	_ = []statistics{(*SynOpts)(nil), (*Data)(nil), (*SndCong)(nil), (*Path)(nil), (*SendBuff)(nil), (*Rec)(nil), (*ObsRec)(nil), (*Bandwidth)(nil), (*FineRtt)(nil)}
)

func partsOf[S Statistics](stats *S) parts { return any(stats).(statistics).parts() }

// The kinds, one line each: so version, size and kind cannot be mismatched.
func (s *SynOpts) parts() parts {
	return parts{TypeSynOpts, nil, bytesOf(&s.SynOptsROSv0), nil}
}

func (s *Data) parts() parts {
	return parts{TypeData, bytesOf(&s.RW), nil, bytesOf(&s.DataRODv0)}
}

func (s *SndCong) parts() parts {
	return parts{TypeSndCong, bytesOf(&s.RW), bytesOf(&s.SndCongROSv0), bytesOf(&s.SndCongRODv0)}
}

func (s *Path) parts() parts {
	return parts{TypePath, bytesOf(&s.RW), nil, bytesOf(&s.PathRODv0)}
}

func (s *SendBuff) parts() parts {
	return parts{TypeSendBuff, bytesOf(&s.RW), nil, bytesOf(&s.SendBuffRODv0)}
}

func (s *Rec) parts() parts {
	return parts{TypeRec, bytesOf(&s.RW), nil, bytesOf(&s.RecRODv0)}
}

func (s *ObsRec) parts() parts {
	return parts{TypeObsRec, bytesOf(&s.RW), nil, bytesOf(&s.ObsRecRODv0)}
}

func (s *Bandwidth) parts() parts {
	return parts{TypeBandwidth, bytesOf(&s.RW), nil, bytesOf(&s.BandwidthRODv0)}
}

func (s *FineRtt) parts() parts {
	return parts{TypeFineRtt, bytesOf(&s.RW), nil, bytesOf(&s.FineRttRODv0)}
}

// The switches.
func (s *Data) collect(on uint8)     { s.RW.EnableCollection = on }
func (s *SndCong) collect(on uint8)  { s.RW.EnableCollection = on }
func (s *Path) collect(on uint8)     { s.RW.EnableCollection = on }
func (s *SendBuff) collect(on uint8) { s.RW.EnableCollection = on }
func (s *Rec) collect(on uint8)      { s.RW.EnableCollection = on }
func (s *ObsRec) collect(on uint8)   { s.RW.EnableCollection = on }
func (s *FineRtt) collect(on uint8)  { s.RW.EnableCollection = on }

func (s *Bandwidth) collect(on uint8) {
	s.RW.EnableCollectionOutbound, s.RW.EnableCollectionInbound = BooleanOptional(on), BooleanOptional(on)
}
