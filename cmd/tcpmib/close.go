package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
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
			"are not connections, and those of System (PID 4) are never closed.\n\n" +
			"Exit codes: 0 all are gone, 1 nothing matched or the answer was no, 2 usage, 3 a\n" +
			"connection is still there.\n\n" + filter.Help,
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
	s.Conns = slices.DeleteFunc(s.Conns, func(c tcpmib.Conn) bool { return c.Local != local || c.Remote != remote })
	if len(s.Conns) == 0 {
		fmt.Fprintf(a.Out, "gone    %v to %v\n", local, remote)
		return nil
	}
	return a.closeAll(s, yes)
}

func (a *app) closeMatches(f *filter.Filter, yes bool) error {
	s, readErr := a.read(a.live, f)
	if s == nil {
		return readErr
	}
	s.Sort(nil, false)
	return withRead(readErr, a.closeAll(s, yes))
}

// closeAll shows the connections, asks, closes them and checks that they are gone.
func (a *app) closeAll(s *rows.Snapshot, yes bool) error {
	s.Conns = slices.DeleteFunc(s.Conns, func(c tcpmib.Conn) bool {
		err := closable(c)
		if err != nil {
			a.Say("%s skipped: %s", rows.Endpoints(c), cli.Sentence(err))
		}
		return err != nil
	})
	if len(s.Conns) == 0 {
		return cli.ErrNothing
	}
	if err := a.showOnStderr(s); err != nil {
		return err
	}
	if !yes {
		answer, err := a.ask(fmt.Sprintf("Close %s? [y/N] ", cli.Count(len(s.Conns), "connection")))
		if err != nil {
			return err
		}
		if !answer {
			return cli.ErrNothing
		}
	}
	var failed error
	for _, c := range s.Conns {
		gone, err := a.closeVerified(c)
		switch {
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("%s: %w", rows.Endpoints(c), err))
			fmt.Fprintf(a.Out, "failed  %s\n", rows.Endpoints(c))
		case gone:
			fmt.Fprintf(a.Out, "gone    %s\n", rows.Endpoints(c))
		default:
			fmt.Fprintf(a.Out, "closed  %s\n", rows.Endpoints(c))
		}
	}
	return failed
}

// closable returns why a connection cannot be closed, or nil.
func closable(c tcpmib.Conn) error {
	switch {
	case c.PID == owner.SystemPID:
		return errors.New("it belongs to System (PID 4)")
	case c.Family() == tcpmib.IPv6:
		return errors.New("only IPv4 connections can be closed: end its process instead")
	case c.State == tcpmib.StateListen:
		return errors.New("it is a listening socket, not a connection: end its process instead")
	case c.Remote.Addr().IsUnspecified() || c.Remote.Port() == 0:
		return errors.New("it is not connected")
	}
	return nil
}

func (a *app) showOnStderr(s *rows.Snapshot) error {
	t := a.Terminal
	t.Out = a.Err
	out := newOutput(&t)
	out.Columns = rows.TableColumns
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

const (
	closeTime  = time.Second // how long a connection may take to go
	closePause = 50 * time.Millisecond
)

// closeVerified closes a connection of this computer and checks that it is gone. It reports whether
// the connection had already gone before.
func (a *app) closeVerified(c tcpmib.Conn) (gone bool, err error) {
	if err := closable(c); err != nil {
		return false, err
	}
	err = a.live.close(c)
	gone = errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone {
		return false, elevate(err)
	}
	r := tcpmib.Reader{Source: a.live.source()}
	for start := time.Now(); ; time.Sleep(closePause) {
		conns, readErr := r.AppendConns(nil, tcpmib.IPv4)
		if readErr != nil {
			return false, fmt.Errorf("closed, but cannot check that it is gone: %w", readErr)
		}
		there := slices.ContainsFunc(conns, func(d tcpmib.Conn) bool {
			return d.Local == c.Local && d.Remote == c.Remote && d.PID == c.PID
		})
		switch {
		case !there:
			return gone, nil
		case gone: // Windows also says so to users without the right
			return false, elevate(fmt.Errorf("%w, and it is still there: %w", err, fs.ErrPermission))
		case time.Since(start) > closeTime:
			return false, errors.New("it is still there")
		}
	}
}

// elevate adds how to get the right that is missing.
func elevate(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf("%w: start the terminal with \"Run as administrator\", or PowerShell with Start-Process powershell -Verb RunAs, and try again", err)
}
