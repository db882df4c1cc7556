package main

import (
	"context"
	"errors"
	"fmt"
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
	older  tcpmib.Stats // in the reading before, where there is one
}

// reading is the counters at a time.
type reading struct {
	at       time.Time
	elapsed  time.Duration // since the one before; 0: there is none
	families []familyStats
}

// since is a reading with the one before it. A family that is not in both has no
// rates, and is left out.
func (r reading) since(older reading) reading {
	rates := reading{at: r.at, elapsed: r.at.Sub(older.at)}
	for _, s := range r.families {
		for _, o := range older.families {
			if o.family == s.family {
				s.older = o.stats
				rates.families = append(rates.families, s)
			}
		}
	}
	return rates
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
	case f.duration > 0 && f.duration < f.interval:
		return fmt.Errorf("--for %v: want at least the %v of --interval, which the first rates take", f.duration, f.interval)
	}
	families := []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6}
	if f.only4 != f.only6 {
		families = families[:1]
		if f.only6 {
			families[0] = tcpmib.IPv6
		}
	}
	if f.interval > 0 {
		ctx, stop := a.untilInterrupt(context.Background())
		defer stop()
		return a.statsRates(ctx, f, families)
	}
	r, err := a.readStats(families)
	if len(r.families) > 0 {
		if err := a.showStats(f, &r); err != nil {
			return err
		}
	}
	if err != nil {
		return failure{err}
	}
	return nil
}

// statsRates goes on with the families that can be read.
func (a *app) statsRates(ctx context.Context, f *statsFlags, families []tcpmib.Family) error {
	older, start := reading{}, time.Now()
	said := map[string]bool{} // the same trouble in every reading is said once
	for {
		newer, err := a.readStats(families)
		if len(newer.families) == 0 {
			return failure{err}
		}
		if err != nil {
			text := a.advise(err)
			if !said[text] {
				fmt.Fprintln(a.stderr, "tcpmib:", text)
			}
			said[text] = true
		}
		if rates := newer.since(older); len(rates.families) > 0 {
			if err := a.showStats(f, &rates); err != nil {
				return err
			}
		}
		older = newer
		// Readings take time, too: the last one that --for has room for may be late.
		next := time.Since(start) + f.interval
		if f.duration > 0 && next >= f.duration+f.interval/10 || !sleep(ctx, f.interval) {
			break
		}
	}
	if len(said) > 0 {
		return errSaid
	}
	return nil
}

// readStats reads what it can.
func (a *app) readStats(families []tcpmib.Family) (reading, error) {
	source := tcpmib.Reader{Source: a.source}
	r := reading{at: time.Now()}
	var errs error
	for _, family := range families {
		s, err := source.Stats(family)
		if err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		r.families = append(r.families, familyStats{family: family, stats: s})
	}
	return r, errs
}

func (a *app) showStats(f *statsFlags, r *reading) error {
	out := a.newOutput()
	if err := errors.Join(statsFormats[f.format](out, r), out.Flush()); err != nil {
		return failure{err}
	}
	return nil
}
