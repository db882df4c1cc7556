package udpmib

import (
	"structs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// UDPStats is MIB_UDPSTATS: the counters of UDP over one of IPv4 and IPv6 since the computer
// started. They wrap around at 2^32.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udpstats
type UDPStats struct {
	_            structs.HostLayout `c:"MIB_UDPSTATS"`
	InDatagrams  uint32             `c:"dwInDatagrams"`  // datagrams received and delivered
	NoPorts      uint32             `c:"dwNoPorts"`      // datagrams received for a port without a socket
	InErrors     uint32             `c:"dwInErrors"`     // datagrams received that could not be delivered for other reasons
	OutDatagrams uint32             `c:"dwOutDatagrams"` // datagrams sent
	NumAddrs     uint32             `c:"dwNumAddrs"`     // sockets that are bound now
}

var layoutUDPStats = mib.StructOf[UDPStats]("udpmib", "MIB_UDPSTATS")

// UDPStats2 is MIB_UDPSTATS2, since Windows 10 version 1709: UDPStats with 64-bit counters of
// datagrams received and sent.
// https://learn.microsoft.com/windows/win32/api/udpmib/ns-udpmib-mib_udpstats2
type UDPStats2 struct {
	_            structs.HostLayout `c:"MIB_UDPSTATS2"`
	InDatagrams  uint64             `c:"dw64InDatagrams"`  // datagrams received and delivered
	NoPorts      uint32             `c:"dwNoPorts"`        // datagrams received for a port without a socket
	InErrors     uint32             `c:"dwInErrors"`       // datagrams received that could not be delivered for other reasons
	OutDatagrams uint64             `c:"dw64OutDatagrams"` // datagrams sent
	NumAddrs     uint32             `c:"dwNumAddrs"`       // sockets that are bound now
	_            [4]byte            // C makes the size a multiple of 8 on 386 too, Go does not
}

var layoutUDPStats2 = mib.StructOf[UDPStats2]("udpmib", "MIB_UDPSTATS2")
