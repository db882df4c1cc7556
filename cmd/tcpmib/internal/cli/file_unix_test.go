//go:build unix

package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// entries are the names of the files in a folder.
func entries(t *testing.T, dir string) (names []string) {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	content := func(name string) string {
		b, err := os.ReadFile(path(name))
		require.NoError(t, err)
		return string(b)
	}
	mode := func(name string) os.FileMode {
		info, err := os.Lstat(path(name))
		require.NoError(t, err)
		return info.Mode()
	}
	var stdout bytes.Buffer
	require.NoError(t, WriteFile(&stdout, "-", text("out")))
	assert.Equal(t, "out", stdout.String())

	require.NoError(t, WriteFile(nil, path("new"), text("one")))
	assert.Equal(t, "one", content("new"))
	assert.Equal(t, os.FileMode(0o644), mode("new"))

	require.NoError(t, os.Chmod(path("new"), 0o640))
	require.NoError(t, os.Symlink("new", path("link")))
	require.NoError(t, WriteFile(nil, path("link"), text("two")))
	assert.Equal(t, "two", content("new"), "a symlink stays one")
	assert.Equal(t, os.FileMode(0o640), mode("new"), "and the mode that of the file")
	assert.Equal(t, os.ModeSymlink, mode("link").Type())

	require.NoError(t, os.Symlink("later", path("dangling")))
	require.NoError(t, WriteFile(nil, path("dangling"), text("three")))
	assert.Equal(t, "three", content("later"))
	assert.Zero(t, mode("later")&0o111, "it is no program")

	require.NoError(t, WriteFile(nil, os.DevNull, text("gone")))

	for _, mode := range []os.FileMode{0o444, 0o555} {
		require.NoError(t, os.Chmod(path("new"), mode))
		assert.EqualError(t, WriteFile(nil, path("new"), text("four")), path("new")+" is read-only")
	}
	assert.Equal(t, "two", content("new"))
	assert.ErrorIs(t, WriteFile(nil, path("none/new"), text("")), os.ErrNotExist)
	assert.Equal(t, []string{"dangling", "later", "link", "new"}, entries(t, dir), "nothing is left behind")
}

// A file is not touched before its content is there, and stays as it is if that fails.
func TestWriteFileRendersFirst(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	failed := errors.New("it failed")
	err := WriteFile(nil, path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		assert.Equal(t, []string{"f"}, entries(t, dir), "no temporary file yet")
		return failed
	})
	assert.ErrorIs(t, err, failed)
	assert.ErrorContains(t, err, path)
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(left))
	assert.Equal(t, []string{"f"}, entries(t, dir))
}

// ctrl-C while a file is replaced leaves nothing behind: neither half of it nor a temporary one.
func TestWriteFileInterrupted(t *testing.T) {
	signal.Ignore(os.Interrupt) // so that none ends the test
	defer signal.Reset(os.Interrupt)
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}
		}
	}()
	interrupted := false
	for start := time.Now(); time.Since(start) < time.Minute; { // a fast disk leaves little time to interrupt
		if err := WriteFile(nil, path, text("new")); err != nil {
			assert.ErrorContains(t, err, "interrupted")
			interrupted = true
			break
		}
	}
	close(stop)
	<-done
	assert.True(t, interrupted)
	assert.Equal(t, []string{"f"}, entries(t, dir))
}

// A named pipe waits for its reader, but not for ever.
func TestWriteFileToAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	read := make(chan string)
	go func() {
		f, err := os.Open(path)
		if !assert.NoError(t, err) {
			close(read)
			return
		}
		b, _ := io.ReadAll(f)
		f.Close()
		read <- string(b)
	}()
	require.NoError(t, WriteFile(nil, path, text("through")))
	assert.Equal(t, "through", <-read)

	saved := pipeWait
	pipeWait = 0
	defer func() { pipeWait = saved }()
	assert.ErrorContains(t, WriteFile(nil, path, text("nobody")), path+" is a pipe that no program has read for")
}

// A reader that comes late is waited for, and one that leaves early is an error at once.
func TestWriteFileToALateReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	written := make(chan error)
	write := func(content string) { go func() { written <- WriteFile(nil, path, text(content)) }() }
	write("late")
	time.Sleep(50 * time.Millisecond) // more than one try, as a rule
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "late", string(b))
	require.NoError(t, <-written)

	write(strings.Repeat("much", 1<<20)) // more than a pipe holds
	f, err := os.Open(path)
	require.NoError(t, err)
	_, err = f.Read(make([]byte, 1))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	assert.ErrorIs(t, <-written, syscall.EPIPE)
}
