package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/rows"
)

// newOutput returns an output to t.Out. The caller must flush it.
func newOutput(t *cli.Terminal) *rows.Output {
	return &rows.Output{
		Writer: bufio.NewWriterSize(t.Out, 64<<10),
		Header: true,
		Color:  t.UseColor(),
		Width:  t.Width(),
	}
}

// replaceFile writes a new file and puts it in the place of path when it is complete.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
