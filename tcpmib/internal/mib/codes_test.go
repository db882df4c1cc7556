package mib

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Codes have the names that winerror.h gives their numbers.
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
func TestCodes(t *testing.T) {
	numbers := map[uint32]string{
		1: "ERROR_INVALID_FUNCTION", 2: "ERROR_FILE_NOT_FOUND", 5: "ERROR_ACCESS_DENIED", 8: "ERROR_NOT_ENOUGH_MEMORY",
		14: "ERROR_OUTOFMEMORY", 31: "ERROR_GEN_FAILURE", 32: "ERROR_SHARING_VIOLATION", 50: "ERROR_NOT_SUPPORTED",
		65: "ERROR_NETWORK_ACCESS_DENIED", 87: "ERROR_INVALID_PARAMETER", 120: "ERROR_CALL_NOT_IMPLEMENTED",
		122: "ERROR_INSUFFICIENT_BUFFER", 126: "ERROR_MOD_NOT_FOUND", 127: "ERROR_PROC_NOT_FOUND", 232: "ERROR_NO_DATA",
		299: "ERROR_PARTIAL_COPY", 317: "ERROR_MR_MID_NOT_FOUND", 998: "ERROR_NOACCESS", 1168: "ERROR_NOT_FOUND",
		1314: "ERROR_PRIVILEGE_NOT_HELD", 1784: "ERROR_INVALID_USER_BUFFER", 0xC0000001: "STATUS_UNSUCCESSFUL",
		0x20000001: "CodeNoAnswer",
	}
	assert.Zero(t, CodeSuccess)
	assert.Len(t, codes, len(numbers))
	for n, name := range numbers {
		assert.Equal(t, name, codes[n].name, n)
	}
	assert.Equal(t, "Windows error 4711", Meaning("GetTcpTable2", 4711))
	assert.Equal(t, "Windows error 2147483647", Meaning("GetTcpTable2", 1<<31-1))
	assert.Equal(t, "Windows error 0x80000000", Meaning("GetTcpTable2", 1<<31))
	assert.Equal(t, "access is denied (ERROR_ACCESS_DENIED, 5)", Meaning("GetTcpTable2", 5))
	assert.Contains(t, Meaning("", CodeUnsuccessful), ", 0xC0000001)")
}

// A code can mean something else from another function.
func TestCodesOfFunctions(t *testing.T) {
	for _, test := range []struct {
		function string
		code     uint32
		is       error
	}{
		{"GetTcpTable2", 5, fs.ErrPermission},
		{"GetTcpTable2", 65, fs.ErrPermission},
		{"GetTcpTable2", 50, errors.ErrUnsupported},
		{"GetTcpTable2", 87, nil},
		{"GetOwnerModuleFromTcpEntry", 87, fs.ErrNotExist},
		{"GetOwnerModuleFromUdp6Entry", 299, errors.ErrUnsupported},
		{"GetTcpTable2", 299, nil},
		{"GetOwnerModuleFromTcpEntry", 1168, fs.ErrNotExist},
		{"SetTcpEntry", 87, nil},
		{"SetTcpEntry", 317, fs.ErrNotExist},
		{"GetPerTcpConnectionEStats", 1168, fs.ErrNotExist},
		{"SetPerTcp6ConnectionEStats", 1168, fs.ErrNotExist},
		{"DeletePersistentTcpPortReservation", 1168, fs.ErrNotExist},
		{"LookupPersistentUdpPortReservation", 1168, fs.ErrNotExist},
		{"CreatePersistentUdpPortReservation", 87, nil},
		{"GetTcpTable2", 4711, nil},
	} {
		for _, target := range []error{fs.ErrPermission, errors.ErrUnsupported, fs.ErrNotExist, fs.ErrInvalid, nil} {
			assert.Equal(t, target != nil && target == test.is, Is(test.function, test.code, target), "%+v is %v", test, target)
		}
	}
	for function, want := range map[string]string{
		"GetOwnerModuleFromTcpEntry":         "87 the process has ended",
		"GetOwnerModuleFromTcp6Entry":        "1168 no module owns it, or the process has ended",
		"SetTcpEntry":                        "87 not a connection that can be closed",
		"GetPerTcpConnectionEStats":          "1168 no such connection",
		"SetPerTcpConnectionEStats":          "1168 no such connection",
		"CreatePersistentTcpPortReservation": "87 not a range of ports that can be reserved",
		"DeletePersistentTcpPortReservation": "1168 no reservation of exactly these ports",
		"LookupPersistentTcpPortReservation": "1168 no reservation of exactly these ports",
	} {
		number, meaning, _ := strings.Cut(want, " ")
		n, err := strconv.ParseUint(number, 10, 32)
		require.NoError(t, err)
		assert.Equal(t, meaning+" ("+codes[uint32(n)].name+", "+number+")", Meaning(function, uint32(n)))
	}
	for _, special := range codesOf { // each says more than the code alone does
		assert.NotEqual(t, Meaning("", special.code), Meaning(special.function, special.code), special.function)
		assert.Contains(t, Meaning(special.function, special.code), codes[special.code].name)
	}
}

// https://learn.microsoft.com/windows/win32/api/iprtrmib/ne-iprtrmib-udp_table_class
func TestUDPTableClasses(t *testing.T) {
	for n, want := range []string{"Basic", "OwnerPID", "OwnerModule", "UDPTableClass(3)"} {
		assert.Equal(t, want, UDPTableClasses.String(uint32(n)))
	}
}

type fruit uint8

func TestEnum(t *testing.T) {
	fruits := EnumOf("pkg", "Fruit", "kind of fruit", map[fruit]string{1: "apple", 2: "pear"})
	for text, want := range map[string]fruit{"apple": 1, "PEAR": 2, "Fruit(7)": 7, "fruit(255)": 255, "Fruit(0)": 0, "Fruit(1)": 1} {
		got, err := fruits.Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "app", "Fruit", "Fruit(", "Fruit()", "Fruit(7", "Fruit7)", "7", "(7)", "Fruit(256)", "Fruit(-1)", "Frui(7)", "Fruits(7)", "Fruit(7))"} {
		got, err := fruits.Parse(text)
		assert.EqualError(t, err, `pkg: unknown kind of fruit "`+text+`"; want apple, pear`)
		assert.Zero(t, got)
		_, ok := fruits.ParseNumber(text)
		assert.False(t, ok, text)
	}
	for f, want := range map[fruit]string{1: "apple", 0: "Fruit(0)", 200: "Fruit(200)"} {
		assert.Equal(t, want, fruits.String(f))
		text, err := fruits.MarshalText(f)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}

func TestFamilies(t *testing.T) {
	for family, want := range map[fruit]struct {
		some  bool
		stats uint32
	}{0: {}, 1: {true, 2}, 2: {true, 23}, 3: {some: true}, 4: {}, 5: {}, 6: {}, 255: {}} {
		err := CheckFamily("pkg", family)
		assert.Equal(t, want.some, err == nil, family)
		if !want.some {
			assert.ErrorIs(t, err, fs.ErrInvalid)
		}
		number, err := AddressFamily("pkg", family)
		assert.Equal(t, want.stats, number)
		if want.stats == 0 {
			assert.ErrorIs(t, err, fs.ErrInvalid)
		} else {
			assert.NoError(t, err)
		}
	}
}
