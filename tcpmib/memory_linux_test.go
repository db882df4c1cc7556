package tcpmib_test

import (
	"math"
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
)

// A 32-bit program with 512 MiB of address space left survives systems that ask for as much as they
// may get, one after the other: no caller could handle running out of memory.
func TestLittleAddressSpace(t *testing.T) {
	if math.MaxInt > math.MaxInt32 {
		t.Skip("for programs of 32 bits")
	}
	const chunk = 64 << 20
	var taken [][]byte
	for {
		b, err := syscall.Mmap(-1, 0, chunk, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
		if err != nil {
			break
		}
		taken = append(taken, b)
	}
	require.Greater(t, len(taken), 512<<20/chunk)
	keep := len(taken) - 512<<20/chunk
	for _, b := range taken[keep:] {
		require.NoError(t, syscall.Munmap(b))
	}
	defer func() {
		for _, b := range taken[:keep] {
			syscall.Munmap(b)
		}
	}()
	for range 20 {
		// On a busy machine the collector may be late, and what was dropped would count as held.
		debug.FreeOSMemory()
		largest := 0
		r := tcpmib.Reader{Source: fake(func(_ tcpmib.Query, buf []byte) (size, code uint32) {
			largest = max(largest, len(buf))
			return uint32(min(2*len(buf)+1, tcpmib.DefaultMaxBytes)), insufficientBuffer
		})}
		_, err := r.AppendConns(nil, tcpmib.Both)
		assert.ErrorContains(t, err, "outgrew its buffer")
		r.Source = fails(insufficientBuffer)
		_, err = r.AppendConns(nil, tcpmib.Both)
		assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
		r.Source = fake(func(tcpmib.Query, []byte) (size, code uint32) { return tcpmib.DefaultMaxBytes, insufficientBuffer })
		_, err = r.AppendConns(nil, tcpmib.Both)
		assert.ErrorContains(t, err, "outgrew its buffer")
		assert.Greater(t, largest, 8<<20)
	}
}
