package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// cpuTime returns the user and system time that this process has used.
func cpuTime(tb testing.TB) time.Duration {
	var created, exited, kernel, user windows.Filetime
	require.NoError(tb, windows.GetProcessTimes(windows.CurrentProcess(), &created, &exited, &kernel, &user))
	ticks := func(t windows.Filetime) uint64 { return uint64(t.HighDateTime)<<32 | uint64(t.LowDateTime) }
	return time.Duration(ticks(kernel)+ticks(user)) * 100
}
