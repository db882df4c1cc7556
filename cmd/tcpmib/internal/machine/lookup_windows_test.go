package machine

import (
	"net/netip"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// The domains are those of RFC 1035, section 3.5, and RFC 3596, section 2.5.
func TestReverseDomain(t *testing.T) {
	for addr, want := range map[string]string{
		"10.2.0.52":               "52.0.2.10.in-addr.arpa",
		"4321:0:1:2:3:4:567:89ab": "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
	} {
		assert.Equal(t, want, reverseDomain(netip.MustParseAddr(addr)))
	}
}

// An answer may have an alias before the names, and none at all. A lone surrogate is no text.
func TestPointers(t *testing.T) {
	record := func(kind uint16, name string, next *windows.DNSRecord) *windows.DNSRecord {
		host, err := windows.UTF16PtrFromString(name)
		require.NoError(t, err)
		r := &windows.DNSRecord{Type: kind, Next: next}
		(*windows.DNSPTRData)(unsafe.Pointer(&r.Data)).Host = host
		return r
	}
	last := record(windows.DNS_TYPE_PTR, "second.example", nil)
	(*[6]uint16)(unsafe.Pointer((*windows.DNSPTRData)(unsafe.Pointer(&last.Data)).Host))[5] = 0xD800
	first := record(windows.DNS_TYPE_CNAME, "52.0-63.2.0.10.in-addr.arpa", record(windows.DNS_TYPE_PTR, "first.example", last))
	assert.Equal(t, []string{"first.example", "secon\uFFFD.example"}, pointers(first))
	assert.Empty(t, pointers(nil))
}

// What is no address is an error, and an error of DnsQuery names the domain. What the DNS of a
// machine answers is its own.
func TestLookupAddr(t *testing.T) {
	_, err := LookupAddr(t.Context(), "localhost")
	require.ErrorContains(t, err, "localhost")
	_, err = LookupAddr(t.Context(), "::ffff:192.0.2.1")
	if err != nil {
		assert.ErrorContains(t, err, "DnsQuery 1.2.0.192.in-addr.arpa: ")
	}
}
