package tcpestats_test

import (
	"fmt"
	"time"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpestats"
)

// How much a connection moves in ten seconds.
func ExampleGet() {
	conns, err := tcpmib.Conns(tcpmib.Both)
	if err != nil {
		fmt.Println(err)
	}
	for _, c := range conns {
		if c.State != tcpmib.StateEstab {
			continue
		}
		if err := tcpestats.Enable[tcpestats.Data](c); err != nil {
			fmt.Println(err) // without elevation, say
			return
		}
		time.Sleep(10 * time.Second)
		data, err := tcpestats.Get[tcpestats.Data](c)
		fmt.Println(c.Remote, data.DataBytesIn, "bytes in,", data.DataBytesOut, "out,", err)
		if err := tcpestats.Disable[tcpestats.Data](c); err != nil {
			fmt.Println(err)
		}
	}
}
