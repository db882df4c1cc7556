package main

import (
	"errors"

	"github.com/winmib/winmib/tcpmib"
)

// reports are the kinds of errors that a command that goes on has reported: one that persists is
// reported once.
type reports map[string]bool

// first reports whether err is the first of its kind.
func (r reports) first(err error) bool {
	kind := errorKind(err)
	first := !r[kind]
	r[kind] = true
	return first
}

// errorKind returns the text of an error, unless that changes from one time to the next.
func errorKind(err error) string {
	switch {
	case errors.As(err, new(*tcpmib.MissedError)):
		return "missed"
	case errors.Is(err, tcpmib.ErrMalformed):
		return "malformed"
	case errors.Is(err, tcpmib.ErrTooLarge):
		return "too large"
	}
	return err.Error()
}
