// Command layoutcheck compares the structs and constants of Go packages with the C headers of
// Windows.
//
//	go run github.com/winmib/winmib/cmd/layoutcheck@latest ./...
//
// The packages are read from source and the headers by a compiler that writes an object file;
// nothing is executed, so a Linux machine with MinGW-w64 checks amd64, 386 and arm64. README.md
// shows how to run it in GitHub Actions, and what it found in well-known packages.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/winmib/winmib/cmd/internal/safe"
)

// Exit codes.
const (
	exitOK     = 0
	exitDiffer = 1
	exitUsage  = 2
	exitFailed = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "layoutcheck: %s\n", safe.Lines(err.Error()))
		return exitUsage
	}
	code, err := execute(ctx, o, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "layoutcheck: %s\n", safe.Lines(err.Error()))
	}
	return code
}

func execute(ctx context.Context, o *options, stdout io.Writer) (int, error) {
	sets, notes, err := headerSets(ctx, o)
	if err != nil {
		return failed(err)
	}
	if o.gen != "" {
		text, err := generateFrom(ctx, o.gen, sets)
		if err != nil {
			return failed(err)
		}
		out := safe.NewWriter(stdout, nil)
		_, err = io.WriteString(out, text)
		return exitOK, errors.Join(err, out.Close())
	}
	r, err := check(ctx, o, sets, notes)
	if err != nil {
		return failed(err)
	}
	if err := writers[o.format](stdout, r); err != nil {
		return failed(err)
	}
	switch {
	case !r.ok():
		return exitDiffer, nil
	case len(r.Unread) > 0:
		return exitFailed, errors.New("not everything could be read")
	}
	return exitOK, nil
}

func failed(err error) (int, error) {
	if usage := (errUsage{}); errors.As(err, &usage) {
		return exitUsage, err
	}
	return exitFailed, err
}
