// Package sh holds the tests of build.sh.
package sh

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkout makes a folder of this name with build.sh in it, below one with a go.work of somebody else.
func checkout(t *testing.T, name string) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("left out: build.sh is for Linux")
	}
	above := t.TempDir()
	dir := filepath.Join(above, name)
	require.NoError(t, os.Mkdir(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(above, "go.work"), []byte("go 1.26\nuse ./of-somebody-else\n"), 0o644))
	for _, file := range []string{"build.sh", "go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("../../..", file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), content, 0o755))
	}
	return dir
}

// bash runs commands after the functions of build.sh, with what a caller may have set.
func bash(t *testing.T, dir, commands string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command("bash", "-c", "source ./build.sh\n"+commands)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=vendor", "GOWORK=", "GOEXPERIMENT=none", "GOOS=plan9", "GOARCH=mips", "CGO_LDFLAGS=-lnothing",
		"CGO_ENABLED=0", "CC=tcc", "GOPRIVATE=example.org")
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	_ = cmd.Run() // the code says it
	return out.String(), err.String(), cmd.ProcessState.ExitCode()
}

// Go builds the same wherever the checkout lies and whatever the caller has set.
func TestGoIsSettled(t *testing.T) {
	for _, name := range []string{"Jane Doe (1) & söhne", "my repo [1]", "it's"} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, name)
			// What `go env -w` keeps.
			config := filepath.Join(t.TempDir(), "env")
			require.NoError(t, os.WriteFile(config, []byte("GOFLAGS=-race\nGOARCH=386\nGOPROXY=https://proxy.example.org\n"), 0o644))
			stdout, stderr, code := bash(t, dir, `export GOENV='`+config+`'; unset GOPROXY GOARCH
				need_go; go env GOFLAGS GOWORK GOEXPERIMENT GOOS GOARCH CGO_LDFLAGS CC GOPRIVATE GOPROXY`)
			require.Zero(t, code, stderr)
			got := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
			got[0] = strings.TrimSpace(strings.ReplaceAll(got[0], "-buildvcs=false", "")) // where git does not trust the checkout
			assert.Equal(t, []string{"", "off", "", "linux", runtime.GOARCH, "-O2 -g", "gcc", "example.org", "https://proxy.example.org"}, got)
		})
	}
}

// A step that fails prints ten lines, the first failure among them, and names the file that has all.
func TestFailure(t *testing.T) {
	dir := checkout(t, "checkout")
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"a subtest", `func TestA(t *testing.T) {
			for i := range 5000 { t.Log("noise", i) }
			t.Run("b", func(t *testing.T) { for i := range 5000 { t.Log("noise", i) }; t.Error("got 1, want 2") })
			t.Run("c", func(t *testing.T) { t.Error("another") })
		}`, []string{"got 1, want 2", "--- FAIL: TestA/b", "failed: TestA TestA/b TestA/c"}},
		{"a parallel test", `func TestA(t *testing.T) { t.Parallel(); t.Error("got 1, want 2") }
			func TestB(t *testing.T) { t.Parallel(); for i := range 5000 { t.Log("noise", i) } }`,
			[]string{"got 1, want 2", "failed: TestA"}},
		{"a panic", `func TestA(t *testing.T) { panic("it broke") }`, []string{"panic: it broke", "failed: TestA"}},
		{"no build", `func TestA(t *testing.T) { missing() }`, []string{"undefined: missing"}},
		{"no test", `func helper() {}`, []string{"build.sh: the tests: no test ran"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			module := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(module, "go.mod"), []byte("module example.org/m\n\ngo 1.24\n"), 0o644))
			require.NoError(t, os.WriteFile(filepath.Join(module, "m_test.go"), []byte("package m\n\nimport \"testing\"\n\nvar _ testing.TB\n\n"+test.source), 0o644))
			stdout, stderr, code := bash(t, dir, `settle_go; cd '`+module+`'; tests 'the tests' go test -vet=off ./...; echo 'not here'`)
			assert.Equal(t, 1, code)
			assert.NotContains(t, stdout, "not here")
			for _, want := range test.want {
				assert.Contains(t, stderr, want)
			}
			assert.LessOrEqual(t, strings.Count(stderr, "\n"), 11, stderr)
			if test.name != "no test" {
				assert.Contains(t, stderr, "build.sh: the tests failed; the rest is in .build/logs/the-tests.txt\n")
				assert.FileExists(t, filepath.Join(dir, ".build", "logs", "the-tests.txt"))
			}
		})
	}
	stdout, stderr, code := bash(t, dir, `two() { false; echo 'went on'; }; step 'two commands' two; echo 'not here'`)
	assert.Equal(t, 1, code, "a step ends at the first command that fails: %s", stdout+stderr)
	assert.NotContains(t, stdout+stderr, "went on")
}

// fuzz runs every target of every package, one program a package, until one fails.
func TestFuzz(t *testing.T) {
	dir := checkout(t, "checkout")
	module := filepath.Join(t.TempDir(), "a module")
	for file, text := range map[string]string{
		"go.mod":      "module example.org/m\n\ngo 1.24\n",
		"m_test.go":   "package m\n\nimport \"testing\"\n\nfunc TestA(*testing.T) {}\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc FuzzA(f *testing.F) { f.Fuzz(func(*testing.T, int) {}) }\n\nfunc FuzzB(f *testing.F) { f.Fuzz(func(*testing.T, string) {}) }\n",
		"b/b_test.go": "package b\n\nimport \"testing\"\n\nfunc FuzzC(f *testing.F) { f.Fuzz(func(_ *testing.T, n int) {\n\tif n > 3 {\n\t\tpanic(\"too large\")\n\t}\n}) }\n",
	} {
		path := filepath.Join(module, filepath.FromSlash(file))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	run := `settle_go; mkdir -p "$state"; cd '` + module + `'; step fuzz fuzz; cat "$log"`
	_, stderr, code := bash(t, dir, run)
	assert.Equal(t, 1, code)
	for _, want := range []string{"panic: too large", "failed: FuzzC", "fuzz failed; the rest is in .build/logs/fuzz.txt"} {
		assert.Contains(t, stderr, want)
	}

	require.NoError(t, os.RemoveAll(filepath.Join(module, "b")))
	stdout, stderr, code := bash(t, dir, run)
	assert.Zero(t, code, stderr)
	assert.Regexp(t, `(?s)m/a FuzzA\n.*execs: 5000 .*m/a FuzzB\n.*execs: 5000 `, stdout)

	require.NoError(t, os.RemoveAll(filepath.Join(module, "a")))
	_, stderr, code = bash(t, dir, run)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "no fuzz target found")
}

// Where the kernel allows it, a command sees a network with nothing but a loopback interface.
func TestAlone(t *testing.T) {
	dir := checkout(t, "checkout")
	stdout, stderr, code := bash(t, dir, `task_alone bash -c 'tail -n +3 /proc/net/dev | cut -d : -f 1; ip=$(</proc/net/if_inet6); echo "$ip"'`)
	if strings.Contains(stderr, "no network of its own") {
		t.Skip("left out: ", stderr)
	}
	assert.Zero(t, code)
	interfaces, addresses, _ := strings.Cut(stdout, "\n")
	assert.Equal(t, "lo", strings.TrimSpace(interfaces))
	if strings.TrimSpace(addresses) != "" { // a kernel with IPv6
		assert.Contains(t, addresses, "fe800000000000000000000000000001", "a link-local address, which a test needs")
	}
	stdout, _, _ = bash(t, dir, `unshare() { echo 'unshare: not here' >&2; return 1; }; export -f unshare; task_alone echo went on 2>&1`)
	assert.Equal(t, "build.sh: no network of its own, so tests see the sockets of all programs: unshare: not here\nwent on\n", stdout)
}

// A wrong task is one line and exit code 2; help is on stdout.
func TestUsage(t *testing.T) {
	dir := checkout(t, "checkout")
	run := func(args ...string) (stdout, stderr string, code int) {
		cmd := exec.Command("./build.sh", args...)
		cmd.Dir = dir
		var out, err bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &err
		_ = cmd.Run() // the code says it
		return out.String(), err.String(), cmd.ProcessState.ExitCode()
	}
	for _, args := range [][]string{nil, {"help"}, {"-h"}, {"--help"}} {
		stdout, stderr, code := run(args...)
		assert.Contains(t, stdout, "usage: ./build.sh")
		assert.Empty(t, stderr)
		assert.Zero(t, code)
	}
	stdout, stderr, code := run("nonsense")
	assert.Empty(t, stdout)
	assert.Equal(t, "build.sh: \"nonsense\" is not a task; ./build.sh help lists the tasks\n", stderr)
	assert.Equal(t, 2, code)
}
