// Package statsview shows what `tcpmib stats` read.
package statsview

import (
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Reading is the counters at one time.
type Reading struct {
	At       time.Time
	Elapsed  time.Duration // since the previous reading; 0: there is none
	Families []Family      // TCP before UDP
}

// Family is the counters of one protocol over one address family.
type Family struct {
	Protocol rows.Protocol
	Family   tcpmib.Family
	Stats    Values
	Older    Values // in the previous reading, if there is one
}

// rates reports whether there is a previous reading, from which rates follow.
func (r *Reading) rates() bool { return r.Elapsed > 0 }

func (f *Family) counters() []counter {
	if f.Protocol == rows.UDP {
		return udpCounters
	}
	return tcpCounters
}

// Since returns r with the counters of a previous reading, from which rates follow. A family that
// is not in both has no rates and is left out.
func (r Reading) Since(older Reading) Reading {
	rates := Reading{At: r.At, Elapsed: r.At.Sub(older.At)}
	for _, s := range r.Families {
		for _, o := range older.Families {
			if o.Family == s.Family && o.Protocol == s.Protocol {
				s.Older = o.Stats
				rates.Families = append(rates.Families, s)
			}
		}
	}
	return rates
}

// of returns the part of a reading with one protocol.
func (r Reading) of(p rows.Protocol) Reading {
	r.Families = slices.DeleteFunc(slices.Clone(r.Families), func(f Family) bool { return f.Protocol != p })
	return r
}
