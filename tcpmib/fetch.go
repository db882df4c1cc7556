package tcpmib

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// DefaultMaxBytes is how large a table may be, in bytes, where a Reader
	// does not say otherwise: 256 MiB, 9.5 million IPv4 rows.
	DefaultMaxBytes = 256 << 20

	firstBytes  = 32 << 10 // the first buffer: 1,170 IPv4 rows
	maxAttempts = 10
)

// ErrTooLarge is what errors.Is finds when a table is larger than a Reader's
// MaxBytes.
var ErrTooLarge = errors.New("table is too large")

// unwritten stands where the number of rows will be: more than any table has,
// so that a call that claims success and writes nothing is found out.
const unwritten = 1<<32 - 1

// Raw returns the answer to q as the system wrote it, undecoded: the bytes that
// DecodeTCPTable2 and its siblings take, perhaps with unused ones behind the last
// row. They are valid until the next call on r.
//
// A code that is not success is an *Error, also ERROR_NO_DATA (232), which
// functions that return tables take for a table without rows.
func (r *Reader) Raw(q Query) (answer []byte, err error) {
	src := r.Source
	if src == nil {
		src = live{}
	}
	if len(r.buf) < sizeofNumEntries || len(r.buf) > max(r.maxBytes(), sizeofNumEntries) {
		r.buf = make([]byte, max(min(firstBytes, r.maxBytes()), sizeofNumEntries))
	}
	// Tables grow between calls. So the first question is already asked with the
	// buffer at hand, each further one with more room than the last answer asked
	// for, and the number of questions is bounded.
	for attempt := 0; ; attempt++ {
		buf := r.buf
		binary.NativeEndian.PutUint32(buf, unwritten)
		size, code := src.Ask(q, buf)
		if code == errorSuccess && binary.NativeEndian.Uint32(buf) != unwritten {
			return buf[:min(uint64(size), uint64(len(buf)))], nil
		}
		if err := r.grow(q, size, code, attempt); err != nil {
			return nil, err
		}
	}
}

// grow makes the buffer larger, for the next attempt, after one that had this size
// and code; or it says why there should be none.
func (r *Reader) grow(q Query, size, code uint32, attempt int) error {
	maxBytes := r.maxBytes()
	switch code {
	case errorSuccess:
		return fmt.Errorf("tcpmib: %w: %s reported success and wrote no table", ErrMalformed, q.Func)
	case errorInsufficientBuffer:
		if uint64(size) > uint64(maxBytes) {
			return fmt.Errorf("tcpmib: %w: %s asks for %d bytes, the limit (Reader.MaxBytes) is %d",
				ErrTooLarge, q.Func, size, maxBytes)
		}
	case statusUnsuccessful:
		// Undocumented: the table changed under the call. What size says
		// then is not worth believing.
		size = 0
	default:
		return &Error{Func: q.Func, Code: code}
	}
	if attempt == maxAttempts-1 {
		return fmt.Errorf("tcpmib: the table outgrew its buffer %d times in a row, try again: %w",
			maxAttempts, &Error{Func: q.Func, Code: code})
	}
	if n := larger(len(r.buf), uint64(size), maxBytes, attempt); n != len(r.buf) {
		r.buf = nil // let the collector have it before the new one is made
		r.buf = make([]byte, n)
	}
	return nil
}

// noRows is err, or nil if it is how a system says that a table has no rows.
func noRows(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) && e.Code == errorNoData {
		return nil
	}
	return err
}

func (r *Reader) maxBytes() int {
	if r.MaxBytes <= 0 {
		return DefaultMaxBytes
	}
	return r.MaxBytes
}

// larger returns the size of the next buffer: for what was asked for, or for more
// than there was if that should already have fitted, and with more headroom at
// each attempt, from an eighth to the whole size again; but never past maxBytes.
func larger(have int, asked uint64, maxBytes, attempt int) int {
	need := asked
	if need <= uint64(have) {
		need = uint64(have) + uint64(have)/2
	}
	need += need>>max(3-attempt, 0) + 1<<10
	need = (need + 7) &^ 7
	return int(min(need, uint64(max(maxBytes, have))))
}
