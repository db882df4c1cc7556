package owner_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/netip"

	"github.com/winmib/winmib/tcpmib/owner"
)

// A proxy on this machine decides by the program that a connection comes from.
func ExampleFindPeer() {
	l, err := net.Listen("tcp", "127.0.0.1:1080")
	if err != nil {
		log.Fatal(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		p, err := owner.FindPeer(c)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Println(c.RemoteAddr(), "has gone, or is not on this machine")
		case err != nil:
			fmt.Println(err)
		case p.Name == "firefox.exe":
			fmt.Println("direct")
		default:
			fmt.Println("proxy", p.Name)
		}
		c.Close()
	}
}

// A tunnel knows the endpoints of each packet: one snapshot answers for all of them.
func ExampleReadSockets() {
	packets := []struct {
		network             string
		source, destination netip.AddrPort
	}{
		{"tcp", netip.MustParseAddrPort("192.168.1.20:50123"), netip.MustParseAddrPort("192.0.2.7:443")},
		{"udp", netip.MustParseAddrPort("192.168.1.20:50124"), netip.MustParseAddrPort("192.0.2.53:53")},
	}
	sockets, err := owner.ReadSockets()
	if err != nil {
		fmt.Println(err) // some tables may be missing
	}
	for _, p := range packets {
		process, err := sockets.Find(p.network, p.source, p.destination)
		if err != nil {
			fmt.Println(err)
			continue
		}
		path, err := process.Path()
		fmt.Println(process.PID, process.Name, path, err)
	}
}
