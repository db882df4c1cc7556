package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib/capture"
)

func (a *app) captureCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "capture file.zip",
		Short: "Record the TCP tables in a file",
		Long: "capture writes what Windows answers, byte for byte, with the names of the processes,\n" +
			"the time and the Windows version, into a zip file. The other commands read it with\n" +
			"--from, on any system. A file that is there already is left alone.",
		Example: "  tcpmib capture before.zip\n" +
			"  tcpmib list --from before.zip --state close-wait",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("want the name of one file to write, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.capture(args[0]) },
	}
}

// capture leaves a whole file behind or none.
func (a *app) capture(path string) error {
	defer a.progress("recording the TCP tables")()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return failure{fmt.Errorf("%s is there already: choose another name", path)}
	}
	if err != nil {
		return failure{err}
	}
	names := map[uint32]string{}
	for pid, process := range a.names() {
		names[pid] = process.Name
	}
	err = capture.Write(f, a.source, capture.Info{Processes: names})
	if err = errors.Join(err, f.Close()); err != nil {
		return failure{errors.Join(err, os.Remove(path))}
	}
	return nil
}
