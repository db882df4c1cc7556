package capture

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"

	"github.com/winmib/winmib/tcpmib"
)

// Open reads the capture at path. Errors name the file and, where one is at fault, the entry:
// errors.Is finds tcpmib.ErrMalformed in one that is not a whole capture, tcpmib.ErrTooLarge in one
// past the limits, and ErrVersion in one of a newer version.
func Open(path string) (*Capture, error) { return Limits{}.Open(path) }

// Read reads a capture of size bytes from r, as Open does, and keeps nothing of r.
func Read(r io.ReaderAt, size int64) (*Capture, error) { return Limits{}.Read(r, size) }

// Limits are the limits of a reader of captures. The zero value has those of [Open] and [Read].
type Limits struct {
	// MaxRows is how many rows the tables of one kind may have together: connections of both
	// families and UDP sockets, the tables with their owners' modules, bound sockets. 0 is
	// DefaultMaxRows. A program that keeps every row as a tcpmib.Conn needs several times the memory
	// of the table. More rows also allow a longer file: see MaxFileBytes.
	MaxRows int
}

// Open is the function Open with these limits.
func (l Limits) Open(path string) (*Capture, error) {
	const noFile = fs.ModeNamedPipe | fs.ModeSocket | fs.ModeCharDevice
	if stat, err := os.Stat(path); err == nil && stat.Mode()&noFile != 0 { // opening a pipe may wait forever
		return nil, fmt.Errorf("capture: %s: %w: not a file", path, tcpmib.ErrMalformed)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	c, err := l.readFile(f, stat.Size())
	if err != nil {
		return nil, fmt.Errorf("capture: %s: %w", path, err)
	}
	return c, nil
}

// readFile reads a small file at once: Windows seeks twice for each part.
func (l Limits) readFile(f *os.File, size int64) (*Capture, error) {
	if size > 256<<10 {
		return l.read(f, size, MaxEntryBytes)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(f, content); err != nil {
		return nil, err
	}
	return l.read(bytes.NewReader(content), size, MaxEntryBytes)
}

// Read is the function Read with these limits.
func (l Limits) Read(r io.ReaderAt, size int64) (*Capture, error) {
	c, err := l.read(r, size, MaxEntryBytes)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	return c, nil
}

// read has MaxEntryBytes as a parameter, in proportion to which MaxBytes shrinks, so that tests
// meet both without that much memory.
func (l Limits) read(r io.ReaderAt, size, maxEntryBytes int64) (*Capture, error) {
	maxBytes := MaxBytes / MaxEntryBytes * maxEntryBytes
	if limit := l.MaxFileBytes(); size > limit {
		return nil, &RowsError{Rows: int(min((size+bytesOfARow-1)/bytesOfARow, math.MaxInt)), MaxRows: int(limit / bytesOfARow), file: size}
	}
	zipped, err := openArchive(r, size)
	if err != nil {
		return nil, err
	}
	m, err := readManifest(zipped)
	if err != nil {
		return nil, fmt.Errorf("entry %q: %w", manifestEntry, err)
	}
	if err := l.checkRows(zipped, m.Answers); err != nil {
		return nil, err
	}
	c := &Capture{
		info:    Info{m.Version, m.Time, m.WindowsVersion, m.GOARCH, m.Processes, m.Owners},
		answers: map[tcpmib.Query]answer{},
	}
	left := maxBytes
	for _, a := range m.Answers {
		if a.Code != 0 {
			c.answers[a.query()] = answer{code: a.Code}
			continue
		}
		table, err := zipped.read(a.Entry, min(left, maxEntryBytes))
		if err == nil && int64(table.size) != a.Bytes {
			err = fmt.Errorf("%w: %d bytes, and the manifest says %d", tcpmib.ErrMalformed, table.size, a.Bytes)
		}
		if err != nil {
			return nil, fmt.Errorf("entry %.99q: %w", a.Entry, err)
		}
		left -= int64(table.size)
		c.answers[a.query()] = answer{table: table}
	}
	return c, nil
}

func readManifest(zipped *archive) (manifest, error) {
	e, err := zipped.read(manifestEntry, maxManifestBytes)
	if err != nil {
		return manifest{}, err
	}
	text := make([]byte, e.size)
	if err := e.unpack(text); err != nil {
		return manifest{}, err
	}
	return decodeManifest(text)
}
