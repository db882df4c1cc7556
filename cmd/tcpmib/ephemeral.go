package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/ephemeral"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/cmd/tcpmib/internal/summaryview"
	"github.com/winmib/winmib/tcpmib"
)

const ephemeralHelp = "--ephemeral shows how much of the dynamic port range, from which Windows takes the ports of\n" +
	"outgoing connections, is in use: for each pair of a local address and a remote endpoint, the\n" +
	"largest first, and for the whole machine, as 0.0.0.0 and :: to *. USED includes TIME-WAIT and\n" +
	"BOUND: sockets that listen, or are bound and not connected, hold their port for every remote\n" +
	"endpoint. Connections at a port where a socket listens were accepted, and do not count.\n\n" +
	"Why a single ratio is wrong: where Windows reuses ports, one port serves many remote endpoints,\n" +
	"and a connection fails only when its own pair has none left. Windows reuses ports if the\n" +
	"administrator has set an auto-reuse range (Set-NetTCPSetting), from which they then come, and the\n" +
	"program does not bind before it connects, or sets SO_REUSE_UNICASTPORT. Any other socket needs a\n" +
	"port that nothing on the machine uses: the line of * is its limit. The tables do not say which\n" +
	"sockets reuse ports. Windows has no documented function that tells the ranges; netsh int ipv4 show\n" +
	"dynamicport tcp and Get-NetTCPSetting do: pass another than the default with --dynamic-range."

// summaryEphemeral writes how much of the dynamic port range is in use.
func (a *app) summaryEphemeral(f *summaryFlags) error {
	m, err := a.machine(f.from)
	if err != nil {
		return err
	}
	s, readErr := a.readTables(m, filter.Tables{Families: f.filter.Families(), TCP: true}) // ports are taken whoever has them
	if s == nil || readErr != nil && f.format == summaryPrometheus {
		return readErr
	}
	r := tcpmib.Reader{Source: m.source()}
	conns := make([]tcpmib.Conn, len(s.Sockets))
	for i := range conns {
		conns[i] = s.Sockets[i].Conn
	}
	if conns, err = r.AppendBound(conns, f.filter.Families()); err != nil && readErr == nil {
		a.Say("bound sockets are missing: %s", advise(noTable(boundSockets, err)))
	}
	uses := ephemeral.Count(conns, f.filter.Families(), f.dynamic, func(c tcpmib.Conn) bool {
		r := s.Row(rows.Socket{Conn: c})
		return f.filter.Match(&r)
	})
	selected := f.filter
	selected.Family = 0
	uses = slices.DeleteFunc(uses, func(u ephemeral.Use) bool {
		// A filter selects pairs, and a family that could not be read is not idle.
		return !u.Remote.IsValid() && (selected.Any() || readErr != nil && u.Used == 0)
	})
	write := func(w *rows.Output) error { return f.writeEphemeral(w, s, uses) }
	if f.output != "" {
		err = writeFile(a.Out, f.output, func(w io.Writer) error {
			out := &rows.Output{Writer: bufio.NewWriter(w), Header: true}
			return errors.Join(write(out), out.Flush())
		})
	} else {
		out := newOutput(&a.Terminal)
		err = errors.Join(write(out), out.Flush())
	}
	used := slices.ContainsFunc(uses, func(u ephemeral.Use) bool { return u.Used > 0 })
	switch {
	case err != nil:
		return err
	case !used:
		return withRead(readErr, cli.ErrNothing)
	}
	return readErr
}

func (f *summaryFlags) writeEphemeral(out *rows.Output, s *rows.Snapshot, uses []ephemeral.Use) error {
	switch f.format {
	case summaryJSON:
		out.Columns = summaryview.EphemeralDataColumns
		return rows.WriteJSON(out, summaryview.EphemeralRows(s, uses))
	case summaryPrometheus:
		return summaryview.WriteEphemeralPrometheus(out, uses, f.limit)
	}
	fmt.Fprintf(out, "dynamic range %s: %d ports\n\n", &f.dynamic, f.dynamic.Size())
	shown := uses
	if f.limit > 0 {
		shown = uses[:min(f.limit, len(uses))]
	}
	out.Columns, out.Optional = summaryview.EphemeralColumns, summaryview.EphemeralColumns
	if err := rows.WriteTable(out, summaryview.EphemeralRows(s, shown)); err != nil {
		return err
	}
	if more := len(uses) - len(shown); more > 0 {
		fmt.Fprintf(out, "and %d more\n", more)
	}
	return nil
}
