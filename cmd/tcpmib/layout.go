package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	var goarch, cc string
	format := layoutFormats[0]
	var verbose bool
	cmd := &cobra.Command{
		Use:   "layout",
		Short: "Check the Go structs against the C headers of this machine",
		Long: "layout compares every struct, enum and constant of tcpmib.h and tcpestats.h, and what this\n" +
			"program uses of iprtrmib.h, with the C headers it finds: those of MinGW-w64 and Wine, and\n" +
			"on Windows those of every Windows SDK. A compiler writes the numbers to an object file;\n" +
			"nothing is executed, so any machine can check amd64, 386 and arm64.\n\n" +
			"Exit codes: 0 all agree, 1 a difference, 2 usage, 3 the compiler failed. If CI is set in\n" +
			"the environment, a missing compiler is a failure.",
		Example: "  tcpmib layout\n" +
			"  tcpmib layout --goarch 386 --cc \"i686-w64-mingw32-gcc\"\n" +
			"  tcpmib layout --cc \"clang --target=x86_64-pc-windows-msvc\" -v\n" +
			"  tcpmib layout --format json",
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			targets, missing, err := layoutTargets(goarch, cc, cmd.Flags().Changed("cc"))
			if err != nil {
				return err
			}
			done := a.Progress("compiling probes against C headers")
			run := runLayout(cmd.Context(), targets)
			done()
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
	if len(targets) == 0 {
		return nil, nil, errors.New("no compiler with Windows headers found: " + strings.Join(missing, "; ") + "; or name one with --cc")
	}
	return targets, missing, nil
}

func runLayout(ctx context.Context, targets []layout.Target) *layoutview.Run {
	spec := conformance.Spec()
	run := &layoutview.Run{Reports: []*layout.Report{}, Unproven: []layout.Finding{}, Failures: []layoutview.Failure{}, Missing: []string{}, Only: map[string]string{}}
	for _, r := range layout.RunAll(ctx, spec, targets) {
		if r.Err != nil {
			run.Failures = append(run.Failures, layoutview.Failure{CC: r.Target.CC, GOARCH: r.Target.GOARCH, Error: r.Err.Error()})
			continue
		}
		run.Reports = append(run.Reports, r.Report)
	}
	run.Unproven = append(run.Unproven, layout.Across(spec.Rules, run.Reports)...)
	for _, g := range spec.Exclusive {
		run.Only[g.Name] = g.Set
	}
	return run
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
