package tcpmib_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// scopeIDs is a MIB_TCP6TABLE2 of n connections, each between other addresses and with other scope
// IDs, from first on.
func scopeIDs(n int, first uint32) []byte {
	table := scoped(n, func(i int) (local, remote uint32, state tcpmib.State) {
		return first + uint32(2*i), first + uint32(2*i+1), tcpmib.StateEstab
	})
	for i := range n {
		row := table[4+60*i:]
		row[8], row[9], row[10] = byte(i>>16), byte(i>>8), byte(i)
		row[32], row[33], row[34] = byte(i>>16), byte(i>>8), byte(i)
	}
	return table
}

// Scope IDs are the indices of interfaces, which Hyper-V, WSL and VPN adapters have from 100 on.
func TestNoScopeIDAllocates(t *testing.T) {
	if tcpmib.Raced {
		t.Skip("the race detector and checkptr allocate, too")
	}
	const n = 1000
	for _, first := range []uint32{1, 100, 70_000, 1<<32 - 2*n} {
		table := scopeIDs(n, first)
		r := tcpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
			if q.Func == "InternalGetBoundTcp6EndpointTable" || q.Func == "GetTcp6Table2" {
				return whole(table)(q, buf)
			}
			return 0, tcpmib.CodeNoData
		})}
		var conns []tcpmib.Conn
		read := func() {
			var err error
			if conns, err = r.AppendConns(conns[:0], tcpmib.IPv6); err != nil || len(conns) != n {
				t.Fatal(len(conns), err)
			}
		}
		read()
		for i, c := range conns {
			require.Equal(t, fmt.Sprint(first+uint32(2*i)), c.Local.Addr().Zone())
			require.Equal(t, fmt.Sprint(first+uint32(2*i+1)), c.Remote.Addr().Zone())
		}
		assert.Zero(t, testing.AllocsPerRun(10, read), "from %d on", first)
	}

	var conns []tcpmib.DatedConn
	for _, first := range []int{1, 100, 70_000} {
		var rows []tcpmib.DatedConn
		for i := range n {
			c := tcpmib.DatedConn{}
			c.Local = endpoint(fmt.Sprintf("[fe80::%x%%%d]:443", i, first+i))
			c.Remote, c.State = endpoint(fmt.Sprintf("[fe80::1:%x%%%d]:443", i, first+i)), tcpmib.StateEstab
			rows = append(rows, c)
		}
		r := tcpmib.Reader{Source: extended(nil, whole(ownerModules(rows...)))}
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			var err error
			if conns, err = r.AppendDatedConns(conns[:0], tcpmib.IPv6); err != nil || len(conns) != n {
				t.Fatal(len(conns), err)
			}
		}), "from %d on", first)
	}
}

// Each scope ID costs memory of the whole program for as long as a connection has it. A table with
// more of them than any machine has interfaces is refused; the other family is not.
func TestTooManyScopeIDs(t *testing.T) {
	r := tcpmib.Reader{Source: families(whole(table4(3)), whole(scopeIDs(1<<15, 1)))}
	conns, err := r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Len(t, conns, 3+1<<15)
	for range 2 {
		r.Source = families(whole(table4(3)), whole(scopeIDs(1<<15+1, 1_000_000)))
		conns, err = r.AppendConns(nil, tcpmib.Both)
		require.ErrorIs(t, err, tcpmib.ErrTooLarge)
		assert.Len(t, conns, 3)
	}
	r.Source = families(whole(table4(3)), whole(table6(2)))
	conns, err = r.AppendConns(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Equal(t, "7", conns[4].Remote.Addr().Zone())
}

// What Windows writes for the remote endpoint of a listener has no meaning: its scope IDs cost nothing.
func TestListenersHaveNoRemoteScopeID(t *testing.T) {
	const n = 1<<16 + 1
	table := scoped(n, func(i int) (local, remote uint32, state tcpmib.State) {
		return 7, uint32(i + 1), tcpmib.StateListen
	})
	r := tcpmib.Reader{Source: families(nil, whole(table))}
	conns, err := r.AppendConns(nil, tcpmib.IPv6)
	require.NoError(t, err)
	require.Len(t, conns, n)
	assert.Equal(t, "[fe80::1%7]:443 LISTEN pid 1000", conns[0].String())
}
