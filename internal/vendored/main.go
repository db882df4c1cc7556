// This program is not part of the module: it is one that uses it, with cgo and
// out of a vendor folder, into which `go mod vendor` has to bring the C files.
// build.sh and build.ps1 build and run it as part of test.
package main

import (
	"fmt"
	"net"
	"os"
	"slices"

	"github.com/winmib/winmib/native"
	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/owner"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "vendored:", err)
		os.Exit(1)
	}
}

func run() error {
	if native.Implementation != "cgo shim" {
		return fmt.Errorf("this program calls Windows through %q, not through the C shim", native.Implementation)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	conns, err := tcpmib.Conns(tcpmib.IPv4)
	if err != nil {
		return err
	}
	local := l.Addr().(*net.TCPAddr).AddrPort()
	if !slices.ContainsFunc(conns, func(c tcpmib.Conn) bool { return c.Local == local && c.State == tcpmib.StateListen }) {
		return fmt.Errorf("the socket that listens on %v is not among %d connections", local, len(conns))
	}
	stats, err := tcpmib.ReadStats(tcpmib.IPv4)
	if err != nil {
		return err
	}
	processes, err := owner.Snapshot()
	if err != nil {
		return err
	}
	fmt.Printf("vendored: %v is among %d connections, %d were accepted so far, %s asked\n",
		local, len(conns), stats.Accepted, processes[uint32(os.Getpid())].Name)
	return nil
}
