package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/tcpmib/conformance"
	"github.com/winmib/winmib/tcpmib/layout"
)

// errDiffers ends a check that worked and found a difference, which it has shown.
var errDiffers = fmt.Errorf("the layouts differ: %w", errNothing)

// layoutRun is one run of the check over several targets.
type layoutRun struct {
	Reports  []*layout.Report  `json:"reports"`
	Unproven []layout.Finding  `json:"unproven"` // absent from every header set of the run
	Failures []layoutFailure   `json:"failures"`
	Missing  []string          `json:"missing"` // what this machine lacks for more targets
	Only     map[string]string `json:"-"`
}

// layoutFailure is a target without a verdict.
type layoutFailure struct {
	CC     []string `json:"cc"`
	GOARCH string   `json:"goarch"`
	Error  string   `json:"error"`
}

func (a *app) layoutCommand() *cobra.Command {
	var goarch, cc, formatName string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "layout",
		Short: "Prove the Go structs against the C headers of this machine",
		Long: "layout compares every struct, enum and constant of tcpmib.h and tcpestats.h, and\n" +
			"what this program takes from iprtrmib.h, with the C headers it finds: those of\n" +
			"MinGW-w64 and Wine, and on Windows every Windows SDK. A compiler lays the numbers\n" +
			"down in an object file; nothing is executed, so any machine checks amd64, 386 and\n" +
			"arm64.\n\n" +
			"Exit codes: 0 all agree, 1 a difference, 2 usage, 3 the compiler failed. Where CI\n" +
			"is set in the environment, a missing compiler is a failure.",
		Example: "  tcpmib layout\n" +
			"  tcpmib layout --goarch 386 --cc \"i686-w64-mingw32-gcc\"\n" +
			"  tcpmib layout --cc \"clang --target=x86_64-pc-windows-msvc\" -v\n" +
			"  tcpmib layout --format json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := layoutFormats[formatName]
			if !ok {
				return fmt.Errorf("--format %q is unknown: use table or json", formatName)
			}
			targets, missing, err := layoutTargets(goarch, cc)
			if err != nil {
				return err
			}
			done := a.progress("compiling probes against C headers")
			run := runLayout(cmd.Context(), targets)
			done()
			run.Missing = append(run.Missing, missing...)
			if err := write(a.colored(), run, verbose); err != nil {
				return failure{err}
			}
			return run.verdict()
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&goarch, "goarch", "", "check one architecture: `amd64`, 386 or arm64")
	flags.StringVar(&cc, "cc", "", "check the headers of this compiler: a whole `command`, parts with blanks in quotes")
	flags.StringVar(&formatName, "format", "table", "`table` or json")
	flags.BoolVarP(&verbose, "verbose", "v", false, "show every field, and every name that a header set lacks")
	return cmd
}

// layoutTargets is what to check: the compiler that was named, or all that can be found.
func layoutTargets(goarch, cc string) (targets []layout.Target, missing []string, err error) {
	if goarch != "" && !slices.Contains(layout.Arches, goarch) {
		return nil, nil, fmt.Errorf("--goarch %q is not an architecture of Windows: use amd64, 386 or arm64", goarch)
	}
	if cc != "" {
		words, err := layout.SplitCommand(cc)
		if err != nil {
			return nil, nil, fmt.Errorf("--cc: %w", err)
		}
		return []layout.Target{{GOARCH: goarch, CC: words}}, nil, nil
	}
	targets, missing = layout.Discover()
	if goarch != "" {
		targets = slices.DeleteFunc(targets, func(t layout.Target) bool { return t.GOARCH != goarch })
	}
	if len(targets) == 0 {
		return nil, nil, failure{errors.New("no compiler with Windows headers was found: " + strings.Join(missing, "; ") + "; or name one with --cc")}
	}
	return targets, missing, nil
}

func runLayout(ctx context.Context, targets []layout.Target) *layoutRun {
	spec := conformance.Spec()
	run := &layoutRun{Reports: []*layout.Report{}, Unproven: []layout.Finding{}, Failures: []layoutFailure{}, Missing: []string{}, Only: map[string]string{}}
	for _, r := range layout.RunAll(ctx, spec, targets) {
		if r.Err != nil {
			run.Failures = append(run.Failures, layoutFailure{r.Target.CC, r.Target.GOARCH, r.Err.Error()})
			continue
		}
		run.Reports = append(run.Reports, r.Report)
	}
	run.Unproven = append(run.Unproven, layout.Unproven(spec, run.Reports)...)
	for _, g := range spec.Only {
		run.Only[g.Name] = g.Set
	}
	return run
}

// verdict is how the command ends.
func (r *layoutRun) verdict() error {
	switch {
	case len(r.Failures) > 0:
		var all []string
		for _, f := range r.Failures {
			all = append(all, f.Error)
		}
		return failure{errors.New(strings.Join(all, "\n"))}
	case len(r.Missing) > 0 && os.Getenv("CI") != "":
		return failure{errors.New(strings.Join(r.Missing, "; "))}
	case r.differs():
		return errDiffers
	}
	return nil
}

func (r *layoutRun) differs() bool {
	return len(r.Unproven) > 0 || slices.ContainsFunc(r.Reports, func(r *layout.Report) bool { return !r.OK() })
}

var layoutFormats = map[string]func(io.Writer, *layoutRun, bool) error{
	"table": writeLayoutTable,
	"json": func(w io.Writer, run *layoutRun, _ bool) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(run)
	},
}
