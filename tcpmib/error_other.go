//go:build !windows

package tcpmib

func errno(uint32) error { return nil }
