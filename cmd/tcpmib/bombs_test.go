package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// oneTable is a machine without sockets, but for one table.
type oneTable struct {
	fixture.Machine
	function string
	table    []byte
}

func (m *oneTable) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	switch {
	case q.Func != m.function:
		return m.Machine.Ask(q, buf)
	case len(buf) < len(m.table):
		return uint32(len(m.table)), tcpmib.CodeInsufficientBuffer
	}
	return uint32(copy(buf, m.table)), 0
}

// recordMachine writes a capture of a machine.
func recordMachine(m tcpmib.Source, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(capture.Write(f, m, capture.Info{Time: fixture.Now}), f.Close())
}

// bombs are captures that take much more memory than their files do, by name.
var bombs = map[string]func() *oneTable{
	"small.zip":   func() *oneTable { return zeros(64 << 20) },
	"big.zip":     func() *oneTable { return zeros(capture.MaxEntryBytes - 28) },
	"zones.zip":   zones,
	"million.zip": million,
}

// writeBombs is a program of its own, so that the memory that it takes is not that of the test,
// which Linux counts as that of the programs it starts. Its argument is a folder.
func writeBombs() {
	for name, make := range bombs {
		if err := recordMachine(make(), filepath.Join(os.Args[1], name)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// tableOf is a table of rows, of which fill writes each.
func tableOf(rowSize, n int, fill func(i int, row []byte)) []byte {
	b := make([]byte, 4+rowSize*n)
	binary.LittleEndian.PutUint32(b, uint32(n))
	for i := range n {
		if fill != nil {
			fill(i, b[4+i*rowSize:][:rowSize])
		}
	}
	return b
}

// zeros has rows of zeros, which pack to a thousandth.
func zeros(size int) *oneTable {
	return &oneTable{function: "GetTcpTable2", table: tableOf(28, size/28, nil)}
}

// zones has a million IPv6 connections, each of two interfaces that no other has.
func zones() *oneTable {
	return &oneTable{function: "GetTcp6Table2", table: tableOf(60, 1_000_000, func(i int, row []byte) {
		copy(row, []byte{0xfe, 0x80, 15: 1})
		binary.LittleEndian.PutUint32(row[16:], uint32(2*i+1))
		binary.BigEndian.PutUint16(row[20:], uint16(i))
		copy(row[24:], []byte{0xfe, 0x80, 15: 2})
		binary.LittleEndian.PutUint32(row[40:], uint32(2*i+2))
		binary.BigEndian.PutUint16(row[44:], 443)
		binary.LittleEndian.PutUint32(row[48:], uint32(tcpmib.StateEstab))
	})}
}

// million has a million connections, as a machine may.
func million() *oneTable {
	return &oneTable{function: "GetTcpTable2", table: tableOf(28, 1_000_000, func(i int, row []byte) {
		binary.LittleEndian.PutUint32(row, uint32(tcpmib.StateEstab))
		copy(row[4:], []byte{10, byte(i >> 16), byte(i >> 8), byte(i), 195, 80})
		copy(row[12:], []byte{203, 0, 113, 7, 1, 187})
		binary.LittleEndian.PutUint32(row[20:], uint32(4+i%300*4))
	})}
}

// The flag allows what is refused without it.
func TestMaxRows(t *testing.T) {
	file := filepath.Join(fixture.TempDir(t), "rows.zip")
	require.NoError(t, recordMachine(zeros(5*28), file))
	for _, test := range []struct {
		args []string
		code int
	}{
		{[]string{"--from", file, "--count"}, cli.ExitOK},
		{[]string{"--from", file, "--count", "--max-rows", "5"}, cli.ExitOK},
		{[]string{"--from", file, "--count", "--max-rows", "4"}, cli.ExitFailure},
		{[]string{"watch", "--from", file, "--max-rows", "4", "--format", "jsonl"}, cli.ExitFailure},
		{[]string{"diff", file, file, "--max-rows", "4"}, cli.ExitFailure},
		{[]string{"list", "--from", filepath.Join("testdata", "empty.zip"), "--not-in", file, "--max-rows=4"}, cli.ExitFailure},
		{[]string{"--from", "-", "--count", "--max-rows", "4"}, cli.ExitFailure},
		{[]string{"--from", file, "--max-rows", "-1"}, cli.ExitUsage},
	} {
		a := newApp()
		stdin, err := os.Open(file)
		require.NoError(t, err)
		a.In = stdin
		got := runApp(a, test.args...)
		stdin.Close()
		assert.Equal(t, test.code, got.code, "%v: %s", test.args, got.stderr)
		if test.code == cli.ExitFailure {
			assert.Contains(t, got.stderr, "5 rows, the limit is 4")
			assert.Contains(t, got.stderr, "--max-rows 5 allows more")
		}
	}
}
