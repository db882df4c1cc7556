package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An architecture without a compiler is left out with a note; asked for by name it is an error.
func TestArchitecturesWithoutACompiler(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a PATH with one compiler")
	}
	real := "/usr/bin/x86_64-w64-mingw32-gcc"
	if _, err := os.Stat(real); err != nil {
		t.Skip("needs " + real)
	}
	dir := t.TempDir()
	goTool, err := exec.LookPath("go")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(real, filepath.Join(dir, "x86_64-w64-mingw32-gcc")))
	t.Setenv("PATH", dir+":"+filepath.Dir(goTool))
	dir = "testdata/rows"
	t.Chdir(dir)
	do := func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		return run(t.Context(), append(args, "-headers", "./rows.h", "-map", "rows.map", "-format", "json", "."), &out, &errs), out.String(), errs.String()
	}
	code, out, errs := do()
	assert.Equal(t, exitDiffer, code, errs)
	var r result
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Targets, 1)
	assert.Equal(t, "amd64", r.Targets[0].GOARCH)
	require.Len(t, r.Notes, 1)
	assert.Contains(t, r.Notes[0], "386, arm64 cannot be checked: ")
	assert.Contains(t, r.Notes[0], "install ")

	code, out, errs = do("-goarch", "amd64, 386")
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, out)
	assert.Contains(t, errs, "layoutcheck: 386 cannot be checked: ")

	t.Setenv("PATH", filepath.Dir(goTool))
	code, _, errs = do()
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "layoutcheck: amd64, 386, arm64 cannot be checked: ")
	assert.Contains(t, errs, "install ")
}
