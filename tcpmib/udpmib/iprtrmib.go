package udpmib

import (
	"fmt"
	"strconv"
	"strings"
)

// UDPTableClass is UDP_TABLE_CLASS: the form of the rows that GetExtendedUdpTable returns.
// https://learn.microsoft.com/windows/win32/api/iprtrmib/ne-iprtrmib-udp_table_class
type UDPTableClass uint32

// The classes, with the header's numbers.
const (
	UDPTableClassBasic       UDPTableClass = 0 // UDP_TABLE_BASIC: UDPTable or UDP6Table
	UDPTableClassOwnerPID    UDPTableClass = 1 // UDP_TABLE_OWNER_PID: UDPTableOwnerPID or UDP6TableOwnerPID
	UDPTableClassOwnerModule UDPTableClass = 2 // UDP_TABLE_OWNER_MODULE: UDPTableOwnerModule or UDP6TableOwnerModule
)

// String returns the name without its prefix, such as "OwnerPID", or "UDPTableClass(9)" for a
// number without a name.
func (c UDPTableClass) String() string {
	switch c {
	case UDPTableClassBasic:
		return "Basic"
	case UDPTableClassOwnerPID:
		return "OwnerPID"
	case UDPTableClassOwnerModule:
		return "OwnerModule"
	}
	return fmt.Sprintf("UDPTableClass(%d)", uint32(c))
}

// MarshalText writes what String prints.
func (c UDPTableClass) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what String prints, in any case.
func (c *UDPTableClass) UnmarshalText(text []byte) error {
	for _, known := range []UDPTableClass{UDPTableClassBasic, UDPTableClassOwnerPID, UDPTableClassOwnerModule} {
		if strings.EqualFold(string(text), known.String()) {
			*c = known
			return nil
		}
	}
	number, opened := strings.CutPrefix(strings.ToLower(string(text)), "udptableclass(")
	number, closed := strings.CutSuffix(number, ")")
	if n, err := strconv.ParseUint(number, 10, 32); opened && closed && err == nil {
		*c = UDPTableClass(n)
		return nil
	}
	return fmt.Errorf("udpmib: unknown table class %q; want Basic, OwnerPID, OwnerModule", text)
}
