// Command vendored is a program of somebody else, with this module in its vendor
// folder. It finds its own socket in the table and says how it was read.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
)

func main() {
	log.SetFlags(0)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	if err := find(l.Addr().String()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("found by the", native.Implementation)
}

func find(address string) error {
	conns, err := tcpmib.Conns(tcpmib.IPv4)
	if err != nil {
		return err
	}
	for _, c := range conns {
		if c.Local.String() == address && c.State == tcpmib.StateListen {
			return nil
		}
	}
	return errors.New("the listener " + address + " is not in the table")
}
