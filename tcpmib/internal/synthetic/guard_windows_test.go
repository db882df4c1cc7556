package synthetic_test

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/internal/synthetic"
)

// guarded returns memory of whole pages behind which lies a page that nobody may
// touch.
func guarded(t *testing.T, pages int) []byte {
	const page = 4096
	base, err := windows.VirtualAlloc(0, uintptr(pages+1)*page, windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	require.NoError(t, err)
	t.Cleanup(func() { windows.VirtualFree(base, 0, windows.MEM_RELEASE) })
	var old uint32
	require.NoError(t, windows.VirtualProtect(base+uintptr(pages)*page, page, windows.PAGE_NOACCESS, &old))
	// The address is not the garbage collector's, so it does not move.
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&base))), pages*page)
}

// With a buffer of every length around the table's, and with none of it beyond
// its end: the call writes the table or nothing, and nothing before the buffer;
// decoding reads what there is.
func TestNothingOutsideTheBuffer(t *testing.T) {
	memory := guarded(t, 1)
	for _, test := range []struct {
		name   string
		get    func([]byte, bool) (size, code uint32)
		size   int
		decode func([]byte) (rows int, err error)
	}{
		{"IPv4", native.GetTcpTable2, 4 + 3*28, func(b []byte) (int, error) { rows, err := tcpmib.DecodeTCPTable2(b); return len(rows), err }},
		{"IPv6", native.GetTcp6Table2, 4 + 3*60, func(b []byte) (int, error) { rows, err := tcpmib.DecodeTCP6Table2(b); return len(rows), err }},
	} {
		t.Run(test.name, func(t *testing.T) {
			synthetic.Scenario(t, "rows=3")
			untouched := bytes.Repeat([]byte{0xC5}, len(memory))
			for length := range test.size + 70 {
				copy(memory, untouched)
				before, buf := memory[:len(memory)-length], memory[len(memory)-length:]
				size, code := test.get(buf, true)
				require.EqualValues(t, test.size, size)
				require.True(t, bytes.Equal(before, untouched[:len(before)]), "bytes before a buffer of %d", length)
				if length < test.size {
					require.EqualValues(t, 122, code)
					require.True(t, bytes.Equal(buf, untouched[:length]), "a buffer of %d", length)
				} else {
					require.Zero(t, code)
					require.True(t, bytes.Equal(buf[size:], untouched[:length-test.size]), "bytes behind the table in %d", length)
				}
				rows, err := test.decode(buf)
				if length < test.size {
					require.ErrorIs(t, err, tcpmib.ErrMalformed)
				} else {
					require.NoError(t, err)
					require.Equal(t, 3, rows)
				}
			}
		})
	}
}
