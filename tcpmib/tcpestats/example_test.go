package tcpestats_test

import (
	"fmt"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// How many bytes a connection carries in ten seconds. Needs elevation.
func ExampleGet() {
	conns, err := tcpmib.Conns(tcpmib.Both)
	if err != nil || len(conns) == 0 {
		fmt.Println("no connection to look at:", err)
		return
	}
	conn := conns[0]
	before, err := tcpestats.Get[tcpestats.Data](conn)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := tcpestats.Enable[tcpestats.Data](conn); err != nil {
		fmt.Println(err)
		return
	}
	defer tcpestats.Set(conn, before) // as it was
	time.Sleep(10 * time.Second)
	data, err := tcpestats.Get[tcpestats.Data](conn)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.DataBytesIn, "bytes in,", data.DataBytesOut, "bytes out")
}
