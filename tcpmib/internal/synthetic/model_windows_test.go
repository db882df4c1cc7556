package synthetic_test

import (
	"net/netip"
	"strconv"

	"github.com/winmib/winmib/tcpmib"
)

// conn is the i-th connection of the synthetic DLL at a call, as row in
// testdata/iphlpapi.c makes it, for scenarios without words about states,
// zones or mapped addresses.
func conn(family tcpmib.Family, i, call int, churn bool) tcpmib.Conn {
	states := []tcpmib.State{2, 5, 5, 11, 8, 5, 6, 5, 7, 5, 3, 5, 4, 5, 9, 10}
	fresh := churn && i%2 == 1
	remote, pid := uint32(0xC6120000+int64(i%60000)), 1000+i%50*4
	if fresh {
		remote, pid = 0x64400000+uint32(call), call
	}
	c := tcpmib.Conn{
		Local: endpoint(family, 0x0A000000+uint32(i/50000), 1024+i%50000),
		PID:   uint32(pid),
		State: states[i%len(states)],
	}
	if c.State != tcpmib.StateListen {
		c.Remote = endpoint(family, remote, 443+i%7)
	}
	return c
}

func endpoint(family tcpmib.Family, address uint32, port int) netip.AddrPort {
	b := []byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}
	if family == tcpmib.IPv6 {
		b = append([]byte{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0}, b...)
	}
	a, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a, uint16(port))
}

// index is the i of conn.
func index(c tcpmib.Conn) int {
	b := c.Local.Addr().AsSlice()
	b = b[len(b)-4:]
	return (int(b[1])<<16|int(b[2])<<8|int(b[3]))*50000 + int(c.Local.Port()) - 1024
}

func word(key string, value int) string { return key + "=" + strconv.Itoa(value) }
