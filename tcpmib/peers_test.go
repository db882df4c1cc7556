package tcpmib_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// What other programs and packages that read these tables got wrong, each as a test that their
// design fails. Elsewhere: the list of processes read again for each row (TestOneProcessSnapshot in
// cmd/tcpmib), a process taken for the one that had its PID before (TestReusedPID,
// TestPathOfTheDead in tcpmib/owner), the last error reported instead of the return code
// (TestEveryErrorCode in tcpmib/internal/synthetic, whose DLL sets another last error).
func TestPeers(t *testing.T) {
	for defect, ours := range map[string]func(*testing.T){
		"go-netstat: a table that grows between two calls is an error": func(t *testing.T) {
			n := 2000 // more than the first buffer holds
			r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (uint32, uint32) {
				n++
				return whole(table4(n))(q, buf)
			})}
			rows, err := r.TCPTable2(false)
			require.NoError(t, err)
			assert.Len(t, rows, n)
		},
		"gopsutil: the error of one family is swallowed": func(t *testing.T) {
			for _, source := range []fake{families(whole(table4(2)), fails(5)), families(fails(5), whole(table6(2)))} {
				r := tcpmib.Reader{Source: source}
				conns, err := r.AppendConns(nil, tcpmib.Both)
				assert.Len(t, conns, 2, "and the rows of the other are there")
				assert.ErrorIs(t, err, fs.ErrPermission)
			}
		},
		"gopsutil, go-netstat, tailscale, windows_exporter, psutil, osquery: dwNumEntries is trusted": func(t *testing.T) {
			for _, n := range []uint32{3, math.MaxUint32/28 + 1, math.MaxInt32, math.MaxUint32} {
				b := table4(2)
				binary.LittleEndian.PutUint32(b, n)
				rows, err := tcpmib.DecodeTCPTable2(b)
				assert.ErrorIs(t, err, tcpmib.ErrMalformed)
				assert.Nil(t, rows)
			}
		},
		"Velociraptor: the check of dwNumEntries is off by one": func(t *testing.T) {
			b := table4(5)
			for n := range 6 {
				binary.LittleEndian.PutUint32(b, uint32(n))
				rows, err := tcpmib.DecodeTCPTable2(b[: 4+28*n : 4+28*n])
				assert.NoError(t, err)
				assert.Len(t, rows, n)
				if n > 0 {
					_, err = tcpmib.DecodeTCPTable2(b[:4+28*n-1])
					assert.ErrorIs(t, err, tcpmib.ErrMalformed)
				}
			}
		},
		"tailscale: without TIME-WAIT among the names, 11 prints DELETE-TCB": func(t *testing.T) {
			// tcpmib.h's values, as numbers.
			for value, name := range map[tcpmib.State]string{
				1: "CLOSED", 2: "LISTEN", 3: "SYN-SENT", 4: "SYN-RECEIVED", 5: "ESTABLISHED", 6: "FIN-WAIT-1", 7: "FIN-WAIT-2",
				8: "CLOSE-WAIT", 9: "CLOSING", 10: "LAST-ACK", 11: "TIME-WAIT", 12: "DELETE-TCB", 100: "BOUND",
			} {
				assert.Equal(t, name, value.String())
			}
		},
		"go-netstat: String panics on state 100": func(t *testing.T) {
			for s := range tcpmib.State(1 << 16) {
				require.NotEmpty(t, s.String())
				require.NotEmpty(t, tcpmib.OffloadState(s).String())
			}
			assert.Equal(t, "BOUND", tcpmib.State(100).String())
			assert.Equal(t, "State(4294967295)", tcpmib.State(math.MaxUint32).String())
		},
		"tailscale, gopsutil: rows of MIB_TCPTABLE_OWNER_MODULE are read 4 bytes early on 386": func(t *testing.T) {
			conn := tcpmib.Conn{Local: endpoint("127.0.0.1:8080"), Remote: endpoint("127.0.0.1:50000"), PID: 4242, State: tcpmib.StateEstab}
			rows, err := tcpmib.DecodeTCPTableOwnerModule(ownerModules(tcpmib.DatedConn{Conn: conn}))
			require.NoError(t, err)
			require.Len(t, rows, 1)
			assert.Equal(t, conn, rows[0].Conn())
		},
		"portmaster: calls are serialised because concurrency is unproven": func(t *testing.T) {
			var wait sync.WaitGroup
			for range 4 { // under the race detector, in the gate
				wait.Go(func() {
					r := tcpmib.Reader{Source: families(whole(table4(100)), whole(table6(100)))}
					for range 100 {
						conns, err := r.AppendConns(nil, tcpmib.Both)
						assert.NoError(t, err)
						assert.Len(t, conns, 200)
					}
				})
			}
			wait.Wait()
		},
		"telegraf: gopsutil spells SYN_RECV, FIN_WAIT1, FIN_WAIT2 and CLOSE differently, and they count 0": func(t *testing.T) {
			for text, want := range map[string]tcpmib.State{
				"SYN_RECV": tcpmib.StateSynRcvd, "SYN_RECEIVED": tcpmib.StateSynRcvd,
				"FIN_WAIT1": tcpmib.StateFinWait1, "FIN_WAIT_1": tcpmib.StateFinWait1,
				"FIN_WAIT2": tcpmib.StateFinWait2, "FIN_WAIT_2": tcpmib.StateFinWait2,
				"CLOSE": tcpmib.StateClosed, "CLOSED": tcpmib.StateClosed,
			} {
				got, err := tcpmib.ParseState(text)
				assert.NoError(t, err)
				assert.Equal(t, want, got, text)
			}
		},
		"go-netstat: order is ignored": func(t *testing.T) {
			for _, order := range []bool{false, true} {
				asked := !order
				r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (uint32, uint32) {
					asked = q.Order
					return whole(table4(1))(q, buf)
				})}
				_, err := r.TCPTable2(order)
				require.NoError(t, err)
				assert.Equal(t, order, asked)
			}
		},
		"gopsutil, go-netstat, psutil, portmaster: the scope of IPv6 addresses is lost": func(t *testing.T) {
			r := tcpmib.Reader{Source: whole(table6(1))}
			conns, err := r.AppendConns(nil, tcpmib.IPv6)
			require.NoError(t, err)
			assert.Equal(t, "7", conns[0].Local.Addr().Zone())
			assert.Equal(t, "7", conns[0].Remote.Addr().Zone())
		},
		"tailscale: a mapped address becomes IPv4": func(t *testing.T) {
			b := table6(1)
			copy(b[4:], []byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1, 0, 0, 0, 0})
			r := tcpmib.Reader{Source: whole(b)}
			conns, err := r.AppendConns(nil, tcpmib.IPv6)
			require.NoError(t, err)
			assert.Equal(t, "::ffff:10.0.0.1", conns[0].Local.Addr().String())
			assert.Equal(t, tcpmib.IPv6, conns[0].Family())
		},
		"netstat2: success on the first call is a dangling pointer": func(t *testing.T) {
			calls := 0
			r := tcpmib.Reader{Source: counted(&calls, whole(table4(0)))}
			rows, err := r.TCPTable2(false)
			assert.NoError(t, err)
			assert.Empty(t, rows)
			assert.Equal(t, 1, calls)
			r = tcpmib.Reader{Source: fake(func(tcpmib.Query, []byte) (uint32, uint32) { return 0, 0 })}
			_, err = r.TCPTable2(false)
			assert.ErrorIs(t, err, tcpmib.ErrMalformed)
		},
		"tailscale, portmaster: more than 1 or 10 MiB or 65,535 rows are an error": func(t *testing.T) {
			const n = 500_000
			r := tcpmib.Reader{Source: whole(table4(n))}
			rows, err := r.TCPTable2(false)
			assert.NoError(t, err)
			assert.Len(t, rows, n)
			r = tcpmib.Reader{Source: r.Source, MaxBytes: 1 << 20}
			_, err = r.TCPTable2(false)
			assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
		},
		"psutil, corefx: 0xC0000001 under churn is an error": func(t *testing.T) {
			calls := 0
			r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (uint32, uint32) {
				if calls++; calls <= 3 {
					return 0, unsuccessful
				}
				return whole(table4(2))(q, buf)
			})}
			rows, err := r.TCPTable2(false)
			assert.NoError(t, err)
			assert.Len(t, rows, 2)
			var e *tcpmib.Error
			_, err = (&tcpmib.Reader{Source: fails(unsuccessful)}).TCPTable2(false)
			require.True(t, errors.As(err, &e), "and in the end it is one")
			assert.Equal(t, uint32(unsuccessful), e.Code)
		},
	} {
		t.Run(defect, ours)
	}
}
