package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// As a release is built: the CPU time of runs that do little, next to that of a program that says
// hello, interleaved. The metrics are ratios.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	program := func(name, source string) string {
		path := filepath.Join(dir, name+".exe")
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, source)
		if runtime.GOOS != "windows" {
			// There cgo brings no shim, only the C library's way to look up names.
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		}
		text, err := cmd.CombinedOutput()
		require.NoError(b, err, string(text))
		return path
	}
	source := filepath.Join(dir, "hello.go")
	require.NoError(b, os.WriteFile(source, []byte(hello), 0o600))
	tcpmib, office := program("tcpmib", "."), filepath.Join("testdata", "office.zip")
	type run struct {
		name string
		path string
		args []string
		cpu  time.Duration
	}
	runs := []*run{
		{name: "hello", path: program("hello", source)},
		{name: "version", path: tcpmib, args: []string{"version"}},
		{name: "list", path: tcpmib, args: []string{"list", "--limit", "10", "--from", office}},
		{name: "port", path: tcpmib, args: []string{"port", "3389", "--from", office}},
	}
	for b.Loop() {
		for _, r := range runs {
			cmd := exec.Command(r.path, r.args...)
			require.NoError(b, cmd.Run())
			r.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
	}
	hello := runs[0]
	b.ReportMetric(float64(hello.cpu.Microseconds())/float64(b.N), "hello-cpu-µs")
	for _, r := range runs[1:] {
		b.ReportMetric(float64(r.cpu)/float64(hello.cpu), r.name+"-cpu-ratio")
	}
}
