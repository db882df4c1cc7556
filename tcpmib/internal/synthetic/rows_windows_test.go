package synthetic_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

var families = []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6}

func conns(t *testing.T, family tcpmib.Family, scenario ...string) []tcpmib.Conn {
	t.Helper()
	synthetic.Scenario(t, scenario...)
	conns, err := tcpmib.Conns(family)
	require.NoError(t, err)
	return conns
}

// Every field of every row arrives, and nothing of the upper halves of ports.
func TestRows(t *testing.T) {
	const n = 60_000 // more than a port can count
	for _, family := range families {
		for _, garbage := range []string{"garbage=0", "garbage=1"} {
			t.Run(family.String()+" "+garbage, func(t *testing.T) {
				got := conns(t, family, word("rows", n), garbage)
				require.Len(t, got, n)
				requireTable(t, got, family, 0, false)
			})
		}
	}
	synthetic.Scenario(t, "garbage=1")
	rows, err := tcpmib.GetTcpTable2(true)
	require.NoError(t, err)
	assert.NotEqual(t, [2]byte{}, [2]byte(rows[1].LocalPort[2:]), "the garbage is there")
}

// Numbers from outside the enums come through as they are, and print.
func TestStatesOutsideTheEnums(t *testing.T) {
	states := []tcpmib.State{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 77, 100, 101, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF}
	offloads := []tcpmib.OffloadState{0, 1, 2, 3, 4, 5, 0x7FFFFFFF, 0xFFFFFFFF}
	for _, family := range families {
		got := conns(t, family, word("rows", 40), "states=all", "offloads=all")
		require.Len(t, got, 40)
		for _, c := range got {
			i := index(c)
			assert.Equal(t, states[i%len(states)], c.State)
			assert.Equal(t, offloads[i%len(offloads)], c.Offload)
			assert.NotEmpty(t, c.State.String())
			assert.NotEmpty(t, c.Offload.String())
			assert.Equal(t, c.State != tcpmib.StateListen, c.Remote.IsValid())
		}
	}
	assert.Equal(t, "State(4294967295)", tcpmib.State(0xFFFFFFFF).String())
}

func TestZones(t *testing.T) {
	for _, zones := range []int{1, 12, 64, 65, 1000} {
		got := conns(t, tcpmib.IPv6, "rows=5000", word("zones", zones), "states=5")
		require.Len(t, got, 5000)
		for _, c := range got {
			zone := fmt.Sprint(1 + index(c)%zones)
			require.Equal(t, zone, c.Local.Addr().Zone())
			require.Equal(t, zone, c.Remote.Addr().Zone())
			require.True(t, c.Local.Addr().IsLinkLocalUnicast())
		}
	}
	synthetic.Scenario(t, "zones=3 states=5 rows=1")
	rows, err := tcpmib.GetTcp6Table2(true)
	require.NoError(t, err)
	assert.Equal(t, "[fe80::a00:0%1]:1024", rows[0].Local().String())
}

func TestMappedAddressesStayIPv6(t *testing.T) {
	got := conns(t, tcpmib.IPv6, "rows=2", "mapped=1")
	require.Len(t, got, 2)
	assert.Equal(t, "[::ffff:10.0.0.0]:1025", got[0].Local.String())
	assert.Equal(t, tcpmib.IPv6, got[0].Family())
}

// Every code that Windows may return is the error, with its number.
func TestEveryErrorCode(t *testing.T) {
	codes := []uint32{0x80004005, 0xC0000022, 0xC000009A, 0xFFFFFFFF}
	for code := range uint32(2000) {
		codes = append(codes, code)
	}
	for _, code := range codes {
		switch code {
		case 0, 122, 232: // success, growth, an empty table
			continue
		}
		synthetic.Scenario(t, word("codes", int(code)))
		for name, get := range map[string]func() error{
			"GetTcpTable2":  func() error { _, err := tcpmib.GetTcpTable2(false); return err },
			"GetTcp6Table2": func() error { _, err := tcpmib.GetTcp6Table2(false); return err },
		} {
			var e *tcpmib.Error
			require.True(t, errors.As(get(), &e), "%d", code)
			require.Equal(t, tcpmib.Error{Query: tcpmib.Query{Func: name}, Code: code}, *e)
			require.NotEmpty(t, e.Error())
		}
	}
}

// Windows may answer a call without a buffer, and succeed with it.
func TestNoBuffer(t *testing.T) {
	for _, get := range []func([]byte, bool) (uint32, uint32){native.GetTcpTable2, native.GetTcp6Table2} {
		log := synthetic.NewLog(t)
		synthetic.Scenario(t, "blank=1", log.Word())
		size, code := get(nil, true)
		assert.Zero(t, size)
		assert.Zero(t, code)
		assert.Contains(t, log.Calls(t)[0], "table=NULL size=0 order=1")
	}
}
