package tcpmib

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// DefaultMaxBytes limits the size of a table, in bytes, where a Reader sets no other limit:
	// 256 MiB, 9.5 million IPv4 rows. In 32-bit programs, which have no more than 2 to 4 GiB in
	// all, it is 64 MiB.
	DefaultMaxBytes = 64 << 20 << (2 * is64bit)

	is64bit = ^uint(0) >> 63 // 1 or 0

	firstBytes  = 32 << 10 // the first buffer: 1,170 IPv4 rows
	maxAttempts = 10
)

// ErrTooLarge is what errors.Is finds when a table is larger than a Reader's MaxBytes.
var ErrTooLarge = errors.New("table is too large")

// unwritten stands where the number of rows will be: more than any table has, so that a call that
// claims success and writes nothing is found out.
const unwritten = 1<<32 - 1

// fetch asks until there is an answer, which lies in *buf, or a code that is not success. ask is one
// attempt. *buf is made larger as needed, up to maxBytes.
//
// Tables grow between calls. So the first question is asked with the buffer at hand, each further
// one with more room than the last answer asked for, and the number of questions is bounded.
func fetch(q Query, buf *[]byte, maxBytes int, ask func(buf []byte) (size, code uint32)) (answer []byte, code uint32, err error) {
	if len(*buf) < sizeofNumEntries || len(*buf) > max(maxBytes, sizeofNumEntries) {
		*buf = make([]byte, max(min(firstBytes, maxBytes), sizeofNumEntries))
	}
	for attempt := 0; ; attempt++ {
		b := *buf
		binary.NativeEndian.PutUint32(b, unwritten)
		size, code := ask(b)
		switch code {
		case CodeSuccess:
			answer, err := answered(q, b, size)
			return answer, CodeSuccess, err
		case CodeInsufficientBuffer:
			if uint64(size) > uint64(maxBytes) {
				return nil, code, fmt.Errorf("tcpmib: %w: %v asks for %d bytes, the limit (Reader.MaxBytes) is %d",
					ErrTooLarge, q, size, maxBytes)
			}
		case CodeUnsuccessful:
			size = 0 // what it says then is not worth believing
		default:
			return nil, code, nil
		}
		if attempt == maxAttempts-1 {
			return nil, code, fmt.Errorf("tcpmib: the table outgrew its buffer %d times in a row, try again: %w",
				maxAttempts, &Error{q, code})
		}
		if n := larger(len(b), uint64(size), maxBytes, attempt); n != len(b) {
			*buf = nil // let the collector have it before the new one is made
			*buf = make([]byte, n)
		}
	}
}

// answered returns the answer of a call that reported success, if that can be true.
func answered(q Query, b []byte, size uint32) ([]byte, error) {
	switch {
	case binary.NativeEndian.Uint32(b) == unwritten:
		return nil, fmt.Errorf("tcpmib: %w: %v reported success and wrote nothing", ErrMalformed, q)
	case uint64(size) > uint64(len(b)):
		return nil, fmt.Errorf("tcpmib: %w: %v reported success and %d bytes in a buffer of %d", ErrMalformed, q, size, len(b))
	}
	return b[:size], nil
}

// larger returns the size of the next buffer: for what was asked for, or for more than there was if
// that should already have fitted, and with more headroom at each attempt, from an eighth to the
// whole size again; but never past maxBytes.
func larger(have int, asked uint64, maxBytes, attempt int) int {
	need := asked
	if need <= uint64(have) {
		need = uint64(have) + uint64(have)/2
	}
	need += need>>max(3-attempt, 0) + 1<<10
	need = (need + 7) &^ 7
	return int(min(need, uint64(max(maxBytes, have))))
}
