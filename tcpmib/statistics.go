package tcpmib

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// Stats is what TCP has counted over IPv4 or IPv6 since the machine started.
type Stats struct {
	RTOAlgorithm RTOAlgorithm  // how the retransmission time-out is computed
	RTOMin       time.Duration // the shortest retransmission time-out
	RTOMax       time.Duration // the longest
	MaxConns     int64         // how many connections there can be; -1: no fixed limit

	// What is now.
	Established uint64 // connections in ESTABLISHED or CLOSE-WAIT
	Conns       uint64 // connections in any state but LISTEN

	// What was, connection by connection.
	Opened   uint64 // connections that this machine asked for
	Accepted uint64 // connections that others asked for
	Failed   uint64 // attempts, of either side, that led to no connection
	Reset    uint64 // connections that ended by a reset

	// What was, segment by segment.
	SegmentsIn    uint64 // received, those with errors included
	SegmentsOut   uint64 // sent, those sent again not included
	Retransmitted uint64 // sent again
	ErrorsIn      uint64 // received with an error, such as a wrong checksum
	ResetsOut     uint64 // sent with the RST flag

	// Wide says that SegmentsIn and SegmentsOut count in 64 bits. All other
	// counters, and these two before Windows 10 version 1709, start again at 0
	// after 2^32-1.
	Wide bool
}

// ReadStats returns what TCP has counted over IPv4 or over IPv6, from the newest
// function that this Windows has.
func ReadStats(family Family) (Stats, error) { return new(Reader).Stats(family) }

// Stats returns what TCP has counted over IPv4 or over IPv6. It asks
// GetTcpStatisticsEx2, and where that is missing GetTcpStatisticsEx, then, for
// IPv4, GetTcpStatistics. Needs no elevation.
func (r *Reader) Stats(family Family) (Stats, error) {
	wide, err := readStats[TCPStats2](r, "GetTcpStatisticsEx2", "MIB_TCPSTATS2", family)
	if err == nil {
		return statsOf(wide, true), nil
	}
	if !errors.Is(err, errors.ErrUnsupported) {
		return Stats{}, err
	}
	narrow, err := readStats[TCPStats](r, "GetTcpStatisticsEx", "MIB_TCPSTATS", family)
	if errors.Is(err, errors.ErrUnsupported) && family == IPv4 {
		narrow, err = readStruct[TCPStats](r, "MIB_TCPSTATS", Query{Func: "GetTcpStatistics"})
	}
	if err != nil {
		return Stats{}, err
	}
	return statsOf(TCPStats2{
		RtoAlgorithm: narrow.RtoAlgorithm,
		RtoMin:       narrow.RtoMin,
		RtoMax:       narrow.RtoMax,
		MaxConn:      narrow.MaxConn,
		ActiveOpens:  narrow.ActiveOpens,
		PassiveOpens: narrow.PassiveOpens,
		AttemptFails: narrow.AttemptFails,
		EstabResets:  narrow.EstabResets,
		CurrEstab:    narrow.CurrEstab,
		InSegs:       uint64(narrow.InSegs),
		OutSegs:      uint64(narrow.OutSegs),
		RetransSegs:  narrow.RetransSegs,
		InErrs:       narrow.InErrs,
		OutRsts:      narrow.OutRsts,
		NumConns:     narrow.NumConns,
	}, false), nil
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

// The address families, with the numbers that Windows gives them.
const (
	afInet  = 2
	afInet6 = 23
)

var addressFamilies = map[Family]uint32{IPv4: afInet, IPv6: afInet6}

func readStats[T any](r *Reader, function, name string, family Family) (t T, err error) {
	af, ok := addressFamilies[family]
	if !ok {
		return t, fmt.Errorf("tcpmib: statistics of %v: there are those of IPv4 and those of IPv6, ask for one of them: %w", family, fs.ErrInvalid)
	}
	return readStruct[T](r, name, Query{Func: function, Family: af})
}

func readStruct[T any](r *Reader, name string, q Query) (t T, err error) {
	answer, err := r.Raw(q)
	if err != nil {
		return t, err
	}
	return decodeStruct[T](name, answer)
}
