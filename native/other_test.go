//go:build !windows

package native_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/native"
)

// Other systems answer each function in the same way, whatever its arguments.
func TestNotWindows(t *testing.T) {
	const notImplemented = 120 // ERROR_CALL_NOT_IMPLEMENTED
	buf := make([]byte, 100)
	for name, f := range map[string]func([]byte) (size, code uint32){
		"GetTcpTable2":                     func(b []byte) (size, code uint32) { return native.GetTcpTable2(b, true) },
		"GetExtendedTcpTable":              func(b []byte) (size, code uint32) { return native.GetExtendedTcpTable(b, true, 2, 5) },
		"GetOwnerModuleFromTcpEntry":       func(b []byte) (size, code uint32) { return native.GetOwnerModuleFromTcpEntry(nil, 0, b) },
		"InternalGetBoundTcpEndpointTable": native.InternalGetBoundTcpEndpointTable,
		"SetTcpEntry":                      func([]byte) (size, code uint32) { return 0, native.SetTcpEntry(nil) },
		"GetTcpStatisticsEx":               func([]byte) (size, code uint32) { return 0, native.GetTcpStatisticsEx(nil, 2) },
		"GetPerTcpConnectionEStats": func([]byte) (size, code uint32) {
			return 0, native.GetPerTcpConnectionEStats(nil, 1, native.EStats{}, native.EStats{}, native.EStats{})
		},
		"SetPerTcpConnectionEStats": func([]byte) (size, code uint32) {
			return 0, native.SetPerTcpConnectionEStats(nil, 1, native.EStats{}, 0)
		},
		"CreatePersistentTcpPortReservation": func([]byte) (size, code uint32) {
			token, code := native.CreatePersistentTcpPortReservation(1, 1)
			return uint32(token), code
		},
		"DeletePersistentTcpPortReservation": func([]byte) (size, code uint32) {
			return 0, native.DeletePersistentTcpPortReservation(1, 1)
		},
	} {
		for _, b := range [][]byte{nil, buf} {
			size, code := f(b)
			assert.Zero(t, size, name)
			assert.EqualValues(t, notImplemented, code, name)
		}
	}
}
