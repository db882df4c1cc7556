package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/native"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version and how this build calls Windows",
		Example: "  tcpmib version",
		Args:    cli.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return a.version() },
	}
}

func (a *app) version() error {
	info, _ := debug.ReadBuildInfo()
	version, commit := buildOf(info)
	_, err := fmt.Fprintf(a.Out, "tcpmib    %s\ncommit    %s\ncompiler  %s %s, %s/%s\nwindows   %s\n",
		version, commit, runtime.Compiler, runtime.Version(), runtime.GOOS, runtime.GOARCH, native.Implementation)
	return err
}

// buildOf returns the version of the module and the commit of a build, if it knows them.
func buildOf(info *debug.BuildInfo) (version, commit string) {
	version, commit = "unknown", "unknown"
	if info == nil {
		return version, commit
	}
	if info.Main.Version != "" {
		version = info.Main.Version
	}
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", with changes"
		}
	}
	return version, commit + changed
}
