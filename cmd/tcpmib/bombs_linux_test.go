package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// What an untrusted capture costs, in every command that reads one: those with too many rows are refused
// with their number, and none takes more than 600 MB. A machine may have a million connections.
func TestHostileCapturesAreCheap(t *testing.T) {
	if testing.Short() || strconv.IntSize == 32 {
		t.Skip("takes the memory of large captures, and a 64-bit program takes more of it")
	}
	const mostMB = 600
	dir := t.TempDir()
	made, err := exec.Command("bombs", dir).CombinedOutput()
	require.NoError(t, err, string(made))
	office := filepath.Join("testdata", "office.zip")
	commands := func(file string) [][]string {
		return [][]string{
			{"list", "--from", file},
			{"list", "--from", file, "--format", "json"},
			{"list", "--from", file, "--format", "csv", "--sort", "remote,pid"},
			{"list", "--from", file, "--count"},
			{"list", "--from", file, "--not-in", office},
			{"list", "--from", office, "--not-in", file},
			{"watch", "--from", file, "--from", office, "--format", "jsonl"},
			{"watch", "--from", office, "--from", file, "--once"},
			{"summary", "--from", file},
			{"summary", "--from", file, "--ephemeral"},
			{"summary", "--from", file, "--format", "prometheus"},
			{"stats", "--from", file},
			{"port", "443", "--from", file},
			{"diff", file, office},
			{"diff", office, file},
		}
	}
	for _, test := range []struct {
		file string
		rows string // that it is refused with
	}{
		{"small.zip", "2396745 rows"}, {"big.zip", "9586979 rows"}, {"zones.zip", ""}, {"million.zip", ""},
	} {
		file := filepath.Join(dir, test.file)
		info, err := os.Stat(file)
		require.NoError(t, err)
		t.Logf("%s: %d bytes", test.file, info.Size())
		of := commands(file)
		if test.file == "million.zip" {
			of = of[:4] // list; to compare a million takes more
		}
		for _, args := range of {
			var stderr strings.Builder
			cmd := exec.Command("tcpmib", args...)
			cmd.Stderr = &stderr
			start := time.Now()
			_ = cmd.Run()
			peak := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
			name := strings.ReplaceAll(strings.Join(args, " "), dir+"/", "")
			t.Logf("%5d MB %5.1f s  %s", peak, time.Since(start).Seconds(), name)
			assert.LessOrEqual(t, peak, int64(mostMB), name)
			if test.rows == "" {
				assert.NotContains(t, stderr.String(), "limit", name)
				continue
			}
			assert.Equal(t, cli.ExitFailure, cmd.ProcessState.ExitCode(), name)
			assert.Contains(t, stderr.String(), test.rows, name)
			assert.Contains(t, stderr.String(), "--max-rows", name)
		}
	}
}
