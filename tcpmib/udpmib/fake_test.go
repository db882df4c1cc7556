package udpmib_test

import (
	"math"
	"net/netip"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
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
// Unused bits have garbage: only 16 of 32 bits count in a port.
func table4(n int) []byte {
	rows := make([]udpmib.UDPRowOwnerModule, n)
	for i := range rows {
		rows[i] = udpmib.UDPRowOwnerModule{
			LocalAddr: [4]byte{10, 1, 2, 3}, LocalPort: port(i), OwningPid: uint32(1000 + i),
			CreateTimestamp: boundTicks, Flags: -1, OwningModuleInfo: moduleInfo(),
		}
	}
	return tcpmibtest.Table(rows...)
}

// table6 is a MIB_UDP6TABLE_OWNER_MODULE with n rows, bound to fe80::1 with these scope IDs.
func table6(n int, scope func(i int) uint32) []byte {
	rows := make([]udpmib.UDP6RowOwnerModule, n)
	for i := range rows {
		rows[i] = udpmib.UDP6RowOwnerModule{
			LocalAddr: [16]byte{0: 0xFE, 1: 0x80, 15: 1}, LocalScopeID: scope(i), LocalPort: port(i), OwningPid: uint32(1000 + i),
			CreateTimestamp: boundTicks, Flags: -1, OwningModuleInfo: moduleInfo(),
		}
	}
	return tcpmibtest.Table(rows...)
}

func port(i int) [4]byte { return [4]byte{byte((443 + i) >> 8), byte(443 + i), 0xDE, 0xAD} }

func moduleInfo() (info [tcpmib.OwningModuleSize]uint64) {
	for j := range info {
		info[j] = uint64(j)
	}
	return info
}

func endpoint(local string, pid uint32) udpmib.Endpoint {
	return udpmib.Endpoint{Local: netip.MustParseAddrPort(local), PID: pid, Created: bound}
}

var compareEndpoints = gocmp.Comparer(func(a, b udpmib.Endpoint) bool { return a == b })
