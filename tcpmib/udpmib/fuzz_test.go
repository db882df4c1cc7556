package udpmib_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"
	"unsafe"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/udpmib"
)

func FuzzDecodeUDPTable(f *testing.F)  { fuzzDecode(f, 4, udpmib.DecodeUDPTable) }
func FuzzDecodeUDP6Table(f *testing.F) { fuzzDecode(f, 4, udpmib.DecodeUDP6Table) }

func FuzzDecodeUDPTableOwnerPID(f *testing.F)  { fuzzDecode(f, 4, udpmib.DecodeUDPTableOwnerPID) }
func FuzzDecodeUDP6TableOwnerPID(f *testing.F) { fuzzDecode(f, 4, udpmib.DecodeUDP6TableOwnerPID) }

func FuzzDecodeUDPTableOwnerModule(f *testing.F) { fuzzDecode(f, 8, udpmib.DecodeUDPTableOwnerModule) }
func FuzzDecodeUDP6TableOwnerModule(f *testing.F) {
	fuzzDecode(f, 8, udpmib.DecodeUDP6TableOwnerModule)
}

func FuzzDecodeUDPTable2(f *testing.F)  { fuzzDecode(f, 8, udpmib.DecodeUDPTable2) }
func FuzzDecodeUDP6Table2(f *testing.F) { fuzzDecode(f, 8, udpmib.DecodeUDP6Table2) }

// fuzzDecode fuzzes the decoder of a table whose rows start at offset. Its seeds are tables of two
// rows, whole and cut, and the real ones in testdata/fuzz.
//
// For any bytes, decoding returns either an error and nothing else, or exactly as many rows as the
// table says, which are its bytes. Whatever is in the rows, their methods return.
func fuzzDecode[Row any](f *testing.F, offset int, decode func([]byte) ([]Row, error)) {
	size := int(reflect.TypeFor[Row]().Size())
	seed := []byte{2, 0, 0, 0}
	for i := range offset - 4 + 2*size {
		seed = append(seed, byte(1+i))
	}
	for length := range len(seed) + 1 {
		f.Add(seed[:length])
	}
	wraps := uint32((1<<32-uint64(offset))/uint64(size) + 1) // in 32 bits, so many rows take almost no bytes
	for _, n := range []uint32{0, 1, 3, wraps - 1, wraps, wraps + 1, math.MaxInt32, math.MaxUint32} {
		f.Add(append(binary.LittleEndian.AppendUint32(nil, n), seed[4:]...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		rows, err := decode(b)
		if !bytes.Equal(before, b) {
			t.Fatal("decoding changed the bytes")
		}
		if err != nil {
			if rows != nil {
				t.Fatal("rows and an error")
			}
			if len(b) >= 4 && uint64(len(b)) >= uint64(offset)+uint64(size)*uint64(binary.LittleEndian.Uint32(b)) {
				t.Fatal("the rows are all there:", err)
			}
			return
		}
		if n := binary.LittleEndian.Uint32(b); uint64(n) != uint64(len(rows)) {
			t.Fatalf("%d rows of %d", len(rows), n)
		}
		if len(rows) == 0 {
			return
		}
		if inside := unsafe.Slice((*byte)(unsafe.Pointer(&rows[0])), len(rows)*size); !bytes.Equal(inside, b[offset:offset+len(inside)]) {
			t.Fatal("other bytes than the table's")
		}
		// If the bytes are not aligned as rows have to be, the rows are a copy of them.
		moved, err := decode(append([]byte{0}, b...)[1:])
		if err != nil || !gocmp.Equal(rows, moved, gocmp.Exporter(func(reflect.Type) bool { return true })) {
			t.Fatal("other rows where the bytes lie elsewhere:", err)
		}
		for i := range rows {
			useRow(&rows[i])
		}
	})
}

// useRow calls what a row can do.
func useRow(row any) {
	_ = row.(interface{ Local() netip.AddrPort }).Local().String()
	if r, ok := row.(interface{ Remote() netip.AddrPort }); ok {
		_ = r.Remote().String()
	}
	if r, ok := row.(interface{ CreateTime() time.Time }); ok {
		_ = r.CreateTime().String()
	}
}

// Whatever a Source writes and claims, a Reader returns.
func FuzzReader(f *testing.F) {
	f.Add(table4(2), uint32(328), uint32(0), uint8(1))
	f.Add(table6(2, sevens), uint32(math.MaxUint32), uint32(tcpmib.CodeInsufficientBuffer), uint8(3))
	f.Add([]byte{}, uint32(0), uint32(tcpmib.CodeUnsuccessful), uint8(9))
	f.Fuzz(func(t *testing.T, answer []byte, size, code uint32, failures uint8) {
		asked := 0
		r := udpmib.Reader{MaxBytes: 1 << 20, Source: fake(func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
			asked++
			copy(buf, answer)
			if asked <= int(failures) {
				return size, code
			}
			return size, tcpmib.CodeSuccess
		})}
		endpoints, err := r.AppendEndpoints(nil, tcpmib.Both)
		if asked > 20 {
			t.Fatalf("asked %d times", asked)
		}
		if err == nil && uint64(len(endpoints)) > 2*uint64(size)/160 {
			t.Fatalf("%d endpoints out of %d bytes", len(endpoints), size)
		}
		for _, e := range endpoints {
			_ = e.Local.String() + e.Created.String()
		}
	})
}
