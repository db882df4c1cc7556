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

// What an untrusted capture costs, wherever a command reads one: those with too many rows are refused
// with their number, and none takes more than 600 MB. TestMemoryOfARow has a million honest rows.
func TestHostileCapturesAreCheap(t *testing.T) {
	if testing.Short() || strconv.IntSize == 32 {
		t.Skip("takes the memory of large captures, and a 64-bit program takes more of it")
	}
	const mostMB = 600
	dir := bombsIn(t, million, "small.zip", "big.zip", "both.zip", "zones.zip")
	office := filepath.Join("testdata", "office.zip")
	for _, test := range []struct {
		file string
		rows string // that it is refused with
	}{
		{"small.zip", "2396745 rows"}, {"big.zip", "9586979 rows"}, {"both.zip", "2000000 rows"}, {"zones.zip", ""},
	} {
		file := filepath.Join(dir, test.file)
		info, err := os.Stat(file)
		require.NoError(t, err)
		t.Logf("%s: %d bytes", test.file, info.Size())
		for _, args := range [][]string{
			{"list", "--from", file},
			{"list", "--from", office, "--not-in", file},
			{"watch", "--from", file, "--from", office, "--format", "jsonl"},
			{"watch", "--from", office, "--from", file, "--format", "jsonl"},
			{"summary", "--from", file},
			{"stats", "--from", file},
			{"port", "443", "--from", file},
			{"diff", file, office},
			{"diff", office, file},
		} {
			name := strings.ReplaceAll(strings.Join(args, " "), dir+"/", "")
			peak, code, stderr := measure(t, "", args...)
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

const million = 1_000_000

// bombsIn makes captures of n rows in a folder.
func bombsIn(t testing.TB, n int, captures ...string) string {
	dir := t.TempDir()
	made, err := exec.Command("bombs", append([]string{dir, strconv.Itoa(n)}, captures...)...).CombinedOutput()
	require.NoError(t, err, string(made))
	return dir
}

// measure runs the program, and returns the most memory that it took, in MB. A memory limit other than
// "" takes the place of its own.
func measure(t testing.TB, limit string, args ...string) (peak int64, code int, stderr string) {
	var said strings.Builder
	cmd := exec.Command("tcpmib", args...)
	cmd.Stderr = &said
	cmd.Env = append(os.Environ(), "GOMEMLIMIT="+limit)
	_ = cmd.Run()
	peak = int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%5d MB %5.1f s of CPU  %s", peak, cpu.Seconds(), strings.Join(args, " "))
	return peak, cmd.ProcessState.ExitCode(), said.String()
}

// factors are the bytes that a command takes for each row, as the command's page says. Every command
// that reads captures is measured with a million rows: see TestEveryCommandIsMeasured. For what else
// takes memory in it, a fifth of them shows as much in a fifth of the time.
var factors = []struct {
	bytes int64
	rows  int
	args  string
}{
	{350, million, "list --from million.zip"},
	{550, million, "list --from six.zip --format wide --created --services"},
	{550, million / 5, "list --from six.zip --sort remote,pid"},
	{550, million / 5, "list --from full.zip --sort age"},
	{550, million / 5, "list --from full.zip --format csv --columns local,path,user"},
	{550, million / 5, "list --from udp.zip -u --not-in udp2.zip"},
	{550, million / 5, "list --from bound.zip --state bound --format jsonl"},
	{550, million / 5, "list --from server.zip --not-in server.zip"},
	{550, million, "summary --from server.zip"},
	{550, million / 5, "summary --from noise.zip --ephemeral --limit 0 --format prometheus"},
	{550, million, "port 443 --from server.zip --json"},
	{550, million, "stats --from six.zip"},
	{550, million, "diff six.zip seven.zip"},
	{550, million, "watch --from six.zip --from seven.zip --format jsonl --columns local,path,user,created"},
	{550, million / 5, "watch --from full.zip --from later.zip --format jsonl --created"},
	{550, million / 5, "watch --from udp.zip --from udp2.zip -u --format jsonl"},
	{550, million / 5, "watch --from six.zip --from seven.zip --from full.zip --format jsonl --created --services --sort age"},
}

// capturesOf returns the captures of n rows that the commands read.
func capturesOf(n int) (names []string) {
	for _, f := range factors {
		for _, arg := range strings.Fields(f.args) {
			if f.rows == n && strings.HasSuffix(arg, ".zip") && !slices.Contains(names, arg) {
				names = append(names, arg)
			}
		}
	}
	return names
}

// A command that reads captures has its memory measured with a million rows.
func TestEveryCommandIsMeasured(t *testing.T) {
	measured := map[string]bool{}
	for _, f := range factors {
		if f.rows == million {
			measured[strings.Fields(f.args)[0]] = true
		}
	}
	for _, c := range newApp().rootCommand().Commands() {
		if c.Flags().Lookup("from") != nil || strings.Contains(c.Use, ".zip") {
			assert.True(t, measured[c.Name()] || c.Name() == "capture", c.Name()) // capture writes one
		}
	}
}

// Rows take no more than the page says, and the program itself.
func TestMemoryOfARow(t *testing.T) {
	if testing.Short() || strconv.IntSize == 32 {
		t.Skip("takes the memory of large captures, and a 64-bit program takes more of it")
	}
	const programMB = 32
	for _, n := range []int{million / 5, million} {
		t.Chdir(bombsIn(t, n, capturesOf(n)...))
		limit := "" // from which on garbage is collected at once, as memoryLimit is that of a million rows
		if n < million {
			limit = strconv.Itoa(memoryLimit * n / million)
		}
		for _, f := range factors {
			if f.rows == n {
				peak, code, stderr := measure(t, limit, strings.Fields(f.args)...)
				assert.LessOrEqual(t, peak, f.bytes*int64(n)/million+programMB, f.args)
				assert.LessOrEqual(t, code, cli.ExitNothing, "%s: %s", f.args, stderr)
			}
		}
	}
}

// The metric is the bytes that a command takes for each of a million rows, the program included.
func BenchmarkMemoryOfARow(b *testing.B) {
	b.Chdir(bombsIn(b, million, slices.Concat(capturesOf(million), capturesOf(million/5))...))
	for _, f := range factors {
		b.Run(f.args, func(b *testing.B) {
			var most int64
			for b.Loop() {
				peak, _, _ := measure(b, "", strings.Fields(f.args)...)
				most = max(most, peak)
			}
			b.ReportMetric(float64(most), "B/row")
		})
	}
}
