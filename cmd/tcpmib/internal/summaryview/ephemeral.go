package summaryview

import (
	"fmt"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"

	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Columns of summary --ephemeral. Rows have Ports; their process is the one with most of them.
var (
	EphemeralColumns     = ephemeralColumns()
	EphemeralDataColumns = slices.Concat(rows.Named("family", "localAddress", "remoteAddress", "remotePort"),
		[]rows.Column{portsUsed, portsOf, portsTimeWait, portsBound}, rows.Named("pid", "process"))
)

var (
	portsUsed = rows.Column{Name: "used", Title: "USED", Number: true,
		Text: func(dst []byte, r *rows.Row) []byte { return strconv.AppendUint(dst, uint64(r.Ports.Used), 10) }}
	portsOf = rows.Column{Name: "of", Title: "OF", Number: true,
		Text: func(dst []byte, r *rows.Row) []byte { return strconv.AppendUint(dst, uint64(r.Ports.Of), 10) }}
	portsPercent = rows.Column{Name: "percent", Title: "%", Number: true,
		Text: func(dst []byte, r *rows.Row) []byte {
			return strconv.AppendFloat(dst, 100*float64(r.Ports.Used)/float64(r.Ports.Of), 'f', 1, 64)
		}}
	portsTimeWait = rows.Column{Name: "timeWait", Title: "TIME-WAIT", Number: true,
		Text: func(dst []byte, r *rows.Row) []byte { return strconv.AppendUint(dst, uint64(r.Ports.TimeWait), 10) }}
	portsBound = rows.Column{Name: "bound", Title: "BOUND", Number: true,
		Text: func(dst []byte, r *rows.Row) []byte { return strconv.AppendUint(dst, uint64(r.Ports.Held), 10) }}
)

func ephemeralColumns() []rows.Column {
	named := rows.Named("localAddress", "remote", "process")
	local, remote, process := named[0], named[1], named[2]
	endpoint, name := remote.Text, process.Text
	remote.Text = func(dst []byte, r *rows.Row) []byte {
		if !r.Remote.IsValid() {
			return append(dst, '*') // all of them
		}
		return endpoint(dst, r)
	}
	process.Name, process.Title = "topProcess", "TOP PROCESS"
	process.Text = func(dst []byte, r *rows.Row) []byte {
		if r.Process == "" && r.PID != 0 {
			return fmt.Appendf(dst, "PID %d", r.PID)
		}
		return name(dst, r)
	}
	return []rows.Column{local, remote, portsUsed, portsOf, portsPercent, portsTimeWait, portsBound, process}
}

// EphemeralRows yields a row for each use, valid until the next one.
func EphemeralRows(s *rows.Snapshot, uses []ephemeral.Use) iter.Seq[*rows.Row] {
	return func(yield func(*rows.Row) bool) {
		for i := range uses {
			u := &uses[i]
			r := s.Row(rows.Socket{Conn: tcpmib.Conn{Local: netip.AddrPortFrom(u.Local, 0), Remote: u.Remote, PID: u.PID}})
			r.Ports = u
			if !yield(&r) {
				return
			}
		}
	}
}

// WriteEphemeralPrometheus writes metrics as WritePrometheus does: the dynamic range, how much of it
// each family uses, and the first limit of the pairs, or all if limit is 0.
func WriteEphemeralPrometheus(w io.Writer, uses []ephemeral.Use, limit int) error {
	size, taken, used := map[string]int{}, map[string]int{}, map[string]int{}
	for _, u := range uses {
		family := tcpmib.Conn{Local: netip.AddrPortFrom(u.Local, 0)}.Family().String()
		switch {
		case !u.Remote.IsValid():
			size[labels("family", family)] = u.Of
			taken[labels("family", family)] = u.Used
		case limit == 0 || len(used) < limit:
			used[labels("family", family, "local", u.Local.String(), "remote", u.Remote.String())] = u.Used
		}
	}
	return writeMetrics(w, []metric{
		{"tcpmib_ephemeral_ports", "Ports of the dynamic range.", size},
		{"tcpmib_ephemeral_ports_taken", "Ports of the dynamic range in use by any TCP socket.", taken},
		{"tcpmib_ephemeral_ports_used", "Ports of the dynamic range in use for a local address and a remote endpoint, the largest counts.", used},
	})
}
