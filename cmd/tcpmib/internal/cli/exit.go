package cli

import (
	"errors"
	"fmt"
)

// Exit codes.
const (
	ExitOK      = 0
	ExitNothing = 1 // nothing matched, or a difference was found
	ExitUsage   = 2
	ExitFailure = 3 // the system or a file failed
)

// Errors that have already been reported, or need no report.
var (
	ErrNothing  = errors.New("nothing matched") // the command worked and found nothing
	ErrReported = errors.New("failed")          // the command continued after an error that it printed
)

// UsageError marks an error as a mistake on the command line. Every other error is a failure of
// the system or of a file.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef returns a UsageError with a message formatted as by [fmt.Errorf].
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// ExitCode returns the exit code of a command that ended with err.
func ExitCode(err error) int {
	usage := (*UsageError)(nil)
	switch {
	case err == nil, closedPipe(err):
		return ExitOK
	case errors.Is(err, ErrNothing):
		return ExitNothing
	case errors.As(err, &usage):
		return ExitUsage
	}
	return ExitFailure
}
