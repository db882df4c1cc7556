package tcpmib_test

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// wineDLL is Wine's own iphlpapi.dll where the stand-in of wine.sh has taken its name.
var wineDLL = windows.NewLazySystemDLL("wineiphlpapi.dll")

// onStandin says whether the tables come from the stand-in iphlpapi.dll. Unlike Wine 8's, they have
// every owner that is a Windows program, and scope IDs that are interfaces.
func onStandin() bool { return wineDLL.Load() == nil }

// rawTable is a table function and what a row of it has that the stand-in and Wine answer
// differently: the owner, and the scope IDs, which Wine gets wrong.
type rawTable struct {
	name      string
	arguments []uintptr // after bOrder
	row       int       // size
	first     int       // offset of the first row
	ignored   []int     // offsets of 32-bit fields
}

var rawTables = []rawTable{
	{"GetTcpTable", nil, 20, 4, nil},
	{"GetTcp6Table", nil, 52, 4, []int{20, 44}},
	{"GetTcpTable2", nil, 28, 4, []int{20}},
	{"GetTcp6Table2", nil, 60, 4, []int{16, 40, 52}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 0, 0}, 20, 4, nil},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 1, 0}, 20, 4, nil},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 2, 0}, 20, 4, nil},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 3, 0}, 24, 4, []int{20}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 4, 0}, 24, 4, []int{20}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 5, 0}, 24, 4, []int{20}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 6, 0}, 160, 8, []int{20}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 7, 0}, 160, 8, []int{20}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET, 8, 0}, 160, 8, []int{20}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 0, 0}, 52, 4, []int{20, 44}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 1, 0}, 52, 4, []int{20, 44}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 2, 0}, 52, 4, []int{20, 44}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 3, 0}, 56, 4, []int{16, 40, 52}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 4, 0}, 56, 4, []int{16, 40, 52}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 5, 0}, 56, 4, []int{16, 40, 52}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 6, 0}, 192, 8, []int{16, 40, 52}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 7, 0}, 192, 8, []int{16, 40, 52}},
	{"GetExtendedTcpTable", []uintptr{windows.AF_INET6, 8, 0}, 192, 8, []int{16, 40, 52}},
	{"GetUdpTable", nil, 8, 4, nil},
	{"GetUdp6Table", nil, 24, 4, []int{16}},
	{"GetExtendedUdpTable", []uintptr{windows.AF_INET, 0, 0}, 8, 4, nil},
	{"GetExtendedUdpTable", []uintptr{windows.AF_INET, 1, 0}, 12, 4, []int{8}},
	{"GetExtendedUdpTable", []uintptr{windows.AF_INET, 2, 0}, 160, 8, []int{8}},
	{"GetExtendedUdpTable", []uintptr{windows.AF_INET6, 0, 0}, 24, 4, []int{16}},
	{"GetExtendedUdpTable", []uintptr{windows.AF_INET6, 1, 0}, 28, 4, []int{16, 24}},
	{"GetExtendedUdpTable", []uintptr{windows.AF_INET6, 2, 0}, 176, 8, []int{16, 24}},
}

// The stand-in answers as Wine's own DLL does, row by row, where Wine's table is the machine's.
// Only a step of build.sh that knows that it is asks for this.
func TestStandinAgreesWithWine(t *testing.T) {
	if os.Getenv("WINMIB_STANDIN_AGREES") == "" {
		t.Skip("compares the stand-in with a Wine that reads /proc/net; a step of ./build.sh test")
	}
	require.True(t, onStandin(), "iphlpapi.dll is not the stand-in")
	for address := range loopbacks {
		connect(t, listen(t, address))
	}
	for _, table := range rawTables {
		name := table.name
		for _, a := range table.arguments {
			name += "/" + string('0'+rune(a%10))
		}
		t.Run(name, func(t *testing.T) {
			soon(t, func(t *assert.CollectT) {
				before := table.rows(t, wineDLL)
				ours := table.rows(t, windows.NewLazySystemDLL("iphlpapi.dll"))
				requireBetween(t, before, ours, table.rows(t, wineDLL))
			})
		})
	}
}

// rows returns the rows without the ignored fields.
func (f rawTable) rows(t require.TestingT, dll *windows.LazyDLL) (rows []string) {
	buf := make([]byte, 1<<20)
	size := uint32(len(buf))
	arguments := []uintptr{uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&size)), 0}
	code, _, _ := dll.NewProc(f.name).Call(append(arguments, f.arguments...)...)
	require.Zero(t, code)
	for i := range int(binary.LittleEndian.Uint32(buf)) {
		row := buf[f.first+i*f.row:][:f.row]
		for _, offset := range f.ignored {
			clear(row[offset : offset+4])
		}
		rows = append(rows, hex.EncodeToString(row))
	}
	return rows
}
