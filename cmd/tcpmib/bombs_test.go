package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	info := capture.Info{Time: fixture.Now}
	if owned, ok := m.(ownedMachine); ok {
		info.Processes, info.Owners = owned.processes, owned.owners
	}
	return errors.Join(capture.Write(f, m, info), f.Close())
}

// ownedMachine is a machine of which processes are recorded too.
type ownedMachine struct {
	tcpmib.Source
	processes map[uint32]string
	owners    map[uint32]capture.Owner
}

// bombs are captures that take much more memory than their files do, by name.
var bombs = map[string]func() tcpmib.Source{
	"small.zip":   func() tcpmib.Source { return zeros(64 << 20 / 28) },
	"big.zip":     func() tcpmib.Source { return zeros(capture.MaxEntryBytes/28 - 1) },
	"zones.zip":   zones,
	"million.zip": million,
	"others.zip":  others,
	"full.zip":    full,
	"six.zip":     func() tcpmib.Source { return six(50_000) },
	"seven.zip":   func() tcpmib.Source { return six(50_001) },
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

// full has a million connections of both families, when each was created, and all that can be
// known of their processes, with names that are long and have to be escaped.
func full() tcpmib.Source {
	const half = 500_000
	answers := map[tcpmib.Query][]byte{}
	addDated4(answers, connectionRows(50_000)[:half])
	addDated6(answers, half, 50_000)
	return owned(answers, strings.Repeat("\"\x1b\u202e日\\", 8))
}

// six is full with IPv6 connections alone, whose rows are larger.
func six(port uint16) tcpmib.Source {
	answers := map[tcpmib.Query][]byte{}
	addDated6(answers, 1_000_000, port)
	return owned(answers, ".exe")
}

// createdAt is when the connection with a number was created, as a FILETIME.
func createdAt(i int) int64 { return 133594440000000000 - int64(i)*7_654_321 }

// addDated4 adds the tables of connections, and of when they were created.
func addDated4(answers map[tcpmib.Query][]byte, rows []tcpmib.TCPRow2) {
	dated := make([]tcpmib.TCPRowOwnerModule, len(rows))
	for i, r := range rows {
		dated[i] = tcpmib.TCPRowOwnerModule{
			State: r.State, LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
			OwningPid: r.OwningPid, CreateTimestamp: createdAt(i),
		}
	}
	answers[tcpmib.Query{Func: "GetTcpTable2"}] = tcpmibtest.Table(rows...)
	answers[modules(tcpmib.AFInet)] = tcpmibtest.Table(dated...)
}

// addDated6 does so with n IPv6 connections from a port, some of them of an interface.
func addDated6(answers map[tcpmib.Query][]byte, n int, port uint16) {
	rows := make([]tcpmib.TCP6Row2, n)
	dated := make([]tcpmib.TCP6RowOwnerModule, n)
	for i := range rows {
		local := [16]byte{0x20, 1, 0x0d, 0xb8, 12: byte(i >> 24), 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}
		remote := [16]byte{0x20, 1, 0x0d, 0xb8, 0xff, 15: 7}
		scope := uint32(0)
		if i > n-n/3 { // sorted, as Windows has them
			local[0], local[1], local[2], local[3], scope = 0xfe, 0x80, 0, 0, uint32(2+i%5)
		}
		r := tcpmib.TCP6Row2{
			LocalAddr: local, LocalScopeID: scope, LocalPort: [4]byte{byte(port >> 8), byte(port)},
			RemoteAddr: remote, RemotePort: [4]byte{1, 187}, State: tcpmib.StateEstab, OwningPid: uint32(4 + i%300*4),
		}
		rows[i] = r
		dated[i] = tcpmib.TCP6RowOwnerModule{
			LocalAddr: local, LocalScopeID: scope, LocalPort: r.LocalPort, RemoteAddr: remote, RemotePort: r.RemotePort,
			State: r.State, OwningPid: r.OwningPid, CreateTimestamp: createdAt(i),
		}
	}
	answers[tcpmib.Query{Func: "GetTcp6Table2"}] = tcpmibtest.Table(rows...)
	answers[modules(tcpmib.AFInet6)] = tcpmibtest.Table(dated...)
}

func modules(family uint32) tcpmib.Query {
	return tcpmib.Query{Func: "GetExtendedTcpTable", Family: family, Class: uint32(tcpmib.TCPTableOwnerModuleAll)}
}

// owned is a machine of whose processes all is recorded, under names with an end.
func owned(answers map[tcpmib.Query][]byte, end string) tcpmib.Source {
	for _, family := range []uint32{tcpmib.AFInet, tcpmib.AFInet6} {
		answers[tcpmib.Query{Func: "GetTcpStatisticsEx2", Family: family}] = tcpmibtest.Struct(tcpmib.TCPStats2{RtoAlgorithm: tcpmib.RTOAlgorithmVanj})
	}
	m := ownedMachine{&tcpmibtest.Machine{Answers: answers}, map[uint32]string{}, map[uint32]capture.Owner{}}
	for i := range uint32(300) {
		pid := 4 + i*4
		name := fmt.Sprint(i, end)
		m.processes[pid] = name
		m.owners[pid] = capture.Owner{
			Parent: 4, Created: fixture.Now.AddDate(-1, 0, 0), Path: name, CommandLine: name, User: name,
			Services: []string{name, fmt.Sprint("service", i)},
		}
	}
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
