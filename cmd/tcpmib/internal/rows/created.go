package rows

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"time"
)

// Fingerprint stands for an Identity where there may be a million of them: it takes a quarter of the
// memory, and the garbage collector need not look into it. Two of a million sockets have the same
// one with a probability of 10^-27, whoever chose the sockets.
type Fingerprint [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// Fingerprint returns the fingerprint of the identity of s. It is another one each time the program runs.
func (s Socket) Fingerprint() Fingerprint {
	var buf [128]byte
	b := append(buf[:0], byte(s.Protocol))
	b = binary.NativeEndian.AppendUint32(b, s.PID)
	for _, endpoint := range []netip.AddrPort{s.Local, s.Remote} {
		addr, zone := endpoint.Addr().As16(), endpoint.Addr().Zone()
		b = append(b, byte(endpoint.Addr().BitLen()), byte(endpoint.Port()>>8), byte(endpoint.Port()), byte(len(zone)))
		b = append(append(b, addr[:]...), zone...)
	}
	return Fingerprint{maphash.Bytes(seeds[0], b), maphash.Bytes(seeds[1], b)}
}

// Moment is a time in a third of its memory: in units of 100 ns since the year 1, in UTC, as exact as
// Windows's times are. 0 is the zero time.
type Moment int64

const (
	momentsPerSecond = 10_000_000
	secondsTo1970    = 62_135_596_800 // from the year 1
)

// MomentOf returns the moment of a time.
func MomentOf(t time.Time) Moment {
	return Moment((t.Unix()+secondsTo1970)*momentsPerSecond + int64(t.Nanosecond()/100))
}

// Time returns the time of a moment.
func (m Moment) Time() time.Time {
	return time.Unix(int64(m/momentsPerSecond)-secondsTo1970, int64(m%momentsPerSecond)*100).UTC()
}

// Created is when sockets were created. There may be a million. They are looked up mostly in the order in
// which they were added, that of their table, so the next one is looked at first; an index of all of
// them costs a second for a million, and is made only if that fails.
type Created struct {
	sockets []Fingerprint
	at      []Moment
	next    int
	index   map[Fingerprint]uint32
}

// Add adds when a socket was created. Of a socket that is added twice the last time counts.
func (c *Created) Add(s Socket, at time.Time) {
	c.sockets, c.at, c.index = append(c.sockets, s.Fingerprint()), append(c.at, MomentOf(at)), nil
}

// At returns when a socket was created, or the zero time if that is unknown. A Created is for one goroutine
// at a time.
func (c *Created) At(s Socket) time.Time {
	f := s.Fingerprint()
	if c.next >= len(c.sockets) || c.sockets[c.next] != f {
		if c.index == nil {
			c.index = make(map[Fingerprint]uint32, len(c.sockets))
			for i, f := range c.sockets {
				c.index[f] = uint32(i)
			}
		}
		i, ok := c.index[f]
		if !ok {
			return time.Time{}
		}
		c.next = int(i)
	}
	at := c.next
	for c.next++; c.next < len(c.sockets) && c.sockets[c.next] == f; c.next++ { // tables may list one twice
		at = c.next
	}
	return c.at[at].Time()
}
