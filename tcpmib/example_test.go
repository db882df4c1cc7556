package tcpmib_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Examples without an Output are compiled only: what they print depends on the
// machine.

func ExampleConns() {
	conns, err := tcpmib.Conns(tcpmib.Both)
	for _, c := range conns {
		fmt.Println(c.Local, c.Remote, c.State, c.PID)
	}
	if err != nil {
		fmt.Println(err) // of one family; the connections of the other are above
	}
}

// recorded is a capture of a machine with two connections.
func recorded() []byte {
	var file bytes.Buffer
	machine := functions(map[string]fake{"GetTcpTable2": whole(table4(2)), "GetTcp6Table2": whole(table6(0))})
	if err := capture.Write(&file, machine, capture.Info{}); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// A capture answers as the machine did that was recorded, here one with two
// connections.
func ExampleReader() {
	file := recorded()
	machine, err := capture.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := tcpmib.Reader{Source: machine} // without a Source it reads this machine
	var conns []tcpmib.Conn
	for range 2 { // no garbage from the second time on
		conns, err = r.AppendConns(conns[:0], tcpmib.IPv4)
	}
	for _, c := range conns {
		fmt.Println(c.Local, c.Remote, c.State, c.PID)
	}
	fmt.Println(err)
	// Output:
	// 10.1.2.3:443 192.0.2.7:0 ESTABLISHED 1000
	// 10.1.2.3:443 192.0.2.7:1 ESTABLISHED 1001
	// <nil>
}

func ExampleWatch() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for change, err := range tcpmib.Watch(ctx, time.Second) {
		switch {
		case err != nil:
			fmt.Fprintln(os.Stderr, err) // and the watch goes on
		case change.Kind != tcpmib.Present:
			fmt.Println(change.Time.Format(time.TimeOnly), change.Kind, change.Conn.Local, change.Conn.Remote)
		}
	}
}

func ExampleDiff() {
	conn := tcpmib.Conn{
		Local:  netip.MustParseAddrPort("10.0.0.1:50000"),
		Remote: netip.MustParseAddrPort("192.0.2.7:443"),
		PID:    1234,
		State:  tcpmib.StateEstab,
	}
	closing := conn
	closing.State = tcpmib.StateCloseWait
	for change := range tcpmib.Diff([]tcpmib.Conn{conn}, []tcpmib.Conn{closing}) {
		fmt.Println(change.Kind, change.Conn.Remote, change.Old.State, "to", change.Conn.State)
	}
	// Output: changed 192.0.2.7:443 ESTABLISHED to CLOSE-WAIT
}

// Close every connection to a port, whoever has it.
func ExampleClose() {
	conns, err := tcpmib.Conns(tcpmib.IPv4)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conns {
		if c.Remote.Port() != 6667 {
			continue
		}
		switch err := tcpmib.Close(c); {
		case errors.Is(err, fs.ErrNotExist): // it was faster
		case errors.Is(err, fs.ErrPermission):
			fmt.Println("run this as administrator")
		case err != nil:
			fmt.Println(err)
		}
	}
}

// What cannot be closed is refused with the reason.
func ExampleClose_listener() {
	err := tcpmib.Close(tcpmib.Conn{Local: netip.MustParseAddrPort("0.0.0.0:80"), State: tcpmib.StateListen})
	fmt.Println(err)
	// Output: tcpmib: close 0.0.0.0:80: it listens, and is connected to nobody: end its process instead: invalid argument
}

func ExampleReadStats() {
	stats, err := tcpmib.ReadStats(tcpmib.IPv4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stats.Established, "connections are open")
	fmt.Printf("%.2f %% of the segments were sent again\n", 100*float64(stats.Retransmitted)/float64(stats.SegmentsOut))
}

// Who opened a connection: the process that has the PID now, unless it is younger.
func ExampleGetExtendedTcpTable() {
	rows, err := tcpmib.GetExtendedTcpTable[tcpmib.TCPRowOwnerModule](tcpmib.Connections, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	processes, err := owner.Snapshot()
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range rows {
		process := processes[r.OwningPid]
		if process.ReusedPID(r.CreateTime()) {
			fmt.Println(r.Remote(), "belonged to a process that is gone")
			continue
		}
		module, err := tcpmib.GetOwnerModuleFromTcpEntry(&r)
		fmt.Println(r.Remote(), process.Name, module.Name, err)
	}
}

// Bytes from anywhere: a table of one row, as Windows wrote it on another machine.
func ExampleDecodeTCPTable2() {
	table, err := hex.DecodeString("01000000" + // dwNumEntries
		"05000000" + "0a010203" + "c000dead" + "c0000207" + "01bbbeef" + "d2040000" + "00000000")
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := tcpmib.DecodeTCPTable2(table)
	for _, r := range rows {
		fmt.Println(r.Local(), r.Remote(), r.State, r.OwningPid, r.OffloadState)
	}
	fmt.Println(err)

	_, err = tcpmib.DecodeTCPTable2(table[:31])
	fmt.Println(err)
	// Output:
	// 10.1.2.3:49152 192.0.2.7:443 ESTABLISHED 1234 InHost
	// <nil>
	// tcpmib: malformed table: a MIB_TCPTABLE2 of 1 rows takes 32 bytes, here are 31
}
