package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile is how the command writes a file that the user named: a dash is stdout; a regular file is
// replaced once everything is written, with its mode, at the end of its symlinks; anything else, such
// as a device or a pipe, is written to.
func WriteFile(stdout io.Writer, name string, write func(io.Writer) error) error {
	if name == "-" {
		return write(stdout)
	}
	mode := fs.FileMode(0o644)
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(name); err == nil { // a symlink to a file that is still to be made
			return writeTo(name, os.O_WRONLY|os.O_CREATE, write)
		}
		return replaceFile(name, name, mode, write)
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return writeTo(name, os.O_WRONLY, write)
	case info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("%s is read-only", name)
	}
	path, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	return replaceFile(name, path, info.Mode().Perm(), write)
}

func writeTo(name string, flag int, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, flag, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// replaceFile writes a new file and puts it in the place of path when it is complete. Errors name the
// file that the user named.
func replaceFile(name, path string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return renamed("create", name, err)
	}
	err = errors.Join(write(f), f.Chmod(mode), f.Close())
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
