package tcpmib

import (
	"errors"
	"fmt"
	"io/fs"
)

// Close ends an IPv4 connection at once, whoever owns it: SetTcpEntry sets its state to
// StateDeleteTCB, and both sides see a reset. Success does not prove that it closed, as Wine 8
// reports success and closes nothing: call Conns again to check.
//
// Needs elevation. Without it Close returns fs.ErrPermission, or fs.ErrNotExist where Windows
// answers with the code for a connection that does not exist (317). A connection that has already
// gone is fs.ErrNotExist too.
//
// Windows documents no such function for IPv6, so Close returns errors.ErrUnsupported. Anything
// that is not a connection, such as a listening socket, is fs.ErrInvalid, and Windows is not asked.
func Close(c Conn) error {
	row, err := closeRow(c)
	if err != nil {
		return err
	}
	return SetTcpEntry(&row)
}

// closeRow returns the row with which SetTcpEntry closes c.
func closeRow(c Conn) (TCPRow, error) {
	const (
		invalid     = "tcpmib: close %v: %s: %w"
		unsupported = "tcpmib: close %v: Windows can close IPv4 connections only; end its process instead: %w"
	)
	switch {
	case !c.Local.IsValid():
		return TCPRow{}, fmt.Errorf(invalid, c.Local, "the connection has no local endpoint", fs.ErrInvalid)
	case c.Family() == IPv6:
		return TCPRow{}, fmt.Errorf(unsupported, c.Local, errors.ErrUnsupported)
	case c.State == StateListen || !c.Remote.IsValid():
		return TCPRow{}, fmt.Errorf(invalid, c.Local, "it is not connected; end its process instead", fs.ErrInvalid)
	case c.Local.Addr().IsUnspecified() || c.Local.Port() == 0 || c.Remote.Addr().IsUnspecified() || c.Remote.Port() == 0:
		return TCPRow{}, fmt.Errorf(invalid, c.Local, "a connection has an address and a port on both sides", fs.ErrInvalid)
	}
	row, err := c.TCPRow()
	row.State = StateDeleteTCB
	return row, err
}
