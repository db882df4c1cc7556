package statsview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

// Format is a named format of readings.
type Format struct {
	Name  string
	Write func(w io.Writer, r *Reading, o Options) error
}

// Options are how a table is drawn.
type Options struct {
	Color bool
	Width int // of the screen; 0: there is none
}

// Formats are the formats of stats.
var Formats = []Format{
	{"table", writeTable},
	{"json", writeJSON},
	{"jsonl", writeJSONLines},
	{"prometheus", writePrometheus},
}

// Names returns the names of Formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	return names
}

// Named returns the format with this name. An unknown name panics.
func Named(name string) Format {
	for _, f := range Formats {
		if f.Name == name {
			return f
		}
	}
	panic("unknown format " + name) // the flag accepts no other
}

// writeTable writes a table for each protocol.
func writeTable(w io.Writer, r *Reading, o Options) error {
	tcp, udp := r.of(rows.TCP), r.of(rows.UDP)
	both := len(tcp.Families) > 0 && len(udp.Families) > 0
	if len(tcp.Families) > 0 {
		title := ""
		if both {
			title = "TCP"
		}
		if err := writeProtocol(w, &tcp, title, o); err != nil {
			return err
		}
	}
	if both && !r.rates() { // rates end in an empty line
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	if len(udp.Families) > 0 {
		return writeProtocol(w, &udp, "UDP", o)
	}
	return nil
}

// writeProtocol writes a line for each counter, with a cell for each family.
func writeProtocol(w io.Writer, r *Reading, title string, o Options) error {
	var lines [][]string
	add := func(title string, cell func(s *Family) string) {
		line := []string{title}
		for i := range r.Families {
			line = append(line, cell(&r.Families[i]))
		}
		lines = append(lines, line)
	}
	header := title
	if r.rates() {
		header = strings.TrimSpace(title + " " + r.At.Local().Format("15:04:05") + ", per second")
	}
	add(header, func(s *Family) string {
		if s.Family == tcpmib.IPv6 {
			return "IPv6"
		}
		return "IPv4"
	})
	counters := r.Families[0].counters()
	for i := range counters {
		c := &counters[i]
		add(c.title, func(s *Family) string {
			if r.rates() && !c.now {
				return strconv.FormatFloat(c.rate(&s.Older, &s.Stats, r.Elapsed), 'f', 1, 64)
			}
			return strconv.FormatUint(c.value(&s.Stats), 10)
		})
	}
	if !r.rates() && r.Families[0].Protocol == rows.TCP {
		for _, setting := range settings {
			add(setting.title, func(s *Family) string { return setting.text(&s.Stats.TCP) })
		}
	}
	left, right := widths(lines, o.Width)
	var b bytes.Buffer
	for i, line := range lines {
		text := fmt.Sprintf("%-*s", left, ansi.Truncate(line[0], left, "…"))
		for _, cell := range line[1:] {
			text += "  " + fmt.Sprintf("%*s", right, cell)
		}
		if i == 0 && o.Color {
			text = cli.Title.Render(text)
		}
		b.WriteString(text + "\n")
	}
	if r.rates() {
		b.WriteByte('\n') // before the next reading
	}
	_, err := w.Write(b.Bytes())
	return err
}

// widths returns the width of the titles and of each family's column. Columns wider than most
// counters stay in place from reading to reading. On a narrow screen counters stay whole, and
// titles do not.
func widths(lines [][]string, screen int) (left, right int) {
	left = len("segments retransmitted")
	for _, line := range lines {
		for _, cell := range line[1:] {
			right = max(right, len(cell))
		}
	}
	families := len(lines[0]) - 1
	if steady := max(right, 12); screen == 0 || left+families*(2+steady) <= screen {
		return left, steady
	}
	return max(min(left, screen-families*(2+right)), 8), right
}

// writeJSON writes one array with an object on each line.
func writeJSON(w io.Writer, r *Reading, _ Options) error {
	text := []byte("[")
	for i := range r.Families {
		object, err := cli.EncodeJSON(object(r, &r.Families[i]))
		if err != nil {
			return err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, '\n'), object...)
	}
	_, err := w.Write(append(text, "\n]\n"...))
	return err
}

// writeJSONLines writes an object on each line.
func writeJSONLines(w io.Writer, r *Reading, _ Options) error {
	var text []byte
	for i := range r.Families {
		object, err := cli.EncodeJSON(object(r, &r.Families[i]))
		if err != nil {
			return err
		}
		text = append(append(text, object...), '\n')
	}
	_, err := w.Write(text)
	return err
}

// object returns the counters of a family, with their rates if there is a previous reading.
func object(r *Reading, f *Family) cli.Object {
	var o cli.Object
	add := func(key string, value any) { o = append(o, cli.Member{Key: key, Value: value}) }
	if r.rates() {
		add("time", r.At.UTC())
		add("seconds", decimal(r.Elapsed.Seconds()))
	}
	add("protocol", f.Protocol.String())
	add("family", f.Family.String())
	counters := f.counters()
	for i := range counters {
		c := &counters[i]
		add(c.key, c.value(&f.Stats))
		if r.rates() && !c.now {
			add(c.key+"PerSecond", decimal(c.rate(&f.Older, &f.Stats, r.Elapsed)))
		}
	}
	if f.Protocol == rows.UDP {
		return o
	}
	s := &f.Stats.TCP
	var limit *int64 // unlimited
	if s.MaxConns >= 0 {
		limit = &s.MaxConns
	}
	add("maxConnections", limit)
	add("rtoAlgorithm", s.RTOAlgorithm.String())
	add("rtoMinMilliseconds", s.RTOMin.Milliseconds())
	add("rtoMaxMilliseconds", maxTimeout(s))
	return o
}

// decimal returns a number with three digits after the point.
func decimal(n float64) json.Number { return json.Number(strconv.FormatFloat(n, 'f', 3, 64)) }

// writePrometheus writes the totals as metrics, such as
// tcpmib_stats_tcp_segments_in_total{family="ipv4"}.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
func writePrometheus(w io.Writer, r *Reading, _ Options) error {
	var text []byte
	for _, part := range []Reading{r.of(rows.TCP), r.of(rows.UDP)} {
		if len(part.Families) == 0 {
			continue
		}
		protocol := part.Families[0].Protocol.String()
		counters := part.Families[0].counters()
		for i := range counters {
			c := &counters[i]
			name, kind := "tcpmib_stats_"+protocol+"_"+snake(c.key)+"_total", "counter"
			if c.now {
				name, kind = strings.TrimSuffix(name, "_total"), "gauge"
			}
			text = fmt.Appendf(text, "# HELP %s %s: %s.\n# TYPE %s %s\n", name, strings.ToUpper(protocol), c.title, name, kind)
			for j := range part.Families {
				f := &part.Families[j]
				text = fmt.Appendf(text, "%s{family=%q} %d\n", name, f.Family.String(), c.value(&f.Stats))
			}
		}
	}
	_, err := w.Write(text)
	return err
}

// snake returns a key in the form of Prometheus' names.
func snake(key string) string {
	var b strings.Builder
	for _, r := range key {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
