package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/filter"
	"github.com/winmib/winmib/cmd/tcpmib/internal/machine"
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
		Long: paragraphs(`close ends the connection between two endpoints, or all that match the filters, with
SetTcpEntry: both sides see a reset. It shows the connections, asks, closes them, and
checks that they are gone. A connection that has already gone does not count as a failure.

Windows can close only IPv4 connections, and only for administrators. Listening sockets
are not connections, and those of System (PID 4) are never closed: such matches are skipped.
For a port that a skipped socket holds, close says what frees it, as the command port does.

Exit codes: 0 all matches are gone, 1 nothing matched or the answer was no, 2 usage, 3 a
match is still there (skipped ones included).`, filter.Help),
		Example: `  tcpmib close 192.168.1.23:50120 203.0.113.7:443
  tcpmib close --process chrome --state close-wait
  tcpmib close --remote 203.0.113.7 --yes`,
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

func (a *app) closeEndpoints(args []string, yes bool) error {
	local, remote, err := endpoints(args)
	if err != nil {
		return err
	}
	s, err := read(a.reader(a.live), &filter.Filter{Family: tcpmib.Conn{Local: local}.Family()})
	if err != nil {
		return err
	}
	if err := onlyBetween(s, local, remote); err != nil {
		a.Say("%v", err)
		return cli.ErrNothing
	}
	return a.closeAll(s, yes)
}

func (a *app) closeMatches(f *filter.Filter, yes bool) error {
	s, readErr := read(a.reader(a.live), f)
	if s == nil {
		return readErr
	}
	if readErr != nil {
		a.Say("%s", machine.Advise(readErr))
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
	a.sayWhatFrees(skipped)
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
		done := a.Progress("closing")
		a.closeAndVerify(closable)
		done()
	}
	if err := a.writeOutcomes(closable, skipped); err != nil {
		return err
	}
	if a.sayCauses(closable, "connection", ": ") || len(skipped) > 0 {
		return cli.ErrReported
	}
	return nil
}

// sayWhatFrees says who holds the ports of skipped sockets that have no connection, and what frees
// them.
func (a *app) sayWhatFrees(skipped []outcome) {
	const most = 3
	var ports []askedPort
	for _, o := range skipped {
		asked := askedPort{o.conn.Local.Port(), []rows.Protocol{rows.TCP}}
		known := slices.ContainsFunc(ports, func(p askedPort) bool { return p.port == asked.port })
		if !connected(o.conn) && !known && len(ports) <= most {
			ports = append(ports, asked)
		}
	}
	if len(ports) == 0 {
		return
	}
	if len(ports) > most {
		text := ""
		for _, asked := range ports {
			text += fmt.Sprintf(" %d", asked.port)
		}
		a.Say("what frees these ports and others: tcpmib port%s", text)
		return
	}
	m := a.reader(a.live)
	facts, err := a.portFacts(m, []rows.Protocol{rows.TCP})
	if err != nil {
		return // the skipped sockets are said all the same
	}
	readDetails(m, facts, ports)
	for _, asked := range ports {
		for _, finding := range judgePort(m, *facts, asked.port).Findings {
			a.Say("%s", finding.Message)
		}
	}
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

// sayCauses prints a line for each reason why connections are still there, and reports whether
// there is any.
func (a *app) sayCauses(outcomes []outcome, noun, then string) bool {
	var causes []string
	affected := map[string][]outcome{}
	for _, o := range outcomes {
		if o.err == nil {
			continue
		}
		cause := machine.Advise(o.err)
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

const (
	closeTime  = time.Second // how long closed connections may take to go
	closePause = 50 * time.Millisecond
)

// outcome is what became of a connection that was to be closed.
type outcome struct {
	conn     tcpmib.Conn
	notFound error // Windows says that there is no such connection
	err      error // why it is still there
}

// closeVerified closes one connection of this computer and checks that it is gone.
func (a *app) closeVerified(c tcpmib.Conn) error {
	if err := cannotClose(c); err != nil {
		return err
	}
	one := []outcome{{conn: c}}
	a.closeAndVerify(one)
	return one[0].err
}

// closeAndVerify closes connections of this computer, checks that they are gone, and completes
// their outcomes. It closes all before it reads the table, so that checking thousands takes no
// longer than checking one.
func (a *app) closeAndVerify(outcomes []outcome) {
	var pending []*outcome
	for i := range outcomes {
		o := &outcomes[i]
		switch err := a.live.Close(o.conn); {
		case errors.Is(err, fs.ErrNotExist):
			o.notFound = err
		case err != nil:
			o.err = a.elevate(err)
			continue
		}
		pending = append(pending, o)
	}
	r := tcpmib.Reader{Source: a.live.Source()}
	for start := time.Now(); len(pending) > 0; time.Sleep(closePause) {
		listed, err := listed(&r, pending)
		late := time.Since(start) >= closeTime
		pending = slices.DeleteFunc(pending, func(o *outcome) bool {
			switch {
			case err != nil:
				o.err = fmt.Errorf("closed, but cannot check that it is gone: %w", err)
			case !listed[rows.Socket{Conn: o.conn}.Identity()]:
			case o.notFound != nil: // Windows also says so to users without the right
				o.err = a.elevate(fmt.Errorf("%w, and it is still there: %w", o.notFound, fs.ErrPermission))
			case late:
				o.err = errors.New("it is still there")
			default:
				return false // look again
			}
			return true
		})
	}
}

// listed reads the IPv4 table and returns which of the connections are in it.
func listed(r *tcpmib.Reader, outcomes []*outcome) (map[rows.Identity]bool, error) {
	listed := map[rows.Identity]bool{}
	for _, o := range outcomes {
		listed[rows.Socket{Conn: o.conn}.Identity()] = false
	}
	table, err := r.AppendConns(nil, tcpmib.IPv4)
	for _, c := range table {
		if _, ok := listed[rows.Socket{Conn: c}.Identity()]; ok {
			listed[rows.Socket{Conn: c}.Identity()] = true
		}
	}
	return listed, err
}

// cannotClose returns why a connection cannot be closed, or nil.
func cannotClose(c tcpmib.Conn) error {
	switch {
	case c.PID == owner.SystemPID:
		return errors.New("connections of System (PID 4) are never closed")
	case c.State == tcpmib.StateListen:
		return errors.New("a listening socket is not a connection: end its process instead")
	case c.Family() == tcpmib.IPv6:
		return errors.New("only IPv4 connections can be closed: end the process instead")
	case c.Remote.Addr().IsUnspecified() || c.Remote.Port() == 0:
		return errors.New("a socket that is only bound is not a connection: end its process instead")
	}
	return nil
}
