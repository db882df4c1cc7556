package ports

import (
	"errors"
	"strings"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// Netstat is what velociraptor's plugin netstat reads: the sockets of TCP and UDP, and when they
// were created.
//
// The original loses scope IDs, prints ::ffff:192.0.2.1 as 192.0.2.1, cuts times to seconds, has
// 1601-01-01 where there is no time, shows a remote endpoint that has no meaning for listeners,
// leaves the reserved argument to chance, and takes a table that cannot be read for an empty one.
func Netstat() ([]*ConnectionStat, error) {
	var rows []*ConnectionStat
	conns, errTCP := new(tcpmib.Reader).AppendDatedConns(nil, tcpmib.Both)
	for _, c := range conns {
		rows = append(rows, &ConnectionStat{
			Pid: int32(c.PID), Family: familyName[c.Family()], Type: "TCP", Status: statusName.Replace(c.State.String()),
			Laddr: addr(c.Local), Raddr: remoteAddr(c.Conn), Timestamp: c.Created,
		})
	}
	endpoints, errUDP := udpmib.Endpoints(tcpmib.Both)
	for _, e := range endpoints {
		rows = append(rows, &ConnectionStat{
			Pid: int32(e.PID), Family: familyName[e.Family()], Type: "UDP", Laddr: addr(e.Local), Timestamp: e.Created,
		})
	}
	return rows, errors.Join(errTCP, errUDP)
}

var familyName = map[tcpmib.Family]string{tcpmib.IPv4: "IPv4", tcpmib.IPv6: "IPv6"}

// statusName writes states as velociraptor does: the header's names, SENT, and the bare number of
// an unknown one.
var statusName = strings.NewReplacer("SYN-SENT", "SENT", "SYN-RECEIVED", "SYN_RCVD", "ESTABLISHED", "ESTAB",
	"WAIT-", "WAIT", "-", "_", "State(", "", ")", "")
