package tcpestats_test

import (
	"testing"

	"github.com/winmib/winmib/tcpmib/internal/mibtest"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// The structs are laid out as C lays them out, on this architecture too.
func TestLayout(t *testing.T) {
	mibtest.AsInC(t,
		tcpestats.SynOptsROSv0{}, tcpestats.DataRODv0{}, tcpestats.DataRWv0{}, tcpestats.SndCongRODv0{},
		tcpestats.SndCongROSv0{}, tcpestats.SndCongRWv0{}, tcpestats.PathRODv0{}, tcpestats.PathRWv0{},
		tcpestats.SendBuffRODv0{}, tcpestats.SendBuffRWv0{}, tcpestats.RecRODv0{}, tcpestats.RecRWv0{},
		tcpestats.ObsRecRODv0{}, tcpestats.ObsRecRWv0{}, tcpestats.BandwidthRWv0{}, tcpestats.BandwidthRODv0{},
		tcpestats.FineRttRWv0{}, tcpestats.FineRttRODv0{},
	)
}
