package capture

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/winmib/winmib/tcpmib"
)

const (
	// A manifest is small; 64 MiB name a million processes.
	maxManifestBytes = 64 << 20
	maxEntries       = 1 << 10
)

// Open reads the capture at path. Errors name the file and, where one is at
// fault, the entry: errors.Is finds tcpmib.ErrMalformed in one that is not a whole
// capture, tcpmib.ErrTooLarge in one past the limits, and errors.ErrUnsupported in
// one of a later version.
func Open(path string) (*Capture, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	c, err := read(f, stat.Size())
	if err != nil {
		return nil, fmt.Errorf("capture: %s: %w", path, err)
	}
	return c, nil
}

// Read reads a capture of size bytes from r, as Open does, and keeps nothing of
// r.
func Read(r io.ReaderAt, size int64) (*Capture, error) {
	c, err := read(r, size)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	return c, nil
}

func read(r io.ReaderAt, size int64) (*Capture, error) {
	if size > MaxBytes {
		return nil, fmt.Errorf("%w: a file of %d bytes, the limit is %d", tcpmib.ErrTooLarge, size, int64(MaxBytes))
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: not a capture, or not all of one: %w", tcpmib.ErrMalformed, err)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("%w: %d entries, the limit is %d", tcpmib.ErrTooLarge, len(z.File), maxEntries)
	}
	entries := map[string]*zip.File{}
	for _, f := range z.File {
		if entries[f.Name] != nil {
			return nil, fmt.Errorf("%w: entry %q is there twice", tcpmib.ErrMalformed, f.Name)
		}
		entries[f.Name] = f
	}
	m, err := readManifest(entries)
	if err != nil {
		return nil, fmt.Errorf("entry %q: %w", manifestEntry, err)
	}
	c := &Capture{
		info:    Info{m.Version, m.Time, m.WindowsVersion, m.GOARCH, m.Processes},
		answers: map[tcpmib.Query]answer{},
	}
	left := int64(MaxBytes)
	for _, a := range m.Answers {
		q := tcpmib.Query{Func: a.Func, Family: a.Family, Class: a.Class}
		if _, twice := c.answers[q]; twice {
			return nil, fmt.Errorf("entry %q: %w: %s is answered twice", manifestEntry, tcpmib.ErrMalformed, q.Func)
		}
		if a.Code != 0 {
			c.answers[q] = answer{code: a.Code}
			continue
		}
		table, err := readEntry(entries[a.Entry], min(left, MaxEntryBytes))
		if err == nil && int64(len(table)) != a.Bytes {
			err = fmt.Errorf("%w: %d bytes, and the manifest says %d", tcpmib.ErrMalformed, len(table), a.Bytes)
		}
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", a.Entry, err)
		}
		left -= int64(len(table))
		c.answers[q] = answer{table: table}
	}
	return c, nil
}

func readManifest(entries map[string]*zip.File) (m manifest, err error) {
	text, err := readEntry(entries[manifestEntry], maxManifestBytes)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: %w", tcpmib.ErrMalformed, err)
	}
	if m.Format != formatName {
		return m, fmt.Errorf("%w: its format is %q, not %q", tcpmib.ErrMalformed, m.Format, formatName)
	}
	if m.Version != Version {
		return m, fmt.Errorf("format version %d, and this program reads version %d, use a newer one: %w",
			m.Version, Version, errors.ErrUnsupported)
	}
	return m, nil
}

// readEntry unpacks f, which is nil when it is missing. What the zip says of its
// size is believed where it is too large, and nowhere else.
func readEntry(f *zip.File, limit int64) ([]byte, error) {
	if f == nil {
		return nil, fmt.Errorf("%w: it is missing", tcpmib.ErrMalformed)
	}
	tooLarge := func() error {
		return fmt.Errorf("%w: more than %d bytes when unpacked", tcpmib.ErrTooLarge, limit)
	}
	if f.UncompressedSize64 > uint64(limit) {
		return nil, tooLarge()
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", tcpmib.ErrMalformed, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case int64(len(b)) > limit:
		return nil, tooLarge()
	case err != nil:
		return nil, fmt.Errorf("%w: %w", tcpmib.ErrMalformed, err)
	}
	return b, nil
}
