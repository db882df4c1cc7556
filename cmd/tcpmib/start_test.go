package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// A command does not ask whether Explorer started it, and a double click still gets an answer.
func TestMousetrapText(t *testing.T) {
	before := cobra.MousetrapHelpText
	defer func() { cobra.MousetrapHelpText = before }()
	cobra.MousetrapHelpText = "open a terminal"
	assert.Equal(t, "open a terminal", mousetrapText(nil))
	for _, args := range [][]string{{"version"}, {"list", "--limit", "10"}, {"--port", "443"}} {
		assert.Empty(t, mousetrapText(args))
	}
}

// GOMEMLIMIT replaces the limit of memory.
func TestLimitMemory(t *testing.T) {
	before := debug.SetMemoryLimit(1 << 40)
	defer debug.SetMemoryLimit(before)
	t.Setenv("GOMEMLIMIT", "1TiB")
	limitMemory()
	assert.Equal(t, int64(1<<40), debug.SetMemoryLimit(-1))
	t.Setenv("GOMEMLIMIT", "")
	limitMemory()
	assert.Equal(t, int64(524_288_000), debug.SetMemoryLimit(-1))
}

// Both programs are built as a release is; only cgo has an external linker.
const releaseFlags = "-s -w -buildid= -extldflags=-Wl,--no-insert-timestamp,--file-alignment=4096"

// BenchmarkStart runs commands that do little, interleaved with a program that says hello, and
// prints their CPU time and memory as ratios to those of hello. Memory is the peak of the resident
// set, on Linux, where the programs of Windows run under Wine.
func BenchmarkStart(b *testing.B) {
	script, err := os.ReadFile("../../build.sh")
	require.NoError(b, err)
	require.Contains(b, string(script), "-ldflags='"+releaseFlags+"'")
	b.Run("here", func(b *testing.B) {
		cgo := "0" // other systems have no shim
		if runtime.GOOS == "windows" {
			cgo = "1"
		}
		benchmarkStart(b, nil, "CGO_ENABLED="+cgo)
	})
	if runtime.GOOS != "linux" {
		return
	}
	wine := func(cgo string) func(*testing.B) {
		return func(b *testing.B) {
			const gcc = "x86_64-w64-mingw32-gcc"
			if _, err := exec.LookPath(gcc); err != nil {
				b.Skip(err)
			}
			text, err := exec.Command("../../.github/tools/wine.sh", "environment").Output()
			if err != nil {
				b.Skipf("no Wine: %v", err)
			}
			benchmarkStart(b, strings.Split(strings.TrimSpace(string(text)), "\n"),
				"GOOS=windows", "GOARCH=amd64", "CGO_ENABLED="+cgo, "CC="+gcc, "CGO_CFLAGS=-O2")
		}
	}
	b.Run("wine, cgo", wine("1"))
	b.Run("wine, no cgo", wine("0"))
}

// benchmarkStart builds both programs in an environment, and runs them with a command.
func benchmarkStart(b *testing.B, runner []string, env ...string) {
	dir := b.TempDir()
	program := func(name, source string) string {
		path := filepath.Join(dir, name+".exe")
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags="+releaseFlags, "-o", path, source)
		cmd.Env = append(os.Environ(), env...)
		text, err := cmd.CombinedOutput()
		require.NoError(b, err, string(text))
		return path
	}
	source := filepath.Join(dir, "hello.go")
	require.NoError(b, os.WriteFile(source, []byte(hello), 0o600))
	tcpmib, office := program("tcpmib", "."), filepath.Join("testdata", "office.zip")
	type run struct {
		name string
		args []string
		cpu  time.Duration
		peak int64
	}
	runs := []*run{
		{name: "hello", args: []string{program("hello", source)}},
		{name: "version", args: []string{tcpmib, "version"}},
		{name: "list", args: []string{tcpmib, "list", "--limit", "10", "--from", office}},
		{name: "port", args: []string{tcpmib, "port", "3389", "--from", office}},
	}
	for _, r := range runs {
		cost(b, append(runner, r.args...)...) // from the disk
	}
	for b.Loop() {
		for _, r := range runs {
			cpu, peak := cost(b, append(runner, r.args...)...)
			r.cpu, r.peak = r.cpu+cpu, r.peak+peak
		}
	}
	hello := runs[0]
	b.ReportMetric(float64(hello.cpu.Microseconds())/float64(b.N), "hello-cpu-µs")
	for _, r := range runs[1:] {
		b.ReportMetric(float64(r.cpu)/float64(hello.cpu), r.name+"-cpu-ratio")
	}
	if hello.peak == 0 {
		return
	}
	b.ReportMetric(float64(hello.peak)/float64(b.N)/1e6, "hello-MB")
	for _, r := range runs[1:] {
		b.ReportMetric(float64(r.peak)/float64(hello.peak), r.name+"-memory-ratio")
	}
}
