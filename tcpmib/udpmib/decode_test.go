package udpmib_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/netip"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func TestDecode(t *testing.T) {
	rows4, err := udpmib.DecodeUDPTableOwnerModule(table4(2))
	require.NoError(t, err)
	require.Len(t, rows4, 2)
	assert.Equal(t, "10.1.2.3:444", rows4[1].Local().String())
	assert.EqualValues(t, 1001, rows4[1].OwningPid)
	assert.Equal(t, bound, rows4[1].CreateTime())
	assert.True(t, rows4[1].SpecificPortBind())
	assert.EqualValues(t, 15, rows4[1].OwningModuleInfo[15])

	rows6, err := udpmib.DecodeUDP6TableOwnerModule(table6(2, sevens))
	require.NoError(t, err)
	require.Len(t, rows6, 2)
	assert.Equal(t, "[fe80::1%7]:444", rows6[1].Local().String())
	assert.EqualValues(t, 1001, rows6[1].OwningPid)
	assert.Equal(t, bound, rows6[1].CreateTime())
	assert.True(t, rows6[1].SpecificPortBind())
	assert.EqualValues(t, 15, rows6[1].OwningModuleInfo[15])

	_, err = udpmib.DecodeUDPTableOwnerModule(table4(2)[:8+160])
	assert.ErrorIs(t, err, tcpmib.ErrMalformed)
	assert.EqualError(t, err, "udpmib: malformed table: MIB_UDPTABLE_OWNER_MODULE with 2 rows needs 328 bytes, got 168")
	_, err = udpmib.DecodeUDPTable(nil)
	assert.EqualError(t, err, "udpmib: malformed table: MIB_UDPTABLE needs 4 bytes for its number of rows, got 0")
}

// Bit 0 alone says whether the port was chosen.
func TestSpecificPortBind(t *testing.T) {
	for flags, want := range map[int32]bool{0: false, 1: true, 2: false, 3: true, -1: true, -2: false} {
		assert.Equal(t, want, (&udpmib.UDPRowOwnerModule{Flags: flags}).SpecificPortBind(), flags)
		assert.Equal(t, want, (&udpmib.UDP6RowOwnerModule{Flags: flags}).SpecificPortBind(), flags)
		assert.Equal(t, want, (&udpmib.UDPRow2{Flags: flags}).SpecificPortBind(), flags)
		assert.Equal(t, want, (&udpmib.UDP6Row2{Flags: flags}).SpecificPortBind(), flags)
	}
}

func TestRow2(t *testing.T) {
	row4 := udpmib.UDPRow2{
		LocalAddr: [4]byte{10, 0, 0, 1}, LocalPort: [4]byte{0, 53, 0xDE, 0xAD}, CreateTimestamp: boundTicks,
		RemoteAddr: [4]byte{192, 0, 2, 7}, RemotePort: [4]byte{1, 187, 0xBE, 0xEF},
	}
	assert.Equal(t, netip.MustParseAddrPort("10.0.0.1:53"), row4.Local())
	assert.Equal(t, netip.MustParseAddrPort("192.0.2.7:443"), row4.Remote())
	assert.Equal(t, bound, row4.CreateTime())
	row6 := udpmib.UDP6Row2{
		LocalAddr: netip.MustParseAddr("fe80::1").As16(), LocalScopeID: 3, LocalPort: [4]byte{0, 53},
		RemoteAddr: netip.MustParseAddr("fe80::2").As16(), RemoteScopeID: 4, RemotePort: [4]byte{1, 187},
	}
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1%3]:53"), row6.Local())
	assert.Equal(t, netip.MustParseAddrPort("[fe80::2%4]:443"), row6.Remote())
	assert.True(t, row6.CreateTime().IsZero(), "0 is no time")
}

// A scope ID is the zone of an address in every row; 0 is none.
func TestScopeIDs(t *testing.T) {
	address := netip.MustParseAddr("fe80::1").As16()
	for scope, want := range map[uint32]string{0: "", 1: "1", 2: "2", 1<<32 - 1: "4294967295"} {
		row, pid := udpmib.UDP6Row{LocalAddr: address, LocalScopeID: scope}, udpmib.UDP6RowOwnerPID{LocalAddr: address, LocalScopeID: scope}
		module := udpmib.UDP6RowOwnerModule{LocalAddr: address, LocalScopeID: scope}
		row2 := udpmib.UDP6Row2{LocalAddr: address, LocalScopeID: scope, RemoteAddr: address, RemoteScopeID: scope}
		for i, e := range []netip.AddrPort{row.Local(), pid.Local(), module.Local(), row2.Local(), row2.Remote()} {
			assert.Equal(t, want, e.Addr().Zone(), "row %d, scope ID %d", i, scope)
		}
	}
}

// Every value of the enum prints, parses and survives JSON.
func TestUDPTableClass(t *testing.T) {
	for class, text := range map[udpmib.UDPTableClass]string{
		udpmib.UDPTableClassBasic:       "Basic",
		udpmib.UDPTableClassOwnerPID:    "OwnerPID",
		udpmib.UDPTableClassOwnerModule: "OwnerModule",
		3:                               "UDPTableClass(3)",
		4294967295:                      "UDPTableClass(4294967295)",
	} {
		assert.Equal(t, text, class.String())
		b, err := json.Marshal(class)
		require.NoError(t, err)
		assert.Equal(t, `"`+text+`"`, string(b))
		var back udpmib.UDPTableClass
		require.NoError(t, json.Unmarshal(b, &back))
		assert.Equal(t, class, back)
	}
	var class udpmib.UDPTableClass
	require.NoError(t, class.UnmarshalText([]byte("ownerPid")))
	assert.Equal(t, udpmib.UDPTableClassOwnerPID, class)
	for _, text := range []string{"", "Owner", "UDPTableClass(", "UDPTableClass()", "UDPTableClass(4294967296)", "UDPTableClass(-1)", "3"} {
		assert.ErrorContains(t, class.UnmarshalText([]byte(text)), "want Basic, OwnerPID, OwnerModule", text)
	}
}

// Elsewhere than on Windows every function says so.
func TestUnsupported(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this test is for other systems")
	}
	for name, err := range map[string]error{
		"Endpoints":                          second(udpmib.Endpoints(tcpmib.Both)),
		"GetUdpTable":                        second(udpmib.GetUdpTable(true)),
		"GetUdp6Table":                       second(udpmib.GetUdp6Table(true)),
		"GetExtendedUdpTable":                second(udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerPID](true)),
		"GetOwnerModuleFromUdpEntry":         second(udpmib.GetOwnerModuleFromUdpEntry(&udpmib.UDPRowOwnerModule{})),
		"GetOwnerModuleFromUdp6Entry":        second(udpmib.GetOwnerModuleFromUdp6Entry(&udpmib.UDP6RowOwnerModule{})),
		"GetUdpStatistics":                   second(udpmib.GetUdpStatistics()),
		"GetUdpStatisticsEx":                 second(udpmib.GetUdpStatisticsEx(tcpmib.IPv6)),
		"GetUdpStatisticsEx2":                second(udpmib.GetUdpStatisticsEx2(tcpmib.IPv4)),
		"CreatePersistentUdpPortReservation": second(udpmib.CreatePersistentUdpPortReservation(5000, 10)),
		"DeletePersistentUdpPortReservation": udpmib.DeletePersistentUdpPortReservation(5000, 10),
		"LookupPersistentUdpPortReservation": second(udpmib.LookupPersistentUdpPortReservation(5000, 10)),
	} {
		assert.ErrorIs(t, err, errors.ErrUnsupported, name)
	}
}

func TestStatisticsAreOfOneFamily(t *testing.T) {
	for _, family := range []tcpmib.Family{0, tcpmib.Both, 4} {
		assert.ErrorIs(t, second(udpmib.GetUdpStatisticsEx(family)), fs.ErrInvalid)
		assert.ErrorIs(t, second(udpmib.GetUdpStatisticsEx2(family)), fs.ErrInvalid)
	}
}

func second[T any](_ T, err error) error { return err }
