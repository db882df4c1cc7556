//go:build !windows

package native

import "unsafe"

// Implementation says how this build calls Windows.
const Implementation = "none: not Windows"

const notImplemented = 120 // ERROR_CALL_NOT_IMPLEMENTED

// proc is a function that no system but Windows has.
type proc struct{}

func newProc(string) (p proc) { return p }

func (proc) table([]byte, bool) (size, code uint32)                         { return 0, notImplemented }
func (proc) extended([]byte, bool, uint32, uint32) (size, code uint32)      { return 0, notImplemented }
func (proc) ownerModule(unsafe.Pointer, uint32, []byte) (size, code uint32) { return 0, notImplemented }
func (proc) bound([]byte) (size, code uint32)                               { return 0, notImplemented }
func (proc) fixed(unsafe.Pointer) (code uint32)                             { return notImplemented }
func (proc) fixedFamily(unsafe.Pointer, uint32) (code uint32)               { return notImplemented }
func (proc) getEStats(unsafe.Pointer, uint32, EStats, EStats, EStats) (code uint32) {
	return notImplemented
}
func (proc) setEStats(unsafe.Pointer, uint32, EStats, uint32) (code uint32) { return notImplemented }
func (proc) ports(uint16, uint16) (code uint32)                             { return notImplemented }
func (proc) portsToken(uint16, uint16) (token uint64, code uint32)          { return 0, notImplemented }
