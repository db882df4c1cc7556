package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/tcpmib/capture"
)

func (a *app) captureCommand() *cobra.Command {
	var commandLines bool
	cmd := &cobra.Command{
		Use:   "capture file.zip",
		Short: "Record the TCP and UDP tables in a file",
		Long: `capture writes the answers of Windows byte for byte into a zip file: TCP, bound sockets and UDP,
with the time and the Windows version, and of each process the name, path, parent, user and
services. Command lines may hold passwords, and are recorded only with --command-lines. Other
commands read the file with --from, on any system. An existing file is not overwritten. The
name - is standard output.`,
		Example: `  tcpmib capture before.zip
  tcpmib list --from before.zip --state close-wait`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("want the name of one file to write, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.capture(args[0], commandLines) },
	}
	cmd.Flags().BoolVar(&commandLines, "command-lines", false, "record the command lines of processes, too")
	return cmd
}

// capture writes a complete file or none. It does not overwrite a file.
func (a *app) capture(path string, commandLines bool) error {
	defer a.Progress("recording the tables")()
	names, owners := a.recordedOwners(commandLines)
	write := func(w io.Writer) error {
		return capture.Write(w, a.live.Source(), capture.Info{Processes: names, Owners: owners})
	}
	if info, err := os.Stat(path); path == "-" || err == nil && !info.Mode().IsRegular() {
		return cli.WriteFile(cli.Raw(a.Out), path, write)
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

// recordedOwners returns the facts that a capture records about processes, without those that
// Windows refuses.
func (a *app) recordedOwners(commandLines bool) (names map[uint32]string, owners map[uint32]capture.Owner) {
	processes := a.reader(a.live).KnownProcesses()
	services, _ := a.live.Services()
	details, _ := a.live.Details(processes, slices.Collect(maps.Keys(processes))...)
	names, owners = map[uint32]string{}, map[uint32]capture.Owner{}
	for pid, process := range processes {
		names[pid] = process.Name
		d := details[pid]
		o := capture.Owner{
			Parent: process.Parent, Created: process.Created,
			Path: d.Path, User: d.User, Services: services[pid],
		}
		if commandLines {
			o.CommandLine = d.CommandLine
		}
		owners[pid] = o
	}
	return names, owners
}
