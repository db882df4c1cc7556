package machine

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// LookupAddr returns the names of an address, which DnsQuery finds in its cache, in the hosts file
// or in the DNS, where strangers choose them. It does not end with its context.
//
// net.Resolver does the same, but links a DNS client of its own, a twentieth of the program.
//
// https://learn.microsoft.com/windows/win32/api/windns/nf-windns-dnsquery_w
func LookupAddr(_ context.Context, addr string) ([]string, error) {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return nil, err
	}
	domain := reverseDomain(ip.Unmap())
	var records *windows.DNSRecord
	if err := windows.DnsQuery(domain, windows.DNS_TYPE_PTR, 0, nil, &records, nil); err != nil {
		return nil, fmt.Errorf("DnsQuery %s: %w", domain, err)
	}
	const freeRecordList = 1 // DnsFreeRecordList
	defer windows.DnsRecordListFree(records, freeRecordList)
	return pointers(records), nil
}

// pointers returns the names that the PTR records of an answer have.
func pointers(r *windows.DNSRecord) []string {
	var names []string
	for ; r != nil; r = r.Next {
		if r.Type == windows.DNS_TYPE_PTR {
			// Sound: Data is the union of DNS_RECORDW, and its member for this type is DNS_PTR_DATAW.
			host := (*windows.DNSPTRData)(unsafe.Pointer(&r.Data)).Host
			names = append(names, strings.ToValidUTF8(windows.UTF16PtrToString(host), "\uFFFD"))
		}
	}
	return names
}

// reverseDomain returns the domain whose PTR records are the names of an address.
func reverseDomain(ip netip.Addr) string {
	bytes := ip.AsSlice()
	var domain strings.Builder
	for i := len(bytes) - 1; i >= 0; i-- {
		if ip.Is4() {
			fmt.Fprintf(&domain, "%d.", bytes[i])
		} else {
			fmt.Fprintf(&domain, "%x.%x.", bytes[i]&0xF, bytes[i]>>4)
		}
	}
	if ip.Is4() {
		return domain.String() + "in-addr.arpa"
	}
	return domain.String() + "ip6.arpa"
}
