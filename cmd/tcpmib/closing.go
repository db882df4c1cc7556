package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

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

// closeVerified closes one connection of this computer and checks that it is gone. It reports whether
// the connection had already gone before.
func (a *app) closeVerified(c tcpmib.Conn) (gone bool, err error) {
	if err := cannotClose(c); err != nil {
		return false, err
	}
	one := []outcome{{conn: c}}
	a.closeAndVerify(one)
	return one[0].notFound != nil, one[0].err
}

// closeAndVerify closes connections of this computer, checks that they are gone, and completes their
// outcomes. It closes all before it reads the table, so that checking thousands takes no longer than
// checking one.
func (a *app) closeAndVerify(outcomes []outcome) {
	defer a.Progress("closing")()
	var pending []*outcome
	for i := range outcomes {
		o := &outcomes[i]
		switch err := a.live.close(o.conn); {
		case errors.Is(err, fs.ErrNotExist):
			o.notFound = err
		case err != nil:
			o.err = elevate(err)
			continue
		}
		pending = append(pending, o)
	}
	r := tcpmib.Reader{Source: a.live.source()}
	for start := time.Now(); len(pending) > 0; time.Sleep(closePause) {
		listed, err := listed(&r, pending)
		late := time.Since(start) >= closeTime
		pending = slices.DeleteFunc(pending, func(o *outcome) bool {
			switch {
			case err != nil:
				o.err = fmt.Errorf("closed, but cannot check that it is gone: %w", err)
			case !listed[rows.Socket{Conn: o.conn}.Identity()]:
			case o.notFound != nil: // Windows also says so to users without the right
				o.err = elevate(fmt.Errorf("%w, and it is still there: %w", o.notFound, fs.ErrPermission))
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

// elevate adds how to get the right that is missing.
func elevate(err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf("%w: start the terminal with \"Run as administrator\", or PowerShell with Start-Process powershell -Verb RunAs, and try again", err)
}
