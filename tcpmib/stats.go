package tcpmib

import (
	"errors"
	"time"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Stats are the counters of TCP over IPv4 or IPv6 since the machine started.
type Stats struct {
	RTOAlgorithm RTOAlgorithm  // how the retransmission time-out is computed
	RTOMin       time.Duration // the shortest retransmission time-out
	RTOMax       time.Duration // the longest
	MaxConns     int64         // the connection limit; -1: no fixed limit

	// Now.
	Established uint64 // connections in ESTABLISHED or CLOSE-WAIT
	Conns       uint64 // connections in any state but LISTEN

	// Connections since the start.
	Opened   uint64 // active opens: this machine asked for the connection
	Accepted uint64 // passive opens: the other side asked for it
	Failed   uint64 // attempts, of either side, that led to no connection
	Reset    uint64 // connections that ended by a reset

	// Segments since the start.
	SegmentsIn    uint64 // received, those with errors included
	SegmentsOut   uint64 // sent, without retransmissions
	Retransmitted uint64 // sent again
	ErrorsIn      uint64 // received with an error, such as a wrong checksum
	ResetsOut     uint64 // sent with the RST flag

	// Wide says that SegmentsIn and SegmentsOut count in 64 bits. All other counters, and these two
	// before Windows 10 version 1709, start again at 0 after 2^32-1.
	Wide bool
}

// ReadStats returns the counters of TCP over IPv4 or IPv6: see Reader.Stats.
func ReadStats(family Family) (Stats, error) { return new(Reader).Stats(family) }

// Stats returns the counters of TCP over IPv4 or IPv6. It asks GetTcpStatisticsEx2, and where that is
// missing GetTcpStatisticsEx, then, for IPv4, GetTcpStatistics. Needs no elevation. Once the
// Reader has a buffer it does not allocate.
//
// Any other family is fs.ErrInvalid.
func (r *Reader) Stats(family Family) (Stats, error) {
	af, err := mib.AddressFamily("tcpmib", family)
	if err != nil {
		return Stats{}, err
	}
	q := Query{Func: "GetTcpStatisticsEx2", Family: af}
	wide, code, err := readStruct(r, q, layoutTCPStats2)
	if err == nil && code == CodeSuccess {
		return statsOf(wide, true), nil
	}
	if err == nil && mib.Is(q.Func, code, errors.ErrUnsupported) {
		var narrow TCPStats
		q.Func = "GetTcpStatisticsEx"
		narrow, code, err = readStruct(r, q, layoutTCPStats)
		if err == nil && mib.Is(q.Func, code, errors.ErrUnsupported) && family == IPv4 {
			q = Query{Func: "GetTcpStatistics"}
			narrow, code, err = readStruct(r, q, layoutTCPStats)
		}
		if err == nil && code == CodeSuccess {
			return statsOf(widened(narrow), false), nil
		}
	}
	if err == nil {
		err = q.Err(code)
	}
	return Stats{}, err
}

func statsOf(s TCPStats2, wide bool) Stats {
	maxConns := int64(s.MaxConn)
	if s.MaxConn == TCPMaxConnDynamic {
		maxConns = -1
	}
	return Stats{
		RTOAlgorithm:  s.RtoAlgorithm,
		RTOMin:        time.Duration(s.RtoMin) * time.Millisecond,
		RTOMax:        time.Duration(s.RtoMax) * time.Millisecond,
		MaxConns:      maxConns,
		Established:   uint64(s.CurrEstab),
		Conns:         uint64(s.NumConns),
		Opened:        uint64(s.ActiveOpens),
		Accepted:      uint64(s.PassiveOpens),
		Failed:        uint64(s.AttemptFails),
		Reset:         uint64(s.EstabResets),
		SegmentsIn:    s.InSegs,
		SegmentsOut:   s.OutSegs,
		Retransmitted: uint64(s.RetransSegs),
		ErrorsIn:      uint64(s.InErrs),
		ResetsOut:     uint64(s.OutRsts),
		Wide:          wide,
	}
}

// widened is a MIB_TCPSTATS as a MIB_TCPSTATS2.
func widened(s TCPStats) TCPStats2 {
	return TCPStats2{
		RtoAlgorithm: s.RtoAlgorithm,
		RtoMin:       s.RtoMin,
		RtoMax:       s.RtoMax,
		MaxConn:      s.MaxConn,
		ActiveOpens:  s.ActiveOpens,
		PassiveOpens: s.PassiveOpens,
		AttemptFails: s.AttemptFails,
		EstabResets:  s.EstabResets,
		CurrEstab:    s.CurrEstab,
		InSegs:       uint64(s.InSegs),
		OutSegs:      uint64(s.OutSegs),
		RetransSegs:  s.RetransSegs,
		InErrs:       s.InErrs,
		OutRsts:      s.OutRsts,
		NumConns:     s.NumConns,
	}
}

// readStats asks function, which takes a family, for its struct.
func readStats[T any](function string, family Family, stats *mib.Struct[T]) (T, error) {
	af, err := mib.AddressFamily("tcpmib", family)
	if err != nil {
		return *new(T), err
	}
	return readOnce(Query{Func: function, Family: af}, stats)
}

// readOnce asks q for a struct.
func readOnce[T any](q Query, stats *mib.Struct[T]) (T, error) {
	t, code, err := readStruct(new(Reader), q, stats)
	if err == nil {
		err = q.Err(code)
	}
	return t, err
}

func readStruct[T any](r *Reader, q Query, stats *mib.Struct[T]) (t T, code uint32, err error) {
	src := r.source()
	return mib.ReadStruct(&r.buf, q, stats, r.MaxBytes, func(buf []byte) (size, code uint32) { return src.Ask(q, buf) })
}
