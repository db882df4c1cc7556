package mib

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// ReadOwnerModule returns the name and the path of the module that owns a socket. ask calls the
// function of q, which fills a TCPIP_OWNER_MODULE_BASIC_INFO.
func ReadOwnerModule[Q Question](q Q, ask func(buf []byte) (size, code uint32)) (name, path string, err error) {
	buf := Buffer{b: make([]byte, 2<<10)} // two paths of the usual longest length
	answer, code, err := Fetch(&buf, q, 0, ask)
	switch {
	case err != nil:
		return "", "", err
	case code != CodeSuccess:
		return "", "", q.Err(code)
	}
	return decodeOwnerModule(answer, address(answer), pointerSize)
}

// decodeOwnerModule copies the strings out of a TCPIP_OWNER_MODULE_BASIC_INFO: two pointers of a
// width of 4 or 8 bytes, to strings that follow them in b. base is the address of b when Windows
// wrote it.
func decodeOwnerModule(b []byte, base uint64, width int) (name, path string, err error) {
	if len(b) < 2*width {
		return "", "", fmt.Errorf("tcpmib: %w: TCPIP_OWNER_MODULE_BASIC_INFO needs %d bytes, got %d", ErrMalformed, 2*width, len(b))
	}
	if name, err = stringAt(b, base, pointerAt(b, width)); err != nil {
		return "", "", fmt.Errorf("tcpmib: %w: pModuleName %w", ErrMalformed, err)
	}
	if path, err = stringAt(b, base, pointerAt(b[width:], width)); err != nil {
		return "", "", fmt.Errorf("tcpmib: %w: pModulePath %w", ErrMalformed, err)
	}
	return name, path, nil
}

func pointerAt(b []byte, width int) uint64 {
	if width == 4 {
		return uint64(binary.NativeEndian.Uint32(b))
	}
	return binary.NativeEndian.Uint64(b)
}

// stringAt returns the UTF-16 string to which p points, which must lie in b with the zero that ends
// it. For a null pointer it returns the empty string.
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
	return "", fmt.Errorf("points to a string without a terminating zero")
}
