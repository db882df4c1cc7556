package summaryview

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// ListeningPorts returns the ports of the listening sockets whose rows match.
func ListeningPorts(s *rows.Snapshot, match func(*rows.Row) bool) map[uint16]bool {
	ports := map[uint16]bool{}
	for r := range s.Rows() {
		if r.State == tcpmib.StateListen && match(r) {
			ports[r.Local.Port()] = true
		}
	}
	return ports
}

// PrometheusOptions is what WritePrometheus writes.
type PrometheusOptions struct {
	TCP, UDP  bool
	Bound     bool // the table of bound TCP sockets was read
	Families  tcpmib.Family
	Listening map[uint16]bool // the local ports whose connections are counted
}

// WritePrometheus writes metrics in the text format that the textfile collector of windows_exporter
// reads. States without connections count 0, and so do ports, so that no series comes and goes with
// them.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
func WritePrometheus(w io.Writer, s *rows.Snapshot, o PrometheusOptions) error {
	var metrics []metric
	if o.TCP {
		metrics = tcpMetrics(s, o)
	}
	if o.UDP {
		metrics = append(metrics, udpMetrics(s, o.Families)...)
	}
	return writeMetrics(w, metrics)
}

func tcpMetrics(s *rows.Snapshot, o PrometheusOptions) []metric {
	states := map[string]int{}
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		if o.Families&family != 0 {
			for _, state := range rows.StateNames() {
				if state == tcpmib.StateReserved.String() && !o.Bound {
					continue // a series without a reading would say that there is none
				}
				states[labels("family", family.String(), "state", state)] = 0
			}
		}
	}
	port := func(port uint16) string { return labels("port", fmt.Sprint(port)) }
	processes, ports := map[string]int{}, map[string]int{}
	for p := range o.Listening {
		ports[port(p)] = 0
	}
	for r := range s.Rows() {
		if r.Protocol == rows.UDP {
			continue
		}
		states[labels("family", r.Family().String(), "state", r.State.String())]++
		processes[processLabel(r)]++
		if o.Listening[r.Local.Port()] && r.State != tcpmib.StateListen {
			ports[port(r.Local.Port())]++
		}
	}
	return []metric{
		{"tcpmib_connections", "TCP connections and listening sockets.", states},
		{"tcpmib_process_connections", "TCP connections and listening sockets of all processes of a name.", processes},
		{"tcpmib_port_connections", "TCP connections at a local port on which a socket listens.", ports},
	}
}

func udpMetrics(s *rows.Snapshot, families tcpmib.Family) []metric {
	sockets, processes := map[string]int{}, map[string]int{}
	for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
		if families&family != 0 {
			sockets[labels("family", family.String())] = 0
		}
	}
	for r := range s.Rows() {
		if r.Protocol == rows.UDP {
			sockets[labels("family", r.Family().String())]++
			processes[processLabel(r)]++
		}
	}
	return []metric{
		{"tcpmib_udp_sockets", "UDP sockets.", sockets},
		{"tcpmib_process_udp_sockets", "UDP sockets of all processes of a name.", processes},
	}
}

// processLabel returns the label of a row's process.
func processLabel(r *rows.Row) string {
	return labels("process", cli.Printable(r.Process))
}

type metric struct {
	name, help string
	values     map[string]int // by labels
}

func writeMetrics(w io.Writer, metrics []metric) error {
	var text []byte
	for _, m := range metrics {
		text = fmt.Appendf(text, "# HELP %s %s\n# TYPE %s gauge\n", m.name, m.help, m.name)
		for _, l := range slices.Sorted(maps.Keys(m.values)) {
			text = fmt.Appendf(text, "%s{%s} %d\n", m.name, l, m.values[l])
		}
	}
	_, err := w.Write(text)
	return err
}

var labelValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// labels formats pairs of names and values as they stand between the braces.
func labels(pairs ...string) string {
	var text []string
	for pair := range slices.Chunk(pairs, 2) {
		text = append(text, fmt.Sprintf(`%s="%s"`, pair[0], labelValue.Replace(pair[1])))
	}
	return strings.Join(text, ",")
}
