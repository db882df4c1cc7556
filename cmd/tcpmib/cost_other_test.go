//go:build !linux

package main

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cost runs a program, and returns its CPU time.
func cost(tb testing.TB, args ...string) (cpu time.Duration, peak int64) {
	cmd := exec.Command(args[0], args[1:]...)
	require.NoError(tb, cmd.Run())
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), 0
}
