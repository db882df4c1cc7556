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

// fetch puts q to src until the answer fits and returns it. The answer lies at
// the start of buf, which is returned too, because it may have grown.
//
// Tables grow between calls. So the first question is already asked with the
// buffer at hand, each further one with more room than the last answer asked
// for, and the number of questions is bounded.
func fetch(src Source, q Query, buf []byte, maxBytes int) (answer, grown []byte, err error) {
	if len(buf) < sizeofNumEntries {
		buf = make([]byte, max(min(firstBytes, maxBytes), sizeofNumEntries))
	}
	var last uint32
	for attempt := range maxAttempts {
		binary.NativeEndian.PutUint32(buf, unwritten)
		size, code := src.Ask(q, buf)
		last = code
		switch code {
		case errorSuccess:
			if binary.NativeEndian.Uint32(buf) == unwritten {
				return nil, buf, fmt.Errorf("tcpmib: %w: %s reported success and wrote no table", ErrMalformed, q.Func)
			}
			return buf[:min(uint64(size), uint64(len(buf)))], buf, nil
		case errorNoData:
			clear(buf[:sizeofNumEntries])
			return buf[:sizeofNumEntries], buf, nil
		case errorInsufficientBuffer:
			if uint64(size) > uint64(maxBytes) {
				return nil, buf, fmt.Errorf("tcpmib: %w: %s asks for %d bytes, the limit (Reader.MaxBytes) is %d",
					ErrTooLarge, q.Func, size, maxBytes)
			}
		case statusUnsuccessful:
			// Undocumented: the table changed under the call. What size says
			// then is not worth believing.
			size = 0
		default:
			return nil, buf, &Error{Func: q.Func, Code: code}
		}
		if n := larger(len(buf), uint64(size), maxBytes, attempt); n != len(buf) {
			buf = nil // let the collector have it before the new one is made
			buf = make([]byte, n)
		}
	}
	return nil, buf, fmt.Errorf("tcpmib: the table outgrew its buffer %d times in a row, try again: %w",
		maxAttempts, &Error{Func: q.Func, Code: last})
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
