//go:build !windows

package conformance

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib"
	"github.com/winmib/winmib/tcpmib/layout"
)

// A mutation spoils one field of a struct. It returns the new fields, or nil where it does not
// apply, and the member that the finding must name.
type mutation struct {
	name   string
	want   layout.Kind
	mutate func(fields []reflect.StructField, i int) ([]reflect.StructField, string)
}

// noSuch is a member that no header has.
const noSuch = "dwNoSuchMember"

var mutations = []mutation{
	{"widened field", layout.KindSize, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		return retype(f, i, resized(f[i].Type, +1)), member(f[i])
	}},
	{"narrowed field", layout.KindSize, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		return retype(f, i, resized(f[i].Type, -1)), member(f[i])
	}},
	{"dropped field", layout.KindForgotten, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		whole, _, _ := strings.Cut(member(f[i]), ".") // liCreateTimestamp.QuadPart
		return append(append([]reflect.StructField{}, f[:i]...), f[i+1:]...), whole
	}},
	{"added field", layout.KindAbsent, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		added := reflect.StructField{Name: "Added", Type: reflect.TypeFor[uint32](), Tag: `c:"` + noSuch + `"`}
		return append(append(append([]reflect.StructField{}, f[:i]...), added), f[i:]...), noSuch
	}},
	{"renamed field", layout.KindAbsent, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		f = append([]reflect.StructField{}, f...)
		f[i].Tag = `c:"` + noSuch + `"`
		return f, noSuch
	}},
	{"swapped fields", layout.KindOffset, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		if i+1 == len(f) || f[i+1].Name == "_" {
			return nil, ""
		}
		f = append([]reflect.StructField{}, f...)
		f[i], f[i+1] = f[i+1], f[i]
		return f, member(f[i]) // which is to be exchanged with the other
	}},
	{"other signedness", layout.KindSign, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		return retype(f, i, otherSign[f[i].Type]), member(f[i])
	}},
	{"elements of other signedness", layout.KindElem, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		if t := f[i].Type; t.Kind() == reflect.Array && otherSign[t.Elem()] != nil && t.Elem().Kind() != reflect.Uint8 {
			return retype(f, i, reflect.ArrayOf(t.Len(), otherSign[t.Elem()])), member(f[i])
		}
		return nil, ""
	}},
	{"elements of half the size", layout.KindElem, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		if t := f[i].Type; t.Kind() == reflect.Array && t.Elem().Kind() == reflect.Uint64 {
			return retype(f, i, reflect.ArrayOf(2*t.Len(), reflect.TypeFor[uint32]())), member(f[i])
		}
		return nil, ""
	}},
	{"field is another struct", layout.KindType, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		return retype(f, i, wrapped(f[i].Type, elsewhere)), member(f[i])
	}},
	{"field is a struct for a number", layout.KindType, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		if f[i].Type.Kind() == reflect.Array || f[i].Type.Kind() == reflect.Struct {
			return nil, ""
		}
		return retype(f, i, wrapped(f[i].Type, nowhere)), member(f[i])
	}},
	{"element is another struct", layout.KindType, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		return retype(f, i, wrappedElem(f[i].Type, elsewhere)), member(f[i])
	}},
	{"element is a struct for a number", layout.KindType, func(f []reflect.StructField, i int) ([]reflect.StructField, string) {
		if f[i].Type.Kind() != reflect.Array || f[i].Type.Elem().Kind() == reflect.Struct {
			return nil, ""
		}
		return retype(f, i, wrappedElem(f[i].Type, nowhere)), member(f[i])
	}},
}

// The field of a struct that wraps a type says whether the struct is among the types: as the C
// struct elsewhere, which none of ours contains, or not at all.
const (
	elsewhere = "SOCKADDR_IN6"
	nowhere   = "Nowhere"
)

// wrapped is a struct that has the size of a type on every architecture: it holds the type and
// nothing else.
func wrapped(t reflect.Type, field string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{{Name: field, Type: t}})
}

// wrappedElem is an array with its elements wrapped, or nil for what is no array, or one of bytes:
// C has no array where Go has the bytes of an address.
func wrappedElem(t reflect.Type, field string) reflect.Type {
	if t.Kind() != reflect.Array || t.Elem().Kind() == reflect.Uint8 {
		return nil
	}
	return reflect.ArrayOf(t.Len(), wrapped(t.Elem(), field))
}

// elsewheres are the structs in mutants that are among the types, but as another C struct than the
// mutant wants.
func elsewheres(mutants []mutant) []layout.Type {
	var list []layout.Type
	seen := map[reflect.Type]bool{}
	for _, m := range mutants {
		t := m.typ.Go()
		if t.Kind() != reflect.Struct {
			continue
		}
		for i := range t.NumField() {
			f := t.Field(i).Type
			if f.Kind() == reflect.Array {
				f = f.Elem()
			}
			if f.Kind() == reflect.Struct && f.NumField() == 1 && f.Field(0).Name == elsewhere && !seen[f] {
				seen[f] = true
				list = append(list, layout.StructOf(elsewhere, f))
			}
		}
	}
	return list
}

// Unnamed types only: the signedness of an enum is the compiler's affair.
var otherSign = map[reflect.Type]reflect.Type{
	reflect.TypeFor[uint8]():  reflect.TypeFor[int8](),
	reflect.TypeFor[uint32](): reflect.TypeFor[int32](),
	reflect.TypeFor[uint64](): reflect.TypeFor[int64](),
	reflect.TypeFor[int64]():  reflect.TypeFor[uint64](),
}

// bySize are integers to make wider and narrower ones of.
var bySize = []reflect.Type{reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[[2]uint64]()}

// resized is the next wider or narrower type, or nil.
func resized(t reflect.Type, by int) reflect.Type {
	switch {
	case t.Kind() == reflect.Array:
		if t.Len()+by == 0 {
			return nil
		}
		return reflect.ArrayOf(t.Len()+by, t.Elem())
	case t.Kind() == reflect.Uintptr: // its size depends on the architecture
		return map[int]reflect.Type{+1: reflect.TypeFor[[2]uintptr](), -1: reflect.TypeFor[uint16]()}[by]
	}
	for i, b := range bySize[:len(bySize)-1] {
		if b.Size() == t.Size() && i+by >= 0 {
			return bySize[i+by]
		}
	}
	return nil
}

func retype(f []reflect.StructField, i int, t reflect.Type) []reflect.StructField {
	if t == nil {
		return nil
	}
	f = append([]reflect.StructField{}, f...)
	f[i].Type = t
	return f
}

// member is the first C name of a field.
func member(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("c"), "|")
	return name
}

// A mutant is a corrupted struct and how it must be rejected.
type mutant struct {
	mutation string
	of       string
	typ      layout.Type
	want     layout.Kind
	item     string
}

// spoil makes every mutant of a struct.
func spoil(t reflect.Type) []mutant {
	c := t.Field(0).Tag.Get("c")
	var fields []reflect.StructField
	for i := range t.NumField() {
		fields = append(fields, t.Field(i))
	}
	var list []mutant
	for i, f := range fields {
		if f.Name == "_" {
			continue
		}
		for _, m := range mutations {
			if corrupted, item := m.mutate(fields, i); corrupted != nil {
				list = append(list, mutant{m.name, t.Name() + "." + f.Name, layout.StructOf("", reflect.StructOf(corrupted)), m.want, c + "." + item})
			}
		}
	}
	return list
}

// without takes the padding out of a struct.
func without(t reflect.Type) layout.Type {
	var fields []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.Name != "_" || f.Type.Size() == 0 {
			fields = append(fields, f)
		}
	}
	return layout.StructOf("", reflect.StructOf(fields))
}

// TestMutants spoils every field of every struct, and every constant, in every way there is, and
// wants each rejected for its own reason on each architecture. Run it with -v for the table.
func TestMutants(t *testing.T) {
	spec := Spec()
	var mutants []mutant
	for _, v := range spec.Types {
		if !v.IsEnum() {
			mutants = append(mutants, spoil(v.Go())...)
		}
	}
	mutants = append(mutants, mutant{"type that does not exist", "TCPRow2", layout.Struct[tcpmib.TCPRow2]("MIB_TCPROW3"), layout.KindAbsent, "MIB_TCPROW3"})
	unpadded := mutant{"missing padding", "TCPTableOwnerModule", without(reflect.TypeFor[tcpmib.TCPTableOwnerModule]()), layout.KindOffset, "MIB_TCPTABLE_OWNER_MODULE.table"}

	table := map[string]map[string][2]int{} // by mutation and architecture: rejected, all
	var names []string
	tally := func(name, arch string, ok bool) {
		if table[name] == nil {
			table[name] = map[string][2]int{}
			names = append(names, name)
		}
		n := table[name][arch]
		if n[1]++; ok {
			n[0]++
		}
		table[name][arch] = n
	}
	for _, target := range mingw(t) {
		arch, list := target.GOARCH, mutants
		if arch == "386" { // elsewhere Go makes the same hole by itself
			list = append(list[:len(list):len(list)], unpadded)
		}
		broken := spec
		broken.Complete = nil
		broken.Types, broken.Constants = nil, nil
		for _, m := range list {
			broken.Types = append(broken.Types, m.typ)
		}
		broken.Types = append(broken.Types, spec.Types...) // a row that its table contains is only missed when it is corrupted
		broken.Types = append(broken.Types, elsewheres(list)...)
		broken.Types = append(broken.Types, layout.EnumOf[uint16]("TCP_ESTATS_TYPE"), layout.EnumOf[uint32]("DWORD"))
		for i, c := range spec.Constants {
			wrong := reflect.ValueOf(c.Go)
			next := spec.Constants[(i+1)%len(spec.Constants)]
			value := reflect.New(wrong.Type()).Elem()
			if wrong.CanInt() {
				value.SetInt(wrong.Int() ^ 1)
			} else {
				value.SetUint(wrong.Uint() ^ 1)
			}
			broken.Constants = append(broken.Constants,
				layout.Constant{C: c.C, Go: value.Interface()},   // wrong value
				layout.Constant{C: next.C + "_", Go: c.Go},       // no such name
				layout.Constant{C: c.C, Go: uint64(0xFEEDFACE0)}) // the name of another
		}
		report := compared(t, broken, probed(t, target))
		require.Greater(t, len(report.Structs), len(list))
		for i, m := range list {
			s := report.Structs[i]
			if s.Status == layout.Absent {
				continue // not in these headers
			}
			ok := false
			for _, f := range s.Findings {
				ok = ok || f.Kind == m.want && f.Item == m.item
			}
			assert.True(t, ok, "%s %s, %s: want %q for %s, got %v", arch, m.mutation, m.of, m.want, m.item, s.Findings)
			tally(m.mutation, arch, ok)
		}
		found := map[string]layout.Kind{}
		for _, f := range report.Findings {
			found[f.Item] = f.Kind
		}
		tally("enum of another size", arch, assert.Equal(t, layout.KindStruct, found["TCP_ESTATS_TYPE"]))
		tally("enum that is none", arch, assert.Equal(t, layout.KindNotEnum, found["DWORD"]))
		for i := 0; i < len(report.Constants); i += 3 {
			wrong, misnamed, other := report.Constants[i], report.Constants[i+1], report.Constants[i+2]
			if wrong.Status == layout.Absent {
				continue
			}
			tally("constant of another value", arch, assert.Equal(t, layout.Differs, wrong.Status) && assert.Equal(t, layout.KindValue, found[wrong.C]))
			tally("constant of another name", arch, assert.Equal(t, layout.Differs, misnamed.Status) && assert.Equal(t, layout.KindAbsent, found[misnamed.C]))
			tally("constant of another value", arch, assert.Equal(t, layout.Differs, other.Status))
		}
	}
	t.Log(mutantTable(names, table))
}

// mutantTable shows how many of how many mutants were rejected for their reason.
func mutantTable(names []string, table map[string]map[string][2]int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "mutants rejected for their own reason\n%-30s", "")
	for _, arch := range layout.Arches() {
		fmt.Fprintf(&b, "%12s", arch)
	}
	for _, name := range names {
		fmt.Fprintf(&b, "\n%-30s", name)
		for _, arch := range layout.Arches() {
			n := table[name][arch]
			cell := "-"
			if n[1] > 0 {
				cell = fmt.Sprintf("%d of %d", n[0], n[1])
			}
			fmt.Fprintf(&b, "%12s", cell)
		}
	}
	return b.String()
}
