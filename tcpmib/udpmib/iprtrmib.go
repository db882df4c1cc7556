package udpmib

import "github.com/winmib/winmib/tcpmib/internal/mib"

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
func (c UDPTableClass) String() string { return mib.UDPTableClasses.String(uint32(c)) }

// MarshalText writes what String prints.
func (c UDPTableClass) MarshalText() ([]byte, error) {
	return mib.UDPTableClasses.MarshalText(uint32(c))
}

// UnmarshalText reads what String prints, in any case.
func (c *UDPTableClass) UnmarshalText(text []byte) error {
	class, err := mib.UDPTableClasses.Parse(string(text))
	*c = UDPTableClass(class)
	return err
}
