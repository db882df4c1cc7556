package tcpestats_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// A socket that is not a connection is refused before Windows is asked.
func TestRefuses(t *testing.T) {
	for _, c := range []tcpmib.Conn{
		{},
		{Local: netip.MustParseAddrPort("10.0.0.1:80"), Remote: netip.MustParseAddrPort("[::1]:80")},
		{Local: netip.MustParseAddrPort("[fe80::1%eth0]:80"), Remote: netip.MustParseAddrPort("[fe80::2%eth0]:80")},
	} {
		_, err := tcpestats.Get[tcpestats.Path](c)
		assert.ErrorIs(t, err, fs.ErrInvalid, c)
		assert.ErrorIs(t, tcpestats.Set(c, tcpestats.Path{}), fs.ErrInvalid, c)
		assert.ErrorIs(t, tcpestats.Enable[tcpestats.Path](c), fs.ErrInvalid, c)
	}
}

// dataAnd is a generic function around Get, as callers write them.
func dataAnd[S tcpestats.Statistics](c tcpmib.Conn) (s S, err error) {
	if _, err := tcpestats.Get[tcpestats.Data](c); err != nil {
		return s, err
	}
	return tcpestats.Get[S](c)
}

func TestGenericCaller(t *testing.T) {
	_, err := dataAnd[tcpestats.SynOpts](tcpmib.Conn{})
	assert.ErrorIs(t, err, fs.ErrInvalid)
}

func TestNotWindows(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this test is for other systems")
	}
	for _, c := range []tcpmib.Conn{
		{Local: netip.MustParseAddrPort("10.0.0.1:80"), Remote: netip.MustParseAddrPort("10.0.0.2:80")},
		{Local: netip.MustParseAddrPort("[fe80::1%1]:80"), Remote: netip.MustParseAddrPort("[fe80::2%1]:80")},
	} {
		_, err := tcpestats.Get[tcpestats.SynOpts](c)
		assert.ErrorIs(t, err, errors.ErrUnsupported)
		assert.ErrorIs(t, tcpestats.Enable[tcpestats.Data](c), errors.ErrUnsupported)
		assert.ErrorIs(t, tcpestats.Disable[tcpestats.Data](c), errors.ErrUnsupported)
	}
}
