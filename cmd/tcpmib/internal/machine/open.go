package machine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/winmib/winmib/tcpmib/capture"
)

// Stdin names standard input where a file is taken.
const Stdin = "-"

// Open opens a capture in a file. None of its tables may have more than maxRows rows.
func Open(file string, maxRows int) (*Captured, error) {
	c, err := capture.Limits{MaxRows: maxRows}.Open(file)
	if err == nil {
		return &Captured{c, file}, nil
	}
	switch info, statErr := os.Stat(file); {
	case statErr != nil: // err says so
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder: name the zip file that tcpmib capture wrote", file)
	case info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeCharDevice) != 0: // to open a pipe may take forever
		return nil, fmt.Errorf("%s is no file: use - for standard input", file)
	}
	if err := allowMore(err); err != nil {
		return nil, err
	}
	if f, openErr := os.Open(file); openErr == nil {
		defer f.Close()
		start, _ := io.ReadAll(io.LimitReader(f, shellLook))
		err = changedByShell(file, start, err)
	}
	return nil, err
}

// allowMore returns an error that says which flag allows as many rows as a capture has, if err is
// that it has too many.
func allowMore(err error) error {
	tooMany := (*capture.RowsError)(nil)
	if !errors.As(err, &tooMany) {
		return nil
	}
	return fmt.Errorf("%w; --max-rows %d allows more", err, tooMany.Allow())
}

// ReadStdin reads a capture from standard input, as Open reads a file.
func ReadStdin(r io.Reader, maxRows int) (*Captured, error) {
	const name = "standard input"
	limits := capture.Limits{MaxRows: maxRows}
	content, err := io.ReadAll(io.LimitReader(r, limits.MaxFileBytes()+1)) // one that is too long is refused
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if most := limits.MaxFileBytes(); int64(len(content)) > most {
		return nil, fmt.Errorf("standard input is too long: the limit is %d bytes; a larger --max-rows allows more", most)
	}
	if len(content) == 0 {
		return nil, errors.New("standard input is empty, and should be a capture")
	}
	c, err := limits.Read(bytes.NewReader(content), int64(len(content)))
	if more := allowMore(err); more != nil {
		return nil, more
	}
	if err != nil {
		return nil, changedByShell(name, content[:min(len(content), shellLook)], fmt.Errorf("%s: %w", name, errors.Unwrap(err))) // without the name of the package
	}
	return &Captured{c, name}, nil
}

// shellLook is how much of a file shows whether a shell changed it.
const shellLook = 64 << 10

// changedByShell returns a better error for a zip file that went through a shell that takes output
// for text: > of Windows PowerShell writes UTF-16, and PowerShell before 7.4 replaces what is no
// text.
func changedByShell(name string, start []byte, err error) error {
	for _, changed := range []string{
		"\xff\xfeP\x00K\x00", "\xfe\xff\x00P\x00K", "\xef\xbb\xbfPK",
	} {
		if bytes.HasPrefix(start, []byte(changed)) {
			return changedError(name)
		}
	}
	if bytes.HasPrefix(start, []byte("PK")) && bytes.Contains(start, []byte("\xef\xbf\xbd")) {
		return changedError(name)
	}
	return err
}

func changedError(name string) error {
	return fmt.Errorf("%s is a capture that the > or | of PowerShell changed into text: name the file instead, as in tcpmib capture file.zip", name)
}
