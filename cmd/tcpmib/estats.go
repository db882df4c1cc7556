package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// estatsCalls are the calls that estats makes.
type estatsCalls struct {
	data    func(tcpmib.Conn) (tcpestats.Data, error)
	path    func(tcpmib.Conn) (tcpestats.Path, error)
	setData func(tcpmib.Conn, tcpestats.Data) error
	setPath func(tcpmib.Conn, tcpestats.Path) error
}

var windowsEstats = estatsCalls{
	data:    tcpestats.Get[tcpestats.Data],
	path:    tcpestats.Get[tcpestats.Path],
	setData: tcpestats.Set[tcpestats.Data],
	setPath: tcpestats.Set[tcpestats.Path],
}

// measured is what went through a connection while it was watched.
type measured struct {
	bytesIn, bytesOut, retransmitted uint64
	rtt, rttMin, rttMax              uint32 // in milliseconds; 0: nothing was sent and acknowledged
}

// estatsColumns follow those of the connection.
var estatsColumns = []column{
	{name: "bytesIn", title: "BYTES IN", number: true,
		text: func(dst []byte, r *row) []byte { return appendUint(dst, r.measured.bytesIn) }},
	{name: "bytesOut", title: "BYTES OUT", number: true,
		text: func(dst []byte, r *row) []byte { return appendUint(dst, r.measured.bytesOut) }},
	{name: "segmentsRetransmitted", title: "RETRANSMITTED", number: true,
		text: func(dst []byte, r *row) []byte { return appendUint(dst, r.measured.retransmitted) }},
	{name: "rttMilliseconds", title: "RTT MS", number: true,
		text: func(dst []byte, r *row) []byte { return appendRTT(dst, r.measured.rtt) }},
	{name: "rttMinMilliseconds", title: "MIN", number: true,
		text: func(dst []byte, r *row) []byte { return appendRTT(dst, r.measured.rttMin) }},
	{name: "rttMaxMilliseconds", title: "MAX", number: true,
		text: func(dst []byte, r *row) []byte { return appendRTT(dst, r.measured.rttMax) }},
}

// appendRTT leaves out a round trip that was not measured: Windows says 0, or
// the largest number for a smallest one.
func appendRTT(dst []byte, ms uint32) []byte {
	if ms == 0 || ms == 1<<32-1 {
		return dst
	}
	return appendUint(dst, ms)
}

var estatsFormats = map[string]struct {
	write   format
	columns []column
}{
	"table": {writeTable, append(columnsNamed("local", "remote", "pid", "process"), estatsColumns...)},
	"json":  {writeJSON, append(dataColumns[:len(dataColumns):len(dataColumns)], estatsColumns...)},
	"jsonl": {writeJSONLines, append(dataColumns[:len(dataColumns):len(dataColumns)], estatsColumns...)},
	"csv":   {writeCSV, append(dataColumns[:len(dataColumns):len(dataColumns)], estatsColumns...)},
}

var estatsFormatNames = []string{"table", "json", "jsonl", "csv"}

type estatsFlags struct {
	filter   filter
	duration time.Duration
	format   string
}

func (a *app) estatsCommand() *cobra.Command {
	var f estatsFlags
	cmd := &cobra.Command{
		Use:   "estats [local remote]",
		Short: "Measure bytes, round trips and retransmissions of connections",
		Long: "estats has Windows collect extended statistics for the connection between two\n" +
			"endpoints, or for all that match the filters, shows what came and went while it did,\n" +
			"and puts the collection back to how it was. Only administrators may.\n\n" + filterHelp,
		Example: "  tcpmib estats 192.168.1.23:50120 203.0.113.7:443\n" +
			"  tcpmib estats --process chrome --established --for 30s\n" +
			"  tcpmib estats --remote 203.0.113.7 --format json",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if f.duration <= 0 {
				return fmt.Errorf("--for %v: want a time longer than 0, such as 5s", f.duration)
			}
			filtered := f.filter.any()
			switch {
			case len(args) == 2 && !filtered:
				local, remote, err := endpoints(args)
				if err != nil {
					return err
				}
				return a.estats(&f, func(c tcpmib.Conn) bool { return c.Local == local && c.Remote == remote })
			case len(args) == 0 && filtered:
				return a.estats(&f, func(c tcpmib.Conn) bool { return c.Remote.IsValid() && c.Remote.Port() != 0 })
			}
			return errors.New("want the two endpoints of a connection, or filters such as --process, and not both")
		},
	}
	f.filter.addFlags(cmd)
	flags := cmd.Flags()
	flags.DurationVar(&f.duration, "for", 5*time.Second, "how long to collect")
	f.format = estatsFormatNames[0]
	flags.Var(oneOf{&f.format, estatsFormatNames}, "format", "write in this `format`: "+alternatives(estatsFormatNames))
	complete(cmd, "format", estatsFormatNames)
	return cmd
}

// estats measures the connections that are wanted. One that closes is said, and left
// out.
func (a *app) estats(f *estatsFlags, wanted func(tcpmib.Conn) bool) error {
	s, readErr := a.read(&f.filter)
	if s == nil {
		return readErr
	}
	s.sort(nil, false)
	var collections []*collection
	for _, c := range s.conns {
		if !wanted(c) {
			continue
		}
		collected, err := a.collect(c)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.sayClosed(c)
		case err != nil:
			// What was switched on so far is switched off again.
			return failure{errors.Join(elevate(err), stopAll(collections))}
		default:
			collections = append(collections, collected)
		}
	}
	if len(collections) == 0 {
		return withRead(readErr, errNothing)
	}
	done := a.progress("collecting for " + f.duration.String())
	ctx, stop := a.untilInterrupt(context.Background())
	sleep(ctx, f.duration)
	stop()
	done()

	var rows []row
	var failed error
	for _, c := range collections {
		m, err := c.read()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.sayClosed(c.conn)
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			r := s.row(c.conn)
			r.measured = &m
			rows = append(rows, r)
		}
		failed = errors.Join(failed, c.stop())
	}
	format := estatsFormats[f.format]
	out := a.newOutput()
	out.columns = format.columns
	err := format.write(out, func(yield func(*row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	})
	if err := errors.Join(err, out.Flush()); err != nil {
		return failure{err}
	}
	switch {
	case failed != nil:
		return withRead(readErr, failure{failed})
	case len(rows) == 0:
		return withRead(readErr, errNothing)
	}
	return readErr
}

func (a *app) sayClosed(c tcpmib.Conn) {
	fmt.Fprintf(a.stderr, "tcpmib: %s is left out: it has closed\n", endpointText(c))
}

// collection is the statistics of a connection while they are collected.
type collection struct {
	calls estatsCalls
	conn  tcpmib.Conn
	data  tcpestats.Data // as they were before
	path  tcpestats.Path
}

// collect has Windows collect, where it does not yet.
func (a *app) collect(conn tcpmib.Conn) (*collection, error) {
	c := &collection{calls: a.estatsCalls, conn: conn}
	var err error
	if c.data, err = c.calls.data(conn); err != nil {
		return nil, err
	}
	if c.path, err = c.calls.path(conn); err != nil {
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

// setData and setPath leave alone what is as it should be.
func (c *collection) setData(want tcpestats.Data) error {
	if c.data.RW.EnableCollection == 1 {
		return nil
	}
	return c.calls.setData(c.conn, want)
}

func (c *collection) setPath(want tcpestats.Path) error {
	if c.path.RW.EnableCollection == 1 {
		return nil
	}
	return c.calls.setPath(c.conn, want)
}

// stop puts the collection back to how it was. Of a connection that has closed
// there is nothing to put back.
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

// read is what was counted since the collection began.
func (c *collection) read() (measured, error) {
	data, err := c.calls.data(c.conn)
	if err != nil {
		return measured{}, fmt.Errorf("%s: %w", endpointText(c.conn), err)
	}
	path, err := c.calls.path(c.conn)
	if err != nil {
		return measured{}, fmt.Errorf("%s: %w", endpointText(c.conn), err)
	}
	m := measured{
		bytesIn:       data.DataBytesIn,
		bytesOut:      data.DataBytesOut,
		retransmitted: uint64(path.PktsRetrans),
		rtt:           path.SmoothedRtt,
		rttMin:        path.MinRtt,
		rttMax:        path.MaxRtt,
	}
	// What was collected already did not begin at 0.
	if c.data.RW.EnableCollection == 1 {
		m.bytesIn -= c.data.DataBytesIn
		m.bytesOut -= c.data.DataBytesOut
	}
	if c.path.RW.EnableCollection == 1 {
		m.retransmitted = uint64(path.PktsRetrans - c.path.PktsRetrans)
	}
	return m, nil
}
