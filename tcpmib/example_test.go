package tcpmib_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
)

// Every TCP connection of this machine. The rows of one family are there even if
// the other cannot be read.
func ExampleConns() {
	conns, err := tcpmib.Conns(tcpmib.Both)
	for _, c := range conns {
		fmt.Println(c)
	}
	if err != nil {
		fmt.Println(err)
	}
}

// A Reader takes one snapshot after the other into the same memory.
func ExampleReader() {
	var r tcpmib.Reader
	var conns []tcpmib.Conn
	for range time.Tick(time.Second) {
		var err error
		if conns, err = r.AppendConns(conns[:0], tcpmib.Both); err != nil {
			fmt.Println(err)
		}
		fmt.Println(len(conns), "connections")
	}
}

// With a capture as its source, a Reader reads another machine, or another time,
// on any system.
func ExampleReader_capture() {
	recorded, err := capture.Open("capture/testdata/wine-8.0.zip")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := tcpmib.Reader{Source: recorded}
	conns, err := r.AppendConns(nil, tcpmib.IPv4)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conns {
		if c.State != tcpmib.StateTimeWait {
			fmt.Println(c)
		}
	}
	// Output:
	// 0.0.0.0:2024 LISTEN
	// 127.0.0.1:35301 -> 127.0.0.1:42404 FIN-WAIT-2 pid 208
	// 127.0.0.1:42404 LISTEN
	// 127.0.0.1:42404 -> 127.0.0.1:35301 CLOSE-WAIT
	// 127.0.0.1:42404 -> 127.0.0.1:43725 ESTABLISHED
	// 127.0.0.1:42404 -> 127.0.0.1:45913 ESTABLISHED
	// 127.0.0.1:43725 -> 127.0.0.1:42404 ESTABLISHED pid 208
	// 127.0.0.1:45913 -> 127.0.0.1:42404 ESTABLISHED pid 208
}

// Print what opens, closes and changes, until the context ends.
func ExampleWatch() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for change, err := range tcpmib.Watch(ctx, time.Second, tcpmib.Both) {
		if err != nil {
			fmt.Println(err) // watching continues
			continue
		}
		fmt.Println(change)
	}
}

// What differs between two snapshots, which must be sorted.
func ExampleDiff() {
	at := netip.MustParseAddrPort
	web := tcpmib.Conn{Local: at("10.0.0.5:50001"), Remote: at("192.0.2.1:443"), PID: 7, State: tcpmib.StateEstab}
	ssh := tcpmib.Conn{Local: at("10.0.0.5:50002"), Remote: at("192.0.2.2:22"), PID: 9, State: tcpmib.StateEstab}
	ended := web
	ended.State = tcpmib.StateCloseWait
	for change := range tcpmib.Diff([]tcpmib.Conn{web}, []tcpmib.Conn{ended, ssh}) {
		fmt.Println(change)
	}
	// Output:
	// changed 10.0.0.5:50001 -> 192.0.2.1:443 CLOSE-WAIT pid 7, was ESTABLISHED pid 7
	// opened 10.0.0.5:50002 -> 192.0.2.2:22 ESTABLISHED pid 9
}

// End all connections to a port that their other side has left long ago.
func ExampleClose() {
	conns, err := tcpmib.Conns(tcpmib.IPv4)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conns {
		if c.State != tcpmib.StateCloseWait || c.Remote.Port() != 8080 {
			continue
		}
		switch err := tcpmib.Close(c); {
		case errors.Is(err, fs.ErrPermission):
			fmt.Println("run this as administrator")
		case errors.Is(err, fs.ErrNotExist):
			// It ended meanwhile.
		case err != nil:
			fmt.Println(err)
		}
	}
}

// Windows closes connections of IPv4 only.
func ExampleClose_iPv6() {
	err := tcpmib.Close(tcpmib.Conn{
		Local:  netip.MustParseAddrPort("[2001:db8::1]:50001"),
		Remote: netip.MustParseAddrPort("[2001:db8::2]:443"),
		State:  tcpmib.StateEstab,
	})
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output: true
}

func ExampleReadStats() {
	s, err := tcpmib.ReadStats(tcpmib.IPv4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d segments were sent again\n", s.Retransmitted, s.SegmentsOut)
}

// answers are a machine made of bytes.
type answers map[string][]byte

func (a answers) Ask(q tcpmib.Query, buf []byte) (size, code uint32) {
	answer, ok := a[q.Func]
	switch {
	case !ok:
		return 0, tcpmib.CodeNoAnswer
	case len(buf) < len(answer):
		return uint32(len(answer)), tcpmib.CodeInsufficientBuffer
	}
	return uint32(copy(buf, answer)), 0
}

// A Source answers from anywhere: here with a MIB_TCPSTATS, since there is no
// MIB_TCPSTATS2. A Reader falls back by itself.
func ExampleSource() {
	stats := make([]byte, 0, 60)
	for _, field := range []uint32{4, 300, 120_000, 0xFFFFFFFF, 12, 3, 1, 0, 5, 1000, 900, 7, 0, 2, 8} {
		stats = binary.LittleEndian.AppendUint32(stats, field)
	}
	r := tcpmib.Reader{Source: answers{"GetTcpStatisticsEx": stats}}
	s, err := r.Stats(tcpmib.IPv4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.RTOAlgorithm, s.RTOMin, s.Established, s.Retransmitted, s.MaxConns)

	_, err = r.TCPTable2(false)
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output:
	// Vanj 300ms 5 7 -1
	// true
}

// The bytes of a MIB_TCPTABLE2, from wherever they come.
func ExampleDecodeTCPTable2() {
	table := []byte{
		1, 0, 0, 0, // dwNumEntries
		5, 0, 0, 0, // dwState
		10, 0, 0, 5, // dwLocalAddr
		0xC3, 0x51, 0, 0, // dwLocalPort
		192, 0, 2, 1, // dwRemoteAddr
		0x01, 0xBB, 0xDE, 0xAD, // dwRemotePort, with garbage behind it
		7, 0, 0, 0, // dwOwningPid
		0, 0, 0, 0, // dwOffloadState
	}
	rows, err := tcpmib.DecodeTCPTable2(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		fmt.Println(r.Local(), r.Remote(), r.State, r.OwningPid, r.OffloadState)
	}

	_, err = tcpmib.DecodeTCPTable2(table[:20])
	fmt.Println(err)
	// Output:
	// 10.0.0.5:50001 192.0.2.1:443 ESTABLISHED 7 InHost
	// tcpmib: malformed table: MIB_TCPTABLE2 with 1 rows needs 32 bytes, got 20
}

// List the IPv6 listeners: since when they listen, and as which service.
func ExampleGetExtendedTcpTable() {
	rows, err := tcpmib.GetExtendedTcpTable[tcpmib.TCP6RowOwnerModule](tcpmib.Listeners, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range rows {
		module, err := tcpmib.GetOwnerModuleFromTcp6Entry(&rows[i])
		if err != nil {
			fmt.Println(err) // it has ended meanwhile, say
		}
		fmt.Println(rows[i].Local(), rows[i].CreateTime(), module.Name)
	}
}
