package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

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
	dir := bombsIn(t, "small.zip", "big.zip", "both.zip", "zones.zip", "million.zip")
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
		{"small.zip", "2396745 rows"}, {"big.zip", "9586979 rows"}, {"both.zip", "2000000 rows"}, {"zones.zip", ""}, {"million.zip", ""},
	} {
		file := filepath.Join(dir, test.file)
		info, err := os.Stat(file)
		require.NoError(t, err)
		t.Logf("%s: %d bytes", test.file, info.Size())
		of := commands(file)
		if test.file == "million.zip" {
			of = of[:4] // list; TestMemoryOfARow has the others
		}
		for _, args := range of {
			name := strings.ReplaceAll(strings.Join(args, " "), dir+"/", "")
			peak, code, stderr := measure(t, args...)
			assert.LessOrEqual(t, peak, int64(mostMB), name)
			if test.rows == "" {
				assert.NotContains(t, stderr, "limit", name)
				continue
			}
			assert.Equal(t, cli.ExitFailure, code, name)
			assert.Contains(t, stderr, test.rows, name)
			assert.Contains(t, stderr, "--max-rows", name)
		}
	}
}

// bombsIn makes captures in a folder.
func bombsIn(t testing.TB, captures ...string) string {
	dir := t.TempDir()
	made, err := exec.Command("bombs", append([]string{dir}, captures...)...).CombinedOutput()
	require.NoError(t, err, string(made))
	return dir
}

// measure runs the program, and returns the most memory that it took, in MB.
func measure(t testing.TB, args ...string) (peak int64, code int, stderr string) {
	var said strings.Builder
	cmd := exec.Command("tcpmib", args...)
	cmd.Stderr = &said
	_ = cmd.Run()
	peak = int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%5d MB %5.1f s of CPU  %s", peak, cpu.Seconds(), strings.Join(args, " "))
	return peak, cmd.ProcessState.ExitCode(), said.String()
}

// factors are the bytes that a command takes for each of a million rows, as the command's page says.
// Every command that reads captures is among them: see TestEveryCommandIsMeasured.
var factors = []struct {
	bytes int64
	args  string
}{
	{350, "list --from million.zip"},
	{550, "list --from six.zip --sort remote,pid"},
	{550, "list --from six.zip --format wide --created --services"},
	{550, "list --from full.zip --sort age"},
	{550, "list --from full.zip --format csv --columns local,path,user"},
	{550, "list --from udp.zip -u --not-in udp2.zip"},
	{550, "list --from bound.zip --state bound --format jsonl"},
	{550, "list --from server.zip --not-in server.zip"},
	{550, "summary --from server.zip"},
	{550, "summary --from noise.zip --ephemeral --limit 0 --format prometheus"},
	{550, "port 443 --from server.zip --json"},
	{550, "stats --from six.zip"},
	{550, "diff six.zip seven.zip"},
	{550, "watch --from full.zip --from later.zip --format jsonl --created"},
	{550, "watch --from udp.zip --from udp2.zip -u --format jsonl"},
	{550, "watch --from six.zip --from seven.zip --from full.zip --format jsonl --created --services --sort age"},
	{550, "watch --from six.zip --from seven.zip --format jsonl --columns local,path,user,created"},
}

// factorCaptures returns the captures that the commands read.
func factorCaptures() (names []string) {
	for _, f := range factors {
		for _, arg := range strings.Fields(f.args) {
			if strings.HasSuffix(arg, ".zip") && !slices.Contains(names, arg) {
				names = append(names, arg)
			}
		}
	}
	return names
}

// A command that reads captures has its memory measured.
func TestEveryCommandIsMeasured(t *testing.T) {
	measured := map[string]bool{}
	for _, f := range factors {
		measured[strings.Fields(f.args)[0]] = true
	}
	for _, c := range newApp().rootCommand().Commands() {
		if c.Flags().Lookup("from") != nil || strings.Contains(c.Use, ".zip") {
			assert.True(t, measured[c.Name()] || c.Name() == "capture", c.Name()) // capture writes one
		}
	}
}

// A million rows take no more than the page says, and the program itself.
func TestMemoryOfARow(t *testing.T) {
	if testing.Short() || strconv.IntSize == 32 {
		t.Skip("takes the memory of large captures, and a 64-bit program takes more of it")
	}
	const programMB = 32
	t.Chdir(bombsIn(t, factorCaptures()...))
	for _, f := range factors {
		peak, code, stderr := measure(t, strings.Fields(f.args)...)
		assert.LessOrEqual(t, peak, f.bytes+programMB, f.args)
		assert.LessOrEqual(t, code, cli.ExitNothing, "%s: %s", f.args, stderr)
	}
}

// The metric is the bytes that a command takes for each of a million rows, the program included.
func BenchmarkMemoryOfARow(b *testing.B) {
	b.Chdir(bombsIn(b, factorCaptures()...))
	for _, f := range factors {
		b.Run(f.args, func(b *testing.B) {
			var most int64
			for b.Loop() {
				peak, _, _ := measure(b, strings.Fields(f.args)...)
				most = max(most, peak)
			}
			b.ReportMetric(float64(most), "B/row")
		})
	}
}
