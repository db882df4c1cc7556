package main

import (
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
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
)

// recordMachine writes a capture of a machine.
func recordMachine(m tcpmib.Source, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(capture.Write(f, m, capture.Info{Time: fixture.Now}), f.Close())
}

// bombs are captures that take much more memory than their files do, by name.
var bombs = map[string]func() tcpmib.Source{
	"small.zip":   func() tcpmib.Source { return zeros(64 << 20 / 28) },
	"big.zip":     func() tcpmib.Source { return zeros(capture.MaxEntryBytes/28 - 1) },
	"zones.zip":   zones,
	"million.zip": million,
	"others.zip":  others,
	"dated.zip":   dated,
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

// oneTable is a machine that answers one function alone with rows.
func oneTable[Row any](function string, rows []Row) tcpmib.Source {
	return &tcpmibtest.Machine{Answers: map[tcpmib.Query][]byte{{Func: function}: tcpmibtest.Table(rows...)}}
}

// zeros has rows of zeros, which pack to a thousandth.
func zeros(n int) tcpmib.Source { return oneTable("GetTcpTable2", make([]tcpmib.TCPRow2, n)) }

// zones has a million IPv6 connections, each of two interfaces that no other has.
func zones() tcpmib.Source {
	rows := make([]tcpmib.TCP6Row2, 1_000_000)
	for i := range rows {
		rows[i] = tcpmib.TCP6Row2{
			LocalAddr: [16]byte{0xfe, 0x80, 15: 1}, LocalScopeID: uint32(2*i + 1), LocalPort: [4]byte{byte(i >> 8), byte(i)},
			RemoteAddr: [16]byte{0xfe, 0x80, 15: 2}, RemoteScopeID: uint32(2*i + 2), RemotePort: [4]byte{1, 187},
			State: tcpmib.StateEstab,
		}
	}
	return oneTable("GetTcp6Table2", rows)
}

// million has a million connections, as a machine may, and others as many from other ports.
func million() tcpmib.Source { return connections(50_000) }
func others() tcpmib.Source  { return connections(50_001) }

func connections(port uint16) tcpmib.Source { return oneTable("GetTcpTable2", connectionRows(port)) }

func connectionRows(port uint16) []tcpmib.TCPRow2 {
	rows := make([]tcpmib.TCPRow2, 1_000_000)
	for i := range rows {
		rows[i] = tcpmib.TCPRow2{
			State:     tcpmib.StateEstab,
			LocalAddr: [4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}, LocalPort: [4]byte{byte(port >> 8), byte(port)},
			RemoteAddr: [4]byte{203, 0, 113, 7}, RemotePort: [4]byte{1, 187},
			OwningPid: uint32(4 + i%300*4),
		}
	}
	return rows
}

// dated has the same connections as million, and when each was created.
func dated() tcpmib.Source {
	m := million().(*tcpmibtest.Machine)
	var table []tcpmib.TCPRowOwnerModule
	for _, r := range connectionRows(50_000) {
		table = append(table, tcpmib.TCPRowOwnerModule{
			State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
			OwningPid: r.OwningPid, CreateTimestamp: 133594440000000000,
		})
	}
	q := tcpmib.Query{Func: "GetExtendedTcpTable", Family: tcpmib.AFInet, Class: uint32(tcpmib.TCPTableOwnerModuleAll)}
	m.Answers[q] = tcpmibtest.Table(table...)
	return m
}

// The flag allows what is refused without it.
func TestMaxRows(t *testing.T) {
	file := filepath.Join(fixture.TempDir(t), "rows.zip")
	require.NoError(t, recordMachine(zeros(5), file))
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
