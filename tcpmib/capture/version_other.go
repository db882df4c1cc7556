//go:build !windows

package capture

func windowsVersion() string { return "" }
