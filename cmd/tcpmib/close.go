package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
)

type closeFlags struct {
	filter filter.Filter
	yes    bool
}

func (a *app) closeCommand() *cobra.Command {
	var f closeFlags
	cmd := &cobra.Command{
		Use:   "close [local remote]",
		Short: "Close connections",
		Long: "close ends the connection between two endpoints, or all that match the filters, with\n" +
			"SetTcpEntry: both sides see a reset. It shows the connections, asks, closes them, and\n" +
			"checks that they are gone. A connection that has already gone does not count as a failure.\n\n" +
			"Windows can close only IPv4 connections, and only for administrators. Listening sockets\n" +
			"are not connections, and those of System (PID 4) are never closed: such matches are skipped.\n\n" +
			"Exit codes: 0 all matches are gone, 1 nothing matched or the answer was no, 2 usage, 3 a\n" +
			"match is still there, be it one that was skipped.\n\n" + filter.Help,
		Example: "  tcpmib close 192.168.1.23:50120 203.0.113.7:443\n" +
			"  tcpmib close --process chrome --state close-wait\n" +
			"  tcpmib close --remote 203.0.113.7 --yes",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			filtered := f.filter.Any()
			switch {
			case len(args) == 2 && !filtered:
				return a.closeEndpoints(args, f.yes)
			case len(args) == 0 && filtered:
				return a.closeMatches(&f.filter, f.yes)
			}
			return cli.Usagef("want the two endpoints of a connection, or filters such as --remote, not both")
		},
	}
	f.filter.AddFlags(cmd)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask for confirmation")
	return cmd
}

// endpoints parses the two endpoints of a connection.
func endpoints(args []string) (local, remote netip.AddrPort, err error) {
	for i, p := range []*netip.AddrPort{&local, &remote} {
		if *p, err = netip.ParseAddrPort(args[i]); err != nil {
			return local, remote, cli.Usagef("%q is not an endpoint: want an address and a port such as 192.0.2.7:443 or [2001:db8::7]:443", args[i])
		}
	}
	return local, remote, nil
}

func (a *app) closeEndpoints(args []string, yes bool) error {
	local, remote, err := endpoints(args)
	if err != nil {
		return err
	}
	s, err := a.read(a.live, &filter.Filter{Family: tcpmib.Conn{Local: local}.Family()})
	if err != nil {
		return err
	}
	s.Sockets = slices.DeleteFunc(s.Sockets, func(s rows.Socket) bool { return !between(s.Conn, local, remote) })
	if len(s.Sockets) == 0 {
		fmt.Fprintf(a.Out, "gone     %v to %v\n", local, remote)
		return nil
	}
	return a.closeAll(s, yes)
}

// between reports whether c is the connection between two endpoints, or the listening socket that
// netstat and the tables of Windows show with the remote endpoint 0.0.0.0:0 or [::]:0.
func between(c tcpmib.Conn, local, remote netip.AddrPort) bool {
	if !c.Remote.IsValid() {
		return c.Local == local && remote.Addr().IsUnspecified() && remote.Port() == 0
	}
	return c.Local == local && c.Remote == remote
}

func (a *app) closeMatches(f *filter.Filter, yes bool) error {
	s, readErr := a.read(a.live, f)
	if s == nil {
		return readErr
	}
	if readErr != nil {
		a.Say("%s", advise(readErr))
	}
	s.Sort(nil, false)
	if err := a.closeAll(s, yes); err != nil && !errors.Is(err, cli.ErrNothing) || readErr == nil {
		return err
	}
	return cli.ErrReported
}

// closeAll shows the connections, asks, closes those that can be closed and checks that they are
// gone. If any is still there, it returns ErrReported.
func (a *app) closeAll(s *rows.Snapshot, yes bool) error {
	if len(s.Sockets) == 0 {
		a.Say("no connection matches")
		return cli.ErrNothing
	}
	var skipped, closable []outcome
	for _, socket := range s.Sockets {
		c := socket.Conn
		if o := (outcome{conn: c, err: cannotClose(c)}); o.err != nil {
			skipped = append(skipped, o)
		} else {
			closable = append(closable, o)
		}
	}
	a.sayCauses(skipped, "socket", " skipped: ")
	if len(closable) > 0 {
		s.Sockets = slices.DeleteFunc(s.Sockets, func(s rows.Socket) bool { return cannotClose(s.Conn) != nil })
		if err := a.showOnStderr(s); err != nil {
			return err
		}
		if !yes {
			answer, err := a.ask(fmt.Sprintf("Close %s? [y/N] ", cli.Count(len(closable), "connection")))
			if err != nil {
				return err
			}
			if !answer {
				return cli.ErrNothing
			}
		}
		a.closeAndVerify(closable)
	}
	if err := a.writeOutcomes(closable, skipped); err != nil {
		return err
	}
	if a.sayCauses(closable, "connection", ": ") || len(skipped) > 0 {
		return cli.ErrReported
	}
	return nil
}

// writeOutcomes writes a line for each connection: what became of it.
func (a *app) writeOutcomes(closed, skipped []outcome) error {
	out := newOutput(&a.Terminal)
	for _, o := range closed {
		word := "closed"
		switch {
		case o.err != nil:
			word = "failed"
		case o.notFound != nil:
			word = "gone"
		}
		fmt.Fprintf(out, "%-7s  %s\n", word, rows.Endpoints(o.conn))
	}
	for _, o := range skipped {
		fmt.Fprintf(out, "skipped  %s\n", rows.Endpoints(o.conn))
	}
	return out.Flush()
}

// sayCauses prints a line for each reason why connections are still there, and reports whether there
// is any.
func (a *app) sayCauses(outcomes []outcome, noun, then string) bool {
	var causes []string
	affected := map[string][]outcome{}
	for _, o := range outcomes {
		if o.err == nil {
			continue
		}
		cause := advise(o.err)
		if affected[cause] == nil {
			causes = append(causes, cause)
		}
		affected[cause] = append(affected[cause], o)
	}
	for _, cause := range causes {
		subject := cli.Count(len(affected[cause]), noun)
		if len(affected[cause]) == 1 {
			subject = rows.Endpoints(affected[cause][0].conn)
		}
		a.Say("%s%s%s", subject, then, cause)
	}
	return len(causes) > 0
}

func (a *app) showOnStderr(s *rows.Snapshot) error {
	t := a.Terminal
	t.Out = a.Err
	out := newOutput(&t)
	out.Columns, out.Optional = rows.TableColumns, rows.TableColumns
	return errors.Join(rows.WriteTable(out, s.Rows()), out.Flush())
}

// ask asks a question, which y or yes answers with yes.
func (a *app) ask(question string) (bool, error) {
	fmt.Fprint(a.Err, question)
	line, err := bufio.NewReader(a.In).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	if err != nil && answer == "" {
		fmt.Fprintln(a.Err)
		return false, cli.Usagef("cannot ask for confirmation: standard input is not a terminal; use --yes")
	}
	return answer == "y" || answer == "yes", nil
}
