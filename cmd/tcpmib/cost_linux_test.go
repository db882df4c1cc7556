package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// cost runs a program, and returns its CPU time and the peak of its resident set in bytes. Linux counts
// memory of the process that starts a program, which is larger here than what is measured: so a shell
// starts it, ends, and leaves it to this process. Only then it runs, because a shell may wait for what
// has ended.
func cost(tb testing.TB, args ...string) (cpu time.Duration, peak int64) {
	require.NoError(tb, unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
	cmd := exec.Command("sh", append([]string{"-c", `{ read -r _; exec "$@"; } <&3 >/dev/null 2>&1 & echo $!`, "sh"}, args...)...)
	in, out, err := os.Pipe()
	require.NoError(tb, err)
	cmd.ExtraFiles = []*os.File{in}
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	require.NoError(tb, errors.Join(err, out.Close(), in.Close()))
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(tb, err)
	var status syscall.WaitStatus
	var usage syscall.Rusage
	for {
		if _, err = syscall.Wait4(pid, &status, 0, &usage); err != syscall.EINTR {
			break
		}
	}
	require.NoError(tb, err)
	require.Zero(tb, status.ExitStatus(), args)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), int64(usage.Maxrss) << 10
}
