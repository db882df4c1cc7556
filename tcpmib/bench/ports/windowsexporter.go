package ports

import (
	"strings"

	"github.com/winmib/winmib/tcpmib"
)

// TCPConnectionStates is GetTCPConnectionStates of windows_exporter's package iphlpapi, with the
// names that its collector tcp gives to states: how many connections of a family are in each state.
//
// The original calls StateReserved "UNKNOWN_100", fails when the table grows between its two calls,
// panics on a table of no rows and 4 bytes, and reads past one that is shorter than it says.
func TCPConnectionStates(family tcpmib.Family) (map[string]uint32, error) {
	counts := map[string]uint32{}
	conns, err := tcpmib.Conns(family)
	for _, c := range conns {
		counts[exporterName.Replace(c.State.Netstat())]++
	}
	return counts, err
}

// exporterName writes states as windows_exporter does: FIN_WAIT1, and UNKNOWN_77 for an unknown one.
var exporterName = strings.NewReplacer("WAIT_", "WAIT", "State(", "UNKNOWN_", ")", "")
