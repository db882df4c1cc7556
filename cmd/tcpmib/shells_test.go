package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/fixture"
)

// A shell of this machine. It reads lines from a file as if they were typed.
type shell struct {
	name, path string
	args       []string
	first      string // what it is given before the lines
	setLine    string // sets the variable that numbers the lines
}

const (
	variableLog  = "WINMIB_SHELL_LOG"  // makes a program of this test program: see actAsProgram
	variableLine = "WINMIB_SHELL_LINE" // the number of the line that started it
	variableMain = "WINMIB_SHELL_MAIN" // makes tcpmib of this test program, as it is
)

func (s shell) isPowerShell() bool { return s.name == "powershell" || s.name == "pwsh" }

// findShells returns the shells of this machine, and says which are left out.
func findShells(t *testing.T) (found []shell) {
	candidates := []shell{
		{name: "sh", setLine: "export %s=%d"},
		// Bash expands !word in what is typed, and in no script.
		{name: "bash", args: []string{"--norc", "--noprofile"}, first: "set -o history; set -H", setLine: "export %s=%d"},
	}
	if runtime.GOOS == "windows" {
		candidates = []shell{{name: "cmd", args: []string{"/d", "/q"}, setLine: "set %s=%d"}}
	}
	for _, name := range []string{"powershell", "pwsh"} {
		candidates = append(candidates, shell{name: name, args: []string{"-NoProfile", "-NonInteractive", "-Command", "-"}, setLine: "$env:%s = '%d'"})
	}
	for _, s := range candidates {
		var err error
		if s.path, err = exec.LookPath(s.name); err != nil {
			t.Logf("left out: no %s on this machine", s.name)
			continue
		}
		if s.isPowerShell() { // Wine has a powershell.exe that does nothing
			out, err := hidden(exec.Command(s.path, "-NoProfile", "-NonInteractive", "-Command", "'it ' + 'runs'")).Output()
			if err != nil || strings.TrimSpace(string(out)) != "it runs" {
				t.Logf("left out: %s is not a PowerShell", s.path)
				continue
			}
		}
		found = append(found, s)
	}
	return found
}

// powerShells are the shells that are a PowerShell. Without one the test is skipped.
func powerShells(t *testing.T) []shell {
	found := slices.DeleteFunc(findShells(t), func(s shell) bool { return !s.isPowerShell() })
	if len(found) == 0 {
		t.Skip("left out: this machine has no PowerShell")
	}
	return found
}

// call is how a line started a program.
type call struct {
	Line   int
	Name   string
	Args   []string
	Code   int
	Stderr string
}

// run gives lines to the shell and returns what came on stderr, and which programs the lines started.
// Programs are those of the folder bin first.
func (s shell) run(t *testing.T, dir, bin string, lines []string) (stderr string, calls []call) {
	t.Helper()
	log := filepath.Join(fixture.TempDir(t), "calls")
	var script strings.Builder
	fmt.Fprintln(&script, s.first)
	for i, line := range lines {
		fmt.Fprintf(&script, s.setLine+"\n%s\n", variableLine, i, line)
	}
	typed := filepath.Join(dir, "typed")
	require.NoError(t, os.WriteFile(typed, []byte(script.String()), 0o644))
	stdin, err := os.Open(typed)
	require.NoError(t, err)
	defer stdin.Close()
	cmd := hidden(exec.Command(s.path, s.args...))
	cmd.Dir = dir
	cmd.Stdin = stdin
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), variableLog+"="+log, "TERM=dumb", "NO_COLOR=1")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) { // the exit code is that of the last line
		require.NoError(t, err, s.name)
	}
	text, err := os.ReadFile(log)
	require.NoError(t, err, "%s started no program:\n%s", s.name, &complaints)
	for line := range strings.Lines(string(text)) {
		var c call
		require.NoError(t, json.Unmarshal([]byte(line), &c))
		calls = append(calls, c)
	}
	return complaints.String(), calls
}

// putPrograms puts this test program into a folder, under each of these names.
func putPrograms(t *testing.T, dir string, names ...string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	first := ""
	for _, name := range names {
		if runtime.GOOS == "windows" && filepath.Ext(name) != ".exe" {
			name += ".exe"
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if first != "" && os.Link(first, path) == nil {
			continue
		}
		// Windows removes no link to a program that runs, so the first one is a copy.
		in, err := os.Open(self)
		require.NoError(t, err)
		defer in.Close()
		out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
		require.NoError(t, err)
		_, err = io.Copy(out, in)
		require.NoError(t, errors.Join(err, out.Close()))
		first = path
	}
}

// actAsProgram writes down how this program was called. As tcpmib it is the command on the machine
// of the page; as any other it does nothing.
func actAsProgram(log string) int {
	c := call{Line: -1, Name: strings.TrimSuffix(strings.ToLower(filepath.Base(os.Args[0])), ".exe"), Args: os.Args[1:]}
	fmt.Sscan(os.Getenv(variableLine), &c.Line)
	if c.Name == "tcpmib" {
		a := desktopApp()
		fake(a).calls = newMeasuring().calls()
		a.In = strings.NewReader("n\n")
		a.untilInterrupt = func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		}
		if len(c.Args) == 2 && c.Args[0] == "capture" {
			os.Remove(c.Args[1]) // it replaces no file, and other examples read this one
		}
		args := slices.Clone(c.Args)
		for i, arg := range args {
			if strings.HasPrefix(arg, `C:\`) { // a file of this machine
				args[i] = "output"
			}
		}
		got := runApp(a, args...)
		c.Code, c.Stderr = got.code, got.stderr
		io.WriteString(os.Stdout, got.stdout)
		io.WriteString(os.Stderr, got.stderr)
	}
	var line bytes.Buffer
	if err := json.NewEncoder(&line).Encode(c); err != nil {
		panic(err)
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.Write(line.Bytes())
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return cli.ExitFailure
	}
	return c.Code
}
