package capture

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/winmib/winmib/tcpmib"
)

const (
	maxEntries        = 1 << 10
	maxDirectoryBytes = 512 << 10 // of what zip.NewReader reads: it looks for the end of the directory too
)

// archive is an untrusted zip file.
type archive struct {
	file    *limitedReader
	size    int64
	entries map[string]*zip.File // nil once it was read
	inflate io.Reader            // used for one entry after the other: a new one takes 40 kB
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	// zip.NewReader allocates memory for each entry of the directory, and ignores the declared size.
	limited := &limitedReader{r, maxDirectoryBytes,
		fmt.Errorf("%w: the directory has more than %d bytes", tcpmib.ErrTooLarge, maxDirectoryBytes)}
	var z *zip.Reader
	err := checkZip64(r, size)
	if err == nil {
		z, err = zip.NewReader(limited, size)
	}
	switch {
	case errors.Is(err, tcpmib.ErrTooLarge):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: not a tcpmib capture, or a truncated one: %w", tcpmib.ErrMalformed, err)
	case len(z.File) > maxEntries:
		return nil, fmt.Errorf("%w: %d entries, the limit is %d", tcpmib.ErrTooLarge, len(z.File), maxEntries)
	}
	// From here on only entries are read. Together they are no longer than the file, unless they
	// overlap, as in a file made to be unpacked without end.
	limited.left, limited.err = size, errors.New("it overlaps another entry")
	a := &archive{limited, size, map[string]*zip.File{}, flate.NewReader(bytes.NewReader(nil))}
	for _, f := range z.File {
		if a.entries[f.Name] != nil {
			return nil, fmt.Errorf("%w: entry %.99q is there twice", tcpmib.ErrMalformed, f.Name)
		}
		a.entries[f.Name] = f
	}
	return a, nil
}

// entry is an entry of an archive that has been checked. It takes the memory that it takes in the
// file.
type entry struct {
	packed []byte
	stored bool // packed is not packed
	size   int  // when unpacked
}

// open returns what reads the unpacked entry.
func (e *entry) open() io.Reader {
	if e.stored {
		return bytes.NewReader(e.packed)
	}
	return flate.NewReader(bytes.NewReader(e.packed))
}

// unpack copies the unpacked entry to b, which is as long.
func (e *entry) unpack(b []byte) error {
	_, err := io.ReadFull(e.open(), b)
	return err
}

// read reads an entry, once, of at most limit bytes when unpacked.
func (a *archive) read(name string, limit int64) (*entry, error) {
	f, ok := a.entries[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: it is missing", tcpmib.ErrMalformed)
	case f == nil:
		return nil, fmt.Errorf("%w: it belongs to one answer, and is used twice", tcpmib.ErrMalformed)
	case f.UncompressedSize64 > uint64(limit):
		return nil, fmt.Errorf("%w: more than %d bytes when unpacked", tcpmib.ErrTooLarge, limit)
	case f.UncompressedSize64/maxRatio > uint64(a.size):
		return nil, fmt.Errorf("%w: a file of %d bytes has no entry of %d", tcpmib.ErrMalformed, a.size, f.UncompressedSize64)
	case f.CompressedSize64 > uint64(a.size):
		return nil, fmt.Errorf("%w: a file of %d bytes has no entry of %d", tcpmib.ErrMalformed, a.size, f.CompressedSize64)
	}
	a.entries[name] = nil
	e, err := a.readEntry(f)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", tcpmib.ErrMalformed, err)
	}
	return e, nil
}

// maxRatio is the most that Deflate makes of one byte: two bits are 258 bytes.
const maxRatio = 1032

// keepUnpacked is the size up to which an entry is kept unpacked. To unpack one takes as much
// memory.
const keepUnpacked = 32 << 10

// readEntry reads an entry, and unpacks it once to see that it is whole.
func (a *archive) readEntry(f *zip.File) (*entry, error) {
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return nil, zip.ErrAlgorithm
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	e := &entry{make([]byte, f.CompressedSize64), f.Method == zip.Store, int(f.UncompressedSize64)}
	if _, err := io.ReadFull(raw, e.packed); err != nil {
		return nil, err
	}
	r, err := a.open(e)
	if err != nil {
		return nil, err
	}
	var unpacked bytes.Buffer // if it is small
	sum := crc32.NewIEEE()
	w := io.Writer(sum)
	if !e.stored && e.size <= keepUnpacked {
		unpacked.Grow(e.size)
		w = io.MultiWriter(sum, &unpacked)
	}
	n, err := io.Copy(w, io.LimitReader(r, int64(e.size)+1))
	switch {
	case err != nil:
		return nil, err
	case n != int64(e.size):
		return nil, fmt.Errorf("it has not the %d bytes that the directory says", e.size)
	case sum.Sum32() != f.CRC32:
		return nil, zip.ErrChecksum
	case unpacked.Len() > 0:
		return &entry{unpacked.Bytes(), true, e.size}, nil
	}
	return e, nil
}

// open returns what reads the unpacked entry, until the next one is opened.
func (a *archive) open(e *entry) (io.Reader, error) {
	packed := bytes.NewReader(e.packed)
	if e.stored {
		return packed, nil
	}
	return a.inflate, a.inflate.(flate.Resetter).Reset(packed, nil)
}

// head reads the first bytes of an entry. The same bytes may be read again.
func (a *archive) head(f *zip.File, b []byte) error {
	left := a.file.left
	defer func() { a.file.left = left }()
	r, err := f.OpenRaw()
	if err == nil && f.Method == zip.Deflate {
		err = a.inflate.(flate.Resetter).Reset(r, nil)
		r = a.inflate
	}
	if err == nil {
		_, err = io.ReadFull(r, b)
	}
	return err
}

// checkZip64 refuses a file of which zip.NewReader might believe that it has more entries than a
// capture may have, and take memory for them at once. Only the end record of a zip64 file has room
// for such a number. Which end record it takes depends on much, so all that it might take are
// looked at.
func checkZip64(r io.ReaderAt, size int64) error {
	const (
		tailBytes    = 65 << 10 // where zip.NewReader looks for the end record
		locatorBytes = 20       // what in a zip64 file stands before it
	)
	tail := make([]byte, max(0, min(size, tailBytes+locatorBytes)))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	for ; len(tail) > locatorBytes; tail = tail[1:] {
		if !bytes.HasPrefix(tail, []byte("PK\x06\x07")) || !bytes.HasPrefix(tail[locatorBytes:], []byte("PK\x05\x06")) {
			continue
		}
		var end [56]byte
		if _, err := r.ReadAt(end[:], int64(binary.LittleEndian.Uint64(tail[8:]))); err != nil {
			continue // zip.NewReader cannot read it either
		}
		if n := binary.LittleEndian.Uint64(end[32:]); n > maxEntries {
			return fmt.Errorf("%w: %d entries, the limit is %d", tcpmib.ErrTooLarge, n, maxEntries)
		}
	}
	return nil
}

// limitedReader reads left bytes of r in all, then nothing but err.
type limitedReader struct {
	r    io.ReaderAt
	left int64
	err  error
}

func (l *limitedReader) ReadAt(p []byte, at int64) (n int, err error) {
	if int64(len(p)) > l.left {
		return 0, l.err
	}
	n, err = l.r.ReadAt(p, at)
	l.left -= int64(n)
	return n, err
}
