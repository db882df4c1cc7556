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
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/tcpmib"
)

// onWine says whether this Windows is Wine.
func onWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// Under Wine there is an oracle: what Linux itself says of its sockets.
func TestLiveListenersAreThoseOfProcNet(t *testing.T) {
	if !onWine() {
		t.Skip("Windows has no /proc/net; this test is for Wine")
	}
	for address := range loopbacks {
		listen(t, address)
	}
	listen(t, "0.0.0.0:0")
	listen(t, "[::]:0")
	// Others on the machine open and close sockets too: both reads have to fall into a moment of
	// peace.
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		want := slices.Concat(procNet(t, "tcp", "0A"), procNet(t, "tcp6", "0A"))
		conns, err := tcpmib.Conns(tcpmib.Both)
		require.NoError(t, err)
		var got []netip.AddrPort
		for _, c := range conns {
			if c.State == tcpmib.StateListen {
				got = append(got, netip.AddrPortFrom(c.Local.Addr().WithZone(""), c.Local.Port()))
			}
		}
		slices.SortFunc(want, netip.AddrPort.Compare)
		slices.SortFunc(got, netip.AddrPort.Compare)
		require.Empty(t, cmp.Diff(want, got, compareAddrPorts))
		require.GreaterOrEqual(t, len(got), 4)
	}, 20*time.Second, 100*time.Millisecond)
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
