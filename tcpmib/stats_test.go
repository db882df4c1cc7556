package tcpmib_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// words are the 32-bit numbers from first on.
func words(first, n int) (b []byte) {
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(first+i))
	}
	return b
}

// stats2 is a MIB_TCPSTATS2: nine words, padding, two wide counters, four words.
func stats2() []byte {
	b := append(words(1, 9), 0xDE, 0xAD, 0xBE, 0xEF)
	b = binary.LittleEndian.AppendUint64(b, 10<<32)
	b = binary.LittleEndian.AppendUint64(b, 11<<32)
	return append(b, words(12, 4)...)
}

var narrow = tcpmib.Stats{
	RTOAlgorithm: tcpmib.RTOAlgorithmOther, RTOMin: 2 * time.Millisecond, RTOMax: 3 * time.Millisecond, MaxConns: 4,
	Opened: 5, Accepted: 6, Failed: 7, Reset: 8, Established: 9,
	SegmentsIn: 10, SegmentsOut: 11, Retransmitted: 12, ErrorsIn: 13, ResetsOut: 14, Conns: 15,
}

// functions answers each function with its own source, and others with 127.
func functions(sources map[string]fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		if f, ok := sources[q.Func]; ok {
			return f(q, buf)
		}
		return 0, 127
	}
}

func TestStats(t *testing.T) {
	wide := narrow
	wide.SegmentsIn, wide.SegmentsOut, wide.Wide = 10<<32, 11<<32, true
	unlimited := narrow
	unlimited.MaxConns = -1
	limitless := words(1, 15)
	copy(limitless[12:], "\xff\xff\xff\xff")

	for _, c := range []struct {
		name   string
		source fake
		family tcpmib.Family
		want   tcpmib.Stats
		is     error
		text   string
	}{
		{"the newest function", functions(map[string]fake{"GetTcpStatisticsEx2": whole(stats2()), "GetTcpStatisticsEx": fails(5)}), tcpmib.IPv6, wide, nil, ""},
		{"the one before", functions(map[string]fake{"GetTcpStatisticsEx": whole(words(1, 15))}), tcpmib.IPv6, narrow, nil, ""},
		{"no limit", functions(map[string]fake{"GetTcpStatisticsEx": whole(limitless)}), tcpmib.IPv6, unlimited, nil, ""},
		{"the oldest", functions(map[string]fake{"GetTcpStatistics": whole(words(1, 15))}), tcpmib.IPv4, narrow, nil, ""},
		{"the oldest is IPv4's", functions(map[string]fake{"GetTcpStatistics": whole(words(1, 15))}), tcpmib.IPv6, tcpmib.Stats{}, errors.ErrUnsupported, "GetTcpStatisticsEx"},
		{"a capture without", fails(tcpmib.CodeNoAnswer), tcpmib.IPv4, tcpmib.Stats{}, errors.ErrUnsupported, "the source has no answer"},
		{"denied", fails(5), tcpmib.IPv4, tcpmib.Stats{}, fs.ErrPermission, "GetTcpStatisticsEx2"},
		{"too few bytes", functions(map[string]fake{"GetTcpStatisticsEx2": whole(stats2()[:71])}), tcpmib.IPv4, tcpmib.Stats{}, tcpmib.ErrMalformed, "MIB_TCPSTATS2 needs 72 bytes, got 71"},
		{"no bytes", functions(map[string]fake{"GetTcpStatisticsEx": whole(nil)}), tcpmib.IPv4, tcpmib.Stats{}, tcpmib.ErrMalformed, "GetTcpStatisticsEx"},
		{"both families", fails(0), tcpmib.Both, tcpmib.Stats{}, nil, "want IPv4 or IPv6"},
		{"no family", fails(0), 0, tcpmib.Stats{}, nil, "want IPv4 or IPv6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := tcpmib.Reader{Source: c.source}
			got, err := r.Stats(c.family)
			if c.text == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.text)
			}
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			assert.Empty(t, cmp.Diff(c.want, got))
		})
	}
}

// Each function gets the family that the caller asked for.
func TestStatsFamily(t *testing.T) {
	var asked []tcpmib.Query
	r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, _ []byte) (size, code uint32) {
		asked = append(asked, q)
		return 0, 127
	})}
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		_, err := r.Stats(family)
		require.ErrorIs(t, err, errors.ErrUnsupported)
	}
	assert.Equal(t, []tcpmib.Query{
		{Func: "GetTcpStatisticsEx2", Family: 2}, {Func: "GetTcpStatisticsEx", Family: 2}, {Func: "GetTcpStatistics"},
		{Func: "GetTcpStatisticsEx2", Family: 23}, {Func: "GetTcpStatisticsEx", Family: 23},
	}, asked)
}

// A system that has nothing to report has no statistics: there is no such thing as statistics
// without numbers, as there are tables without rows.
func TestStatsWithoutData(t *testing.T) {
	const noData = 232
	r := tcpmib.Reader{Source: fails(noData)}
	_, err := r.Stats(tcpmib.IPv4)
	var e *tcpmib.Error
	require.ErrorAs(t, err, &e)
	assert.EqualValues(t, noData, e.Code)
	rows, err := r.TCPTable2(false)
	assert.NoError(t, err)
	assert.Empty(t, rows)
}

// A warm Reader makes no garbage, whichever function it has to fall back to.
func TestStatsMakeNoGarbage(t *testing.T) {
	for name, source := range map[string]fake{
		"GetTcpStatisticsEx2": functions(map[string]fake{"GetTcpStatisticsEx2": whole(stats2())}),
		"GetTcpStatisticsEx":  functions(map[string]fake{"GetTcpStatisticsEx": whole(words(1, 15))}),
		"GetTcpStatistics":    functions(map[string]fake{"GetTcpStatistics": whole(words(1, 15))}),
	} {
		t.Run(name, func(t *testing.T) {
			r := tcpmib.Reader{Source: source}
			assert.Zero(t, testing.AllocsPerRun(10, func() {
				if _, err := r.Stats(tcpmib.IPv4); err != nil {
					t.Fatal(err)
				}
			}))
		})
	}
}
