package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// WriteFile is how the command writes a file that the user named: a dash is stdout; a regular file
// is replaced once everything is written, with its mode, at the end of its symlinks; anything else,
// such as a device or a pipe, is written to. The file is not touched before write is done.
func WriteFile(stdout io.Writer, name string, write func(io.Writer) error) error {
	if name == "-" {
		return write(stdout)
	}
	var content Content
	if err := write(&content); err != nil {
		return &fs.PathError{Op: "write", Path: name, Err: err}
	}
	return content.WriteFile(name)
}

// Content is what will be written to a file when it is complete. It grows in steps: a bytes.Buffer
// would take three times the memory of a large file.
type Content struct{ steps [][]byte }

const contentStep = 64 << 10

// Write adds to the content.
func (c *Content) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if steps := len(c.steps); steps == 0 || len(c.steps[steps-1]) == contentStep {
			c.steps = append(c.steps, make([]byte, 0, contentStep))
		}
		last := &c.steps[len(c.steps)-1]
		step := min(len(p), contentStep-len(*last))
		*last = append(*last, p[:step]...)
		p, n = p[step:], n+step
	}
	return n, nil
}

func (c *Content) writeTo(w io.Writer) error {
	for _, step := range c.steps {
		if _, err := w.Write(step); err != nil {
			return err
		}
	}
	return nil
}

// WriteFile writes the content to a file, as the function WriteFile does.
func (c *Content) WriteFile(name string) error {
	mode := fs.FileMode(0o644)
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(name); err == nil { // a symlink to a file that is still to be made
			return writeTo(name, os.O_WRONLY|os.O_CREATE, c)
		}
		return replaceFile(name, name, mode, c)
	case err != nil:
		return err
	case info.Mode()&fs.ModeNamedPipe != 0:
		return writePipe(name, c)
	case !info.Mode().IsRegular():
		return writeTo(name, os.O_WRONLY, c)
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s is read-only", name)
	}
	path, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	return replaceFile(name, path, info.Mode().Perm(), c)
}

func writeTo(name string, flag int, content *Content) error {
	f, err := os.OpenFile(name, flag, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(content.writeTo(f), f.Close())
}

// pipeWait is how long writePipe waits for a program that reads the pipe. Tests change it.
var pipeWait = 10 * time.Second

// writePipe writes to a named pipe. Opening one waits for its reader, forever where there is none.
func writePipe(name string, content *Content) error {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := writeTo(name, os.O_WRONLY|nonblock, content)
		if err == nil || !noReader(err) {
			return err
		}
		if time.Since(start) > pipeWait {
			return fmt.Errorf("%s is a pipe that no program has read for %v", name, pipeWait)
		}
	}
}

// replaceFile writes a new file and puts it in the place of path when it is complete. Errors name
// the file that the user named. ctrl-C meanwhile leaves nothing behind.
func replaceFile(name, path string, mode fs.FileMode, content *Content) error {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	defer signal.Stop(interrupt)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return renamed("create", name, err)
	}
	err = errors.Join(content.writeTo(f), f.Chmod(mode), f.Sync(), f.Close()) // or a crash could leave an empty file in its place
	select {
	case <-interrupt:
		err = errors.Join(err, errors.New("interrupted"))
	default:
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return renamed("write", name, err)
	}
	return nil
}

// renamed returns the cause of err under the name of a file.
func renamed(op, name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}
