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

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

type closeFlags struct {
	filter filter
	yes    bool
}

func (a *app) closeCommand() *cobra.Command {
	var f closeFlags
	cmd := &cobra.Command{
		Use:   "close [local remote]",
		Short: "Close connections",
		Long: "close ends the connection between two endpoints, or all that match the filters, with\n" +
			"SetTcpEntry: both sides see a reset. It shows them, asks, closes, and looks whether\n" +
			"they are gone. A connection that is gone already is none that failed.\n\n" +
			"Windows closes IPv4 connections only, and only for administrators. Sockets in LISTEN\n" +
			"are not connections, and those of System (PID 4) are never closed.\n\n" +
			"Exit codes: 0 all are gone, 1 nothing matched or the answer was no, 2 usage, 3 one is\n" +
			"still there.\n\n" + filterHelp,
		Example: "  tcpmib close 192.168.1.23:50120 203.0.113.7:443\n" +
			"  tcpmib close --process chrome --state close-wait\n" +
			"  tcpmib close --remote 203.0.113.7 --yes",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			filtered := f.filter.any()
			switch {
			case len(args) == 2 && !filtered:
				return a.closeEndpoints(args, f.yes)
			case len(args) == 0 && filtered:
				return a.closeMatches(&f.filter, f.yes)
			}
			return errors.New("want the two endpoints of a connection, or filters such as --remote, and not both")
		},
	}
	f.filter.addFlags(cmd)
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	return cmd
}

// endpoints parses the two that name a connection.
func endpoints(args []string) (local, remote netip.AddrPort, err error) {
	for i, p := range []*netip.AddrPort{&local, &remote} {
		if *p, err = netip.ParseAddrPort(args[i]); err != nil {
			return local, remote, fmt.Errorf("%q is no endpoint: want an address and a port such as 192.0.2.7:443 or [2001:db8::7]:443", args[i])
		}
	}
	return local, remote, nil
}

func (a *app) closeEndpoints(args []string, yes bool) error {
	local, remote, err := endpoints(args)
	if err != nil {
		return err
	}
	s, err := a.read(&filter{family: tcpmib.Conn{Local: local}.Family()})
	if err != nil {
		return err
	}
	s.conns = slices.DeleteFunc(s.conns, func(c tcpmib.Conn) bool { return c.Local != local || c.Remote != remote })
	if len(s.conns) == 0 {
		fmt.Fprintf(a.stdout, "gone    %v to %v\n", local, remote)
		return nil
	}
	return a.closeAll(s, yes)
}

func (a *app) closeMatches(f *filter, yes bool) error {
	s, readErr := a.read(f)
	if s == nil {
		return readErr
	}
	s.sort(nil, false)
	return withRead(readErr, a.closeAll(s, yes))
}

// closeAll shows, asks, closes and verifies.
func (a *app) closeAll(s *snapshot, yes bool) error {
	s.conns = slices.DeleteFunc(s.conns, func(c tcpmib.Conn) bool {
		err := closable(c)
		if err != nil {
			fmt.Fprintf(a.stderr, "tcpmib: %s is left alone: %s\n", endpointText(c), trimPackage(err))
		}
		return err != nil
	})
	if len(s.conns) == 0 {
		return errNothing
	}
	if err := a.showOnStderr(s); err != nil {
		return failure{err}
	}
	if !yes {
		answer, err := a.ask(fmt.Sprintf("Close %s? [y/N] ", plural(len(s.conns), "connection")))
		if err != nil {
			return err
		}
		if !answer {
			return errNothing
		}
	}
	var failed error
	for _, c := range s.conns {
		gone, err := a.closeVerified(c)
		switch {
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("%s: %w", endpointText(c), err))
			fmt.Fprintf(a.stdout, "failed  %s\n", endpointText(c))
		case gone:
			fmt.Fprintf(a.stdout, "gone    %s\n", endpointText(c))
		default:
			fmt.Fprintf(a.stdout, "closed  %s\n", endpointText(c))
		}
	}
	if failed != nil {
		return failure{failed}
	}
	return nil
}

// closable is why a connection is not to be closed, or nil.
func closable(c tcpmib.Conn) error {
	switch {
	case c.PID == owner.SystemPID:
		return errors.New("it belongs to System (PID 4)")
	case c.Family() == tcpmib.IPv6:
		return errors.New("only IPv4 connections can be closed: end its process instead")
	case c.State == tcpmib.StateListen:
		return errors.New("it listens, and is connected to nobody: end its process instead")
	case c.Remote.Addr().IsUnspecified() || c.Remote.Port() == 0:
		return errors.New("it is connected to nobody")
	}
	return nil
}

func (a *app) showOnStderr(s *snapshot) error {
	b := *a
	b.stdout = a.stderr
	out := b.newOutput()
	out.columns = tableColumns
	return errors.Join(writeTable(out, s.rows()), out.Flush())
}

// ask asks a question that y answers with yes.
func (a *app) ask(question string) (bool, error) {
	fmt.Fprint(a.stderr, question)
	line, err := bufio.NewReader(a.stdin).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	if err != nil && answer == "" {
		fmt.Fprintln(a.stderr)
		return false, errors.New("nobody is there to answer: use --yes")
	}
	return answer == "y" || answer == "yes", nil
}

const (
	closeTime  = time.Second // how long a connection may take to go
	closePause = 50 * time.Millisecond
)

// closeVerified closes a connection and looks whether it is gone, which it may
// have been before.
func (a *app) closeVerified(c tcpmib.Conn) (gone bool, err error) {
	if err := closable(c); err != nil {
		return false, err
	}
	err = a.closeConn(c)
	gone = errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone {
		return false, elevate(err)
	}
	r := tcpmib.Reader{Source: a.source}
	for start := time.Now(); ; time.Sleep(closePause) {
		conns, readErr := r.AppendConns(nil, tcpmib.IPv4)
		if readErr != nil {
			return false, fmt.Errorf("closed, but whether it is gone cannot be seen: %w", readErr)
		}
		there := slices.ContainsFunc(conns, func(d tcpmib.Conn) bool {
			return d.Local == c.Local && d.Remote == c.Remote && d.PID == c.PID
		})
		switch {
		case !there:
			return gone, nil
		case gone: // what Windows also says to those without the right
			return false, elevate(fmt.Errorf("%w, and it is still there: %w", err, fs.ErrPermission))
		case time.Since(start) > closeTime:
			return false, errors.New("it is still there")
		}
	}
}

// elevate says how to get the right that is missing.
func elevate(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf("%w: start the terminal with \"Run as administrator\", or PowerShell with Start-Process powershell -Verb RunAs, and try again", err)
}
