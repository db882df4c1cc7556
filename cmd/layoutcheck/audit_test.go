package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// The headers agree with the README: a compiler accepts every assertion, on each architecture, and
// would not accept another.
func TestAuditAsserts(t *testing.T) {
	clang(t, "x86_64") // skips the test, or fails it in CI
	targets, _ := layout.Discover()
	files, err := filepath.Glob("audit/*.c")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	compiled := 0
	for _, target := range targets {
		if !strings.HasPrefix(target.CC[len(target.CC)-1], "-") && strings.Contains(strings.Join(target.CC, " "), "wine") {
			continue // Wine's headers lack some of it
		}
		accepts := func(text string) bool {
			file := filepath.Join(t.TempDir(), "asserts.c")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			dir, err := filepath.Abs("audit")
			require.NoError(t, err)
			cmd := exec.Command(target.CC[0], append(target.CC[1:len(target.CC):len(target.CC)], "-std=gnu11", "-w", "-fsyntax-only", "-I", dir, file)...)
			cmd.Env = append(os.Environ(), target.Env...)
			return cmd.Run() == nil
		}
		var all strings.Builder
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.True(t, accepts(string(text)), "%s with %v", file, target.CC)
			all.Write(text)
			compiled++
		}
		assert.Greater(t, strings.Count(all.String(), "C_HAS(")+strings.Count(all.String(), "ON_386("), 50)
		assert.False(t, accepts(all.String()+"C_HAS(sizeof(GUID) == 15);\n"), "%v", target.CC)
	}
	if compiled == 0 {
		t.Skip("no compiler with headers of MinGW-w64 or an SDK")
	}
}
