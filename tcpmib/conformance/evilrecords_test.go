package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// functionMutants spoil one function in every way there is.
func functionMutants(f layout.Function) map[string]layout.Function {
	var in, out []reflect.Type
	for i := range f.Go().NumIn() {
		in = append(in, f.Go().In(i))
	}
	for i := range f.Go().NumOut() {
		out = append(out, f.Go().Out(i))
	}
	with := func(in, out []reflect.Type) layout.Function {
		return layout.FuncOfType(f.C(), reflect.FuncOf(in, out, false))
	}
	replaced := func(i int, t reflect.Type) []reflect.Type {
		list := slices.Clone(in)
		list[i] = t
		return list
	}
	list := map[string]layout.Function{
		"one more parameter": with(append(slices.Clone(in), reflect.TypeFor[uint32]()), out),
		"signed result":      with(in, []reflect.Type{reflect.TypeFor[int32]()}),
		"wide result":        with(in, []reflect.Type{reflect.TypeFor[uint64]()}),
		"no result":          with(in, nil),
		"misspelled":         layout.FuncOfType(f.C()+"A", f.Go()),
	}
	for i, t := range in {
		n := string(rune('1' + i))
		list["without parameter "+n] = with(slices.Delete(slices.Clone(in), i, i+1), out)
		if t.Kind() == reflect.Pointer || t.Kind() == reflect.Uintptr {
			list["a number for pointer "+n] = with(replaced(i, reflect.TypeFor[uint32]()), out)
			list["a float for pointer "+n] = with(replaced(i, reflect.TypeFor[float64]()), out)
			if t.Kind() == reflect.Pointer && t.Elem().Size() > 1 {
				list["pointer "+n+" to something else"] = with(replaced(i, reflect.TypeFor[*int64]()), out)
			}
			continue
		}
		list["a pointer for number "+n] = with(replaced(i, reflect.TypeFor[*byte]()), out)
		list["wider number "+n] = with(replaced(i, reflect.TypeFor[uint64]()), out)
		list["narrower number "+n] = with(replaced(i, reflect.TypeFor[uint8]()), out)
		if other := map[reflect.Kind]reflect.Type{
			reflect.Uint32: reflect.TypeFor[int32](), reflect.Uint16: reflect.TypeFor[int16](),
		}[t.Kind()]; other != nil && t.PkgPath() == "" {
			// The sign of an enum is the compiler's, and a BOOL is true or not.
			list["number "+n+" of another sign"] = with(replaced(i, other), out)
		}
	}
	return list
}

// Each wrong prototype is noticed, in every record.
func TestFunctionMutants(t *testing.T) {
	records, err := Records()
	require.NoError(t, err)
	caught, all := 0, 0
	spec := Spec()
	spec.Functions, spec.Rules, spec.Constants = nil, layout.Rules{}, nil
	var names []string
	for _, f := range functions {
		for name, mutant := range functionMutants(f) {
			spec.Functions = append(spec.Functions, mutant)
			names = append(names, f.C()+": "+name)
		}
	}
	for _, h := range records {
		for i, r := range compared(t, spec, h).Functions {
			original, _, _ := strings.Cut(names[i], ":")
			if h.Functions[original] == nil {
				continue // new in a later SDK
			}
			all++
			if assert.Equal(t, layout.Differs, r.Status, "%s %s", h.Name(), names[i]) {
				caught++
			}
		}
	}
	t.Logf("%d of %d wrong prototypes rejected", caught, all)
}

// Each number in the record of the newest SDKs for 386 counts, where layouts differ most: one that
// is changed makes the claim differ.
func TestRecordMutants(t *testing.T) {
	records, err := Records()
	require.NoError(t, err)
	caught, all := 0, 0
	for _, h := range records[:3] {
		if h.GOARCH != "386" {
			continue
		}
		text, err := json.Marshal(h)
		require.NoError(t, err)
		spec := Spec()
		g, err := spec.Go(h.GOARCH)
		require.NoError(t, err)
		check := func(what string, change func(h *layout.Headers)) {
			corrupted := copyOf(t, text)
			change(corrupted)
			all++
			if assert.False(t, layout.Compare(g, corrupted, spec.Rules).OK(), "%s %s: %s", h.Name(), h.GOARCH, what) {
				caught++
			}
		}
		for _, s := range g.Structs {
			decl := h.Structs[s.C]
			if decl == nil {
				continue
			}
			check(s.C+" is larger", func(h *layout.Headers) { h.Structs[s.C].Size += 4 })
			if s.Align == decl.Align { // else it is accepted that C aligns it more
				check(s.C+" is aligned more", func(h *layout.Headers) { h.Structs[s.C].Align *= 4 })
			}
			for i, m := range decl.Members {
				if !claimed(s, m.Name) {
					continue
				}
				change := func(what string, change func(m *layout.CMember)) {
					check(s.C+"."+m.Name+what, func(h *layout.Headers) { change(&h.Structs[s.C].Members[i]) })
				}
				change(" lies elsewhere", func(m *layout.CMember) { m.Offset += 4 })
				change(" has another size", func(m *layout.CMember) { m.Size *= 2 })
				change(" has another name", func(m *layout.CMember) { m.Name += "_" })
				change(" is of another type", func(m *layout.CMember) {
					if m.Type = "PVOID"; m.Size != 1 {
						m.Type = fmt.Sprintf("UCHAR[%d]", m.Size)
					}
				})
			}
		}
		for name, e := range h.Enums {
			for value := range e.Values {
				check(value+" has another value", func(h *layout.Headers) {
					v := h.Enums[name].Values[value]
					v.Bits ^= 0x40
					h.Enums[name].Values[value] = v
				})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(h.Functions)) {
			check(name+" is gone", func(h *layout.Headers) { delete(h.Functions, name) })
			check(name+" has one more parameter", func(h *layout.Headers) {
				h.Functions[name].Type = strings.Replace(h.Functions[name].Type, "(", "(ULONG, ", 1)
			})
		}
		check("a new function", func(h *layout.Headers) { h.Functions["GetTcpTable3"] = &layout.CFunc{Type: "ULONG (void)"} })
		check("a new struct", func(h *layout.Headers) { h.Structs["MIB_TCPROW3"] = &layout.CStruct{File: "tcpmib.h"} })
	}
	t.Logf("%d of %d changed numbers noticed", caught, all)
}

func copyOf(t *testing.T, text []byte) *layout.Headers {
	t.Helper()
	h, err := layout.ReadRecord(strings.NewReader(string(text)))
	require.NoError(t, err)
	return h
}

// claimed reports whether a tag of the struct, and not just of what is in the member, names it.
// Bytes stand for every type.
func claimed(s layout.GoStruct, member string) bool {
	return slices.ContainsFunc(s.Fields, func(f layout.GoField) bool {
		opaque := f.Type.Kind == layout.GoArray && f.Type.Elem.Size == 1
		return !opaque && slices.Contains(f.C, member)
	})
}
