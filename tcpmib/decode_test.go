package tcpmib_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

func TestDecodeTCPTable2(t *testing.T) {
	rows, err := tcpmib.DecodeTCPTable2(table4(2))
	require.NoError(t, err)
	want := []tcpmib.TCPRow2{
		{State: 5, LocalAddr: [4]byte{10, 1, 2, 3}, LocalPort: [4]byte{0x01, 0xBB, 0xDE, 0xAD},
			RemoteAddr: [4]byte{192, 0, 2, 7}, RemotePort: [4]byte{0, 0, 0xBE, 0xEF}, OwningPid: 1000, OffloadState: 2},
		{State: 5, LocalAddr: [4]byte{10, 1, 2, 3}, LocalPort: [4]byte{0x01, 0xBB, 0xDE, 0xAD},
			RemoteAddr: [4]byte{192, 0, 2, 7}, RemotePort: [4]byte{0, 1, 0xBE, 0xEF}, OwningPid: 1001, OffloadState: 2},
	}
	assert.Empty(t, cmp.Diff(want, rows))
	assert.Equal(t, netip.MustParseAddrPort("10.1.2.3:443"), rows[1].Local())
	assert.Equal(t, netip.MustParseAddrPort("192.0.2.7:1"), rows[1].Remote())
}

func TestDecodeTCP6Table2(t *testing.T) {
	rows, err := tcpmib.DecodeTCP6Table2(table6(2))
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1%7]:443"), rows[1].Local())
	assert.Equal(t, netip.MustParseAddrPort("[fe80::2%7]:1"), rows[1].Remote())
	assert.Equal(t, uint32(1001), rows[1].OwningPid)
}

func TestRemoteOfListenerIsZero(t *testing.T) {
	row4 := tcpmib.TCPRow2{State: tcpmib.StateListen, RemoteAddr: [4]byte{1, 2, 3, 4}, RemotePort: [4]byte{1}}
	assert.Equal(t, netip.AddrPort{}, row4.Remote())
	row6 := tcpmib.TCP6Row2{State: tcpmib.StateListen, RemoteAddr: [16]byte{1, 2, 3, 4}, RemotePort: [4]byte{1}}
	assert.Equal(t, netip.AddrPort{}, row6.Remote())
}

func TestMappedAddressStaysIPv6(t *testing.T) {
	row := tcpmib.TCP6Row2{State: tcpmib.StateEstab, LocalAddr: [16]byte{10: 0xFF, 0xFF, 192, 0, 2, 1}, LocalPort: [4]byte{0, 80}}
	assert.Equal(t, "[::ffff:192.0.2.1]:80", row.Local().String())
	assert.True(t, row.Local().Addr().Is4In6())
}

// A table is cut at every length, and claims every number of rows around the true one and the
// largest: an error or exactly the rows that there are.
func TestDecodeAtEveryBoundary(t *testing.T) {
	const row = 28
	whole := table4(3)
	for length := range len(whole) + 1 {
		for _, n := range []uint32{0, 1, 2, 3, 4, math.MaxInt32 / row, math.MaxUint32 / row, math.MaxUint32/row + 1, math.MaxInt32, math.MaxUint32} {
			b := bytes.Clone(whole[:length])
			if length >= 4 {
				binary.LittleEndian.PutUint32(b, n)
			}
			rows, err := tcpmib.DecodeTCPTable2(b)
			if length >= 4 && (n == 0 || uint64(length) >= 4+row*uint64(n)) {
				assert.NoError(t, err)
				assert.Len(t, rows, int(n))
			} else {
				assert.ErrorIs(t, err, tcpmib.ErrMalformed)
				assert.Nil(t, rows)
			}
		}
	}
}

func TestDecodeIsAViewWhereItCanBe(t *testing.T) {
	b := table4(2)
	rows, err := tcpmib.DecodeTCPTable2(b)
	require.NoError(t, err)
	b[4] = byte(tcpmib.StateClosing)
	assert.Equal(t, tcpmib.StateClosing, rows[0].State)

	for shift := range 4 {
		shifted := append(make([]byte, shift), table4(2)...)[shift:]
		got, err := tcpmib.DecodeTCPTable2(shifted)
		require.NoError(t, err)
		want, err := tcpmib.DecodeTCPTable2(table4(2))
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(want, got), "shifted by %d", shift)
	}
}
