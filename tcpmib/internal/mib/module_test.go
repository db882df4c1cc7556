package mib

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const base = 0x7FFE_0000 // where the fabricated buffers lie, with room for 32-bit pointers

type ownerModule struct{ name, path string }

// moduleInfo is a TCPIP_OWNER_MODULE_BASIC_INFO with pointers of a width, which lead to offsets
// from base, and what follows it.
func moduleInfo(width int, name, path int, text string) (b []byte) {
	for _, offset := range []int{name, path} {
		p := binary.LittleEndian.AppendUint64(nil, uint64(base+offset))
		b = append(b, p[:width]...)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}

func TestDecodeOwnerModule(t *testing.T) {
	const text = "RpcSs\x00C:\\ä𝄞.dll\x00"
	module := ownerModule{"RpcSs", `C:\ä𝄞.dll`}
	for _, width := range []int{4, 8} {
		behind := 2 * width // the strings
		for _, c := range []struct {
			name string
			b    []byte
			want ownerModule
			text string
		}{
			{"name, then path", moduleInfo(width, behind, behind+12, text), module, ""},
			{"path, then name", moduleInfo(width, behind+2, behind, "\x00RpcSs\x00"), ownerModule{name: "RpcSs"}, ""},
			{"bytes behind", append(moduleInfo(width, behind, behind+12, text), 'x', 0, 'y'), module, ""},
			{"one string for both", moduleInfo(width, behind, behind, "a\x00"), ownerModule{"a", "a"}, ""},
			{"empty strings", moduleInfo(width, behind, behind, "\x00"), ownerModule{}, ""},
			{"null pointers", moduleInfo(width, -base, -base, ""), ownerModule{}, ""},
			{"an odd address", moduleInfo(width, behind+1, behind, "\u6100\x00\x00"), ownerModule{"a", "\u6100"}, ""},
			{"half a surrogate pair", append(moduleInfo(width, behind, behind, ""), 0, 0xD8, 0, 0), ownerModule{"\uFFFD", "\uFFFD"}, ""},

			{"nothing", nil, ownerModule{}, fmt.Sprintf("needs %d bytes, got 0", 2*width)},
			{"a byte short", moduleInfo(width, 0, 0, "")[:2*width-1], ownerModule{}, "BASIC_INFO needs"},
			{"name before the buffer", moduleInfo(width, -2, behind, "\x00"), ownerModule{}, "pModuleName points to 0x7ffdfffe, outside"},
			{"path before the buffer", moduleInfo(width, behind, -2, "\x00"), ownerModule{}, "pModulePath points to 0x7ffdfffe, outside"},
			{"name at its end", moduleInfo(width, behind+2, behind, "\x00"), ownerModule{}, "pModuleName points to"},
			{"path far behind", moduleInfo(width, behind, 1<<30, "\x00"), ownerModule{}, "pModulePath points to"},
			{"no end", moduleInfo(width, behind, behind, "abc"), ownerModule{}, "pModuleName points to a string without a terminating zero"},
			{"no end, cut in a character", moduleInfo(width, behind, behind, "abc\x00")[:2*width+7], ownerModule{}, "a string without a terminating zero"},
			{"the last byte", moduleInfo(width, behind+1, behind, "\x00"), ownerModule{}, "pModuleName points to a string without a terminating zero"},
		} {
			t.Run(fmt.Sprint(8*width, " bits, ", c.name), func(t *testing.T) {
				name, path, err := decodeOwnerModule(c.b, base, width)
				if c.text == "" {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, ErrMalformed)
					require.ErrorContains(t, err, c.text)
				}
				assert.Equal(t, c.want, ownerModule{name, path})
			})
		}
	}
	// Where the sum of an address and a length wraps around.
	_, _, err := decodeOwnerModule(append(make([]byte, 8), "\xff\xff\xff\xff\xff\xff\xff\xff"...), 1<<64-16, 8)
	require.ErrorIs(t, err, ErrMalformed)
}

// No bytes make it panic, and no string is longer than the buffer has room for.
func FuzzDecodeOwnerModule(f *testing.F) {
	for _, width := range []int{4, 8} {
		f.Add(moduleInfo(width, 2*width, 2*width+12, "RpcSs\x00C:\\rpcss.dll\x00"), uint64(base), width == 8)
		f.Add(moduleInfo(width, -2, 1<<30, "abc"), uint64(base), width == 8)
	}
	f.Fuzz(func(t *testing.T, b []byte, base uint64, wide bool) {
		width := map[bool]int{false: 4, true: 8}[wide]
		name, path, err := decodeOwnerModule(b, base, width)
		if err != nil {
			require.ErrorIs(t, err, ErrMalformed)
			require.Empty(t, name+path)
		}
		for _, s := range []string{name, path} {
			require.LessOrEqual(t, 2*len(utf16.Encode([]rune(s))), len(b))
			require.False(t, strings.Contains(s, "\x00"))
		}
	})
}
