package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib"
)

// app is the world around the commands.
type app struct {
	cli.Terminal
	live           machine // this computer
	lookup         func(ctx context.Context, addr string) (names []string, err error)
	untilInterrupt func(context.Context) (context.Context, context.CancelFunc)
}

// advise returns an error as a sentence that says what to do.
func advise(err error) string {
	if !notWindows(err) {
		return cli.Sentence(err)
	}
	return fmt.Sprintf("the TCP tables are read from Windows, and this is %s: "+
		"run tcpmib.exe on Windows, or under Wine with ./build.sh run, or read a capture with --from", runtime.GOOS)
}

// notWindows reports whether err comes from asking another system than Windows. A capture of this
// machine cannot hold the code: it exists where there is no Windows to record.
func notWindows(err error) bool {
	const errorCallNotImplemented = 120
	e := (*tcpmib.Error)(nil)
	return runtime.GOOS != "windows" && errors.As(err, &e) && e.Code == errorCallNotImplemented
}

// sleep waits for d, and reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) (whole bool) {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
