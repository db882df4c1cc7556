package filter

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Baseline is what a machine had at an earlier time, which may be before its last restart.
//
// A socket that listens or is bound, and a UDP socket, is the same if its protocol, its local endpoint
// and the name of its process are: process IDs are others after a restart. Where one of the names is
// not known, the endpoint decides. A connection is the same if its endpoints and its process ID are,
// or one of the IDs is 0, as in TIME-WAIT.
type Baseline struct {
	sockets     map[socket]map[string]bool // the names of processes, in lower case
	connections []tcpmib.Conn              // sorted: a map of a million would take five times their memory
}

// socket identifies what has no remote endpoint.
type socket struct {
	protocol rows.Protocol
	local    netip.AddrPort
	state    tcpmib.State // a socket that was only bound and listens now is new
}

// NewBaseline returns the baseline of a snapshot.
func NewBaseline(s *rows.Snapshot) *Baseline {
	b := &Baseline{sockets: map[socket]map[string]bool{}, connections: make([]tcpmib.Conn, 0, len(s.Sockets))}
	for r := range s.Rows() {
		if isConnection(r) {
			b.connections = append(b.connections, r.Conn)
			continue
		}
		key := socketOf(r)
		if b.sockets[key] == nil {
			b.sockets[key] = map[string]bool{}
		}
		b.sockets[key][strings.ToLower(r.Process)] = true
	}
	slices.SortFunc(b.connections, tcpmib.Conn.Compare)
	return b
}

// isConnection reports whether a row has a remote endpoint. The main table may list bound sockets
// with one of zeros.
func isConnection(r *rows.Row) bool { return r.Remote.IsValid() && r.Remote.Port() != 0 }

func socketOf(r *rows.Row) socket { return socket{r.Protocol, r.Local, r.State} }

// Has reports whether the baseline has what a row shows.
func (b *Baseline) Has(r *rows.Row) bool {
	if isConnection(r) {
		i, _ := slices.BinarySearchFunc(b.connections, r.Conn, func(c, d tcpmib.Conn) int {
			return cmp.Or(c.Local.Compare(d.Local), c.Remote.Compare(d.Remote))
		})
		for ; i < len(b.connections) && b.connections[i].Endpoints() == r.Endpoints(); i++ {
			if b.connections[i].Same(r.Conn) {
				return true
			}
		}
		return false
	}
	names := b.sockets[socketOf(r)]
	return names[""] || names[strings.ToLower(r.Process)] || r.Process == "" && names != nil
}
