package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

type estatsFlags struct {
	filter   filter.Filter
	duration time.Duration
	format   string
	output   string
}

func (a *app) estatsCommand() *cobra.Command {
	f := estatsFlags{format: rows.MeasuredFormats[0].Name, duration: 5 * time.Second}
	cmd := &cobra.Command{
		Use:   "estats [local remote]",
		Short: "Measure bytes, round-trip times and retransmissions of connections",
		Long: paragraphs(`estats enables extended statistics for the connection between two endpoints, or for all that
match the filters, shows what was counted, and restores the previous setting. It needs
administrator rights.`, filter.Help, encodingHelp),
		Example: `  tcpmib estats 192.168.1.23:50120 203.0.113.7:443
  tcpmib estats --process chrome --established --for 30s
  tcpmib estats --remote 203.0.113.7 --format json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.output(f.output, false, func() error { return a.estatsOf(args, &f) })
		},
	}
	f.filter.AddFlags(cmd)
	flags := cmd.Flags()
	cli.DurationFlag(flags, &f.duration, "for", "collect for this `duration`")
	cli.FormatFlag(cmd, &f.format, "output `format`", rows.FormatNames(rows.MeasuredFormats))
	addOutput(cmd, &f.output)
	return cmd
}

// estatsOf measures the connection between two endpoints, or those that match the filters.
func (a *app) estatsOf(args []string, f *estatsFlags) error {
	filtered := f.filter.Any()
	switch {
	case len(args) == 2 && !filtered:
		local, remote, err := endpoints(args)
		if err != nil {
			return err
		}
		return a.estats(f, func(s *rows.Snapshot) error { return onlyBetween(s, local, remote) })
	case len(args) == 0 && filtered:
		return a.estats(f, onlyConnected)
	}
	return cli.Usagef("want the two endpoints of a connection, or filters such as --process, not both")
}

// onlyConnected keeps the connections.
func onlyConnected(s *rows.Snapshot) error {
	s.Sockets = slices.DeleteFunc(s.Sockets, func(s rows.Socket) bool { return !connected(s.Conn) })
	if len(s.Sockets) == 0 {
		return errors.New("no connection matches")
	}
	return nil
}

// estats measures the connections of this computer that keep leaves. It reports and skips those
// that close.
func (a *app) estats(f *estatsFlags, keep func(*rows.Snapshot) error) error {
	s, readErr := read(a.reader(a.live), &f.filter)
	if s == nil {
		return readErr
	}
	s.Sort(nil, false)
	// From here on an interrupt ends the collection early, but not before it is restored.
	ctx, stop := a.untilInterrupt(context.Background())
	defer stop()
	if err := keep(s); err != nil {
		a.Say("%v", err)
		return withRead(readErr, cli.ErrNothing)
	}
	var collections []*collection
	for _, socket := range s.Sockets {
		c := socket.Conn
		if ctx.Err() != nil {
			break
		}
		if !connected(c) {
			a.Say("%s skipped: only connections have statistics", rows.Endpoints(c))
			continue
		}
		collected, err := collect(a.live.EStats(), c)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.sayClosed(c)
		case err != nil:
			// Restore what was enabled so far.
			return errors.Join(a.elevate(err), stopAll(collections))
		default:
			collections = append(collections, collected)
		}
	}
	if len(collections) == 0 {
		return withRead(readErr, cli.ErrNothing)
	}
	done := a.Progress("collecting for " + f.duration.String())
	cli.Sleep(ctx, f.duration)
	done()

	var measured []rows.Row
	var failed error
	for _, c := range collections {
		m, err := c.read()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.sayClosed(c.conn)
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			r := s.Row(rows.Socket{Conn: c.conn})
			r.Measured = &m
			measured = append(measured, r)
		}
		failed = errors.Join(failed, c.stop())
	}
	format, _ := rows.FormatNamed(rows.MeasuredFormats, f.format) // the flag accepts no other
	out := newOutput(&a.Terminal)
	out.Columns, out.Optional = format.Columns, format.Columns
	err := format.Write(out, func(yield func(*rows.Row) bool) {
		for i := range measured {
			if !yield(&measured[i]) {
				return
			}
		}
	})
	if err := errors.Join(err, out.Flush()); err != nil {
		return err
	}
	switch {
	case failed != nil:
		return withRead(readErr, failed)
	case len(measured) == 0:
		return withRead(readErr, cli.ErrNothing)
	}
	return readErr
}

// connected reports whether c is a connection, and not a socket that listens or is only bound.
func connected(c tcpmib.Conn) bool { return c.Remote.IsValid() && c.Remote.Port() != 0 }

func (a *app) sayClosed(c tcpmib.Conn) {
	a.Say("%s skipped: it has closed", rows.Endpoints(c))
}

// collection is one connection while statistics are collected for it.
type collection struct {
	calls machine.EStats
	conn  tcpmib.Conn
	data  tcpestats.Data // before collection was enabled
	path  tcpestats.Path
}

// collect enables collection for a connection, unless it is enabled already.
func collect(calls machine.EStats, conn tcpmib.Conn) (*collection, error) {
	c := &collection{calls: calls, conn: conn}
	var err error
	if c.data, err = c.calls.Data(conn); err != nil {
		return nil, err
	}
	if c.path, err = c.calls.Path(conn); err != nil {
		return nil, err
	}
	data, path := c.data, c.path
	data.RW.EnableCollection, path.RW.EnableCollection = 1, 1
	err = errors.Join(c.setData(data), c.setPath(path))
	if err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// setData and setPath do nothing if collection was enabled before.
func (c *collection) setData(want tcpestats.Data) error {
	if c.data.RW.EnableCollection == 1 {
		return nil
	}
	return c.calls.SetData(c.conn, want)
}

func (c *collection) setPath(want tcpestats.Path) error {
	if c.path.RW.EnableCollection == 1 {
		return nil
	}
	return c.calls.SetPath(c.conn, want)
}

// stop restores the setting from before. A connection that has closed has none.
func (c *collection) stop() error {
	err := errors.Join(c.setData(c.data), c.setPath(c.path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func stopAll(collections []*collection) (err error) {
	for _, c := range collections {
		err = errors.Join(err, c.stop())
	}
	return err
}

// read returns what was counted since the collection began.
func (c *collection) read() (rows.Measured, error) {
	data, err := c.calls.Data(c.conn)
	if err != nil {
		return rows.Measured{}, fmt.Errorf("%s: %w", rows.Endpoints(c.conn), err)
	}
	path, err := c.calls.Path(c.conn)
	if err != nil {
		return rows.Measured{}, fmt.Errorf("%s: %w", rows.Endpoints(c.conn), err)
	}
	m := rows.Measured{
		BytesIn:       data.DataBytesIn,
		BytesOut:      data.DataBytesOut,
		Retransmitted: uint64(path.PktsRetrans),
		RTT:           path.SmoothedRtt,
		RTTMin:        path.MinRtt,
		RTTMax:        path.MaxRtt,
	}
	// Counters that were already enabled did not start at 0.
	if c.data.RW.EnableCollection == 1 {
		m.BytesIn = since(c.data.DataBytesIn, m.BytesIn)
		m.BytesOut = since(c.data.DataBytesOut, m.BytesOut)
	}
	if c.path.RW.EnableCollection == 1 {
		m.Retransmitted = since(uint64(c.path.PktsRetrans), m.Retransmitted)
	}
	return m, nil
}

// since returns how much a counter grew. One that went down started again at 0, because another
// program disabled the collection and enabled it again.
func since(older, newer uint64) uint64 {
	if newer < older {
		return newer
	}
	return newer - older
}
