package capture_test

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// A capture keeps its answers packed, however often they are asked for.
func TestAnswersStayPacked(t *testing.T) {
	const rows = 100_000
	answer := zeros(28, rows)
	file := write(t, answers{"GetTcpTable2": {table: answer}})
	var c *capture.Capture
	taken := allocated(func() {
		var err error
		c, err = read(file)
		require.NoError(t, err)
	})
	assert.Less(t, taken, uint64(len(answer)/4))
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			buf := make([]byte, len(answer)+1)
			for range 2 {
				size, code := c.Ask(tcpmib.Query{Func: "GetTcpTable2"}, buf)
				assert.Zero(t, code)
				assert.True(t, bytes.Equal(answer, buf[:size])) // without a difference, which takes seconds
			}
		})
	}
	wait.Wait()
}

// A small answer is kept unpacked, so that asking for it takes hardly any memory. One of more than
// 32 KiB is unpacked again each time, which takes some 40 kB.
func TestSmallAnswersAreUnpacked(t *testing.T) {
	for size, packed := range map[int]bool{100: false, 32 << 10: false, 32<<10 + 1: true} {
		c, err := read(write(t, answers{"GetTcpTable2": {table: make([]byte, size)}}))
		require.NoError(t, err)
		buf := make([]byte, size)
		taken := allocated(func() {
			for range 10 {
				c.Ask(tcpmib.Query{Func: "GetTcpTable2"}, buf)
			}
		})
		assert.Equal(t, packed, taken > 200<<10, "%d bytes: %d bytes allocated", size, taken)
	}
}

// Entries are checked as they are in the directory of the zip, packed or not.
func TestEntriesThatAreNotWhole(t *testing.T) {
	answer := table(28, 3)
	manifest := []byte(manifestHead + `[{"func":"GetTcpTable2","entry":"a","bytes":88}]}`)
	require.Len(t, answer, 88)
	for name, test := range map[string]struct {
		change func(h *zip.FileHeader)
		ok     bool
	}{
		"as it is":             {func(*zip.FileHeader) {}, true},
		"another checksum":     {func(h *zip.FileHeader) { h.CRC32++ }, false},
		"no checksum":          {func(h *zip.FileHeader) { h.CRC32 = 0 }, false},
		"one byte less":        {func(h *zip.FileHeader) { h.UncompressedSize64-- }, false},
		"one byte more":        {func(h *zip.FileHeader) { h.UncompressedSize64++ }, false},
		"one packed byte less": {func(h *zip.FileHeader) { h.CompressedSize64-- }, false},
		"more than the file":   {func(h *zip.FileHeader) { h.CompressedSize64 = 1 << 20 }, false},
		"more than any file":   {func(h *zip.FileHeader) { h.CompressedSize64 = 1<<32 - 2 }, false},
		"an unknown method":    {func(h *zip.FileHeader) { h.Method = 12 }, false},
		"not packed at all":    {func(h *zip.FileHeader) { h.Method = zip.Deflate }, false},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			m, err := z.Create("manifest.json")
			require.NoError(t, err)
			_, err = m.Write(manifest)
			require.NoError(t, err)
			size := uint64(len(answer))
			h := zip.FileHeader{Name: "a", Method: zip.Store, CRC32: crc32.ChecksumIEEE(answer), CompressedSize64: size, UncompressedSize64: size}
			test.change(&h)
			e, err := z.CreateRaw(&h)
			require.NoError(t, err)
			_, err = e.Write(answer)
			require.NoError(t, err)
			require.NoError(t, z.Close())
			c, err := read(b.Bytes())
			if !test.ok {
				assert.ErrorIs(t, err, tcpmib.ErrMalformed)
				return
			}
			require.NoError(t, err)
			got, err := ask(c, tcpmib.Query{Func: "GetTcpTable2"})
			require.NoError(t, err)
			assert.Equal(t, answer, got)
		})
	}
}
