package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib"
)

// A counter is one number of the statistics.
type counter struct {
	key, title string
	value      func(*tcpmib.Stats) uint64
	now        bool // it is how many there are, not how many there were: it has no rate
	wide       bool // it counts in 64 bits where the Stats say so
}

var counters = []counter{
	{key: "established", title: "established now", now: true, value: func(s *tcpmib.Stats) uint64 { return s.Established }},
	{key: "connections", title: "connections now", now: true, value: func(s *tcpmib.Stats) uint64 { return s.Conns }},
	{key: "opened", title: "opened from here", value: func(s *tcpmib.Stats) uint64 { return s.Opened }},
	{key: "accepted", title: "accepted from others", value: func(s *tcpmib.Stats) uint64 { return s.Accepted }},
	{key: "failed", title: "failed attempts", value: func(s *tcpmib.Stats) uint64 { return s.Failed }},
	{key: "reset", title: "reset", value: func(s *tcpmib.Stats) uint64 { return s.Reset }},
	{key: "segmentsIn", title: "segments received", wide: true, value: func(s *tcpmib.Stats) uint64 { return s.SegmentsIn }},
	{key: "segmentsOut", title: "segments sent", wide: true, value: func(s *tcpmib.Stats) uint64 { return s.SegmentsOut }},
	{key: "retransmitted", title: "segments sent again", value: func(s *tcpmib.Stats) uint64 { return s.Retransmitted }},
	{key: "errorsIn", title: "segments with errors", value: func(s *tcpmib.Stats) uint64 { return s.ErrorsIn }},
	{key: "resetsOut", title: "resets sent", value: func(s *tcpmib.Stats) uint64 { return s.ResetsOut }},
}

// rate is how many a second, across the wrap of a counter.
func (c *counter) rate(older, newer *tcpmib.Stats, elapsed time.Duration) float64 {
	n := c.value(newer) - c.value(older)
	if !c.wide || !newer.Wide {
		n = uint64(uint32(n))
	}
	return float64(n) / elapsed.Seconds()
}

// familyStats is a reading of the counters of a family.
type familyStats struct {
	family tcpmib.Family
	stats  tcpmib.Stats
}

// reading is the counters at a time, and those of the reading before.
type reading struct {
	at           time.Time
	elapsed      time.Duration // since the one before; 0: there is none
	newer, older []familyStats
}

var statsFormats = map[string]func(out *output, r *reading) error{
	"table": writeStats,
	"json":  writeStatsJSON,
	"jsonl": writeStatsJSONLines,
}

var statsFormatNames = []string{"table", "json", "jsonl"}

type statsFlags struct {
	only4, only6       bool
	format             string
	interval, duration time.Duration
}

func (a *app) statsCommand() *cobra.Command {
	var f statsFlags
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Show what TCP has counted",
		Long: "stats shows what TCP has counted over IPv4 and IPv6 since the machine started. With\n" +
			"--interval it shows what was counted each second instead, until it is stopped: as a\n" +
			"table, or as JSON lines with the totals and, under names that end with PerSecond, the\n" +
			"rates.",
		Example: "  tcpmib stats\n" +
			"  tcpmib stats -4 --format json\n" +
			"  tcpmib stats --interval 5s --for 1m --format jsonl",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.stats(&f) },
	}
	flags := cmd.Flags()
	flags.BoolVarP(&f.only4, "ipv4", "4", false, "IPv4 only")
	flags.BoolVarP(&f.only6, "ipv6", "6", false, "IPv6 only")
	f.format = statsFormatNames[0]
	flags.Var(oneOf{&f.format, statsFormatNames}, "format", "write in this `format`: "+alternatives(statsFormatNames))
	flags.DurationVar(&f.interval, "interval", 0, "show rates over this `time`, again and again")
	flags.DurationVar(&f.duration, "for", 0, "stop after this `time`")
	complete(cmd, "format", statsFormatNames)
	a.addFrom(cmd)
	return cmd
}

func (a *app) stats(f *statsFlags) error {
	switch {
	case f.interval < 0:
		return fmt.Errorf("--interval %v: want a time longer than 0, such as 1s", f.interval)
	case f.duration < 0:
		return fmt.Errorf("--for %v: want a time longer than 0, such as 1m", f.duration)
	case f.duration > 0 && f.interval == 0:
		return fmt.Errorf("--for %v: want --interval with it", f.duration)
	case f.interval > 0 && a.from != "":
		return errors.New("--interval wants a machine that goes on: leave --from out")
	case f.interval > 0 && f.format == "json":
		return errors.New("--format json is one array: use --format jsonl with --interval")
	}
	families := []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6}
	if f.only4 != f.only6 {
		families = families[:1]
		if f.only6 {
			families[0] = tcpmib.IPv6
		}
	}
	if f.interval == 0 {
		newer, err := a.readStats(families)
		if newer == nil {
			return failure{err}
		}
		if err := a.showStats(f, &reading{at: time.Now(), newer: newer}); err != nil {
			return err
		}
		if err != nil {
			return failure{err}
		}
		return nil
	}
	ctx, stop := a.untilInterrupt(context.Background())
	defer stop()
	if f.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.duration)
		defer cancel()
	}
	return a.statsRates(ctx, f, families)
}

func (a *app) statsRates(ctx context.Context, f *statsFlags, families []tcpmib.Family) error {
	last := reading{}
	for {
		newer, err := a.readStats(families)
		if err != nil {
			return failure{err}
		}
		r := reading{at: time.Now(), newer: newer, older: last.newer}
		if last.newer != nil {
			r.elapsed = r.at.Sub(last.at)
			if err := a.showStats(f, &r); err != nil {
				return err
			}
		}
		last = r
		if !sleep(ctx, f.interval) {
			return nil
		}
	}
}

// readStats reads what it can; nil is nothing.
func (a *app) readStats(families []tcpmib.Family) (list []familyStats, err error) {
	r := tcpmib.Reader{Source: a.source}
	for _, family := range families {
		s, familyErr := r.Stats(family)
		if familyErr != nil {
			err = errors.Join(err, familyErr)
			continue
		}
		list = append(list, familyStats{family, s})
	}
	return list, err
}

func (a *app) showStats(f *statsFlags, r *reading) error {
	out := a.newOutput()
	if err := errors.Join(statsFormats[f.format](out, r), out.Flush()); err != nil {
		return failure{err}
	}
	return nil
}

func writeStats(out *output, r *reading) error {
	title := func(text string) string { return text }
	if out.color {
		title = func(text string) string { return titleStyle.Render(text) }
	}
	const left, right = 22, 14
	head := ""
	if r.elapsed > 0 {
		head = r.at.Local().Format("15:04:05") + ", per second"
	}
	head += spaces(left - len(head))
	for _, s := range r.newer {
		head += fmt.Sprintf("%*s", right, map[tcpmib.Family]string{tcpmib.IPv4: "IPv4", tcpmib.IPv6: "IPv6"}[s.family])
	}
	text := title(head) + "\n"
	for i := range counters {
		c := &counters[i]
		text += fmt.Sprintf("%-*s", left, c.title)
		for j := range r.newer {
			newer := &r.newer[j].stats
			if r.elapsed > 0 && !c.now {
				text += fmt.Sprintf("%*.1f", right, c.rate(&r.older[j].stats, newer, r.elapsed))
			} else {
				text += fmt.Sprintf("%*d", right, c.value(newer))
			}
		}
		text += "\n"
	}
	if r.elapsed > 0 {
		text += "\n"
		_, err := out.WriteString(text)
		return err
	}
	settings := []struct {
		title string
		value func(*tcpmib.Stats) string
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
	for _, setting := range settings {
		text += fmt.Sprintf("%-*s", left, setting.title)
		for i := range r.newer {
			text += fmt.Sprintf("%*s", right, setting.value(&r.newer[i].stats))
		}
		text += "\n"
	}
	_, err := out.WriteString(text)
	return err
}

func writeStatsJSON(out *output, r *reading) error {
	sep := "[\n"
	for i := range r.newer {
		out.WriteString(sep)
		out.Write(r.appendObject(nil, i))
		sep = ",\n"
	}
	_, err := out.WriteString("\n]\n")
	return err
}

func writeStatsJSONLines(out *output, r *reading) error {
	for i := range r.newer {
		if _, err := out.Write(append(r.appendObject(nil, i), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// appendObject appends the i-th family as a JSON object.
func (r *reading) appendObject(dst []byte, i int) []byte {
	s := &r.newer[i].stats
	dst = append(dst, '{')
	if r.elapsed > 0 {
		dst = fmt.Appendf(dst, `"time":%q,"seconds":%.3f,`, r.at.UTC().Format(time.RFC3339Nano), r.elapsed.Seconds())
	}
	dst = fmt.Appendf(dst, `"family":%q`, r.newer[i].family.String())
	for j := range counters {
		c := &counters[j]
		dst = fmt.Appendf(dst, `,%q:%d`, c.key, c.value(s))
		if r.elapsed > 0 && !c.now {
			dst = fmt.Appendf(dst, `,%q:%.3f`, c.key+"PerSecond", c.rate(&r.older[i].stats, s, r.elapsed))
		}
	}
	limit := "null"
	if s.MaxConns >= 0 {
		limit = strconv.FormatInt(s.MaxConns, 10)
	}
	return fmt.Appendf(dst, `,"maxConnections":%s,"rtoAlgorithm":%q,"rtoMinMilliseconds":%d,"rtoMaxMilliseconds":%d}`,
		limit, s.RTOAlgorithm.String(), s.RTOMin.Milliseconds(), s.RTOMax.Milliseconds())
}
