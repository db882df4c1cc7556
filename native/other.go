//go:build !windows

package native

// Implementation says how this build calls Windows.
const Implementation = "none: not Windows"

const errorCallNotImplemented = 120 // ERROR_CALL_NOT_IMPLEMENTED

func getTcpTable([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

func getTcp6Table([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

func getTcpTable2([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

func getTcp6Table2([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

func getExtendedTcpTable([]byte, bool, uint32, uint32) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func getOwnerModuleFromTcpEntry(*[SizeofTCPRowOwnerModule]byte, uint32, []byte) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func getOwnerModuleFromTcp6Entry(*[SizeofTCP6RowOwnerModule]byte, uint32, []byte) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func internalGetBoundTcpEndpointTable([]byte) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func internalGetBoundTcp6EndpointTable([]byte) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func setTcpEntry(*[SizeofTCPRow]byte) (code uint32) { return errorCallNotImplemented }

func createPersistentTcpPortReservation(uint16, uint16) (token uint64, code uint32) {
	return 0, errorCallNotImplemented
}

func deletePersistentTcpPortReservation(uint16, uint16) (code uint32) {
	return errorCallNotImplemented
}

func lookupPersistentTcpPortReservation(uint16, uint16) (token uint64, code uint32) {
	return 0, errorCallNotImplemented
}

func getTcpStatistics(*[SizeofTCPStats]byte) (code uint32) { return errorCallNotImplemented }

func getTcpStatisticsEx(*[SizeofTCPStats]byte, uint32) (code uint32) {
	return errorCallNotImplemented
}

func getTcpStatisticsEx2(*[SizeofTCPStats2]byte, uint32) (code uint32) {
	return errorCallNotImplemented
}

func getPerTcpConnectionEStats(*[SizeofTCPRow]byte, uint32, EStats, EStats, EStats) (code uint32) {
	return errorCallNotImplemented
}

func getPerTcp6ConnectionEStats(*[SizeofTCP6Row]byte, uint32, EStats, EStats, EStats) (code uint32) {
	return errorCallNotImplemented
}

func setPerTcpConnectionEStats(*[SizeofTCPRow]byte, uint32, EStats, uint32) (code uint32) {
	return errorCallNotImplemented
}

func setPerTcp6ConnectionEStats(*[SizeofTCP6Row]byte, uint32, EStats, uint32) (code uint32) {
	return errorCallNotImplemented
}

func getUdpTable([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

func getUdp6Table([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

func getExtendedUdpTable([]byte, bool, uint32, uint32) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func getOwnerModuleFromUdpEntry(*[SizeofUDPRowOwnerModule]byte, uint32, []byte) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func getOwnerModuleFromUdp6Entry(*[SizeofUDP6RowOwnerModule]byte, uint32, []byte) (size, code uint32) {
	return 0, errorCallNotImplemented
}

func getUdpStatistics(*[SizeofUDPStats]byte) (code uint32) { return errorCallNotImplemented }

func getUdpStatisticsEx(*[SizeofUDPStats]byte, uint32) (code uint32) {
	return errorCallNotImplemented
}

func getUdpStatisticsEx2(*[SizeofUDPStats2]byte, uint32) (code uint32) {
	return errorCallNotImplemented
}

func createPersistentUdpPortReservation(uint16, uint16) (token uint64, code uint32) {
	return 0, errorCallNotImplemented
}

func deletePersistentUdpPortReservation(uint16, uint16) (code uint32) {
	return errorCallNotImplemented
}

func lookupPersistentUdpPortReservation(uint16, uint16) (token uint64, code uint32) {
	return 0, errorCallNotImplemented
}
