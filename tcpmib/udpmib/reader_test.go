package udpmib_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func sevens(int) uint32 { return 7 }

func TestAppendEndpoints(t *testing.T) {
	ipv4 := []udpmib.Endpoint{endpoint("10.1.2.3:443", 1000), endpoint("10.1.2.3:444", 1001)}
	ipv6 := []udpmib.Endpoint{endpoint("[fe80::1%7]:443", 1000)}
	for _, test := range []struct {
		name   string
		source fake
		family tcpmib.Family
		want   []udpmib.Endpoint
		errs   []error // all of them are found
	}{
		{"IPv4", families(whole(table4(2)), fails(5)), tcpmib.IPv4, ipv4, nil},
		{"IPv6", families(fails(5), whole(table6(1, sevens))), tcpmib.IPv6, ipv6, nil},
		{"both, IPv4 first", families(whole(table4(2)), whole(table6(1, sevens))), tcpmib.Both, slices.Concat(ipv4, ipv6), nil},
		{"no rows", families(whole(table4(0)), whole(table6(0, sevens))), tcpmib.Both, nil, nil},
		{"no data is no rows", families(fails(tcpmib.CodeNoData), whole(table6(1, sevens))), tcpmib.Both, ipv6, nil},
		{"IPv4 fails", families(fails(5), whole(table6(1, sevens))), tcpmib.Both, ipv6, []error{fs.ErrPermission}},
		{"IPv6 fails", families(whole(table4(2)), fails(50)), tcpmib.Both, ipv4, []error{errors.ErrUnsupported}},
		{"both fail", families(fails(5), fails(50)), tcpmib.Both, nil, []error{fs.ErrPermission, errors.ErrUnsupported}},
		{"a row is missing", families(whole(table4(3)[:8+2*160+159]), whole(table6(1, sevens))), tcpmib.Both, ipv6, []error{tcpmib.ErrMalformed}},
		{"no family", families(whole(table4(2)), whole(table6(1, sevens))), 0, nil, []error{fs.ErrInvalid}},
		{"another family", families(whole(table4(2)), whole(table6(1, sevens))), 4, nil, []error{fs.ErrInvalid}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := udpmib.Reader{Source: test.source}
			before := []udpmib.Endpoint{endpoint("192.0.2.1:53", 1)}
			got, err := r.AppendEndpoints(before, test.family)
			assert.Empty(t, gocmp.Diff(slices.Concat(before, test.want), got, compareEndpoints))
			if test.errs == nil {
				assert.NoError(t, err)
			}
			for _, want := range test.errs {
				assert.ErrorIs(t, err, want)
			}
		})
	}
}

// Windows is asked the right questions, and no more often than necessary.
func TestQueries(t *testing.T) {
	var asked []tcpmib.Query
	both := families(whole(table4(1)), whole(table6(1, sevens)))
	r := udpmib.Reader{Source: fake(func(q tcpmib.Query, buf []byte) (size, code uint32) {
		asked = append(asked, q)
		return both(q, buf)
	})}
	_, err := r.AppendEndpoints(nil, tcpmib.Both)
	require.NoError(t, err)
	assert.Equal(t, []tcpmib.Query{
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet, Class: uint32(udpmib.UDPTableClassOwnerModule)},
		{Func: "GetExtendedUdpTable", Family: tcpmib.AFInet6, Class: uint32(udpmib.UDPTableClassOwnerModule)},
	}, asked)
}

// The limit of a Reader is that of its tables.
func TestMaxBytes(t *testing.T) {
	table := table4(1000)
	r := udpmib.Reader{Source: whole(table), MaxBytes: len(table) - 1}
	_, err := r.AppendEndpoints(nil, tcpmib.IPv4)
	assert.ErrorIs(t, err, tcpmib.ErrTooLarge)
	r.MaxBytes++
	got, err := r.AppendEndpoints(nil, tcpmib.IPv4)
	require.NoError(t, err)
	assert.Len(t, got, 1000)
}

// A warm Reader allocates nothing, however many zones there are, up to the number that it holds.
func TestWarmReaderAllocatesNothing(t *testing.T) {
	for _, zones := range []int{1, 200, 1024} {
		scope := func(i int) uint32 { return uint32(100 + i%zones) }
		r := udpmib.Reader{Source: families(whole(table4(500)), whole(table6(2000, scope)))}
		var endpoints []udpmib.Endpoint
		read := func() {
			var err error
			endpoints, err = r.AppendEndpoints(endpoints[:0], tcpmib.Both)
			if err != nil || len(endpoints) != 2500 {
				t.Fatal(len(endpoints), err)
			}
		}
		read()
		if !raced {
			assert.Zero(t, testing.AllocsPerRun(10, read), "%d zones", zones)
		}
	}
}

// Zones are right also when there are more than the Reader holds.
func TestManyZones(t *testing.T) {
	r := udpmib.Reader{Source: whole(table6(5000, func(i int) uint32 { return uint32(i) }))}
	got, err := r.AppendEndpoints(nil, tcpmib.IPv6)
	require.NoError(t, err)
	assert.Equal(t, "", got[0].Local.Addr().Zone())
	for i := 1; i < len(got); i++ {
		require.Equal(t, fmt.Sprint(i), got[i].Local.Addr().Zone())
	}
}

func TestEndpoint(t *testing.T) {
	sorted := []udpmib.Endpoint{
		endpoint("10.0.0.1:53", 4), endpoint("10.0.0.1:53", 5), endpoint("10.0.0.1:54", 4),
		endpoint("10.0.0.2:53", 4), endpoint("[::]:53", 4), endpoint("[fe80::1%3]:53", 4),
	}
	later := sorted[5]
	later.Created = bound.Add(1)
	sorted = append(sorted, later)
	for i := range sorted {
		assert.Zero(t, sorted[i].Compare(sorted[i]))
		for j := range i {
			assert.Negative(t, sorted[j].Compare(sorted[i]), "%v and %v", sorted[j], sorted[i])
			assert.Positive(t, sorted[i].Compare(sorted[j]), "%v and %v", sorted[i], sorted[j])
		}
	}
	assert.Equal(t, tcpmib.IPv4, endpoint("10.0.0.1:53", 4).Family())
	assert.Equal(t, tcpmib.IPv6, endpoint("[::ffff:10.0.0.1]:53", 4).Family())
}

func TestStrings(t *testing.T) {
	e := endpoint("[fe80::1%7]:53", 4)
	undated := udpmib.Endpoint{Local: e.Local}
	row6 := udpmib.UDP6Row2{RemotePort: [4]byte{1, 187}}
	for want, value := range map[string]any{
		"[fe80::1%7]:53 pid 4 since 2024-01-17T21:20:00Z": e,
		"[fe80::1%7]:53":   undated,
		"invalid Endpoint": udpmib.Endpoint{},
		"opened [fe80::1%7]:53 pid 4 since 2024-01-17T21:20:00Z": udpmib.Change{Kind: tcpmib.Opened, Endpoint: e},
		"changed [fe80::1%7]:53, was pid 4":                      udpmib.Change{Kind: tcpmib.Changed, Endpoint: undated, Old: e},
		"0.0.0.0:53":                                             udpmib.UDPRow{LocalPort: [4]byte{0, 53}},
		"[::]:53":                                                udpmib.UDP6Row{LocalPort: [4]byte{0, 53}},
		"0.0.0.0:0 pid 7":                                        udpmib.UDPRowOwnerPID{OwningPid: 7},
		"[::]:0 pid 7":                                           udpmib.UDP6RowOwnerPID{OwningPid: 7},
		"0.0.0.0:0 since 2024-01-17T21:20:00Z":                   udpmib.UDPRowOwnerModule{CreateTimestamp: boundTicks},
		"[::]:0 since 2024-01-17T21:20:00Z":                      udpmib.UDP6RowOwnerModule{CreateTimestamp: boundTicks},
		"[0.0.0.0:0]":                                            []udpmib.UDPRow2{{}},
		"[::]:0 -> [::]:443":                                     row6,
		"[::]:0 -> [::]:1":                                       udpmib.UDP6Row2{RemotePort: [4]byte{0, 1}},
		"[::]:0 pid 8":                                           udpmib.UDP6Row2{OwningPid: 8},
	} {
		for _, verb := range []string{"%v", "%+v", "%s"} {
			assert.Equal(t, want, fmt.Sprintf(verb, value))
		}
	}
}
