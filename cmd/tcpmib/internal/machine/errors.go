package machine

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
)

// Advise returns an error as a sentence that says what to do.
func Advise(err error) string {
	if !NotWindows(err) {
		return cli.Sentence(err)
	}
	return fmt.Sprintf("the TCP tables are read from Windows, and this is %s: "+
		"run tcpmib.exe on Windows, or under Wine", runtime.GOOS)
}

// NotWindows reports whether err comes from asking another system than Windows. A capture of this
// machine cannot hold the code: it exists where there is no Windows to record.
func NotWindows(err error) bool {
	const errorCallNotImplemented = 120
	e := (*tcpmib.Error)(nil)
	return runtime.GOOS != "windows" && errors.As(err, &e) && e.Code == errorCallNotImplemented
}

// The tables that a machine may lack.
const (
	BoundSockets = "bound TCP sockets"
	UDPSockets   = "UDP sockets"
)

// A TableError says in words that a machine lacks a table.
type TableError struct {
	text string
	err  error
}

func (e *TableError) Error() string { return e.text }
func (e *TableError) Unwrap() error { return e.err }

// LacksTable returns err in words, as a TableError, if it says that a machine lacks a table. Of two
// families that lack it, one says so.
func LacksTable(table string, err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			one = LacksTable(table, one)
			if !slices.ContainsFunc(all, func(e error) bool { return e.Error() == one.Error() }) {
				all = append(all, one)
			}
		}
		return errors.Join(all...)
	}
	e := (*tcpmib.Error)(nil)
	switch {
	case errors.As(err, &e) && e.Code == tcpmib.CodeNoAnswer:
		return &TableError{"the capture does not hold the table of " + table, err}
	case table == BoundSockets && errors.Is(err, errors.ErrUnsupported) && !NotWindows(err):
		return &TableError{"this Windows has no table of " + table + ", which came with Windows 10 version 1809", err}
	}
	return err
}
