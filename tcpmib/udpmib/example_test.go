package udpmib_test

import (
	"fmt"
	"log"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func ExampleEndpoints() {
	endpoints, err := udpmib.Endpoints(tcpmib.Both)
	if err != nil {
		log.Print(err) // of one family: the sockets of the other are there
	}
	for _, e := range endpoints {
		fmt.Println(e.Local, e.PID, e.Created)
	}
}

func ExampleReader_AppendEndpoints() {
	// A Reader reads this machine unless it has a Source.
	r := udpmib.Reader{Source: whole(table4(1))}
	var endpoints []udpmib.Endpoint
	for range 3 { // only the first round allocates
		var err error
		endpoints, err = r.AppendEndpoints(endpoints[:0], tcpmib.IPv4)
		if err != nil {
			log.Fatal(err)
		}
	}
	for _, e := range endpoints {
		fmt.Println(e.Local, e.PID, e.Created.Format("2006-01-02 15:04:05"))
	}
	// Output: 10.1.2.3:443 1000 2024-01-17 21:20:00
}

func ExampleDecodeUDPTableOwnerModule() {
	rows, err := udpmib.DecodeUDPTableOwnerModule(table4(1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rows[0].Local(), rows[0].OwningPid, rows[0].SpecificPortBind())
	// Output: 10.1.2.3:443 1000 true
}

func ExampleGetExtendedUdpTable() {
	sockets, err := udpmib.GetExtendedUdpTable[udpmib.UDP6RowOwnerPID](true)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range sockets {
		fmt.Println(s.Local(), s.OwningPid)
	}
}
