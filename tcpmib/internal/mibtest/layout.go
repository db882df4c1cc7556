// Package mibtest has what the tests of the header packages share.
package mibtest

import (
	"reflect"
	"testing"
)

// AsInC checks that structs are laid out as C lays them out on every architecture of Windows:
// 64-bit integers at multiples of 8 bytes, on 386 too, and no padding but what C needs.
func AsInC(t testing.TB, structs ...any) {
	t.Helper()
	for _, s := range structs {
		typ := reflect.TypeOf(s)
		end, align := fields(t, typ)
		if want := roundUp(end, align); typ.Size() != want {
			t.Errorf("%v has %d bytes, C's has %d", typ, typ.Size(), want)
		}
	}
}

// fields returns where the fields of a struct end, and how C aligns it.
func fields(t testing.TB, typ reflect.Type) (end, align uintptr) {
	t.Helper()
	align = 1
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Name == "_" { // structs.HostLayout, or padding
			continue
		}
		elem, n := f.Type, 1
		for elem.Kind() == reflect.Array {
			elem, n = elem.Elem(), n*elem.Len()
		}
		size, fieldAlign := elem.Size(), elem.Size()
		if elem.Kind() == reflect.Struct {
			size, fieldAlign = fields(t, elem)
			size = roundUp(size, fieldAlign)
		}
		if want := roundUp(end, fieldAlign); f.Offset != want {
			t.Errorf("%v.%s lies at %d, C's at %d", typ, f.Name, f.Offset, want)
		}
		end = f.Offset + uintptr(n)*size
		align = max(align, fieldAlign)
	}
	return end, align
}

func roundUp(n, multiple uintptr) uintptr { return (n + multiple - 1) / multiple * multiple }
