package tcpmib

import (
	"encoding/binary"
	"fmt"
	"time"
	"unicode/utf16"
)

// OwnerModule is who, within a process, owns a connection.
type OwnerModule struct {
	Name string // the service or the component, such as "RpcSs", else the program, such as "chrome.exe"; may be empty
	Path string // the file it was loaded from, such as `C:\Windows\System32\rpcss.dll`; may be empty
}

// CreateTime is when the connection was created, or the zero time where Windows
// does not know. It is in UTC and has a resolution of 100 ns.
func (r *TCPRowOwnerModule) CreateTime() time.Time { return filetime(r.CreateTimestamp) }

// CreateTime is when the connection was created, or the zero time where Windows
// does not know. It is in UTC and has a resolution of 100 ns.
func (r *TCP6RowOwnerModule) CreateTime() time.Time { return filetime(r.CreateTimestamp) }

// filetime turns what Windows counts time in, 100 ns since 1601, into a time; 0
// is the zero time.
func filetime(ticks int64) time.Time {
	const (
		perSecond = 10_000_000
		epoch     = 11_644_473_600 // seconds from 1601 to 1970
	)
	if ticks == 0 {
		return time.Time{}
	}
	return time.Unix(ticks/perSecond-epoch, ticks%perSecond*100).UTC()
}

// moduleSource lets a Reader put the question about a module.
type moduleSource func(buf []byte) (size, code uint32)

func (ask moduleSource) Ask(_ Query, buf []byte) (size, code uint32) { return ask(buf) }

func readOwnerModule(function string, ask moduleSource) (OwnerModule, error) {
	r := Reader{Source: ask, buf: make([]byte, 2<<10)} // two paths of the usual longest length
	answer, err := r.Raw(Query{Func: function})
	if err != nil {
		return OwnerModule{}, err
	}
	return decodeOwnerModule(answer, address(answer), pointerSize)
}

// decodeOwnerModule copies the strings out of a TCPIP_OWNER_MODULE_BASIC_INFO:
// two pointers of a width of 4 or 8 bytes, to strings that lie behind them in b.
// base is where b lay when Windows wrote it.
func decodeOwnerModule(b []byte, base uint64, width int) (m OwnerModule, err error) {
	if len(b) < 2*width {
		return m, fmt.Errorf("tcpmib: %w: a TCPIP_OWNER_MODULE_BASIC_INFO takes %d bytes, here are %d", ErrMalformed, 2*width, len(b))
	}
	if m.Name, err = stringAt(b, base, pointerAt(b, width)); err != nil {
		return OwnerModule{}, fmt.Errorf("tcpmib: %w: pModuleName %w", ErrMalformed, err)
	}
	if m.Path, err = stringAt(b, base, pointerAt(b[width:], width)); err != nil {
		return OwnerModule{}, fmt.Errorf("tcpmib: %w: pModulePath %w", ErrMalformed, err)
	}
	return m, nil
}

func pointerAt(b []byte, width int) uint64 {
	if width == 4 {
		return uint64(binary.NativeEndian.Uint32(b))
	}
	return binary.NativeEndian.Uint64(b)
}

// stringAt returns the UTF-16 string to which p points, which must lie in b with
// the zero that ends it. A null pointer is no string, which is the empty one.
func stringAt(b []byte, base, p uint64) (string, error) {
	if p == 0 {
		return "", nil
	}
	if p < base || p-base >= uint64(len(b)) {
		return "", fmt.Errorf("points to %#x, outside its buffer of %d bytes at %#x", p, len(b), base)
	}
	var units []uint16
	for rest := b[p-base:]; len(rest) >= 2; rest = rest[2:] {
		unit := binary.NativeEndian.Uint16(rest)
		if unit == 0 {
			return string(utf16.Decode(units)), nil
		}
		units = append(units, unit)
	}
	return "", fmt.Errorf("points to a string without an end")
}
