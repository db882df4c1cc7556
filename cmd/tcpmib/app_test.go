package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// Every command explains itself, with an example that starts as the command
// does, in lines that fit a screen.
func TestHelp(t *testing.T) {
	a := officeApp()
	for _, cmd := range append(a.rootCommand().Commands(), a.rootCommand()) {
		if cmd.Name() == "help" {
			continue
		}
		t.Run(cmd.Name(), func(t *testing.T) {
			assert.NotEmpty(t, cmd.Short)
			assert.Contains(t, cmd.Example, "  "+cmd.CommandPath())
			args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
			got := runApp(officeApp(), args...)
			assert.Equal(t, cli.ExitOK, got.code)
			assert.Empty(t, got.stderr)
			assert.Contains(t, got.stdout, cmd.Example)
			for line := range strings.Lines(got.stdout) {
				assert.LessOrEqual(t, len(line), 122, line)
			}
		})
	}
}

// The flags are in the order in which they are declared: filters first.
func TestHelpOrder(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"list", "--help"}} {
		_, text, _ := strings.Cut(runOffice(t, args...), "Flags:\n")
		last := -1
		for _, flag := range []string{"ipv4", "port", "state", "listening", "format", "columns", "created", "from", "color"} {
			at := strings.Index(text, " --"+flag+" ")
			assert.Greater(t, at, last, "%s in %v", flag, args)
			last = at
		}
	}
}

// What could not be read is not lost with what else went wrong, and does not hide it.
func TestWithRead(t *testing.T) {
	errRead, errOther, errUsage := errors.New("read"), errors.New("other"), cli.Usagef("usage")
	for _, tt := range []struct {
		read, err error
		want      []error
	}{
		{nil, nil, nil},
		{nil, errOther, []error{errOther}},
		{nil, cli.ErrNothing, []error{cli.ErrNothing}},
		{errRead, nil, []error{errRead}},
		{errRead, cli.ErrNothing, []error{errRead}},
		{errRead, errUsage, []error{errUsage}},
		{errRead, errOther, []error{errOther, errRead}},
	} {
		got := withRead(tt.read, tt.err)
		for _, err := range []error{errRead, errOther, errUsage, cli.ErrNothing} {
			assert.Equal(t, slices.Contains(tt.want, err), errors.Is(got, err), "%v and %v: %v", tt.read, tt.err, got)
		}
	}
}

// The defaults that help names are those that the flags have, and every shell shows what its words mean.
func TestDefaults(t *testing.T) {
	assert.Contains(t, runOffice(t, "estats", "--help"), "(default 5s)")
	for _, shell := range shells {
		assert.NotContains(t, runOffice(t, "completion", shell.name), "__completeNoDesc ", shell.name)
	}
}
