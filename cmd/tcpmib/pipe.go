package main

import (
	"errors"
	"slices"
)

// closedPipe reports whether err is that of a pipe whose reader has gone. That
// reader has what it wanted: head, or a pager that was left.
func closedPipe(err error) bool {
	return slices.ContainsFunc(closedPipeErrors, func(closed error) bool { return errors.Is(err, closed) })
}
