// Package statsview shows what `tcpmib stats` read.
package statsview

import (
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// Reading is the counters at one time.
type Reading struct {
	At       time.Time
	Elapsed  time.Duration // since the previous reading; 0: there is none
	Families []Family
}

// Family is the counters of one address family.
type Family struct {
	Family tcpmib.Family
	Stats  tcpmib.Stats
	Older  tcpmib.Stats // in the previous reading, if there is one
}

// Since returns the reading with the previous one beside it. A family that is not in both has no
// rates and is left out.
func (r Reading) Since(older Reading) Reading {
	rates := Reading{At: r.At, Elapsed: r.At.Sub(older.At)}
	for _, s := range r.Families {
		for _, o := range older.Families {
			if o.Family == s.Family {
				s.Older = o.Stats
				rates.Families = append(rates.Families, s)
			}
		}
	}
	return rates
}
