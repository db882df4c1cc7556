package tcpmib_test

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
)

// onWine says whether this Windows is Wine.
func onWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// Under Wine there is an oracle: the sockets that Linux itself reports.
func TestLiveListenersAreThoseOfProcNet(t *testing.T) {
	if !onWine() {
		t.Skip("Windows has no /proc/net; this test is for Wine")
	}
	for address := range loopbacks {
		listen(t, address)
	}
	listen(t, "0.0.0.0:0")
	listen(t, "[::]:0")
	listeners := func(t require.TestingT) []netip.AddrPort {
		return slices.Concat(procNet(t, "tcp", "0A"), procNet(t, "tcp6", "0A"))
	}
	soon(t, func(t *assert.CollectT) {
		before := listeners(t)
		conns, err := tcpmib.Conns(tcpmib.Both)
		require.NoError(t, err)
		var got []netip.AddrPort
		for _, c := range conns {
			if c.State == tcpmib.StateListen {
				got = append(got, netip.AddrPortFrom(c.Local.Addr().WithZone(""), c.Local.Port()))
			}
		}
		requireBetween(t, before, got, listeners(t))
		require.GreaterOrEqual(t, len(got), 4)
	})
}

// requireBetween compares what one reader got with what another got before and after it, because
// other programs open and close sockets in between: what was there both times must be there, and
// nothing that was there neither time.
func requireBetween[T comparable](t require.TestingT, before, got, after []T) {
	var missing, extra []T
	for _, a := range before {
		if slices.Contains(after, a) && !slices.Contains(got, a) {
			missing = append(missing, a)
		}
	}
	for _, a := range got {
		if !slices.Contains(before, a) && !slices.Contains(after, a) {
			extra = append(extra, a)
		}
	}
	assert.Empty(t, missing, "missing, of %d", len(before))
	assert.Empty(t, extra, "too many, of %d", len(got))
}

// procNet reads the local endpoints of the sockets in a table of /proc/net that have one of these
// states: 0A is LISTEN; UDP has 07, and 01 for a socket that is connected. Their addresses are
// hexadecimal, in 32-bit words of the host's byte order.
func procNet(t require.TestingT, table string, states ...string) (locals []netip.AddrPort) {
	f, err := os.Open(`Z:\proc\net\` + table)
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan() // the column headers
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if local, state := fields[1], fields[3]; slices.Contains(states, state) {
			address, port, _ := strings.Cut(local, ":")
			words, err := hex.DecodeString(address)
			require.NoError(t, err)
			for i := 0; i < len(words); i += 4 {
				binary.BigEndian.PutUint32(words[i:], binary.LittleEndian.Uint32(words[i:]))
			}
			addr, _ := netip.AddrFromSlice(words)
			n, err := strconv.ParseUint(port, 16, 16)
			require.NoError(t, err)
			locals = append(locals, netip.AddrPortFrom(addr, uint16(n)))
		}
	}
	require.NoError(t, lines.Err())
	return locals
}
