package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib/capture"
)

func (a *app) captureCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "capture file.zip",
		Short: "Record the TCP tables in a file",
		Long: "capture writes the answers of Windows byte for byte into a zip file, with process names, the\n" +
			"time and the Windows version. Other commands read it with --from, on any system. An\n" +
			"existing file is not overwritten. The name - is standard output.",
		Example: "  tcpmib capture before.zip\n" +
			"  tcpmib list --from before.zip --state close-wait",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("want the name of one file to write, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.capture(args[0]) },
	}
}

// capture writes a complete file or none. It does not overwrite a file.
func (a *app) capture(path string) error {
	defer a.Progress("recording the TCP tables")()
	names := map[uint32]string{}
	for pid, process := range a.processes(a.live) {
		names[pid] = process.Name
	}
	write := func(w io.Writer) error {
		return capture.Write(w, a.live.source(), capture.Info{Processes: names})
	}
	if info, err := os.Stat(path); path == "-" || err == nil && !info.Mode().IsRegular() {
		return writeFile(a.Out, path, write)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s already exists: choose another name", path)
	case err != nil:
		return err
	}
	if err = errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
