package cli

import (
	"errors"
	"slices"
)

// closedPipe reports whether err comes from writing to a pipe whose reader has exited, such as head
// or a pager. That is not a failure: the reader has what it wanted.
func closedPipe(err error) bool {
	return slices.ContainsFunc(ClosedPipeErrors, func(closed error) bool { return errors.Is(err, closed) })
}
