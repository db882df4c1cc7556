package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
	"github.com/winmib/winmib/cmd/tcpmib/internal/layoutview"
	"github.com/winmib/winmib/tcpmib/layout"
)

func layoutCLI(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = (&app{Terminal: cli.Terminal{Out: &out, Err: &errs}}).run(append([]string{"layout"}, args...))
	return code, out.String(), errs.String()
}

func TestLayoutExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		code   int
		stderr string
	}{
		"unknown architecture": {[]string{"--goarch", "arm"}, cli.ExitUsage, `--goarch "arm": want amd64, 386 or arm64`},
		"unknown format":       {[]string{"--format", "xml"}, cli.ExitUsage, `--format "xml": want table or json`},
		"open quote":           {[]string{"--cc", `clang "-I`}, cli.ExitUsage, `has an open "`},
		"empty command":        {[]string{"--cc", " "}, cli.ExitUsage, "the compiler command is empty"},
		"argument":             {[]string{"here"}, cli.ExitUsage, "takes no arguments"},
		"no compiler":          {[]string{"--cc", "no-such-compiler -c"}, cli.ExitFailure, "the compiler failed: no-such-compiler -c: exec: "},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := layoutCLI(t, c.args...)
			assert.Equal(t, c.code, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, c.stderr)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), "one line: %q", stderr)
		})
	}
}

func TestLayoutAgainstRealHeaders(t *testing.T) {
	const cc = "i686-w64-mingw32-gcc"
	if _, err := exec.LookPath(cc); err != nil {
		t.Skip(err)
	}
	code, stdout, stderr := layoutCLI(t, "--goarch", "386", "--cc", cc, "--format", "json")
	assert.Equal(t, cli.ExitOK, code)
	assert.Empty(t, stderr)
	var run layoutview.Run
	require.NoError(t, json.Unmarshal([]byte(stdout), &run))
	require.Len(t, run.Reports, 1)
	assert.Equal(t, "386", run.Reports[0].GOARCH)
	assert.Greater(t, len(run.Reports[0].Structs), 30)

	if runtime.GOOS == "linux" {
		code, stdout, stderr = layoutCLI(t, "--cc", "gcc")
		assert.Equal(t, cli.ExitFailure, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "fatal error: winsock2.h: No such file or directory")
		assert.Equal(t, 1, strings.Count(stderr, "\n"), "the first error, not a page: %q", stderr)
	}
}

// Without a compiler the recorded SDKs are checked.
func TestLayoutAgainstRecords(t *testing.T) {
	t.Setenv("PATH", "")
	t.Setenv("CI", "")
	code, stdout, stderr := layoutCLI(t, "--goarch", "386")
	assert.Equal(t, cli.ExitOK, code)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "Windows SDK 10.0.10240 to 15063")
	assert.Regexp(t, `✓ 57 structs, 9 enums, 64 constants and 29 functions agree on 3 targets\n$`, stdout)
}

func TestLayoutRecord(t *testing.T) {
	const cc = "i686-w64-mingw32-gcc"
	if _, err := exec.LookPath(cc); err != nil {
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "mingw.json")
	code, _, stderr := layoutCLI(t, "--cc", cc, "--record", file)
	assert.Equal(t, cli.ExitOK, code)
	assert.Empty(t, stderr)
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	h, err := layout.ReadRecord(f)
	require.NoError(t, err)
	require.NoError(t, h.Check())
	assert.Equal(t, layout.SetMinGW, h.Set)
	assert.EqualValues(t, 28, h.Struct("MIB_TCPROW2").Size)
	assert.Equal(t, "ULONG (PMIB_TCPTABLE2, PULONG, WINBOOL)", h.Functions["GetTcpTable2"].Type)

	code, _, stderr = layoutCLI(t, "--cc", cc, "--record", filepath.Join(file, "nowhere"))
	assert.Equal(t, cli.ExitFailure, code)
	assert.Contains(t, stderr, "nowhere: not a directory")
}

// A failure, and in CI a missing compiler, weigh more than a difference.
func TestLayoutVerdict(t *testing.T) {
	t.Setenv("CI", "")
	run := &layoutview.Run{Missing: []string{"no compiler for arm64"}}
	assert.NoError(t, verdict(run))
	run.Unproven = []layout.Finding{{Kind: layout.KindUnproven, Item: "MIB_OLD", Detail: "no header set has it"}}
	assert.ErrorIs(t, verdict(run), errDiffers)
	assert.Equal(t, cli.ExitNothing, cli.ExitCode(verdict(run)))

	t.Setenv("CI", "true")
	assert.ErrorContains(t, verdict(run), "no compiler for arm64")
	t.Setenv("CI", "")
	run.Failures = []layoutview.Failure{{Error: "the compiler failed"}}
	assert.ErrorContains(t, verdict(run), "the compiler failed")
	assert.Equal(t, cli.ExitFailure, cli.ExitCode(verdict(run)))
}
