package tcpmib_test

import (
	"context"
	"fmt"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// A Tracker compares each snapshot with the last one that succeeded. Here both come from one capture,
// so nothing changes after the first.
func ExampleTracker() {
	recorded, err := capture.Open("capture/testdata/wine-8.0.zip")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := tcpmib.Reader{Source: recorded}
	var tracker tcpmib.Tracker
	for range 2 {
		changes := 0
		for change, err := range tracker.Changes(&r, tcpmib.IPv4, recorded.Info().Time) {
			if err != nil {
				fmt.Println(err)
				continue
			}
			if changes == 0 {
				fmt.Println("first:", change)
			}
			changes++
		}
		fmt.Println(changes, "changes")
	}
	// Output:
	// first: present 0.0.0.0:2024 LISTEN
	// 9 changes
	// 0 changes
}

// How long each connection has been open.
func ExampleReader_AppendDatedConns() {
	var r tcpmib.Reader
	conns, err := r.AppendDatedConns(nil, tcpmib.Both)
	for _, c := range conns {
		if !c.Created.IsZero() {
			fmt.Println(c.Conn, "for", time.Since(c.Created).Round(time.Second))
		}
	}
	if err != nil {
		fmt.Println(err)
	}
}

// Find the process that holds port 8080 without listening on it: no other table has bound sockets.
func ExampleReader_AppendBound() {
	var r tcpmib.Reader
	bound, err := r.AppendBound(nil, tcpmib.Both)
	for _, c := range bound {
		if c.Local.Port() == 8080 {
			fmt.Println(c)
		}
	}
	if err != nil {
		fmt.Println(err)
	}
}

// One loop for connections, bound sockets and UDP: each turn is one snapshot of all three.
func ExampleTicks() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var tcpReader tcpmib.Reader
	var udpReader udpmib.Reader
	tcp, udp := tcpmib.Tracker{Bound: true}, udpmib.Tracker{}
	for tick, err := range tcpmib.Ticks(ctx, time.Second) {
		if err != nil {
			fmt.Println(err) // ticks were missed
			continue
		}
		for change, err := range tcp.Changes(&tcpReader, tcpmib.Both, tick) {
			fmt.Println(change, err)
		}
		for change, err := range udp.Changes(&udpReader, tcpmib.Both, tick) {
			fmt.Println(change, err)
		}
	}
}
