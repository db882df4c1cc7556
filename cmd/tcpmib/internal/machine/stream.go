package machine

import (
	"encoding/binary"
	"io"
	"reflect"

	"github.com/winmib/winmib/tcpmib"
)

// unpacker is a Source that can answer piece by piece, as a capture.Capture can.
type unpacker interface {
	Unpack(q tcpmib.Query) (answer io.Reader, size int, code uint32)
}

// eachRow calls f with the rows of a table of owner modules, each valid until the next one. A
// million take up to 192 MB, so they are read piece by piece where the source can. decode is that
// of the table, and whole reads all of it.
func eachRow[Row any](source tcpmib.Source, q tcpmib.Query, decode func([]byte) ([]Row, error), whole func() ([]Row, error), f func(*Row)) error {
	if done, err := eachInPieces(source, q, decode, f); done {
		return err
	}
	table, err := whole() // which knows what is wrong, too
	for i := range table {
		f(&table[i])
	}
	return err
}

// eachInPieces is eachRow with a source that can answer piece by piece. It does nothing with
// another, or if the source has no such table.
func eachInPieces[Row any](source tcpmib.Source, q tcpmib.Query, decode func([]byte) ([]Row, error), f func(*Row)) (done bool, err error) {
	if s, ok := source.(unpacker); ok {
		if answer, size, code := s.Unpack(q); code == tcpmib.CodeSuccess {
			return eachUnpacked(answer, size, decode, f)
		}
	}
	return false, nil
}

// eachUnpacked is eachRow with an answer. It does nothing if the answer has less rows than it says.
func eachUnpacked[Row any](answer io.Reader, size int, decode func([]byte) ([]Row, error), f func(*Row)) (done bool, err error) {
	const (
		rowsAt = 8   // their times are aligned to 8 bytes
		most   = 256 // in one piece
	)
	rowSize := int(reflect.TypeFor[Row]().Size())
	piece := make([]byte, rowsAt+most*rowSize)
	if _, err := io.ReadFull(answer, piece[:rowsAt]); err != nil {
		return false, nil
	}
	left := binary.NativeEndian.Uint32(piece)
	if uint64(left) > uint64(size-rowsAt)/uint64(rowSize) {
		return false, nil
	}
	for left > 0 {
		n := min(left, most)
		left -= n
		binary.NativeEndian.PutUint32(piece, n)
		b := piece[:rowsAt+int(n)*rowSize]
		if _, err := io.ReadFull(answer, b[rowsAt:]); err != nil {
			return true, err
		}
		table, err := decode(b)
		if err != nil {
			return true, err
		}
		for i := range table {
			f(&table[i])
		}
	}
	return true, nil
}
