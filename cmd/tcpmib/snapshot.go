package main

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"slices"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

// snapshot is what one look at the machine, or into a capture, found.
type snapshot struct {
	conns     []tcpmib.Conn
	processes owner.Processes

	// What is read where it is asked for.
	hosts    map[netip.Addr]string // names of remote addresses
	owned    map[identity]*owned
	services map[uint32][]string // by process ID
}

// row is a connection with what is known of it.
func (s *snapshot) row(c tcpmib.Conn) row {
	process := s.processes[c.PID]
	r := row{
		Conn:       c,
		process:    process.Name,
		remoteName: s.hosts[c.Remote.Addr()],
		services:   s.services[c.PID],
	}
	if s.owned == nil {
		return r
	}
	if o, ok := s.owned[identityOf(c)]; ok {
		r.created, r.module = o.created, o.module
		if process.ReusedPID(o.created) {
			r.process, r.services = "", nil // whose connection it was is gone
		}
	}
	return r
}

// rows yields a row for each connection; it is valid until the next one.
func (s *snapshot) rows() iter.Seq[*row] {
	return func(yield func(*row) bool) {
		var r row
		for _, c := range s.conns {
			if r = s.row(c); !yield(&r) {
				return
			}
		}
	}
}

// keep drops the connections that do not match.
func (s *snapshot) keep(f *filter) {
	s.conns = slices.DeleteFunc(s.conns, func(c tcpmib.Conn) bool {
		r := s.row(c)
		return !f.match(&r)
	})
}

// sort orders the connections by columns, or without any as Conn.Compare does,
// which needs no rows.
func (s *snapshot) sort(by []column, reverse bool) {
	if len(by) == 0 {
		slices.SortFunc(s.conns, tcpmib.Conn.Compare)
		if reverse {
			slices.Reverse(s.conns)
		}
		return
	}
	compare := sorter(by, reverse)
	slices.SortFunc(s.conns, func(a, b tcpmib.Conn) int {
		ra, rb := s.row(a), s.row(b)
		return compare(&ra, &rb)
	})
}

// read takes a snapshot of the connections that match. When only a part could be
// read there is both a snapshot and an error.
func (a *app) read(f *filter) (*snapshot, error) {
	defer a.progress("reading the TCP tables")()
	s := &snapshot{}
	r := tcpmib.Reader{Source: a.source}
	var err error
	s.conns, err = r.AppendConns(nil, f.families())
	if len(s.conns) == 0 && err != nil {
		return nil, failure{err}
	}
	s.processes = a.names()
	s.keep(f)
	if err != nil {
		return s, failure{err}
	}
	return s, nil
}

// withRead is the error of a command that went on with the part that it could read.
func withRead(readErr, err error) error {
	read, done := failure{}, failure{}
	switch {
	case !errors.As(readErr, &read):
		return err
	case errors.As(err, &done):
		return failure{errors.Join(done.error, read.error)}
	case err == nil, errors.Is(err, errNothing):
		return readErr
	}
	return err
}

// names is who is behind the process IDs. Connections without the names of their
// owners are better than none.
func (a *app) names() owner.Processes {
	processes, err := a.processes()
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		fmt.Fprintln(a.stderr, "tcpmib: process names are missing:", trimPackage(err))
	}
	return processes
}
