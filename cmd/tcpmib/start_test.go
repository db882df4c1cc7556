package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// How long list takes on a table without rows, beside a program that says hello,
// run in turn: the metric "ratio".
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	program := func(name, source string) string {
		path := filepath.Join(dir, name+".exe")
		cmd := exec.Command("go", "build", "-o", path, source)
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
	runs := []*struct {
		path  string
		args  []string
		code  int
		spent time.Duration
	}{
		{path: program("hello", source)},
		{path: program("tcpmib", "."), args: []string{"list", "--from", filepath.Join("testdata", "empty.zip")}, code: cli.ExitNothing},
	}
	for b.Loop() {
		for _, r := range runs {
			cmd := exec.Command(r.path, r.args...)
			start := time.Now()
			cmd.Run()
			r.spent += time.Since(start)
			require.Equal(b, r.code, cmd.ProcessState.ExitCode())
		}
	}
	b.ReportMetric(float64(runs[0].spent.Microseconds())/float64(b.N), "hello-µs")
	b.ReportMetric(float64(runs[1].spent.Microseconds())/float64(b.N), "list-µs")
	b.ReportMetric(float64(runs[1].spent)/float64(runs[0].spent), "ratio")
}
