package tcpmib_test

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/tcpmibtest"
)

// bindings answers the functions of AppendBound: those of bindings, and those of the main tables. nil
// is a table without rows.
func bindings(bound4, bound6, main4, main6 fake) fake {
	return func(q tcpmib.Query, buf []byte) (size, code uint32) {
		answer := map[string]fake{
			"InternalGetBoundTcpEndpointTable": bound4, "InternalGetBoundTcp6EndpointTable": bound6,
			"GetTcpTable2": main4, "GetTcp6Table2": main6,
		}[q.Func]
		if answer == nil {
			answer = fails(tcpmib.CodeNoData)
		}
		return answer(q, buf)
	}
}

// Of the bindings, those of sockets in the main table are left out: the same port and PID, not one
// of them alone.
func TestAppendBound(t *testing.T) {
	setPort4 := func(table []byte, row int, port uint16, pid uint32) {
		binary.BigEndian.PutUint16(table[4+28*row+8:], port)
		binary.LittleEndian.PutUint32(table[4+28*row+20:], pid)
	}
	bound4, main4 := table4(4), table4(3)
	setPort4(bound4, 0, 5000, 7) // bound only
	setPort4(bound4, 1, 5001, 7) // connected
	setPort4(bound4, 2, 5001, 8) // the same port, another process
	setPort4(bound4, 3, 5002, 9) // listens
	setPort4(main4, 0, 5001, 7)
	setPort4(main4, 1, 5002, 9)
	setPort4(main4, 2, 5000, 9) // another process
	bound6, main6 := table6(2), table6(1)
	binary.LittleEndian.PutUint32(bound6[4+60+52:], 8)
	binary.LittleEndian.PutUint32(bound6[4+52:], 7)
	binary.LittleEndian.PutUint32(main6[4+52:], 7)

	bound := func(local string, pid uint32) tcpmib.Conn {
		return tcpmib.Conn{Local: endpoint(local), PID: pid, State: tcpmib.StateReserved}
	}
	want4 := []tcpmib.Conn{bound("10.1.2.3:5000", 7), bound("10.1.2.3:5001", 8)}
	want6 := []tcpmib.Conn{bound("[fe80::1%7]:443", 8)}
	all := bindings(whole(bound4), whole(bound6), whole(main4), whole(main6))
	for _, test := range []struct {
		name   string
		source fake
		family tcpmib.Family
		want   []tcpmib.Conn
		is     error
	}{
		{"both", all, tcpmib.Both, append(want4, want6...), nil},
		{"IPv4", all, tcpmib.IPv4, want4, nil},
		{"IPv6", all, tcpmib.IPv6, want6, nil},
		{"none", bindings(whole(table4(0)), fails(232), whole(main4), whole(main6)), tcpmib.Both, nil, nil},
		{"an empty main table", bindings(whole(bound4), nil, fails(232), nil), tcpmib.IPv4,
			[]tcpmib.Conn{bound("10.1.2.3:5000", 7), bound("10.1.2.3:5001", 7), bound("10.1.2.3:5001", 8), bound("10.1.2.3:5002", 9)}, nil},
		{"before Windows 10 version 1809", bindings(fails(127), fails(127), whole(main4), whole(main6)), tcpmib.Both, nil, errors.ErrUnsupported},
		{"IPv4 down", bindings(fails(5), whole(bound6), whole(main4), whole(main6)), tcpmib.Both, want6, fs.ErrPermission},
		{"IPv6's main table down", bindings(whole(bound4), whole(bound6), whole(main4), fails(5)), tcpmib.Both, want4, fs.ErrPermission},
		{"no family", all, 0, nil, fs.ErrInvalid},
		{"bytes that are no table", bindings(fails(0), fails(0), whole(main4), whole(main6)), tcpmib.Both, nil, tcpmib.ErrMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := tcpmib.Reader{Source: test.source}
			for range 2 { // a warm Reader has nothing left over
				got, err := r.AppendBound(nil, test.family)
				assert.Empty(t, cmp.Diff(test.want, got, compareAddrPorts))
				if test.is == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, test.is)
				}
			}
		})
	}

	r := tcpmib.Reader{Source: all}
	var got []tcpmib.Conn
	assert.Zero(t, testing.AllocsPerRun(10, func() { got, _ = r.AppendBound(got[:0], tcpmib.Both) }))
}

// The default sockets of .NET and Java are of IPv6, and connect to IPv4 peers: they are bound in
// one family's table and connected in the other's.
func TestAppendBoundDualStack(t *testing.T) {
	conn := func(local, remote string, pid uint32, state tcpmib.State) tcpmib.Conn {
		c := tcpmib.Conn{Local: endpoint(local), PID: pid, State: state}
		if remote != "" {
			c.Remote = endpoint(remote)
		}
		return c
	}
	bound := func(local string, pid uint32) tcpmib.Conn { return conn(local, "", pid, tcpmib.StateReserved) }
	const estab, listen = tcpmib.StateEstab, tcpmib.StateListen
	for _, test := range []struct {
		name         string
		bound        tcpmib.Conn
		main4, main6 []tcpmib.Conn
		connected    bool
	}{
		{"to an IPv4 peer", bound("[::]:50123", 7), []tcpmib.Conn{conn("10.0.0.1:50123", "10.0.0.2:443", 7, estab)}, nil, true},
		{"in TIME-WAIT of the same process", bound("[::]:50123", 7), []tcpmib.Conn{conn("10.0.0.1:50123", "10.0.0.2:443", 7, tcpmib.StateTimeWait)}, nil, true},
		{"bound to a mapped address", bound("[::ffff:10.0.0.1]:50123", 7), []tcpmib.Conn{conn("10.0.0.1:50123", "10.0.0.2:443", 7, estab)}, nil, true},
		{"in the IPv6 table", bound("[::]:50123", 7), nil, []tcpmib.Conn{conn("[::ffff:10.0.0.1]:50123", "[::ffff:10.0.0.2]:443", 7, estab)}, true},
		{"of another process", bound("[::]:50123", 7), []tcpmib.Conn{conn("10.0.0.1:50123", "10.0.0.2:443", 8, estab)}, nil, false},
		{"of another port", bound("[::]:50123", 7), []tcpmib.Conn{conn("10.0.0.1:50124", "10.0.0.2:443", 7, estab)}, nil, false},
		{"bound to an address of IPv6 alone", bound("[fe80::1%7]:50123", 7), []tcpmib.Conn{conn("10.0.0.1:50123", "10.0.0.2:443", 7, estab)}, nil, false},
		{"next to a listener of IPv4", bound("[::]:50123", 7), []tcpmib.Conn{conn("0.0.0.0:50123", "", 7, listen)}, nil, false},
		{"bound in the IPv4 table, connected in that of IPv6", bound("0.0.0.0:50123", 7), nil, []tcpmib.Conn{conn("[::ffff:10.0.0.1]:50123", "[::ffff:10.0.0.2]:443", 7, estab)}, true},
		{"bound in the IPv4 table, another in that of IPv6", bound("0.0.0.0:50123", 7), nil, []tcpmib.Conn{conn("[2001:db8::1]:50123", "[2001:db8::2]:443", 7, estab)}, false},
		{"alone", bound("[::]:50123", 7), nil, nil, false},
	} {
		var bound4, bound6 []tcpmib.Conn
		if test.bound.Family() == tcpmib.IPv4 {
			bound4 = append(bound4, test.bound)
		} else {
			bound6 = append(bound6, test.bound)
		}
		var want []tcpmib.Conn
		if !test.connected {
			want = append(want, test.bound)
		}
		source := bindings(whole(table2Of(bound4...)), whole(table6Of(bound6...)), whole(table2Of(test.main4...)), whole(table6Of(test.main6...)))
		for _, family := range []tcpmib.Family{test.bound.Family(), tcpmib.Both} {
			r := tcpmib.Reader{Source: source}
			got, err := r.AppendBound(nil, family)
			require.NoError(t, err)
			assert.Empty(t, cmp.Diff(want, got, compareAddrPorts), "%s, %v", test.name, family)
		}
	}

	// An error in reading the other family's table is returned, unless the family is not installed:
	// then it has no connections.
	for code, is := range map[uint32]error{5: fs.ErrPermission, 50: nil} {
		r := tcpmib.Reader{Source: bindings(nil, whole(table6Of(bound("[::]:50123", 7))), fails(code), nil)}
		got, err := r.AppendBound(nil, tcpmib.IPv6)
		assert.ErrorIs(t, err, is)
		assert.Len(t, got, 1)
	}
}

// The table of the other family is read only if it can explain a socket that is left, and no table is
// read twice.
func TestAppendBoundAsksForLittle(t *testing.T) {
	conn := func(local, remote string, pid uint32) tcpmib.Conn {
		return tcpmib.Conn{Local: endpoint(local), Remote: endpoint(remote), PID: pid, State: tcpmib.StateEstab}
	}
	const bound4, bound6 = "InternalGetBoundTcpEndpointTable", "InternalGetBoundTcp6EndpointTable"
	const main4, main6 = "GetTcpTable2", "GetTcp6Table2"
	connected4, connected6 := conn("10.0.0.1:5000", "10.0.0.2:443", 7), conn("[2001:db8::1]:5000", "[2001:db8::2]:443", 7)
	for _, test := range []struct {
		name  string
		bound []string // local endpoints of sockets of process 7
		conns []tcpmib.Conn
		ipv4  []string // what is asked for each family
		ipv6  []string
		both  []string
	}{
		{"nothing is bound", nil, nil,
			[]string{bound4}, []string{bound6}, []string{bound4, bound6}},
		{"all are connected in their own family", []string{"0.0.0.0:5000", "[::]:5000"}, []tcpmib.Conn{connected4, connected6},
			[]string{bound4, main4}, []string{bound6, main6}, []string{bound4, bound6, main4, main6}},
		{"left in IPv4", []string{"10.0.0.1:5001"}, []tcpmib.Conn{connected4},
			[]string{bound4, main4, main6}, []string{bound6}, []string{bound4, bound6, main4, main6}},
		{"left in IPv6, for all addresses", []string{"[::]:5001"}, []tcpmib.Conn{connected6},
			[]string{bound4}, []string{bound6, main6, main4}, []string{bound4, bound6, main6, main4}},
		{"left in IPv6, for a mapped address", []string{"[::ffff:10.0.0.1]:5001"}, []tcpmib.Conn{connected6},
			[]string{bound4}, []string{bound6, main6, main4}, []string{bound4, bound6, main6, main4}},
		{"left in IPv6, for one address", []string{"[2001:db8::1]:5001"}, []tcpmib.Conn{connected6},
			[]string{bound4}, []string{bound6, main6}, []string{bound4, bound6, main6}},
		{"left in both", []string{"0.0.0.0:5001", "[::]:5001"}, nil,
			[]string{bound4, main4, main6}, []string{bound6, main6, main4}, []string{bound4, bound6, main4, main6}},
	} {
		machine := &tcpmibtest.Machine{Conns: test.conns}
		for _, local := range test.bound {
			machine.Bound = append(machine.Bound, tcpmib.Conn{Local: endpoint(local), PID: 7, State: tcpmib.StateReserved})
		}
		for family, want := range map[tcpmib.Family][]string{tcpmib.IPv4: test.ipv4, tcpmib.IPv6: test.ipv6, tcpmib.Both: test.both} {
			var asked []string
			machine.Before = func(q tcpmib.Query) (code uint32) {
				asked = append(asked, q.Func)
				return tcpmib.CodeSuccess
			}
			r := tcpmib.Reader{Source: machine}
			_, err := r.AppendBound(nil, family)
			require.NoError(t, err)
			assert.Equal(t, want, asked, "%s, %v", test.name, family)
		}
	}
}

// AppendBound finds what its doc says, in tables where everything collides: few ports, few processes.
func TestAppendBoundInRandomTables(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	addresses := map[tcpmib.Family][]string{tcpmib.IPv4: {"0.0.0.0", "10.0.0.1"}, tcpmib.IPv6: {"::", "2001:db8::1", "::ffff:10.0.0.1"}}
	conns := func(family tcpmib.Family, ports int, states ...tcpmib.State) []tcpmib.Conn {
		conns := make([]tcpmib.Conn, random.IntN(40))
		for i := range conns {
			local := netip.MustParseAddr(addresses[family][random.IntN(len(addresses[family]))])
			conns[i] = tcpmib.Conn{Local: netip.AddrPortFrom(local, uint16(5000+random.IntN(ports))), PID: uint32(random.IntN(4)),
				State: states[random.IntN(len(states))]}
			if conns[i].State == tcpmib.StateEstab {
				conns[i].Remote = netip.AddrPortFrom(local, 443)
			}
		}
		return conns
	}
	type socket struct {
		pid  uint32
		port uint16
	}
	of := func(c *tcpmib.Conn) socket { return socket{c.PID, c.Local.Port()} }
	var r tcpmib.Reader // used throughout: nothing is left over
	for range 500 {
		ports := 1 + random.IntN(30)
		machine := &tcpmibtest.Machine{}
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6} {
			machine.Bound = append(machine.Bound, conns(family, ports, tcpmib.StateReserved)...)
			machine.Conns = append(machine.Conns, conns(family, ports, tcpmib.StateEstab, tcpmib.StateListen)...)
		}
		in4, connected4, in6, mapped6 := map[socket]bool{}, map[socket]bool{}, map[socket]bool{}, map[socket]bool{}
		for i := range machine.Conns {
			switch c := &machine.Conns[i]; {
			case c.Family() == tcpmib.IPv6:
				in6[of(c)] = true
				mapped6[of(c)] = mapped6[of(c)] || c.Local.Addr().Is4In6()
			default:
				in4[of(c)] = true
				connected4[of(c)] = connected4[of(c)] || c.State != tcpmib.StateListen
			}
		}
		for _, family := range []tcpmib.Family{tcpmib.IPv4, tcpmib.IPv6, tcpmib.Both} {
			var want []tcpmib.Conn
			for i := range machine.Bound {
				c := &machine.Bound[i]
				switch {
				case c.Family()&family == 0:
				case c.Family() == tcpmib.IPv4 && (in4[of(c)] || mapped6[of(c)]):
				case c.Family() == tcpmib.IPv6 && (in6[of(c)] || connected4[of(c)] && c.Local.Addr() != netip.MustParseAddr("2001:db8::1")):
				default:
					want = append(want, *c)
				}
			}
			r.Source = machine
			got, err := r.AppendBound(nil, family)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want, got, compareAddrPorts), "%v of %+v", family, machine)
		}
	}
}
