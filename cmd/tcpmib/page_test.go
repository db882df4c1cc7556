package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
	"github.com/winmib/winmib/tcpmib/capture"
	"github.com/winmib/winmib/tcpmib/owner"
)

// Each command of the page prints what the page shows, on a screen of 80 columns. The machine is
// fixture.Desktop, with the files that the page makes.
func TestPage(t *testing.T) {
	if onWine() {
		t.Skip("Wine 8 cannot remove a folder that was the current one; the page runs on Linux and on Windows")
	}
	const name = "README.md"
	page, err := os.ReadFile(name)
	require.NoError(t, err)
	folder := exampleFolder(t)
	back, err := os.Getwd()
	require.NoError(t, err)
	require.NoError(t, os.Chdir(folder))
	defer os.Chdir(back)

	commands := 0
	block := regexp.MustCompile("(?s)```console\n> tcpmib ([^\n]*)\n(.*?)```")
	made := block.ReplaceAllStringFunc(strings.ReplaceAll(string(page), "\r\n", "\n"), func(text string) string {
		commands++
		command := block.FindStringSubmatch(text)[1]
		return "```console\n> tcpmib " + command + "\n" + runPage(t, command) + "```"
	})
	assert.GreaterOrEqual(t, commands, 10)
	if *fixture.Update {
		require.NoError(t, os.WriteFile(filepath.Join(back, name), []byte(made), 0o644))
		return
	}
	assert.Empty(t, cmp.Diff(strings.ReplaceAll(string(page), "\r\n", "\n"), made), "go test ./cmd/tcpmib -run TestPage -update writes it")
}

// runPage runs a command line of the page and returns what a screen shows.
func runPage(t *testing.T, command string) string {
	var args []string
	for i, part := range strings.Split(command, `"`) { // quoted parts are at odd places
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	a := desktopApp()
	a.Environ = []string{"CLICOLOR_FORCE=1", "COLUMNS=80"}
	a.lookup = func(_ context.Context, addr string) ([]string, error) {
		if addr == "203.0.113.7" {
			return []string{"edge.example.com."}, nil
		}
		return nil, errors.New("no such host")
	}
	got := runApp(a, append(args, "--color", "never")...)
	assert.Contains(t, []int{cli.ExitOK, cli.ExitNothing}, got.code, command+"\n"+got.stderr)
	for line := range strings.Lines(got.stdout) {
		assert.LessOrEqual(t, cli.DisplayWidth(strings.TrimSuffix(line, "\n")), 80, command)
	}
	return got.stdout + got.stderr
}

// exampleFolder returns a folder with the captures that examples read.
func exampleFolder(t *testing.T) string {
	folder := fixture.TempDir(t)
	for _, name := range []string{"yesterday.zip", "base.zip", "capture.zip"} {
		writeCapture(t, filepath.Join(folder, name), fixture.Now.Add(-24*time.Hour), fixture.Yesterday)
	}
	for file, from := range map[string]string{"before.zip": "testdata/office.zip", "after.zip": "testdata/later.zip"} {
		content, err := os.ReadFile(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, file), content, 0o644))
	}
	return folder
}

// desktopApp is the program on the machine of fixture.Desktop.
func desktopApp() *app {
	a := testApp(fixture.Desktop())
	fake(a).known = map[uint32]owner.Details{}
	for pid, o := range fixture.DesktopOwners() {
		fake(a).known[pid] = owner.Details{Path: o.Path, User: o.User, CommandLine: o.CommandLine}
	}
	return a
}

func writeCapture(t *testing.T, path string, at time.Time, machine func() (*fixture.Machine, owner.Processes)) {
	m, processes := machine()
	info := capture.Info{Time: at, WindowsVersion: "10.0.22631", GOARCH: "amd64", Processes: map[uint32]string{}, Owners: fixture.DesktopOwners()}
	for pid, p := range processes {
		info.Processes[pid] = p.Name
	}
	var b bytes.Buffer
	require.NoError(t, capture.Write(&b, m, info))
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
}
