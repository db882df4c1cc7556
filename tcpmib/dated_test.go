package tcpmib_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/tcpmib"
)

// owned are n connections of a family, each with another port, the first of which listens.
func owned(n int, family tcpmib.Family, scope uint32) []tcpmib.DatedConn {
	local, remote := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	if family == tcpmib.IPv6 {
		local, remote = netip.MustParseAddr("fe80::1"), netip.MustParseAddr("fe80::2")
		if scope != 0 {
			local, remote = local.WithZone(fmt.Sprint(scope)), remote.WithZone(fmt.Sprint(scope))
		}
	}
	var conns []tcpmib.DatedConn
	for i := range n {
		c := tcpmib.Conn{
			Local: netip.AddrPortFrom(local, 443), Remote: netip.AddrPortFrom(remote, uint16(i)),
			PID: uint32(1000 + i), State: tcpmib.StateEstab,
		}
		if i == 0 {
			c.State, c.Remote = tcpmib.StateListen, netip.AddrPort{}
		}
		conns = append(conns, tcpmib.DatedConn{Conn: c, Created: time.Unix(1_700_000_000+int64(i), 0).UTC()})
	}
	return conns
}

// extended answers GetExtendedTcpTable for each family with its own source.
func extended(ipv4, ipv6 fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		if q.Func != "GetExtendedTcpTable" || tcpmib.TCPTableClass(q.Class) != tcpmib.TCPTableOwnerModuleAll {
			return 0, 127
		}
		return map[uint32]fake{tcpmib.AFInet: ipv4, tcpmib.AFInet6: ipv6}[q.Family](q, buf)
	}
}

func TestAppendDatedConns(t *testing.T) {
	owned4, owned6 := owned(3, tcpmib.IPv4, 0), owned(3, tcpmib.IPv6, 7)
	owned6[2].Created = time.Time{}
	both := extended(whole(ownerModules(owned4...)), whole(ownerModules(owned6...)))
	before := tcpmib.DatedConn{Conn: tcpmib.Conn{PID: 1}}
	list := func(lists ...[]tcpmib.DatedConn) []tcpmib.DatedConn {
		all := []tcpmib.DatedConn{before}
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	for _, test := range []struct {
		name   string
		source fake
		family tcpmib.Family
		want   []tcpmib.DatedConn
		err    string
	}{
		{"both", both, tcpmib.Both, list(owned4, owned6), ""},
		{"IPv4", both, tcpmib.IPv4, list(owned4), ""},
		{"IPv6", both, tcpmib.IPv6, list(owned6), ""},
		{"IPv6 down", extended(whole(ownerModules(owned4...)), fails(31)), tcpmib.Both, list(owned4), "GetExtendedTcpTable(ipv6, OwnerModuleAll): the network stack"},
		{"IPv4 down", extended(fails(31), whole(ownerModules(owned6...))), tcpmib.Both, list(owned6), "GetExtendedTcpTable(ipv4, OwnerModuleAll): the network stack"},
		{"empty", extended(fails(232), whole(ownerModules())), tcpmib.Both, list(), ""},
		{"no family", both, 0, list(), "want IPv4, IPv6 or Both"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := tcpmib.Reader{Source: test.source}
			got, err := r.AppendDatedConns([]tcpmib.DatedConn{before}, test.family)
			assert.Empty(t, cmp.Diff(test.want, got, compareAddrPorts))
			if test.err == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.err)
			}
		})
	}
}

func TestAppendDatedConnsDoesNotAllocateWhenWarm(t *testing.T) {
	r := tcpmib.Reader{Source: extended(
		whole(ownerModules(owned(1000, tcpmib.IPv4, 0)...)), whole(ownerModules(owned(1000, tcpmib.IPv6, 70_000)...)))}
	var conns []tcpmib.DatedConn
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		var err error
		if conns, err = r.AppendDatedConns(conns[:0], tcpmib.Both); err != nil || len(conns) != 2000 {
			t.Fatal(len(conns), err)
		}
	}))
}

// BenchmarkAppendDatedConns is BenchmarkAppendConns for connections with creation times.
func BenchmarkAppendDatedConns(b *testing.B) {
	const n = 100_000
	for name, test := range map[string]struct {
		family tcpmib.Family
		scope  uint32
	}{"ipv4": {tcpmib.IPv4, 0}, "ipv6": {tcpmib.IPv6, 0}, "ipv6zones": {tcpmib.IPv6, 7}} {
		b.Run(name, func(b *testing.B) {
			r := tcpmib.Reader{Source: once(ownerModules(owned(n, test.family, test.scope)...))}
			var conns []tcpmib.DatedConn
			read := func() {
				var err error
				if conns, err = r.AppendDatedConns(conns[:0], test.family); err != nil || len(conns) != n {
					b.Fatal(len(conns), err)
				}
			}
			read()
			dst := make([]tcpmib.DatedConn, 0, n)
			loop, ours := time.Hour, time.Hour
			for b.Loop() {
				start := b.Elapsed()
				dst = dst[:0]
				//lint:ignore S1011 the loop is what is measured
				for i := range conns {
					dst = append(dst, conns[i])
				}
				middle := b.Elapsed()
				read()
				loop, ours = min(loop, middle-start), min(ours, b.Elapsed()-middle)
			}
			b.ReportMetric(float64(loop.Nanoseconds())/n, "loop-ns/row")
			b.ReportMetric(float64(ours.Nanoseconds())/n, "ns/row")
			b.ReportMetric(float64(ours)/float64(loop), "x-loop")
			b.ReportMetric(0, "ns/op") // of both
		})
	}
}
