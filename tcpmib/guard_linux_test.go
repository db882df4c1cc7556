package tcpmib_test

import (
	"encoding/binary"
	"math"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// guarded returns a page of memory followed by one that must not be touched.
func guarded(t *testing.T) []byte {
	page := os.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { syscall.Munmap(memory) })
	require.NoError(t, syscall.Mprotect(memory[page:], syscall.PROT_NONE))
	return memory[:page:page]
}

// Tables of every length that end where memory ends, with every number of rows that matters:
// decoding and conversion read nothing beyond.
func TestDecodeReadsNothingBehindTheBuffer(t *testing.T) {
	memory := guarded(t)
	for name, test := range map[string]struct {
		table  []byte
		size   uint32
		decode func(b []byte) (used int, err error)
	}{
		"IPv4": {table4(3), 28, func(b []byte) (int, error) {
			rows, err := tcpmib.DecodeTCPTable2(b)
			for i := range rows {
				useRow(&rows[i])
			}
			return len(rows), err
		}},
		"IPv6": {table6(3), 60, func(b []byte) (int, error) {
			rows, err := tcpmib.DecodeTCP6Table2(b)
			for i := range rows {
				useRow(&rows[i])
			}
			return len(rows), err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for length := range len(test.table) + 1 {
				b := memory[len(memory)-length:]
				for _, n := range []uint32{0, 1, 2, 3, 4, math.MaxUint32/test.size + 1, math.MaxUint32} {
					copy(b, test.table)
					if length >= 4 {
						binary.LittleEndian.PutUint32(b, n)
					}
					used, err := test.decode(b)
					if length >= 4 && uint64(length) >= 4+uint64(n)*uint64(test.size) {
						require.NoError(t, err)
						require.EqualValues(t, n, used)
					} else {
						require.ErrorIs(t, err, tcpmib.ErrMalformed)
						require.Zero(t, used)
					}
				}
			}
		})
	}
}
