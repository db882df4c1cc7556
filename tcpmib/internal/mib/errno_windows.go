package mib

import "syscall"

// Errno returns code as a syscall.Errno. It returns nil for codes of applications: Go gives an
// Errno with their bit 29 meanings of its own, CodeNoAnswer that of EACCES.
func Errno(code uint32) error {
	if code&(1<<29) != 0 {
		return nil
	}
	return syscall.Errno(code)
}
