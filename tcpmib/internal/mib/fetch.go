package mib

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
)

const (
	// DefaultMaxBytes limits the size of a table where no other limit is set: 256 MiB, or 64 MiB in
	// 32-bit programs.
	DefaultMaxBytes = 64 << 20 << (2 * is64bit)

	is64bit = ^uint(0) >> 63 // 1 or 0

	firstBytes  = 32 << 10 // the first buffer: 1,170 IPv4 rows
	spareBytes  = 64 << 10 // never let go of
	maxAttempts = 10
)

// ErrTooLarge is what errors.Is finds when a table is larger than its limit.
var ErrTooLarge = errors.New("table is too large")

// unwritten stands where the number of rows will be: more than any table has, so that a call that
// claims success and writes nothing is found out.
const unwritten = 1<<32 - 1

// Question is what a buffer is filled with the answer to. Err is the error that a code stands for.
type Question interface {
	fmt.Stringer
	Err(code uint32) error
}

// Buffer is the memory of answers. It is reused, made larger as needed, and smaller when answers
// have needed less than half of it for a while: see Room.
type Buffer struct {
	b    []byte
	room Room
}

// Fetch asks until there is an answer, which lies in the buffer, or a code that is not success. ask
// is one attempt. The buffer grows up to maxBytes; 0 is DefaultMaxBytes.
//
// Tables grow between calls. So the first call uses the buffer at hand, each further one has more
// room than the last answer wanted, and the number of calls is bounded.
// STATUS_UNSUCCESSFUL does not ask for more room, so it gets none.
func Fetch[Q Question](buf *Buffer, q Q, maxBytes int, ask func(buf []byte) (size, code uint32)) (answer []byte, code uint32, err error) {
	switch {
	case maxBytes < 0:
		return nil, 0, fmt.Errorf("tcpmib: invalid limit (Reader.MaxBytes) %d; want a number of bytes, or 0 for the default: %w",
			maxBytes, fs.ErrInvalid)
	case maxBytes == 0:
		maxBytes = DefaultMaxBytes
	}
	if enough, excess := buf.room.Excess(len(buf.b), spareBytes); excess {
		buf.b = make([]byte, bufferSize(uint64(max(enough, firstBytes)), maxBytes))
	}
	if len(buf.b) < sizeofNumEntries || len(buf.b) > max(maxBytes, sizeofNumEntries) {
		buf.b = make([]byte, max(min(firstBytes, maxBytes), sizeofNumEntries))
	}
	for attempt := 0; ; attempt++ {
		b := buf.b
		binary.NativeEndian.PutUint32(b, unwritten)
		size, code := ask(b)
		switch code {
		case CodeSuccess:
			answer, err := answered(q, b, size)
			buf.room.Use(len(answer))
			return answer, CodeSuccess, err
		case CodeInsufficientBuffer:
			if uint64(size) > uint64(maxBytes) {
				return nil, code, fmt.Errorf("tcpmib: %w: %v asks for %d bytes, the limit (Reader.MaxBytes) is %d",
					ErrTooLarge, q, size, maxBytes)
			}
			if attempt == maxAttempts-1 {
				return nil, code, fmt.Errorf("tcpmib: the table outgrew its buffer %d times in a row, try again: %w",
					maxAttempts, q.Err(code))
			}
			if n := larger(len(b), uint64(size), maxBytes, attempt); n != len(b) {
				buf.b = nil // let the collector have it before the new one is made
				buf.b = make([]byte, n)
			}
		case CodeUnsuccessful:
			if attempt == maxAttempts-1 {
				return nil, code, fmt.Errorf("tcpmib: no answer after %d attempts, try again: %w", maxAttempts, q.Err(code))
			}
		default:
			return nil, code, nil
		}
	}
}

// answered returns the answer of a call that reported success, if that can be true.
func answered[Q Question](q Q, b []byte, size uint32) ([]byte, error) {
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
	return bufferSize(need+need>>max(3-attempt, 0)+1<<10, max(maxBytes, have))
}

// bufferSize rounds a size up to what rows need, but not past a limit.
func bufferSize(n uint64, limit int) int { return int(min((n+7)&^7, uint64(limit))) }

// Read asks q and returns the rows of the table that it is answered with, a view of the buffer.
// ERROR_NO_DATA is how a system says that there are none.
func Read[Row any, Q Question](buf *Buffer, q Q, table *Table[Row], maxBytes int, ask func(buf []byte) (size, code uint32)) ([]Row, error) {
	answer, code, err := Fetch(buf, q, maxBytes, ask)
	switch {
	case err != nil:
		return nil, err
	case code == CodeNoData:
		return nil, nil
	case code != CodeSuccess:
		return nil, q.Err(code)
	}
	return table.Decode(answer)
}

// ReadStruct asks q for a struct. Its code is not an error yet, because an error would be garbage
// if the caller then tries another function.
func ReadStruct[T any, Q Question](buf *Buffer, q Q, s *Struct[T], maxBytes int, ask func(buf []byte) (size, code uint32)) (t T, code uint32, err error) {
	answer, code, err := Fetch(buf, q, maxBytes, ask)
	if err != nil || code != CodeSuccess {
		return t, code, err
	}
	t, err = s.Decode(answer)
	return t, code, err
}
