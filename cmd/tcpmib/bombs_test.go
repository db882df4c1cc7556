package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
	"github.com/winmib/winmib/tcpmib/udpmib"
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

// bombs are captures that take much more memory than their files do, by name. n is how many
// connections or sockets they have, unless that is what is wrong with them.
var bombs = map[string]func(n int) tcpmib.Source{
	"small.zip":   func(int) tcpmib.Source { return zeros(64 << 20 / 28) },
	"big.zip":     func(int) tcpmib.Source { return zeros(capture.MaxEntryBytes/28 - 1) },
	"both.zip":    both,
	"zones.zip":   zones,
	"million.zip": func(n int) tcpmib.Source { return oneTable("GetTcpTable2", connectionRows(n, 50_000)) },
	"full.zip":    func(n int) tcpmib.Source { return full(n, 50_000) },
	"later.zip":   func(n int) tcpmib.Source { return full(n, 50_001) },
	"six.zip":     func(n int) tcpmib.Source { return six(n, 50_000) },
	"seven.zip":   func(n int) tcpmib.Source { return six(n, 50_001) },
	"udp.zip":     func(n int) tcpmib.Source { return udp(n, 50_000) },
	"udp2.zip":    func(n int) tcpmib.Source { return udp(n, 50_001) },
	"bound.zip":   bound,
	"server.zip":  server,
	"noise.zip":   noise,
}

// writeBombs is a program of its own, so that the memory that it takes is not that of the test,
// which Linux counts as that of the programs it starts. Its arguments are a folder, n and captures.
func writeBombs() {
	n, err := strconv.Atoi(os.Args[2])
	for _, name := range os.Args[3:] {
		err = errors.Join(err, recordMachine(bombs[name](n), filepath.Join(os.Args[1], name)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// oneTable is a machine that answers one function alone with rows.
func oneTable[Row any](function string, rows []Row) tcpmib.Source {
	return &tcpmibtest.Machine{Answers: map[tcpmib.Query][]byte{{Func: function}: tcpmibtest.Table(rows...)}}
}

// zeros has rows of zeros, which pack to a thousandth.
func zeros(n int) tcpmib.Source { return oneTable("GetTcpTable2", make([]tcpmib.TCPRow2, n)) }

// both has n connections of each family.
func both(n int) tcpmib.Source {
	return &tcpmibtest.Machine{Answers: map[tcpmib.Query][]byte{
		{Func: "GetTcpTable2"}:  tcpmibtest.Table(make([]tcpmib.TCPRow2, n)...),
		{Func: "GetTcp6Table2"}: tcpmibtest.Table(make([]tcpmib.TCP6Row2, n)...),
	}}
}

// zones has IPv6 connections, each of two interfaces that no other has.
func zones(n int) tcpmib.Source {
	rows := make([]tcpmib.TCP6Row2, n)
	for i := range rows {
		rows[i] = tcpmib.TCP6Row2{
			LocalAddr: [16]byte{0xfe, 0x80, 15: 1}, LocalScopeID: uint32(2*i + 1), LocalPort: [4]byte{byte(i >> 8), byte(i)},
			RemoteAddr: [16]byte{0xfe, 0x80, 15: 2}, RemoteScopeID: uint32(2*i + 2), RemotePort: [4]byte{1, 187},
			State: tcpmib.StateEstab,
		}
	}
	return oneTable("GetTcp6Table2", rows)
}

// connectionRows are connections of a machine, from one port.
func connectionRows(n int, port uint16) []tcpmib.TCPRow2 {
	rows := make([]tcpmib.TCPRow2, n)
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

// full has connections, half of each family, when each was created, and all that can be known of
// their processes, with names that are long and have to be escaped.
func full(n int, port uint16) tcpmib.Source {
	answers := map[tcpmib.Query][]byte{}
	addDated4(answers, connectionRows(n/2, port))
	addDated6(answers, n-n/2, port)
	return owned(answers, strings.Repeat("\"\x1b\u202e日\\", 8))
}

// six is full with IPv6 connections alone, whose rows are larger.
func six(n int, port uint16) tcpmib.Source {
	answers := map[tcpmib.Query][]byte{}
	addDated6(answers, n, port)
	return owned(answers, ".exe")
}

// udp has UDP sockets with long names.
func udp(n int, port uint16) tcpmib.Source {
	rows := make([]udpmib.UDP6RowOwnerModule, n)
	for i := range rows {
		rows[i] = udpmib.UDP6RowOwnerModule{
			LocalAddr: address(i, 0), LocalPort: [4]byte{byte(port >> 8), byte(port)}, OwningPid: uint32(4 + i%300*4), CreateTimestamp: createdAt(i),
		}
	}
	return owned(map[tcpmib.Query][]byte{
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: uint32(udpmib.UDPTableClassOwnerModule)}: tcpmibtest.Table(rows...),
	}, strings.Repeat("\"\x1b\u202e日\\", 8))
}

// address is an IPv6 address with a number of 32 bits at its end, and another before that.
func address(n, m int) [16]byte {
	a := [16]byte{0x20, 1, 0x0d, 0xb8}
	binary.BigEndian.PutUint32(a[8:], uint32(m))
	binary.BigEndian.PutUint32(a[12:], uint32(n))
	return a
}

// bound has n connections, and n sockets that are bound to the port of none of them.
func bound(n int) tcpmib.Source {
	answers := map[tcpmib.Query][]byte{}
	addDated6(answers, n, 50_000)
	rows := make([]tcpmib.TCP6Row2, n)
	for i := range rows {
		rows[i] = tcpmib.TCP6Row2{LocalAddr: address(i, 1), LocalPort: [4]byte{1, 187}, OwningPid: uint32(4 + i%300*4)}
	}
	answers[tcpmib.Query{Func: "InternalGetBoundTcp6EndpointTable"}] = tcpmibtest.Table(rows...)
	return owned(answers, ".exe")
}

// server has sockets on one port, of many processes (of a million sockets, as many as a capture may
// have) and of more that have ended, which share nothing, and half of which listen.
func server(n int) tcpmib.Source {
	rows := make([]tcpmib.TCP6Row2, n)
	dated := make([]tcpmib.TCP6RowOwnerModule, len(rows))
	for i := range rows {
		r := tcpmib.TCP6Row2{
			LocalAddr: address(i, 0), LocalPort: [4]byte{1, 187}, RemoteAddr: address(i, i), RemotePort: [4]byte{byte(i >> 8), byte(i)},
			State: tcpmib.StateListen, OwningPid: uint32(i + 8), OffloadState: tcpmib.OffloadState(i),
		}
		if i%2 == 1 {
			r.State = tcpmib.State(i)
		}
		rows[i] = r
		dated[i] = tcpmib.TCP6RowOwnerModule{
			LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
			State: r.State, OwningPid: r.OwningPid, CreateTimestamp: createdAt(i),
		}
	}
	m := ownedMachine{&tcpmibtest.Machine{Answers: map[tcpmib.Query][]byte{
		{Func: "GetTcp6Table2"}: tcpmibtest.Table(rows...), modules(tcpmib.AFInet6): tcpmibtest.Table(dated...),
	}}, map[uint32]string{}, map[uint32]capture.Owner{}}
	for i := range uint32(n / 10) {
		m.processes[i+8] = fmt.Sprint(i, ".exe")
	}
	for i := range uint32(n * 12 / 1000) {
		name := fmt.Sprint(i, "é")
		m.owners[i+8] = capture.Owner{Parent: 1_000_000 + i, Created: fixture.Now.AddDate(-1, 0, 0), Path: name, CommandLine: name, User: name, Services: []string{name}}
	}
	return m
}

// noise has connections with as little in common as those of a machine can have, of which
// little packs.
func noise(n int) tcpmib.Source {
	random := rand.New(rand.NewPCG(7, 8))
	rows := make([]tcpmib.TCP6Row2, n)
	dated := make([]tcpmib.TCP6RowOwnerModule, len(rows))
	bound := make([]tcpmib.TCP6Row2, len(rows))
	for i := range rows {
		port := [4]byte{byte(i >> 9), byte(i >> 1)} // of an address of this machine, of which there are several
		remote := address(random.Int(), random.Int())
		binary.BigEndian.PutUint32(remote[4:], random.Uint32())
		r := tcpmib.TCP6Row2{
			LocalAddr: address(i>>17, 0), LocalPort: port, RemoteAddr: remote, RemotePort: [4]byte{byte(random.Int()), byte(random.Int())},
			State: tcpmib.StateEstab, OwningPid: uint32(4 + random.IntN(300)*4),
		}
		rows[i] = r
		dated[i] = tcpmib.TCP6RowOwnerModule{
			LocalAddr: r.LocalAddr, LocalPort: r.LocalPort, RemoteAddr: r.RemoteAddr, RemotePort: r.RemotePort,
			State: r.State, OwningPid: r.OwningPid, CreateTimestamp: createdAt(0) + random.Int64N(1<<42),
		}
		bound[i] = tcpmib.TCP6Row2{LocalPort: port, OwningPid: r.OwningPid}
	}
	return owned(map[tcpmib.Query][]byte{
		{Func: "GetTcp6Table2"}: tcpmibtest.Table(rows...), modules(tcpmib.AFInet6): tcpmibtest.Table(dated...),
		{Func: "InternalGetBoundTcp6EndpointTable"}: tcpmibtest.Table(bound...),
	}, ".exe")
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
			assert.Contains(t, got.stderr, "5 rows of connections and UDP sockets, the limit is 4")
			assert.Contains(t, got.stderr, "--max-rows 5 allows more")
		}
	}
}
