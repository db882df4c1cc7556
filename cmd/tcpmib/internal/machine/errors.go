package machine

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

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

// A TableError says in words that a machine lacks a table.
type TableError struct {
	text string
	err  error
}

func (e *TableError) Error() string { return e.text }
func (e *TableError) Unwrap() error { return e.err }

// LacksTable returns err in words, as a TableError, if it says that a machine lacks a table. Of two
// families that lack it, one says so.
func LacksTable(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			one = LacksTable(one)
			if !slices.ContainsFunc(all, func(e error) bool { return e.Error() == one.Error() }) {
				all = append(all, one)
			}
		}
		return errors.Join(all...)
	}
	e := (*tcpmib.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Code == tcpmib.CodeNoAnswer:
		return &TableError{"the capture does not hold " + tableOf(e), err}
	case tableOf(e) == boundSockets && errors.Is(err, errors.ErrUnsupported) && !NotWindows(err):
		return &TableError{"this Windows has no table of bound TCP sockets, which came with Windows 10 version 1809", err}
	}
	return err
}

const boundSockets = "the table of bound TCP sockets"

// tableOf names the table that an error is about.
func tableOf(err *tcpmib.Error) string {
	function := err.Query.Func
	switch {
	case strings.HasPrefix(function, "InternalGetBound"):
		return boundSockets
	case strings.Contains(function, "UdpStatistics"):
		return "the statistics of UDP"
	case strings.Contains(function, "TcpStatistics"):
		return "the statistics of TCP"
	case strings.Contains(function, "Udp"):
		return "the table of UDP sockets"
	}
	return "the table of TCP connections"
}
