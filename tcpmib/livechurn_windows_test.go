package tcpmib_test

import (
	"bytes"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
)

// 100 connections, half of each family, stay open while others open and close around them. Each
// snapshot is the answer to one call, as it was; in it both ends of each of the 100 are there once,
// established, and nothing on their port is there twice.
//
// Wine has its rows from Linux, whose /proc/net/tcp is read in pieces and repeats rows when
// connections come and go between two of them. So under Wine a snapshot is held against the answer
// alone, and every connection must be in one of them.
func TestLiveChurn(t *testing.T) {
	const stable, leastSnapshots, leastChurn = 50, 3, 20
	type ends struct{ local, remote netip.AddrPort }
	for address, family := range loopbacks {
		t.Run(family.String(), func(t *testing.T) {
			l := listen(t, address)
			port := addrPort(l.Addr()).Port()
			open := map[ends]bool{}
			for range stable {
				client, server := connect(t, l)
				for _, c := range []*net.TCPConn{client, server} {
					open[ends{addrPort(c.LocalAddr()), addrPort(c.RemoteAddr())}] = true
				}
			}
			require.Len(t, open, 2*stable)

			var stop atomic.Bool
			var churned atomic.Int64
			failed := make(chan error, 1)
			go func() {
				var err error
				for err == nil && !stop.Load() {
					err = openAndClose(l, churned.Add(1)%64 != 0) // TIME-WAIT stays for a minute, and each row costs Wine time
					time.Sleep(5 * time.Millisecond)
				}
				failed <- err
			}()

			twice, missing, calls := 0, 0, 0
			everSeen := map[ends]bool{}
			var conns []tcpmib.Conn
			snapshots := 0
			for len(failed) == 0 && (snapshots < leastSnapshots || churned.Load() < leastChurn) {
				snapshots++
				var answer []byte
				r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
					get := map[string]func([]byte, bool) (uint32, uint32){
						"GetTcpTable2": native.GetTcpTable2, "GetTcp6Table2": native.GetTcp6Table2}[q.Func]
					size, code = get(buf, q.Order)
					answer = bytes.Clone(buf[:min(int(size), len(buf))])
					calls++
					return size, code
				})}
				var err error
				conns, err = r.AppendConns(conns[:0], family)
				require.NoError(t, err)

				again := tcpmib.Reader{Source: whole(answer)}
				ofLastAnswer, err := again.AppendConns(nil, family)
				require.NoError(t, err)
				require.Equal(t, ofLastAnswer, conns)

				seen := map[ends]bool{}
				for _, c := range conns {
					if c.Local.Port() != port && c.Remote.Port() != port || c.State == tcpmib.StateListen {
						continue
					}
					pair := ends{withoutWineZone(c.Local), withoutWineZone(c.Remote)}
					if seen[pair] {
						twice++
					}
					if open[pair] {
						require.Equal(t, tcpmib.StateEstab, c.State)
						everSeen[pair] = true
					}
					seen[pair] = true
				}
				for pair := range open {
					if !seen[pair] {
						missing++
					}
				}
			}
			stop.Store(true)
			require.NoError(t, <-failed)
			t.Logf("%d snapshots in %d calls while %d connections came and went: %d rows twice, %d missing",
				snapshots, calls, churned.Load(), twice, missing)
			require.Len(t, everSeen, 2*stable)
			if !onWine() {
				require.Zero(t, twice)
				require.Zero(t, missing)
			}
		})
	}
}

// openAndClose leaves a connection in TIME-WAIT, or nothing where it is reset.
func openAndClose(l *net.TCPListener, reset bool) error {
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	defer client.Close()
	server, err := l.AcceptTCP()
	if err != nil {
		return err
	}
	defer server.Close()
	if reset {
		return server.SetLinger(0)
	}
	return nil
}
