package mib

import "time"

// Time converts 100 ns units since 1601, as in a FILETIME, to a time in UTC. 0 is the zero time, and so
// is what lies outside the years 1601 to 9999: no socket and no process was created then, and JSON has
// no such times.
func Time(ticks int64) time.Time {
	const (
		perSecond = 10_000_000
		epoch     = 11_644_473_600            // seconds from 1601 to 1970
		end       = 2_650_467_744_000_000_000 // the year 10000
	)
	if ticks <= 0 || ticks >= end {
		return time.Time{}
	}
	return time.Unix(ticks/perSecond-epoch, ticks%perSecond*100).UTC()
}
