package ports

import (
	"io/fs"
	"testing"

	gopsutil "github.com/shirou/gopsutil/v4/net"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// windows_exporter's package is internal. Its counts are those of gopsutil's rows.
func TestSyntheticWindowsExporter(t *testing.T) {
	for _, words := range scenarios {
		t.Run(words, func(t *testing.T) {
			scenario(t, words)
			compareWindowsExporter(t)
		})
	}
}

func TestLiveWindowsExporter(t *testing.T) {
	sockets(t)
	eventually(t, func(t *assert.CollectT) {
		counts := compareWindowsExporter(t)
		require.NotZero(t, counts["LISTENING"])
		require.NotZero(t, counts["ESTABLISHED"])
	})
}

// compareWindowsExporter returns the counts of IPv4.
func compareWindowsExporter(t require.TestingT) map[string]uint32 {
	counts := map[tcpmib.Family]map[string]uint32{}
	for family, digit := range digits {
		stats, err := gopsutil.Connections("tcp" + digit)
		require.NoError(t, err)
		want := map[string]uint32{}
		for _, c := range stats {
			want[exporterNames[c.Status]]++
		}
		counts[family], err = TCPConnectionStates(family)
		require.NoError(t, err)
		got := map[string]uint32{}
		for state, n := range counts[family] {
			if !known[state] {
				state = "" // as gopsutil has unknown states
			}
			got[state] += n
		}
		require.Equal(t, want, got)
	}
	return counts[tcpmib.IPv4]
}

// exporterNames are the names that windows_exporter has for those of gopsutil.
var exporterNames = map[string]string{
	"CLOSED": "CLOSED", "LISTEN": "LISTENING", "SYN_SENT": "SYN_SENT", "SYN_RECEIVED": "SYN_RECEIVED",
	"ESTABLISHED": "ESTABLISHED", "FIN_WAIT_1": "FIN_WAIT1", "FIN_WAIT_2": "FIN_WAIT2", "CLOSE_WAIT": "CLOSE_WAIT",
	"CLOSING": "CLOSING", "LAST_ACK": "LAST_ACK", "TIME_WAIT": "TIME_WAIT", "DELETE": "DELETE_TCB",
}

var known = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range exporterNames {
		names[name] = true
	}
	return names
}()

// Of the states that the header does not define gopsutil has no name. These are the two rows that
// the DLL has of each.
func TestSyntheticWindowsExporterUnknown(t *testing.T) {
	scenario(t, "rows=40 states=all")
	counts, err := TCPConnectionStates(tcpmib.IPv6)
	require.NoError(t, err)
	unknown := map[string]uint32{}
	for state, n := range counts {
		if !known[state] {
			unknown[state] = n
		}
	}
	assert.Equal(t, map[string]uint32{
		"UNKNOWN_0": 2, "UNKNOWN_13": 2, "UNKNOWN_77": 2, "BOUND": 2, "UNKNOWN_101": 2,
		"UNKNOWN_2147483647": 2, "UNKNOWN_2147483648": 2, "UNKNOWN_4294967295": 2,
	}, unknown)
}

// The original fails in both cases.
func TestSyntheticWindowsExporterTrouble(t *testing.T) {
	scenario(t, "rows=20000 grow=1000 states=5")
	counts, err := TCPConnectionStates(tcpmib.IPv4)
	require.NoError(t, err, "a table that grows between two calls")
	assert.GreaterOrEqual(t, counts["ESTABLISHED"], uint32(21_000))

	scenario(t, "codes6=5")
	_, err = TCPConnectionStates(tcpmib.IPv6)
	assert.ErrorIs(t, err, fs.ErrPermission)
}
