package tcpmib_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

func endpoint(s string) netip.AddrPort {
	if s == "" {
		return netip.AddrPort{}
	}
	return netip.MustParseAddrPort(s)
}

// A connection that cannot be closed is refused before Windows is asked, with a way out.
func TestCloseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, local, remote string
		state               tcpmib.State
		is                  error
		text                string
	}{
		{"nothing", "", "", 0, fs.ErrInvalid, "no local endpoint"},
		{"a listening socket", "10.0.0.1:80", "", tcpmib.StateListen, fs.ErrInvalid, "it is not connected"},
		{"a listening socket with a remote endpoint", "10.0.0.1:80", "10.0.0.2:81", tcpmib.StateListen, fs.ErrInvalid, "it is not connected"},
		{"no remote endpoint", "10.0.0.1:80", "", tcpmib.StateEstab, fs.ErrInvalid, "it is not connected"},
		{"a zero row", "0.0.0.0:0", "0.0.0.0:0", tcpmib.StateEstab, fs.ErrInvalid, "an address and a port on both sides"},
		{"no local port", "10.0.0.1:0", "10.0.0.2:81", tcpmib.StateEstab, fs.ErrInvalid, "an address and a port on both sides"},
		{"no remote port", "10.0.0.1:80", "10.0.0.2:0", tcpmib.StateEstab, fs.ErrInvalid, "an address and a port on both sides"},
		{"no remote address", "10.0.0.1:80", "0.0.0.0:81", tcpmib.StateEstab, fs.ErrInvalid, "an address and a port on both sides"},
		{"two families", "10.0.0.1:80", "[::1]:81", tcpmib.StateEstab, fs.ErrInvalid, "is not an IPv4 connection"},
		{"IPv6", "[::1]:80", "[::1]:81", tcpmib.StateEstab, errors.ErrUnsupported, "IPv4 connections only"},
		{"IPv4 mapped into IPv6", "[::ffff:10.0.0.1]:80", "[::ffff:10.0.0.2]:81", tcpmib.StateEstab, errors.ErrUnsupported, "IPv4 connections only"},
		{"IPv6 that listens", "[::]:80", "", tcpmib.StateListen, errors.ErrUnsupported, "IPv4 connections only"},
	} {
		err := tcpmib.Close(tcpmib.Conn{Local: endpoint(c.local), Remote: endpoint(c.remote), State: c.state})
		assert.ErrorIs(t, err, c.is, c.name)
		assert.ErrorContains(t, err, c.text, c.name)
	}
}

func TestTCPRow(t *testing.T) {
	row, err := tcpmib.Conn{Local: endpoint("10.1.2.3:443"), Remote: endpoint("192.0.2.7:65535"), State: tcpmib.StateEstab}.TCPRow()
	require.NoError(t, err)
	assert.Equal(t, tcpmib.TCPRow{
		State:     tcpmib.StateEstab,
		LocalAddr: [4]byte{10, 1, 2, 3}, LocalPort: [4]byte{0x01, 0xBB},
		RemoteAddr: [4]byte{192, 0, 2, 7}, RemotePort: [4]byte{0xFF, 0xFF},
	}, row)
	row, err = tcpmib.Conn{Local: endpoint("10.1.2.3:443"), State: tcpmib.StateListen}.TCPRow()
	require.NoError(t, err)
	assert.Zero(t, row.RemoteAddr)

	_, err = tcpmib.Conn{Local: endpoint("[::1]:443")}.TCPRow()
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = tcpmib.Conn{}.TCPRow()
	assert.ErrorIs(t, err, fs.ErrInvalid)
}

func TestTCP6Row(t *testing.T) {
	row, err := tcpmib.Conn{Local: endpoint("[fe80::1%7]:443"), Remote: endpoint("[fe80::2%4294967295]:1"), State: tcpmib.StateEstab}.TCP6Row()
	require.NoError(t, err)
	assert.Equal(t, tcpmib.TCP6Row{
		State:     tcpmib.StateEstab,
		LocalAddr: [16]byte{0: 0xFE, 1: 0x80, 15: 1}, LocalScopeID: 7, LocalPort: [4]byte{0x01, 0xBB},
		RemoteAddr: [16]byte{0: 0xFE, 1: 0x80, 15: 2}, RemoteScopeID: 1<<32 - 1, RemotePort: [4]byte{0, 1},
	}, row)

	for _, c := range []tcpmib.Conn{
		{},
		{Local: endpoint("10.1.2.3:443")},
		{Local: endpoint("[fe80::1%eth0]:443")},
		{Local: endpoint("[::1]:1"), Remote: endpoint("[fe80::1%4294967296]:443")},
	} {
		_, err := c.TCP6Row()
		assert.ErrorIs(t, err, fs.ErrInvalid, c)
	}
}
