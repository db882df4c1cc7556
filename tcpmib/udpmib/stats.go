package udpmib

import (
	"errors"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// Stats are the counters of UDP over IPv4 or IPv6 since the machine started.
type Stats struct {
	Sockets uint64 // that are bound now

	// Datagrams since the start.
	DatagramsIn  uint64 // received and delivered
	DatagramsOut uint64 // sent
	NoPorts      uint64 // received for a port without a socket
	ErrorsIn     uint64 // received, and not delivered for another reason

	// Wide says that DatagramsIn and DatagramsOut count in 64 bits. All other counters, and these two
	// before Windows 10 version 1709, start again at 0 after 2^32-1.
	Wide bool
}

// ReadStats returns the counters of UDP over IPv4 or IPv6 of this machine: see Reader.Stats.
func ReadStats(family tcpmib.Family) (Stats, error) { return new(Reader).Stats(family) }

// Stats returns the counters of UDP over IPv4 or IPv6. It asks GetUdpStatisticsEx2, and where that is
// missing GetUdpStatisticsEx, then, for IPv4, GetUdpStatistics. Needs no elevation. Once the Reader
// has a buffer it does not allocate.
//
// For any other family it returns fs.ErrInvalid.
func (r *Reader) Stats(family tcpmib.Family) (Stats, error) {
	af, err := mib.AddressFamily("udpmib", family)
	if err != nil {
		return Stats{}, err
	}
	q := tcpmib.Query{Func: "GetUdpStatisticsEx2", Family: af}
	wide, code, err := readStruct(r, q, layoutUDPStats2)
	if err == nil && code == tcpmib.CodeSuccess {
		return statsOf(wide, true), nil
	}
	if err == nil && mib.Is(q.Func, code, errors.ErrUnsupported) {
		var narrow UDPStats
		q.Func = "GetUdpStatisticsEx"
		narrow, code, err = readStruct(r, q, layoutUDPStats)
		if err == nil && mib.Is(q.Func, code, errors.ErrUnsupported) && family == tcpmib.IPv4 {
			q = tcpmib.Query{Func: "GetUdpStatistics"}
			narrow, code, err = readStruct(r, q, layoutUDPStats)
		}
		if err == nil && code == tcpmib.CodeSuccess {
			return statsOf(widened(narrow), false), nil
		}
	}
	if err == nil {
		err = q.Err(code)
	}
	return Stats{}, err
}

func statsOf(s UDPStats2, wide bool) Stats {
	return Stats{
		Sockets:      uint64(s.NumAddrs),
		DatagramsIn:  s.InDatagrams,
		DatagramsOut: s.OutDatagrams,
		NoPorts:      uint64(s.NoPorts),
		ErrorsIn:     uint64(s.InErrors),
		Wide:         wide,
	}
}

// widened is a MIB_UDPSTATS as a MIB_UDPSTATS2.
func widened(s UDPStats) UDPStats2 {
	return UDPStats2{
		InDatagrams:  uint64(s.InDatagrams),
		NoPorts:      s.NoPorts,
		InErrors:     s.InErrors,
		OutDatagrams: uint64(s.OutDatagrams),
		NumAddrs:     s.NumAddrs,
	}
}

// readStats asks function, which takes a family, for its struct.
func readStats[T any](function string, family tcpmib.Family, stats *mib.Struct[T]) (T, error) {
	af, err := mib.AddressFamily("udpmib", family)
	if err != nil {
		return *new(T), err
	}
	return readOnce(tcpmib.Query{Func: function, Family: af}, stats)
}

// readOnce asks q for a struct.
func readOnce[T any](q tcpmib.Query, stats *mib.Struct[T]) (T, error) {
	t, code, err := readStruct(new(Reader), q, stats)
	if err == nil {
		err = q.Err(code)
	}
	return t, err
}

func readStruct[T any](r *Reader, q tcpmib.Query, stats *mib.Struct[T]) (t T, code uint32, err error) {
	src := r.source()
	return mib.ReadStruct(&r.buf, q, stats, r.MaxBytes, func(buf []byte) (size, code uint32) { return src.Ask(q, buf) })
}
