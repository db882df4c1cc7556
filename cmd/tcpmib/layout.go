package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/layoutview"
	"github.com/winmib/winmib/tcpmib/conformance"
	"github.com/winmib/winmib/tcpmib/layout"
)

// errDiffers is the error of a check that found a difference, which is printed already.
var errDiffers = fmt.Errorf("the layouts differ: %w", cli.ErrNothing)

var layoutFormats = []string{"table", "json"}

func (a *app) layoutCommand() *cobra.Command {
	var goarch, cc, record string
	format := layoutFormats[0]
	var verbose bool
	cmd := &cobra.Command{
		Use:   "layout",
		Short: "Check the Go structs against the C headers of this machine",
		Long: "layout compares every struct, enum, constant and function of tcpmib.h, udpmib.h and\n" +
			"tcpestats.h, and what this program uses of iprtrmib.h, with the C headers it finds: those of\n" +
			"MinGW-w64 and Wine, and on Windows those of every Windows SDK. A compiler writes the numbers\n" +
			"to an object file; nothing is executed, so any machine can check amd64, 386 and arm64. What\n" +
			"twelve Windows SDKs declare, from 10.0.10240 to 10.0.26100, is recorded in this program and\n" +
			"compared everywhere, with or without a compiler. --cc checks one compiler's headers only.\n\n" +
			"Exit codes: 0 all agree, 1 a difference, 2 usage, 3 the compiler failed. If CI is set in\n" +
			"the environment, a missing compiler is a failure.",
		Example: "  tcpmib layout\n" +
			"  tcpmib layout --goarch 386 --cc \"i686-w64-mingw32-gcc\"\n" +
			"  tcpmib layout --cc \"clang --target=x86_64-pc-windows-msvc\" -v\n" +
			"  tcpmib layout --cc x86_64-w64-mingw32-gcc --record mingw.json\n" +
			"  tcpmib layout --format json",
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			targets, missing, err := layoutTargets(goarch, cc, cmd.Flags().Changed("cc"))
			if err != nil {
				return err
			}
			done := a.Progress("compiling probes against C headers")
			run, err := runLayout(cmd.Context(), targets, record)
			done()
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("cc") {
				if err := addRecords(run, goarch); err != nil {
					return err
				}
			}
			run.Across()
			if !cmd.Flags().Changed("cc") && goarch == "" && len(missing) == 0 {
				run.UnusedOmissions()
			}
			run.Missing = append(run.Missing, missing...)
			if format == "json" {
				err = layoutview.WriteJSON(a.Out, run)
			} else {
				err = layoutview.WriteTable(a.Colored(), run, verbose)
			}
			if err != nil {
				return err
			}
			return verdict(run)
		},
	}
	flags := cmd.Flags()
	cli.EnumFlag(cmd, flags, &goarch, "goarch", "check one `architecture`", layout.Arches())
	flags.StringVar(&cc, "cc", "", "check the headers of this compiler `command`; quote arguments that contain spaces")
	flags.StringVar(&record, "record", "", "write what the headers declare to `file`; without --cc, to a folder of files")
	cli.EnumFlag(cmd, flags, &format, "format", "output `format`", layoutFormats)
	flags.BoolVarP(&verbose, "verbose", "v", false, "show every field, and every name that a header set lacks")
	return cmd
}

// layoutTargets returns what to check: the compiler named by --cc, or all that can be found.
func layoutTargets(goarch, cc string, changed bool) (targets []layout.Target, missing []string, err error) {
	if changed {
		words, err := layout.SplitCommand(cc)
		if err != nil {
			return nil, nil, cli.Usagef("--cc: %w", err)
		}
		return []layout.Target{{GOARCH: goarch, CC: words}}, nil, nil
	}
	targets, missing = layout.Discover()
	if goarch != "" {
		targets = slices.DeleteFunc(targets, func(t layout.Target) bool { return t.GOARCH != goarch })
	}
	return targets, missing, nil
}

// runLayout checks the targets, and records what they declare if record names a place for it.
func runLayout(ctx context.Context, targets []layout.Target, record string) (*layoutview.Run, error) {
	spec := conformance.Spec()
	run := layoutview.NewRun(spec.Rules)
	for _, r := range layout.RunAll(ctx, spec, targets) {
		if r.Err != nil {
			run.Failures = append(run.Failures, layoutview.Failure{CC: r.Target.CC, GOARCH: r.Target.GOARCH, Error: r.Err.Error()})
			continue
		}
		run.Reports = append(run.Reports, r.Report)
		if record == "" || r.Headers.Partial { // cl does not show the whole
			continue
		}
		if err := writeRecord(r.Headers, record, len(targets) > 1); err != nil {
			return nil, err
		}
	}
	return run, nil
}

// writeRecord writes what a header set declares to a file, or to a file in a folder.
func writeRecord(h *layout.Headers, path string, inFolder bool) error {
	if inFolder {
		if err := os.MkdirAll(path, 0o777); err != nil {
			return err
		}
		path = filepath.Join(path, strings.ReplaceAll(h.Name()+" "+h.GOARCH, " ", "-")+".json")
	}
	text, err := json.MarshalIndent(h.Record(conformance.Files()), "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}

// addRecords compares with the recorded Windows SDKs.
func addRecords(run *layoutview.Run, goarch string) error {
	var goarches []string
	if goarch != "" {
		goarches = append(goarches, goarch)
	}
	reports, err := conformance.CheckRecords(goarches...)
	run.Reports = append(run.Reports, reports...)
	return err
}

// verdict returns how the command ends.
func verdict(r *layoutview.Run) error {
	switch {
	case len(r.Failures) > 0:
		var all []string
		for _, f := range r.Failures {
			all = append(all, f.Error)
		}
		return errors.New(strings.Join(all, "\n"))
	case len(r.Missing) > 0 && os.Getenv("CI") != "":
		return errors.New(strings.Join(r.Missing, "; "))
	case r.Differs():
		return errDiffers
	}
	return nil
}
