package udpmib_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// narrowStats is a MIB_UDPSTATS, wideStats a MIB_UDPSTATS2.
func narrowStats() (b []byte) {
	for _, n := range []uint32{1, 2, 3, 4, 5} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

func wideStats() (b []byte) {
	b = binary.LittleEndian.AppendUint64(b, math.MaxUint32+1)
	b = binary.LittleEndian.AppendUint32(b, 2)
	b = binary.LittleEndian.AppendUint32(b, 3)
	b = binary.LittleEndian.AppendUint64(b, math.MaxUint64)
	b = binary.LittleEndian.AppendUint32(b, 5)
	return append(b, 0xAA, 0xAA, 0xAA, 0xAA)
}

// functions answers each function with its own source, and lacks the others.
func functions(sources map[string]fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		if f, ok := sources[q.Func]; ok {
			return f(q, buf)
		}
		return 0, 127
	}
}

func TestStats(t *testing.T) {
	narrow := udpmib.Stats{DatagramsIn: 1, NoPorts: 2, ErrorsIn: 3, DatagramsOut: 4, Sockets: 5}
	wide := udpmib.Stats{DatagramsIn: math.MaxUint32 + 1, NoPorts: 2, ErrorsIn: 3, DatagramsOut: math.MaxUint64, Sockets: 5, Wide: true}
	for _, test := range []struct {
		name   string
		source fake
		family tcpmib.Family
		want   udpmib.Stats
		err    error
	}{
		{"64 bits", functions(map[string]fake{"GetUdpStatisticsEx2": whole(wideStats())}), tcpmib.IPv6, wide, nil},
		{"before Windows 10 version 1709", functions(map[string]fake{"GetUdpStatisticsEx": whole(narrowStats())}), tcpmib.IPv6, narrow, nil},
		{"a capture of it", functions(map[string]fake{"GetUdpStatisticsEx2": fails(tcpmib.CodeNoAnswer), "GetUdpStatisticsEx": whole(narrowStats())}), tcpmib.IPv4, narrow, nil},
		{"the oldest function", functions(map[string]fake{"GetUdpStatistics": whole(narrowStats())}), tcpmib.IPv4, narrow, nil},
		{"which is of IPv4", functions(map[string]fake{"GetUdpStatistics": whole(narrowStats())}), tcpmib.IPv6, udpmib.Stats{}, errors.ErrUnsupported},
		{"an error is not a lack", functions(map[string]fake{"GetUdpStatisticsEx2": fails(5), "GetUdpStatisticsEx": whole(narrowStats())}), tcpmib.IPv4, udpmib.Stats{}, fs.ErrPermission},
		{"nothing", functions(nil), tcpmib.IPv4, udpmib.Stats{}, errors.ErrUnsupported},
		{"too few bytes", functions(map[string]fake{"GetUdpStatisticsEx2": whole(wideStats()[:31])}), tcpmib.IPv4, udpmib.Stats{}, tcpmib.ErrMalformed},
		{"both families", functions(nil), tcpmib.Both, udpmib.Stats{}, fs.ErrInvalid},
		{"no family", functions(nil), 0, udpmib.Stats{}, fs.ErrInvalid},
	} {
		r := udpmib.Reader{Source: test.source}
		got, err := r.Stats(test.family)
		assert.Equal(t, test.want, got, test.name)
		if test.err == nil {
			require.NoError(t, err, test.name)
			if !raced {
				assert.Zero(t, testing.AllocsPerRun(10, func() { _, _ = r.Stats(test.family) }), test.name)
			}
			continue
		}
		require.ErrorIs(t, err, test.err, test.name)
	}
}
