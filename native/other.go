//go:build !windows

package native

// Implementation says how this build calls Windows.
const Implementation = "none: not Windows"

const errorCallNotImplemented = 120 // ERROR_CALL_NOT_IMPLEMENTED

// GetTcpTable2 returns ERROR_CALL_NOT_IMPLEMENTED.
func GetTcpTable2([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }

// GetTcp6Table2 returns ERROR_CALL_NOT_IMPLEMENTED.
func GetTcp6Table2([]byte, bool) (size, code uint32) { return 0, errorCallNotImplemented }
