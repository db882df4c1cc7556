package tcpmib

// This is the only file of the package with unsafe: here checked bytes become rows.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strconv"
	"unicode/utf16"
	"unsafe"

	"github.com/winmib/winmib/native"
)

// ErrMalformed is what errors.Is finds when bytes are not the table that they should be.
var ErrMalformed = errors.New("malformed table")

// The Go types have the sizes that package native has pinned to the header: arrays of different
// lengths cannot be assigned.
var (
	_ [native.SizeofTCPRow]byte             = [unsafe.Sizeof(TCPRow{})]byte{}
	_ [native.SizeofTCP6Row]byte            = [unsafe.Sizeof(TCP6Row{})]byte{}
	_ [native.SizeofTCPRow2]byte            = [unsafe.Sizeof(TCPRow2{})]byte{}
	_ [native.SizeofTCPTable2]byte          = [unsafe.Sizeof(TCPTable2{})]byte{}
	_ [native.SizeofTCP6Row2]byte           = [unsafe.Sizeof(TCP6Row2{})]byte{}
	_ [native.SizeofTCP6Table2]byte         = [unsafe.Sizeof(TCP6Table2{})]byte{}
	_ [native.SizeofTCPRowOwnerModule]byte  = [unsafe.Sizeof(TCPRowOwnerModule{})]byte{}
	_ [native.SizeofTCP6RowOwnerModule]byte = [unsafe.Sizeof(TCP6RowOwnerModule{})]byte{}
	_ [native.SizeofTCPStats]byte           = [unsafe.Sizeof(TCPStats{})]byte{}
	_ [native.SizeofTCPStats2]byte          = [unsafe.Sizeof(TCPStats2{})]byte{}
)

// tableLayout is what decode needs to know of a table: its name in C, and the offset of its rows.
type tableLayout struct {
	name string
	rows uintptr
}

var (
	layoutTCPTable             = tableLayout{"MIB_TCPTABLE", unsafe.Offsetof(TCPTable{}.Table)}
	layoutTCP6Table            = tableLayout{"MIB_TCP6TABLE", unsafe.Offsetof(TCP6Table{}.Table)}
	layoutTCPTable2            = tableLayout{"MIB_TCPTABLE2", unsafe.Offsetof(TCPTable2{}.Table)}
	layoutTCP6Table2           = tableLayout{"MIB_TCP6TABLE2", unsafe.Offsetof(TCP6Table2{}.Table)}
	layoutTCPTableOwnerPID     = tableLayout{"MIB_TCPTABLE_OWNER_PID", unsafe.Offsetof(TCPTableOwnerPID{}.Table)}
	layoutTCP6TableOwnerPID    = tableLayout{"MIB_TCP6TABLE_OWNER_PID", unsafe.Offsetof(TCP6TableOwnerPID{}.Table)}
	layoutTCPTableOwnerModule  = tableLayout{"MIB_TCPTABLE_OWNER_MODULE", unsafe.Offsetof(TCPTableOwnerModule{}.Table)}
	layoutTCP6TableOwnerModule = tableLayout{"MIB_TCP6TABLE_OWNER_MODULE", unsafe.Offsetof(TCP6TableOwnerModule{}.Table)}
)

// DecodeTCPTable2 checks that b holds a MIB_TCPTABLE2 and returns its rows, which are a view of b:
// they change when b does. Bytes after the last row are ignored. The rows are a copy only if b is
// not aligned as they must be, to 4 bytes, or to 8 for rows with a creation time.
//
// For bytes that hold fewer rows than they claim errors.Is(err, ErrMalformed) holds.
func DecodeTCPTable2(b []byte) ([]TCPRow2, error) { return decode[TCPRow2](&layoutTCPTable2, b) }

// DecodeTCP6Table2 is DecodeTCPTable2 for a MIB_TCP6TABLE2.
func DecodeTCP6Table2(b []byte) ([]TCP6Row2, error) { return decode[TCP6Row2](&layoutTCP6Table2, b) }

// DecodeTCPTable is DecodeTCPTable2 for a MIB_TCPTABLE.
func DecodeTCPTable(b []byte) ([]TCPRow, error) { return decode[TCPRow](&layoutTCPTable, b) }

// DecodeTCP6Table is DecodeTCPTable2 for a MIB_TCP6TABLE.
func DecodeTCP6Table(b []byte) ([]TCP6Row, error) { return decode[TCP6Row](&layoutTCP6Table, b) }

// DecodeTCPTableOwnerPID is DecodeTCPTable2 for a MIB_TCPTABLE_OWNER_PID.
func DecodeTCPTableOwnerPID(b []byte) ([]TCPRowOwnerPID, error) {
	return decode[TCPRowOwnerPID](&layoutTCPTableOwnerPID, b)
}

// DecodeTCP6TableOwnerPID is DecodeTCPTable2 for a MIB_TCP6TABLE_OWNER_PID.
func DecodeTCP6TableOwnerPID(b []byte) ([]TCP6RowOwnerPID, error) {
	return decode[TCP6RowOwnerPID](&layoutTCP6TableOwnerPID, b)
}

// DecodeTCPTableOwnerModule is DecodeTCPTable2 for a MIB_TCPTABLE_OWNER_MODULE.
func DecodeTCPTableOwnerModule(b []byte) ([]TCPRowOwnerModule, error) {
	return decode[TCPRowOwnerModule](&layoutTCPTableOwnerModule, b)
}

// DecodeTCP6TableOwnerModule is DecodeTCPTable2 for a MIB_TCP6TABLE_OWNER_MODULE.
func DecodeTCP6TableOwnerModule(b []byte) ([]TCP6RowOwnerModule, error) {
	return decode[TCP6RowOwnerModule](&layoutTCP6TableOwnerModule, b)
}

const sizeofNumEntries = 4

// decode is the only place that trusts dwNumEntries, after checking it against the bytes there are.
// Row must be a type for which any bytes are a valid value: no pointers, no bool.
func decode[Row any](table *tableLayout, b []byte) ([]Row, error) {
	if len(b) < sizeofNumEntries {
		return nil, table.malformed(b, 0)
	}
	if bigEndian() {
		return nil, errBigEndian(table.name)
	}
	n := binary.NativeEndian.Uint32(b)
	if n == 0 {
		return nil, nil
	}
	var row Row
	// This cannot overflow 64 bits: n is below 1<<32 and a row smaller than 1<<10.
	need := uint64(table.rows) + uint64(n)*uint64(unsafe.Sizeof(row))
	if need > uint64(len(b)) {
		return nil, table.malformed(b, need)
	}
	return view[Row](b[table.rows:need], int(n)), nil
}

// malformed says why b cannot be the table, which needs need bytes for the rows that it claims.
func (t *tableLayout) malformed(b []byte, need uint64) error {
	if len(b) < sizeofNumEntries {
		return fmt.Errorf("tcpmib: %w: %s needs %d bytes for its number of rows, got %d",
			ErrMalformed, t.name, sizeofNumEntries, len(b))
	}
	return fmt.Errorf("tcpmib: %w: %s with %d rows needs %d bytes, got %d",
		ErrMalformed, t.name, binary.NativeEndian.Uint32(b), need, len(b))
}

// decodeStruct is decode for one struct, which it copies out of b. T must be a type for which any
// bytes are a valid value.
func decodeStruct[T any](name string, b []byte) (t T, err error) {
	size := unsafe.Sizeof(t)
	if uint64(len(b)) < uint64(size) {
		return t, fmt.Errorf("tcpmib: %w: %s needs %d bytes, got %d", ErrMalformed, name, size, len(b))
	}
	if bigEndian() {
		return t, errBigEndian(name)
	}
	return view[T](b[:size], 1)[0], nil
}

// bigEndian reports whether a view of Windows's little-endian bytes would have wrong numbers.
func bigEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) != 1 }

func errBigEndian(name string) error {
	return fmt.Errorf("tcpmib: %s is little-endian, and this machine is not: %w", name, errors.ErrUnsupported)
}

// view returns b as n rows, at least one, whose bytes it is exactly. They are a copy where b is not
// aligned as they must be.
func view[Row any](b []byte, n int) []Row {
	var row Row
	if uintptr(unsafe.Pointer(&b[0]))%unsafe.Alignof(row) != 0 {
		rows := make([]Row, n)
		// Sound: rows is n whole rows, and any bytes are a valid Row.
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&rows[0])), len(b)), b)
		return rows
	}
	// Sound: b is n whole rows, aligned, and any bytes are a valid Row. The slice keeps the memory
	// of b alive.
	return unsafe.Slice((*Row)(unsafe.Pointer(&b[0])), n)
}

// The functions for endpoints take pointers to arrays, because arrays that are passed along go
// through memory each time, even where the function is inlined.

func addrPort4(addr, port *[4]byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(*addr), portNumber(port))
}

func addrPort6(addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	a := netip.AddrFrom16(*addr)
	if scope != 0 {
		a = a.WithZone(zoneName(scope))
	}
	return netip.AddrPortFrom(a, portNumber(port))
}

// portNumber reads the two bytes of a port that have a meaning.
func portNumber(port *[4]byte) uint16 { return binary.BigEndian.Uint16(port[:]) }

// remote4 returns the remote endpoint. In LISTEN the header gives these fields no meaning.
func remote4(s State, addr, port *[4]byte) netip.AddrPort {
	if s == StateListen {
		return netip.AddrPort{}
	}
	return addrPort4(addr, port)
}

func remote6(s State, addr *[16]byte, scope uint32, port *[4]byte) netip.AddrPort {
	if s == StateListen {
		return netip.AddrPort{}
	}
	return addrPort6(addr, scope, port)
}

func networkPort(a netip.AddrPort) (port [4]byte) {
	binary.BigEndian.PutUint16(port[:], a.Port())
	return port
}

// zoneName is how a scope ID is written as a zone.
func zoneName(scope uint32) string { return strconv.FormatUint(uint64(scope), 10) }

// scopeID is the opposite of zoneName; an address without a zone has the scope ID 0.
func scopeID(a netip.Addr) (uint32, error) {
	if a.Zone() == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(a.Zone(), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("tcpmib: zone of %v: want the index of an interface: %w", a, fs.ErrInvalid)
	}
	return uint32(n), nil
}

// decodeOwnerModule copies the strings out of a TCPIP_OWNER_MODULE_BASIC_INFO: two pointers of a
// width of 4 or 8 bytes, to strings that follow them in b. base is the address of b when Windows
// wrote it.
func decodeOwnerModule(b []byte, base uint64, width int) (m OwnerModule, err error) {
	if len(b) < 2*width {
		return m, fmt.Errorf("tcpmib: %w: TCPIP_OWNER_MODULE_BASIC_INFO needs %d bytes, got %d", ErrMalformed, 2*width, len(b))
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

// The bytes of a row, for calls into Windows. Sound: the array is exactly the row, which the
// assignments above prove, and it keeps the row alive.

func bytesOfTCPRow(row *TCPRow) *[native.SizeofTCPRow]byte {
	return (*[native.SizeofTCPRow]byte)(unsafe.Pointer(row))
}

func bytesOfTCPRowOwnerModule(row *TCPRowOwnerModule) *[native.SizeofTCPRowOwnerModule]byte {
	return (*[native.SizeofTCPRowOwnerModule]byte)(unsafe.Pointer(row))
}

func bytesOfTCP6RowOwnerModule(row *TCP6RowOwnerModule) *[native.SizeofTCP6RowOwnerModule]byte {
	return (*[native.SizeofTCP6RowOwnerModule]byte)(unsafe.Pointer(row))
}

// address is the address of b, with which pointers that Windows has written into b are compared. b
// must be on the heap, where memory does not move.
func address(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// pointerSize is how wide the pointers are that Windows writes for this program.
const pointerSize = int(unsafe.Sizeof(uintptr(0)))
