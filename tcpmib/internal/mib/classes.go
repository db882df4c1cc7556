package mib

// UDPTableClasses are the names of UDP_TABLE_CLASS. They are here because a query prints its class,
// and queries know no package for UDP.
var UDPTableClasses = EnumOf("udpmib", "UDPTableClass", "table class", map[uint32]string{
	0: "Basic",
	1: "OwnerPID",
	2: "OwnerModule",
})
