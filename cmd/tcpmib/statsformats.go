package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/winmib/winmib/tcpmib"
)

// settings are what TCP does not count.
var settings = []struct {
	title string
	text  func(*tcpmib.Stats) string
}{
	{"most connections", func(s *tcpmib.Stats) string {
		if s.MaxConns < 0 {
			return "no limit"
		}
		return strconv.FormatInt(s.MaxConns, 10)
	}},
	{"time-out algorithm", func(s *tcpmib.Stats) string { return s.RTOAlgorithm.String() }},
	{"shortest time-out, ms", func(s *tcpmib.Stats) string { return strconv.FormatInt(s.RTOMin.Milliseconds(), 10) }},
	{"longest time-out, ms", func(s *tcpmib.Stats) string { return strconv.FormatInt(s.RTOMax.Milliseconds(), 10) }},
}

// writeStats writes a line for each counter, with a cell for each family.
func writeStats(out *output, r *reading) error {
	var lines [][]string
	add := func(title string, cell func(s *familyStats) string) {
		line := []string{title}
		for i := range r.families {
			line = append(line, cell(&r.families[i]))
		}
		lines = append(lines, line)
	}
	head := ""
	if r.elapsed > 0 {
		head = r.at.Local().Format("15:04:05") + ", per second"
	}
	add(head, func(s *familyStats) string {
		return map[tcpmib.Family]string{tcpmib.IPv4: "IPv4", tcpmib.IPv6: "IPv6"}[s.family]
	})
	for i := range counters {
		c := &counters[i]
		add(c.title, func(s *familyStats) string {
			if r.elapsed > 0 && !c.now {
				return strconv.FormatFloat(c.rate(&s.older, &s.stats, r.elapsed), 'f', 1, 64)
			}
			return strconv.FormatUint(c.value(&s.stats), 10)
		})
	}
	if r.elapsed == 0 {
		for _, setting := range settings {
			add(setting.title, func(s *familyStats) string { return setting.text(&s.stats) })
		}
	}
	// Columns that are wider than most counters do not move from reading to reading.
	left, right := 22, 12
	for _, line := range lines {
		for _, cell := range line[1:] {
			right = max(right, len(cell))
		}
	}
	for i, line := range lines {
		text := fmt.Sprintf("%-*s", left, line[0])
		for _, cell := range line[1:] {
			text += gap + fmt.Sprintf("%*s", right, cell)
		}
		if i == 0 && out.color {
			text = titleStyle.Render(text)
		}
		out.WriteString(text + "\n")
	}
	if r.elapsed > 0 {
		out.WriteByte('\n') // before the next reading
	}
	return nil // what went wrong, Flush says
}

func writeStatsJSON(out *output, r *reading) error {
	sep := "[\n"
	for i := range r.families {
		out.WriteString(sep)
		out.Write(r.appendObject(nil, i))
		sep = ",\n"
	}
	_, err := out.WriteString("\n]\n")
	return err
}

func writeStatsJSONLines(out *output, r *reading) error {
	for i := range r.families {
		if _, err := out.Write(append(r.appendObject(nil, i), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// appendObject appends the i-th family as a JSON object.
func (r *reading) appendObject(dst []byte, i int) []byte {
	s := &r.families[i].stats
	dst = append(dst, '{')
	if r.elapsed > 0 {
		dst = fmt.Appendf(dst, `"time":%q,"seconds":%.3f,`, r.at.UTC().Format(time.RFC3339Nano), r.elapsed.Seconds())
	}
	dst = fmt.Appendf(dst, `"family":%q`, r.families[i].family.String())
	for j := range counters {
		c := &counters[j]
		dst = fmt.Appendf(dst, `,%q:%d`, c.key, c.value(s))
		if r.elapsed > 0 && !c.now {
			dst = fmt.Appendf(dst, `,%q:%.3f`, c.key+"PerSecond", c.rate(&r.families[i].older, s, r.elapsed))
		}
	}
	limit := "null"
	if s.MaxConns >= 0 {
		limit = strconv.FormatInt(s.MaxConns, 10)
	}
	return fmt.Appendf(dst, `,"maxConnections":%s,"rtoAlgorithm":%q,"rtoMinMilliseconds":%d,"rtoMaxMilliseconds":%d}`,
		limit, s.RTOAlgorithm.String(), s.RTOMin.Milliseconds(), s.RTOMax.Milliseconds())
}
