//go:build !windows

package mib

// Errno returns nil: elsewhere than on Windows an Errno is something else.
func Errno(uint32) error { return nil }
