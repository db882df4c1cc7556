package main

import (
	"fmt"
	"io"
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
	"golang.org/x/sys/unix"

	"github.com/winmib/winmib/cmd/tcpmib/internal/cli"
)

// What an untrusted capture costs, wherever a command reads one: those with too many rows are
// refused with their number, and none takes more than 600 MB. TestMemoryOfARow has a million honest
// rows.
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

// measure runs the program, and returns the most memory that it took, in MB. A memory limit other
// than "" takes the place of its own.
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

// factors are the bytes that a command takes for each row, as the command's page says. Every
// command that reads captures is measured with a million rows: see TestEveryCommandIsMeasured. For
// what else takes memory in it, a fifth of them shows as much in a fifth of the time.
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

// The live screen takes no more for its step between two captures of a million connections that
// have nothing in common.
func TestMemoryOfTheScreen(t *testing.T) {
	if testing.Short() || strconv.IntSize == 32 {
		t.Skip("takes the memory of large captures, and a 64-bit program takes more of it")
	}
	const mostMB = 550 + 32
	t.Chdir(bombsIn(t, million, "six.zip", "seven.zip"))
	keys, terminal := pseudoterminal(t, 100, 30)
	cmd := exec.Command("tcpmib", "watch", "--from", "six.zip", "--from", "seven.zip", "--interval", "1h")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=1", "GOMEMLIMIT=")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // if it never shows what is waited for
	require.NoError(t, terminal.Close())
	for _, step := range []struct{ shown, press string }{
		{"1 of 2  1000000 connections", "\x1b[C"}, // right
		{"+1000000 -1000", "q"},
	} {
		waitFor(t, keys, step.shown)
		_, err := io.WriteString(keys, step.press)
		require.NoError(t, err)
	}
	go io.Copy(io.Discard, keys) // what it writes at its end
	require.NoError(t, cmd.Wait())
	peak := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%5d MB %5.1f s of CPU  the screen", peak, cpu.Seconds())
	assert.LessOrEqual(t, peak, int64(mostMB))
}

// pseudoterminal returns the two ends of one: a person's and a program's.
func pseudoterminal(t *testing.T, width, height uint16) (person, program *os.File) {
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudoterminal: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	require.NoError(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: width, Row: height}))
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	return person, program
}

// waitFor reads until a text has been shown.
func waitFor(t *testing.T, terminal io.Reader, text string) {
	var shown []byte
	buf := make([]byte, 64<<10)
	for !strings.Contains(string(shown), text) {
		n, err := terminal.Read(buf)
		require.NoError(t, err, "%q", shown)
		shown = append(shown, buf[:n]...)
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
