package tcpmib

import (
	"structs"

	"github.com/winmib/winmib/tcpmib/internal/mib"
)

// TCPTableClass is TCP_TABLE_CLASS: which rows GetExtendedTcpTable returns, and in which form.
// https://learn.microsoft.com/windows/win32/api/iprtrmib/ne-iprtrmib-tcp_table_class
type TCPTableClass uint32

// The classes, with the header's numbers.
const (
	TCPTableBasicListener          TCPTableClass = 0 // TCP_TABLE_BASIC_LISTENER: TCPTable, those in LISTEN
	TCPTableBasicConnections       TCPTableClass = 1 // TCP_TABLE_BASIC_CONNECTIONS: TCPTable, those not in LISTEN
	TCPTableBasicAll               TCPTableClass = 2 // TCP_TABLE_BASIC_ALL: TCPTable
	TCPTableOwnerPIDListener       TCPTableClass = 3 // TCP_TABLE_OWNER_PID_LISTENER: TCPTableOwnerPID or TCP6TableOwnerPID, those in LISTEN
	TCPTableOwnerPIDConnections    TCPTableClass = 4 // TCP_TABLE_OWNER_PID_CONNECTIONS: TCPTableOwnerPID or TCP6TableOwnerPID, those not in LISTEN
	TCPTableOwnerPIDAll            TCPTableClass = 5 // TCP_TABLE_OWNER_PID_ALL: TCPTableOwnerPID or TCP6TableOwnerPID
	TCPTableOwnerModuleListener    TCPTableClass = 6 // TCP_TABLE_OWNER_MODULE_LISTENER: TCPTableOwnerModule or TCP6TableOwnerModule, those in LISTEN
	TCPTableOwnerModuleConnections TCPTableClass = 7 // TCP_TABLE_OWNER_MODULE_CONNECTIONS: TCPTableOwnerModule or TCP6TableOwnerModule, those not in LISTEN
	TCPTableOwnerModuleAll         TCPTableClass = 8 // TCP_TABLE_OWNER_MODULE_ALL: TCPTableOwnerModule or TCP6TableOwnerModule
)

var tcpTableClasses = mib.EnumOf("tcpmib", "TCPTableClass", "table class", map[TCPTableClass]string{
	TCPTableBasicListener:          "BasicListener",
	TCPTableBasicConnections:       "BasicConnections",
	TCPTableBasicAll:               "BasicAll",
	TCPTableOwnerPIDListener:       "OwnerPIDListener",
	TCPTableOwnerPIDConnections:    "OwnerPIDConnections",
	TCPTableOwnerPIDAll:            "OwnerPIDAll",
	TCPTableOwnerModuleListener:    "OwnerModuleListener",
	TCPTableOwnerModuleConnections: "OwnerModuleConnections",
	TCPTableOwnerModuleAll:         "OwnerModuleAll",
})

// String returns the name without its prefix, such as "OwnerPIDAll", or "TCPTableClass(9)" for a
// number that the header does not define.
func (c TCPTableClass) String() string { return tcpTableClasses.String(c) }

// MarshalText writes what String prints.
func (c TCPTableClass) MarshalText() ([]byte, error) { return tcpTableClasses.MarshalText(c) }

// UnmarshalText reads what String prints, in any case.
func (c *TCPTableClass) UnmarshalText(text []byte) (err error) {
	*c, err = tcpTableClasses.Parse(string(text))
	return err
}

// OwnerModuleInfoClass is TCPIP_OWNER_MODULE_INFO_CLASS: what GetOwnerModuleFromTcpEntry returns
// about a module.
// https://learn.microsoft.com/windows/win32/api/iprtrmib/ne-iprtrmib-tcpip_owner_module_info_class
type OwnerModuleInfoClass uint32

// OwnerModuleInfoBasic is TCPIP_OWNER_MODULE_INFO_BASIC, the only class there is: an
// OwnerModuleBasicInfo.
const OwnerModuleInfoBasic OwnerModuleInfoClass = 0

var ownerModuleInfoClasses = mib.EnumOf("tcpmib", "OwnerModuleInfoClass", "class of module information", map[OwnerModuleInfoClass]string{OwnerModuleInfoBasic: "Basic"})

// String returns "Basic", or "OwnerModuleInfoClass(1)" for a number that the header does not
// define.
func (c OwnerModuleInfoClass) String() string { return ownerModuleInfoClasses.String(c) }

// MarshalText writes what String prints.
func (c OwnerModuleInfoClass) MarshalText() ([]byte, error) {
	return ownerModuleInfoClasses.MarshalText(c)
}

// UnmarshalText reads what String prints, in any case.
func (c *OwnerModuleInfoClass) UnmarshalText(text []byte) (err error) {
	*c, err = ownerModuleInfoClasses.Parse(string(text))
	return err
}

// OwnerModuleBasicInfo is TCPIP_OWNER_MODULE_BASIC_INFO: where, in the buffer that the system has
// filled, the module's name and path are. Both are addresses of UTF-16 text that ends with a zero,
// not Go pointers: the text lives as long as the buffer.
// https://learn.microsoft.com/windows/win32/api/iprtrmib/ns-iprtrmib-tcpip_owner_module_basic_info
type OwnerModuleBasicInfo struct {
	_          structs.HostLayout `c:"TCPIP_OWNER_MODULE_BASIC_INFO"`
	ModuleName uintptr            `c:"pModuleName"`
	ModulePath uintptr            `c:"pModulePath"`
}
