package rows

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"runtime"

	"github.com/winmib/winmib/tcpmib"
)

// The words that the C program in Microsoft's documentation of MIB_TCPROW2 prints for a state and an
// offload state, trailing spaces included.
// https://learn.microsoft.com/windows/win32/api/tcpmib/ns-tcpmib-mib_tcprow2#examples
var (
	sampleStates = map[tcpmib.State]string{
		tcpmib.StateFinWait2: "FIN-WAIT-2 ",
	}
	sampleOffloads = map[tcpmib.OffloadState]string{
		tcpmib.OffloadStateInHost:     "Owned by the network stack and not offloaded ",
		tcpmib.OffloadStateOffloading: "In the process of being offloaded",
		tcpmib.OffloadStateOffloaded:  "Offloaded to the network interface control",
		tcpmib.OffloadStateUploading:  "In the process of being uploaded back to the network stack ",
	}
)

// WriteSample writes what that program writes for the same IPv4 table, byte for byte. The program
// prints unsigned numbers with %d and %ld, so they are signed here too, and it prints the remote
// endpoint of a LISTEN row, which has no meaning. On Windows lines end with \r\n, as in C.
func WriteSample(w io.Writer, rows []tcpmib.TCPRow2) error {
	eol := "\n"
	if runtime.GOOS == "windows" {
		eol = "\r\n"
	}
	b := bufio.NewWriter(w)
	line := func(format string, args ...any) { fmt.Fprintf(b, format+eol, args...) }
	line("\tNumber of entries: %d", len(rows))
	for i, r := range rows {
		line("")
		line("\tTCP[%d] State: %d - %s", i, int32(r.State), sampleState(r.State))
		line("\tTCP[%d] Local Addr: %s", i, netip.AddrFrom4(r.LocalAddr))
		line("\tTCP[%d] Local Port: %d ", i, binary.BigEndian.Uint16(r.LocalPort[:]))
		line("\tTCP[%d] Remote Addr: %s", i, netip.AddrFrom4(r.RemoteAddr))
		line("\tTCP[%d] Remote Port: %d", i, binary.BigEndian.Uint16(r.RemotePort[:]))
		line("\tTCP[%d] Owning PID: %d", i, int32(r.OwningPid))
		line("\tTCP[%d] Offload State: %d - %s", i, int32(r.OffloadState), sampleOffload(r.OffloadState))
	}
	return b.Flush()
}

func sampleState(s tcpmib.State) string {
	if s < tcpmib.StateClosed || s > tcpmib.StateDeleteTCB {
		return fmt.Sprintf("UNKNOWN dwState value: %d", int32(s))
	}
	if text, ok := sampleStates[s]; ok {
		return text
	}
	return s.String()
}

func sampleOffload(o tcpmib.OffloadState) string {
	if text, ok := sampleOffloads[o]; ok {
		return text
	}
	return "UNKNOWN Offload state value"
}
