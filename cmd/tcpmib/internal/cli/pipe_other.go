//go:build !windows

package cli

import "syscall"

// ClosedPipeErrors are the errors of writing to a pipe that has no reader.
var ClosedPipeErrors = []error{syscall.EPIPE}
