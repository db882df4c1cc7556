package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/statsview"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

type statsFlags struct {
	only4, only6       bool
	tcp, udp           bool
	format, from       string
	output             string
	interval, duration time.Duration
}

func (a *app) statsCommand() *cobra.Command {
	f := statsFlags{format: statsview.Names()[0]}
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Show TCP and UDP statistics",
		Long: `stats shows the counters of TCP, or with -u of UDP, over IPv4 and IPv6 since the machine started.
With --interval it shows rates per second instead, until interrupted: as a table, or as JSON lines
with the totals and the rates, whose names end in PerSecond. --format prometheus writes metrics
such as tcpmib_stats_tcp_segments_in_total{family="ipv4"}.`,
		Example: `  tcpmib stats
  tcpmib stats -tu --format prometheus
  tcpmib stats -4 --format json
  tcpmib stats --interval 5s --for 1m --format jsonl`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.interval != 0 && cmd.Flags().Changed("json") {
				f.format = "jsonl" // there is no end to it
			}
			return a.output(f.output, f.interval != 0, func() error { return a.stats(&f) })
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&f.only4, "ipv4", "4", false, "IPv4 only")
	flags.BoolVarP(&f.only6, "ipv6", "6", false, "IPv6 only")
	flags.BoolVarP(&f.tcp, "tcp", "t", false, "TCP, which is the default")
	flags.BoolVarP(&f.udp, "udp", "u", false, "UDP; with --tcp both")
	cli.FormatFlag(cmd, &f.format, "output `format`", statsview.Names())
	cli.IntervalFlag(flags, &f.interval, "interval", "show rates every `duration`, such as 5s")
	cli.DurationFlag(flags, &f.duration, "for", "stop after this `duration`, such as 1m")
	addOutput(cmd, &f.output)
	addFrom(cmd, &f.from)
	return cmd
}

func (a *app) stats(f *statsFlags) error {
	switch {
	case f.duration != 0 && f.interval == 0:
		return cli.Usagef("--for %v needs --interval", f.duration)
	case f.interval != 0 && f.from != "":
		return cli.Usagef("--interval needs a live machine: remove --from")
	case f.interval != 0 && f.format == "json":
		return cli.Usagef("--format json is one array: use --format jsonl with --interval")
	case f.interval != 0 && f.format == "prometheus":
		return cli.Usagef("--format prometheus has totals: remove --interval")
	case f.duration != 0 && f.duration < f.interval:
		return cli.Usagef("--for %v: want at least the %v of --interval, which the first rates need", f.duration, f.interval)
	}
	families := []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6}
	if f.only4 != f.only6 {
		families = families[:1]
		if f.only6 {
			families[0] = tcpmib.IPv6
		}
	}
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	if f.interval != 0 {
		ctx, stop := a.untilInterrupt(context.Background())
		defer stop()
		return a.statsRates(ctx, m, f, families)
	}
	r, err := readStats(m, f.protocols(), families)
	if err != nil && f.format == "prometheus" {
		return err // a family that is missing would look as if its counters had stopped
	}
	if len(r.Families) > 0 {
		if err := a.showStats(f, &r); err != nil {
			return err
		}
	}
	return err
}

// statsRates shows rates until ctx ends. It continues with the families that can be read.
func (a *app) statsRates(ctx context.Context, m machine.Machine, f *statsFlags, families []tcpmib.Family) error {
	older, start := statsview.Reading{}, time.Now()
	reported := reports{}
	for {
		newer, err := readStats(m, f.protocols(), families)
		if len(newer.Families) == 0 {
			return err
		}
		if err != nil {
			if reported.first(err) {
				a.Say("%s", machine.Advise(err))
			}
		}
		if rates := newer.Since(older); len(rates.Families) > 0 {
			if err := a.showStats(f, &rates); err != nil {
				return err
			}
		}
		older = newer
		// Readings take time, so the last one within --for may be late.
		next := time.Since(start) + f.interval
		if f.duration != 0 && next >= f.duration+f.interval/10 || !cli.Sleep(ctx, f.interval) {
			break
		}
	}
	if len(reported) > 0 {
		return cli.ErrReported
	}
	return nil
}

// protocols returns those of the flags.
func (f *statsFlags) protocols() []rows.Protocol {
	switch {
	case !f.udp:
		return []rows.Protocol{rows.TCP}
	case f.tcp:
		return []rows.Protocol{rows.TCP, rows.UDP}
	}
	return []rows.Protocol{rows.UDP}
}

// readStats reads the counters of each protocol and family that can be read.
func readStats(m machine.Machine, protocols []rows.Protocol, families []tcpmib.Family) (statsview.Reading, error) {
	tcp, udp := tcpmib.Reader{Source: m.Source()}, udpmib.Reader{Source: m.Source()}
	r := statsview.Reading{At: time.Now()}
	var errs error
	for _, protocol := range protocols {
		for _, family := range families {
			var v statsview.Values
			var err error
			if protocol == rows.UDP {
				v.UDP, err = udp.Stats(family)
			} else {
				v.TCP, err = tcp.Stats(family)
			}
			if err != nil {
				errs = errors.Join(errs, err)
				continue
			}
			r.Families = append(r.Families, statsview.Family{Protocol: protocol, Family: family, Stats: v})
		}
	}
	return r, machine.LacksTable(errs)
}

func (a *app) showStats(f *statsFlags, r *statsview.Reading) error {
	return statsview.Named(f.format).Write(a.Out, r, statsview.Options{Color: a.UseColor(), Width: a.Width()})
}
