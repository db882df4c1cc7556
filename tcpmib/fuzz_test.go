package tcpmib_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/winmib/winmib/tcpmib"
)

func FuzzDecodeTCPTable(f *testing.F)   { fuzzDecode(f, 4, tcpmib.DecodeTCPTable) }
func FuzzDecodeTCP6Table(f *testing.F)  { fuzzDecode(f, 4, tcpmib.DecodeTCP6Table) }
func FuzzDecodeTCPTable2(f *testing.F)  { fuzzDecode(f, 4, tcpmib.DecodeTCPTable2) }
func FuzzDecodeTCP6Table2(f *testing.F) { fuzzDecode(f, 4, tcpmib.DecodeTCP6Table2) }

func FuzzDecodeTCPTableOwnerPID(f *testing.F)  { fuzzDecode(f, 4, tcpmib.DecodeTCPTableOwnerPID) }
func FuzzDecodeTCP6TableOwnerPID(f *testing.F) { fuzzDecode(f, 4, tcpmib.DecodeTCP6TableOwnerPID) }

func FuzzDecodeTCPTableOwnerModule(f *testing.F) { fuzzDecode(f, 8, tcpmib.DecodeTCPTableOwnerModule) }
func FuzzDecodeTCP6TableOwnerModule(f *testing.F) {
	fuzzDecode(f, 8, tcpmib.DecodeTCP6TableOwnerModule)
}

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
		if err != nil || !cmp.Equal(rows, moved, cmp.Exporter(func(reflect.Type) bool { return true })) {
			t.Fatal("other rows where the bytes lie elsewhere:", err)
		}
		for i := range rows {
			useRow(&rows[i])
		}
	})
}

// useRow calls what a row can do.
func useRow(row any) {
	r := row.(interface {
		Local() netip.AddrPort
		Remote() netip.AddrPort
	})
	_ = r.Local().String() + r.Remote().String()
	if r, ok := row.(interface{ CreateTime() time.Time }); ok {
		_ = r.CreateTime().String()
	}
}

// Whatever a Source writes and claims, a Reader returns.
func FuzzReader(f *testing.F) {
	f.Add(table4(2), uint32(60), uint32(0), uint8(1))
	f.Add(table6(2), uint32(math.MaxUint32), uint32(122), uint8(3))
	f.Add([]byte{}, uint32(0), uint32(unsuccessful), uint8(9))
	f.Fuzz(func(t *testing.T, answer []byte, size, code uint32, failures uint8) {
		asked := 0
		r := tcpmib.Reader{MaxBytes: 1 << 20, Source: fake(func(_ tcpmib.Query, buf []byte) (uint32, uint32) {
			if len(buf) > 1<<20 {
				t.Fatalf("a buffer of %d bytes", len(buf))
			}
			asked++
			copy(buf, answer)
			if asked <= int(failures) {
				return size, code
			}
			return size, 0
		})}
		conns, err := r.AppendConns(nil, tcpmib.Both)
		if asked > 20 {
			t.Fatalf("asked %d times", asked)
		}
		if err == nil && uint64(len(conns)) > 2*uint64(size)/28 {
			t.Fatalf("%d connections out of %d bytes", len(conns), size)
		}
		for _, c := range conns {
			_ = c.Local.String() + c.Remote.String() + c.State.String() + c.Offload.String()
		}
		_, _ = r.AppendDatedConns(nil, tcpmib.Both)
		bound, _ := r.AppendBound(nil, tcpmib.Both)
		for _, c := range bound {
			if c.State != tcpmib.StateReserved || c.Remote.IsValid() {
				t.Fatal(c)
			}
		}
		var tracker tcpmib.Tracker
		for range 2 {
			for change := range tracker.Changes(&r, tcpmib.Both, time.Time{}) {
				_ = change.Kind.String()
			}
		}
	})
}
