package tcpmib

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strconv"
)

// Close ends an IPv4 connection at once, whoever owns it: it has SetTcpEntry set
// its state to StateDeleteTCB, and both sides see a reset. Needs elevation:
// without it errors.Is(err, fs.ErrPermission) or errors.Is(err, fs.ErrNotExist)
// holds, because Microsoft documents the code for a connection that does not
// exist (317) for programs without elevation too.
//
// For a connection that does not exist, or not any more, errors.Is(err,
// fs.ErrNotExist) holds. Who needs to know looks whether it is gone.
//
// Windows has no such function for IPv6: errors.Is(err, errors.ErrUnsupported)
// holds. What is not a connection, such as a socket in LISTEN, is refused before
// Windows is asked, and errors.Is(err, fs.ErrInvalid) holds.
func Close(c Conn) error {
	row, err := closeRow(c)
	if err != nil {
		return err
	}
	return SetTcpEntry(&row)
}

func closeRow(c Conn) (TCPRow, error) {
	const (
		invalid     = "tcpmib: close %v: %s: %w"
		unsupported = "tcpmib: close %v: Windows can close IPv4 connections only, this is IPv6: end its process instead: %w"
	)
	switch {
	case !c.Local.IsValid():
		return TCPRow{}, fmt.Errorf(invalid, c.Local, "the connection has no local endpoint", fs.ErrInvalid)
	case c.Family() == IPv6:
		return TCPRow{}, fmt.Errorf(unsupported, c.Local, errors.ErrUnsupported)
	case c.State == StateListen || !c.Remote.IsValid():
		return TCPRow{}, fmt.Errorf(invalid, c.Local, "it listens, and is connected to nobody: end its process instead", fs.ErrInvalid)
	case c.Local.Addr().IsUnspecified() || c.Local.Port() == 0 || c.Remote.Addr().IsUnspecified() || c.Remote.Port() == 0:
		return TCPRow{}, fmt.Errorf(invalid, c.Local, "a connection has an address and a port on both sides", fs.ErrInvalid)
	}
	row, err := c.TCPRow()
	row.State = StateDeleteTCB
	return row, err
}

// TCPRow is the header's row for an IPv4 connection: what functions take that
// want to know which one. A connection of IPv6 is an error.
func (c Conn) TCPRow() (TCPRow, error) {
	row := TCPRow{State: c.State}
	local, remote := c.Local.Addr(), c.Remote.Addr()
	if !local.Is4() || c.Remote.IsValid() && !remote.Is4() {
		return TCPRow{}, fmt.Errorf("tcpmib: %v is no IPv4 connection: %w", c.Local, fs.ErrInvalid)
	}
	row.LocalAddr, row.LocalPort = local.As4(), networkPort(c.Local)
	if c.Remote.IsValid() {
		row.RemoteAddr, row.RemotePort = remote.As4(), networkPort(c.Remote)
	}
	return row, nil
}

// TCP6Row is the header's row for an IPv6 connection: what functions take that
// want to know which one. A connection of IPv4, or with a zone that is not the
// index of an interface, is an error.
func (c Conn) TCP6Row() (TCP6Row, error) {
	row := TCP6Row{State: c.State}
	local, remote := c.Local.Addr(), c.Remote.Addr()
	if !local.Is6() || c.Remote.IsValid() && !remote.Is6() {
		return TCP6Row{}, fmt.Errorf("tcpmib: %v is no IPv6 connection: %w", c.Local, fs.ErrInvalid)
	}
	var errLocal, errRemote error
	row.LocalAddr, row.LocalPort = local.As16(), networkPort(c.Local)
	row.LocalScopeID, errLocal = scopeID(local)
	if c.Remote.IsValid() {
		row.RemoteAddr, row.RemotePort = remote.As16(), networkPort(c.Remote)
		row.RemoteScopeID, errRemote = scopeID(remote)
	}
	return row, errors.Join(errLocal, errRemote)
}

func networkPort(a netip.AddrPort) (port [4]byte) {
	binary.BigEndian.PutUint16(port[:], a.Port())
	return port
}

func scopeID(a netip.Addr) (uint32, error) {
	if a.Zone() == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(a.Zone(), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("tcpmib: %v: the zone is to be the index of an interface: %w", a, fs.ErrInvalid)
	}
	return uint32(n), nil
}
