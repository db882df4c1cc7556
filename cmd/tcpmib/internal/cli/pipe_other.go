//go:build !windows

package cli

import (
	"errors"
	"syscall"
)

// ClosedPipeErrors are the errors of writing to a pipe that has no reader.
var ClosedPipeErrors = []error{syscall.EPIPE}

// nonblock has a named pipe without a reader refuse to open.
const nonblock = syscall.O_NONBLOCK

func noReader(err error) bool { return errors.Is(err, syscall.ENXIO) }
