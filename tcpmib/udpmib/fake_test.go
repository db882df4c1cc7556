package udpmib_test

import (
	"encoding/binary"
	"math"
	"net/netip"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

// fake is a Source that answers with what a test gives it.
type fake func(q tcpmib.Query, buf []byte) (size, code uint32)

func (f fake) Ask(q tcpmib.Query, buf []byte) (size, code uint32) { return f(q, buf) }

// whole answers as Windows does: with the table if it fits, else with its size.
func whole(table []byte) fake {
	return func(_ tcpmib.Query, buf []byte) (size, code uint32) {
		if len(buf) < len(table) {
			return uint32(len(table)), tcpmib.CodeInsufficientBuffer
		}
		copy(buf, table)
		return uint32(len(table)), tcpmib.CodeSuccess
	}
}

// families answers each family's question with its own source.
func families(ipv4, ipv6 fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		return map[uint32]fake{tcpmib.AFInet: ipv4, tcpmib.AFInet6: ipv6}[q.Family](q, buf)
	}
}

func fails(code uint32) fake {
	return func(tcpmib.Query, []byte) (uint32, uint32) { return math.MaxUint32, code }
}

var bound = time.Date(2024, 1, 17, 21, 20, 0, 123456700, time.UTC)

const boundTicks = 133_500_000_001_234_567 // bound, in units of 100 ns since 1601

// table4 is a MIB_UDPTABLE_OWNER_MODULE with n rows, the first of which is bound to 10.1.2.3:443.
// Where only 16 of 32 bits count, and in the padding, there is garbage.
func table4(n int) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	b = append(b, 0xAA, 0xAA, 0xAA, 0xAA)
	for i := range n {
		b = append(b, 10, 1, 2, 3)
		b = append(b, byte((443+i)>>8), byte(443+i), 0xDE, 0xAD)
		b = appendOwner(b, i)
	}
	return b
}

// table6 is a MIB_UDP6TABLE_OWNER_MODULE with n rows, bound to fe80::1 with these scope IDs.
func table6(n int, scope func(i int) uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	b = append(b, 0xAA, 0xAA, 0xAA, 0xAA)
	for i := range n {
		b = append(b, 0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
		b = binary.LittleEndian.AppendUint32(b, scope(i))
		b = append(b, byte((443+i)>>8), byte(443+i), 0xDE, 0xAD)
		b = appendOwner(b, i)
	}
	return b
}

// appendOwner appends what both rows end with.
func appendOwner(b []byte, i int) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(1000+i))
	b = append(b, 0xAA, 0xAA, 0xAA, 0xAA)
	b = binary.LittleEndian.AppendUint64(b, boundTicks)
	b = append(b, 0xFF, 0xFF, 0xFF, 0xFF, 0xAA, 0xAA, 0xAA, 0xAA)
	for j := range tcpmib.OwningModuleSize {
		b = binary.LittleEndian.AppendUint64(b, uint64(j))
	}
	return b
}

func endpoint(local string, pid uint32) udpmib.Endpoint {
	return udpmib.Endpoint{Local: netip.MustParseAddrPort(local), PID: pid, Created: bound}
}

var compareEndpoints = gocmp.Comparer(func(a, b udpmib.Endpoint) bool { return a == b })
