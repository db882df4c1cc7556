package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// The headers agree with the README: on each architecture a compiler accepts every assertion, and
// rejects the wrong one behind them.
func TestAuditAsserts(t *testing.T) {
	clang(t, "x86_64") // skips the test, or fails it in CI
	targets, _ := layout.Discover()
	targets = slices.DeleteFunc(targets, func(target layout.Target) bool { return strings.Contains(strings.Join(target.CC, " "), "wine") }) // lacks some of it
	if len(targets) == 0 {
		t.Skip("no compiler with headers of MinGW-w64 or an SDK")
	}
	dir, err := filepath.Abs("audit")
	require.NoError(t, err)
	files, err := filepath.Glob("audit/*.c")
	require.NoError(t, err)
	var all strings.Builder // one text for the compiler, which so reads the headers once
	asserts := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		asserts += strings.Count(string(text), "\nC_HAS(") + strings.Count(string(text), "\nON_386(") + strings.Count(string(text), "\nON_64_BITS(")
		fmt.Fprintf(&all, "#include %q\n", filepath.Base(file))
	}
	assert.Greater(t, asserts, 60)
	wrong := filepath.Join(t.TempDir(), "wrong.c")
	require.NoError(t, os.WriteFile(wrong, []byte(all.String()+"C_HAS(sizeof(GUID) == 15);\n"), 0o600))
	for _, target := range targets {
		t.Run(target.GOARCH, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(target.CC[0], append(target.CC[1:len(target.CC):len(target.CC)], "-std=gnu11", "-w", "-fsyntax-only", "-I", dir, wrong)...)
			cmd.Env = append(os.Environ(), target.Env...)
			out, err := cmd.CombinedOutput()
			assert.Error(t, err, target.CC)
			errors := regexp.MustCompile(`(?m)^.*\berror:.*$`).FindAllString(string(out), -1)
			if assert.Len(t, errors, 1, "%v\n%s", target.CC, out) {
				assert.Contains(t, errors[0], "sizeof(GUID) == 15") // clang names the line of wrong.c, gcc that of the macro
			}
		})
	}
}
