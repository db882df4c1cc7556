package tcpmib

// The functions of iphlpapi.dll, under their own names. What they return is
// owned by the caller.

// GetTcpTable2 returns the IPv4 TCP connections; order asks Windows to sort
// them by local, then remote endpoint. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcptable2
func GetTcpTable2(order bool) ([]TCPRow2, error) { return new(Reader).TCPTable2(order) }

// GetTcp6Table2 returns the IPv6 TCP connections; order asks Windows to sort
// them by local, then remote endpoint. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-gettcp6table2
func GetTcp6Table2(order bool) ([]TCP6Row2, error) { return new(Reader).TCP6Table2(order) }
