package synthetic_test

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

var boundTables = []struct {
	name   string
	get    func(buf []byte) (size, code uint32)
	stride int
	decode func(b []byte) (rows int, err error)
}{
	{"InternalGetBoundTcpEndpointTable", native.InternalGetBoundTcpEndpointTable, 28,
		func(b []byte) (int, error) { rows, err := tcpmib.DecodeTCPTable2(b); return len(rows), err }},
	{"InternalGetBoundTcp6EndpointTable", native.InternalGetBoundTcp6EndpointTable, 60,
		func(b []byte) (int, error) { rows, err := tcpmib.DecodeTCP6Table2(b); return len(rows), err }},
}

// The table that the function allocates is copied whole, or not at all, and nothing around it.
func TestBoundTableIsCopied(t *testing.T) {
	memory := guarded(t, 1)
	for _, table := range boundTables {
		t.Run(table.name, func(t *testing.T) {
			log := synthetic.NewLog(t)
			synthetic.Scenario(t, "bound=3", log.Word())
			want := 4 + 3*table.stride
			untouched := bytes.Repeat([]byte{0xC5}, len(memory))
			for _, length := range []int{0, 1, 4, want - 1, want, want + 1, want + 100} {
				copy(memory, untouched)
				before, buf := memory[:len(memory)-length], memory[len(memory)-length:]
				size, code := table.get(buf)
				require.EqualValues(t, want, size)
				require.True(t, bytes.Equal(before, untouched[:len(before)]), "bytes before a buffer of %d", length)
				if length < want {
					require.EqualValues(t, 122, code)
					require.True(t, bytes.Equal(buf, untouched[:length]), "a buffer of %d", length)
					continue
				}
				require.Zero(t, code)
				require.True(t, bytes.Equal(buf[size:], untouched[:length-want]), "bytes behind the table in %d", length)
				rows, err := table.decode(buf)
				require.NoError(t, err)
				assert.Equal(t, 3, rows)
			}
			for _, call := range log.Calls(t) {
				assert.Contains(t, call, table.name+" heap=process flags=0 code=0 size=")
			}
		})
	}
}

// The table is freed, whether it fitted or not: 4000 of 28 or 60 kB would take 100 MB otherwise.
func TestBoundTableIsFreed(t *testing.T) {
	synthetic.Scenario(t, "bound=1000")
	for _, table := range boundTables {
		before := committed(t)
		for _, buf := range [][]byte{nil, make([]byte, 1<<20)} {
			for range 2000 {
				if _, code := table.get(buf); code != 0 && code != 122 {
					t.Fatal(code)
				}
			}
		}
		assert.Less(t, committed(t)-before, int64(32<<20), table.name)
	}
}

// Whatever number of rows the table claims, the bytes that come back are those that were allocated.
func TestBoundTableThatLies(t *testing.T) {
	for _, table := range boundTables {
		synthetic.Scenario(t, "bound=3 entries=1000000")
		buf := make([]byte, 1<<20)
		size, code := table.get(buf)
		assert.Zero(t, code)
		assert.EqualValues(t, 4+3*table.stride, size)
		_, err := table.decode(buf[:size])
		assert.ErrorIs(t, err, tcpmib.ErrMalformed)
	}
}

// A code is passed on, and so is the success without a table.
func TestBoundTableFails(t *testing.T) {
	for _, table := range boundTables {
		for _, code := range []int{5, 50, 127, 232} {
			synthetic.Scenario(t, word("codes", code))
			size, got := table.get(make([]byte, 1<<10))
			assert.EqualValues(t, code, got)
			assert.Zero(t, size)
		}
		synthetic.Scenario(t, "blank=1")
		size, code := table.get(make([]byte, 1<<10))
		assert.Zero(t, code)
		assert.Zero(t, size)
	}
}

// committed is how much memory this process has for itself. Wine 8 fills PagefileUsage, Windows both
// or PrivateUsage alone.
func committed(t *testing.T) int64 {
	var m struct { // PROCESS_MEMORY_COUNTERS_EX
		cb, faults                                              uint32
		peakWorkingSet, workingSet, peakPaged, paged            uintptr
		peakNonPaged, nonPaged, pagefile, peakPagefile, private uintptr
	}
	m.cb = uint32(unsafe.Sizeof(m))
	r, _, err := windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo").Call(
		uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&m)), uintptr(m.cb))
	require.NotZero(t, r, err)
	return int64(max(m.pagefile, m.private))
}
