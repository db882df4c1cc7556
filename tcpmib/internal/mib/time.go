package mib

import "time"

// Time converts 100 ns units since 1601, as in a FILETIME, to a time in UTC. 0 is the zero time.
func Time(ticks int64) time.Time {
	const (
		perSecond = 10_000_000
		epoch     = 11_644_473_600 // seconds from 1601 to 1970
	)
	if ticks == 0 {
		return time.Time{}
	}
	return time.Unix(ticks/perSecond-epoch, ticks%perSecond*100).UTC()
}
