package ephemeral

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// conns reads a connection a line: its local endpoint, its remote endpoint or -, its state and PID.
func conns(t *testing.T, text string) []tcpmib.Conn {
	t.Helper()
	var list []tcpmib.Conn
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		require.Len(t, fields, 4, line)
		c := tcpmib.Conn{Local: netip.MustParseAddrPort(fields[0])}
		if fields[1] != "-" {
			c.Remote = netip.MustParseAddrPort(fields[1])
		}
		state, err := tcpmib.ParseState(fields[2])
		require.NoError(t, err)
		c.State = state
		_, err = fmt.Sscan(fields[3], &c.PID)
		require.NoError(t, err)
		list = append(list, c)
	}
	return list
}

func everything(tcpmib.Conn) bool { return true }

func TestCount(t *testing.T) {
	for name, test := range map[string]struct {
		conns    string
		families tcpmib.Family
		want     []string // local, remote, used, TIME-WAIT, held, PID
	}{
		"nothing": {"", tcpmib.Both, []string{
			"0.0.0.0 - 0 0 0 0",
			":: - 0 0 0 0",
		}},
		"a port serves two remote endpoints": {`
			10.0.0.1:50000 10.9.9.9:443 established 7
			10.0.0.1:50000 10.9.9.8:443 established 7
			10.0.0.1:50001 10.9.9.8:443 established 8`, tcpmib.IPv4, []string{
			"0.0.0.0 - 2 0 0 7",
			"10.0.0.1 10.9.9.8:443 2 0 0 7",
			"10.0.0.1 10.9.9.9:443 1 0 0 7",
		}},
		"local addresses have their own ports": {`
			10.0.0.1:50000 10.9.9.9:443 established 7
			10.0.0.2:50000 10.9.9.9:443 established 7`, tcpmib.IPv4, []string{
			"0.0.0.0 - 1 0 0 7",
			"10.0.0.1 10.9.9.9:443 1 0 0 7",
			"10.0.0.2 10.9.9.9:443 1 0 0 7",
		}},
		"TIME-WAIT holds its port for its pair, and nobody owns it": {`
			10.0.0.1:50000 10.9.9.9:443 time-wait 0
			10.0.0.1:50001 10.9.9.9:443 time-wait 0
			10.0.0.1:50001 10.9.9.8:443 close-wait 7`, tcpmib.IPv4, []string{
			"0.0.0.0 - 2 1 0 7",
			"10.0.0.1 10.9.9.9:443 2 2 0 0",
			"10.0.0.1 10.9.9.8:443 1 0 0 7",
		}},
		"a bound socket holds its port for every pair with its address": {`
			10.0.0.1:50000 10.9.9.9:443 established 7
			10.0.0.2:50000 10.9.9.9:443 established 7
			10.0.0.1:50001 - reserved 8
			10.0.0.1:50002 - reserved 8`, tcpmib.IPv4, []string{
			"0.0.0.0 - 3 0 2 8",
			"10.0.0.1 10.9.9.9:443 3 0 2 7",
			"10.0.0.2 10.9.9.9:443 1 0 0 7",
		}},
		"a wildcard bind and a listener hold their ports for every pair": {`
			10.0.0.1:50000 10.9.9.9:443 established 7
			10.0.0.2:50000 10.9.9.9:443 time-wait 0
			0.0.0.0:50001 - reserved 8
			0.0.0.0:50002 - listen 9`, tcpmib.IPv4, []string{
			"0.0.0.0 - 3 0 2 7",
			"10.0.0.1 10.9.9.9:443 3 0 2 7",
			"10.0.0.2 10.9.9.9:443 3 1 2 0",
		}},
		"a held port that a connection has too counts once": {`
			10.0.0.1:50000 10.9.9.9:443 time-wait 0
			10.0.0.1:50000 - reserved 8`, tcpmib.IPv4, []string{
			"0.0.0.0 - 1 0 1 8",
			"10.0.0.1 10.9.9.9:443 1 0 1 0",
		}},
		"accepted connections are not outgoing": {`
			0.0.0.0:50000 - listen 9
			10.0.0.1:50000 10.9.9.9:61000 established 9
			10.0.0.1:50001 - listen 9
			10.0.0.1:50001 10.9.9.9:61001 time-wait 0
			10.0.0.2:50001 10.9.9.9:443 established 7`, tcpmib.IPv4, []string{
			"0.0.0.0 - 2 0 2 9",
			"10.0.0.2 10.9.9.9:443 2 0 1 7",
		}},
		"ports outside of the range do not count": {`
			10.0.0.1:49999 10.9.9.9:443 established 7
			10.0.0.1:50010 10.9.9.9:443 established 7
			10.0.0.1:50009 10.9.9.9:443 established 7
			0.0.0.0:443 - listen 9`, tcpmib.IPv4, []string{
			"0.0.0.0 - 1 0 0 7",
			"10.0.0.1 10.9.9.9:443 1 0 0 7",
		}},
		"families are apart": {`
			10.0.0.1:50000 10.9.9.9:443 established 7
			[::]:50000 - listen 9
			[::]:50001 - reserved 9
			[fe80::1%12]:50000 [fe80::2%12]:443 established 7
			[fe80::1%12]:50002 [fe80::2%12]:443 established 7`, tcpmib.Both, []string{
			":: - 3 0 2 7",
			"fe80::1%12 [fe80::2%12]:443 3 0 2 7",
			"0.0.0.0 - 1 0 0 7",
			"10.0.0.1 10.9.9.9:443 1 0 0 7",
		}},
		"bound with a remote endpoint of zeros, as Windows has it": {`
			10.0.0.1:50000 0.0.0.0:0 reserved 7`, tcpmib.IPv4, []string{"0.0.0.0 - 1 0 1 7"}},
		"a pair listed twice": {`
			10.0.0.1:50000 10.9.9.9:443 established 7
			10.0.0.1:50000 10.9.9.9:443 time-wait 0`, tcpmib.IPv4, []string{
			"0.0.0.0 - 1 0 0 7",
			"10.0.0.1 10.9.9.9:443 1 0 0 7",
		}},
		"the process with most ports, the first of equals": {`
			10.0.0.1:50000 10.9.9.9:443 established 9
			10.0.0.1:50001 10.9.9.9:443 established 8
			10.0.0.1:50002 10.9.9.9:443 established 8
			10.0.0.1:50003 10.9.9.9:443 established 9
			10.0.0.1:50003 10.9.9.8:443 established 9`, tcpmib.IPv4, []string{
			"0.0.0.0 - 4 0 0 8",
			"10.0.0.1 10.9.9.9:443 4 0 0 8",
			"10.0.0.1 10.9.9.8:443 1 0 0 9",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, u := range Count(conns(t, test.conns), test.families, Range{50000, 50009}, everything) {
				remote := "-"
				if u.Remote.IsValid() {
					remote = u.Remote.String()
				}
				got = append(got, fmt.Sprint(u.Local, " ", remote, " ", u.Used, " ", u.TimeWait, " ", u.Held, " ", u.PID))
			}
			assert.Empty(t, cmp.Diff(test.want, got))
		})
	}
}

// A filter selects pairs. The ports that a pair uses do not depend on it.
func TestCountMatch(t *testing.T) {
	list := conns(t, `
		10.0.0.1:50000 10.9.9.9:443 established 7
		10.0.0.1:50001 10.9.9.9:443 established 8
		10.0.0.1:50002 10.9.9.8:443 established 8
		10.0.0.1:50003 - reserved 8`)
	uses := Count(list, tcpmib.IPv4, Default, func(c tcpmib.Conn) bool { return c.PID == 7 })
	require.Len(t, uses, 2)
	assert.Equal(t, 4, uses[0].Used)
	assert.Equal(t, Use{
		Local: netip.MustParseAddr("10.0.0.1"), Remote: netip.MustParseAddrPort("10.9.9.9:443"), Used: 3, Of: 16384, Held: 1, PID: 7,
	}, uses[1])
}

func TestRange(t *testing.T) {
	var r Range
	require.NoError(t, r.Set("1024-65535"))
	assert.Equal(t, Range{1024, 65535}, r)
	assert.Equal(t, "1024-65535", r.String())
	assert.Equal(t, 64512, r.Size())
	assert.Equal(t, 16384, Default.Size())
	require.NoError(t, r.Set("5-5"))
	assert.Equal(t, 1, r.Size())
	for _, text := range []string{"", "-", "1024", "1024-", "-1024", "2-1", "0-5", "1-65536", "a-b", "1-2-3", "1 - 2"} {
		assert.EqualError(t, r.Set(text), "want a range of ports such as 49152-65535", text)
	}
}

// Ports that are held everywhere count for each of many local addresses, without a set for each.
func TestManyLocalAddresses(t *testing.T) {
	const n, held = 30_000, 10_000
	var list []tcpmib.Conn
	for i := range uint16(held) {
		list = append(list, tcpmib.Conn{Local: netip.AddrPortFrom(netip.IPv4Unspecified(), 50_000+i), State: tcpmib.StateListen, PID: 4})
	}
	remote := netip.MustParseAddrPort("203.0.113.7:443")
	for i := range n {
		local := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		list = append(list,
			tcpmib.Conn{Local: netip.AddrPortFrom(local, 49_500), Remote: remote, State: tcpmib.StateEstab, PID: 8},
			tcpmib.Conn{Local: netip.AddrPortFrom(local, 49_501), State: tcpmib.StateReserved, PID: 8},
			tcpmib.Conn{Local: netip.AddrPortFrom(local, 50_000), State: tcpmib.StateReserved, PID: 8})
	}
	uses := Count(list, tcpmib.IPv4, Default, everything)
	require.Len(t, uses, n+1)
	for _, u := range uses {
		assert.Equal(t, held+2, u.Used, u)
		assert.Equal(t, held+1, u.Held, u)
	}
}
