package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/winmib/winmib/tcpmib/layout"
)

// scalars are the numbers that small headers have.
var scalars = map[string]layout.CScalar{
	"BYTE": {Size: 1, Sign: "unsigned"}, "WORD": {Size: 2, Sign: "unsigned"}, "SHORT": {Size: 2, Sign: "signed"}, "DWORD": {Size: 4, Sign: "unsigned"},
	"LONG": {Size: 4, Sign: "signed"}, "UINT64": {Size: 8, Sign: "unsigned"}, "INT64": {Size: 8, Sign: "signed"},
	"float": {Size: 4, Sign: "float"}, "double": {Size: 8, Sign: "float"}, "half": {Size: 2, Sign: "float"}, "odd": {Size: 9, Sign: "unsigned"}, "wide": {Size: 16, Sign: "unsigned"},
}

// small are headers with structs whose members are written "name TYPE; other TYPE | alternative
// TYPE", where "|" is for a union without a name. They are laid out as C does, with alignments of
// at most pack bytes.
func small(goarch string, pack int64, structs ...string) *layout.Headers {
	h := &layout.Headers{Set: layout.SetMinGW, GOARCH: goarch, Scalars: map[string]layout.CScalar{}, Structs: map[string]*layout.CStruct{}, Typedefs: map[string]string{
		"PVOID": "void *", "FOUR": "DWORD[4]", "ALIAS": "LARGE_INTEGER", "ROUND": "CIRCLE", "CIRCLE": "ROUND", "NUMBER": "LONG",
	}}
	for name, s := range scalars {
		h.Scalars[name] = s
	}
	h.Scalars["SIZE_T"] = layout.CScalar{Size: pointerSize(h), Sign: "unsigned"}
	h.Scalars["LONG_PTR"] = layout.CScalar{Size: pointerSize(h), Sign: "signed"}
	h.Structs["LARGE_INTEGER"] = &layout.CStruct{Union: true, Size: 8, Align: 8, Members: layout.CMembers{{Name: "QuadPart", Size: 8, Sign: "signed", Type: "INT64"}}}
	for name, typ := range map[string]string{"EITHER": "DWORD", "SIGNED": "LONG"} {
		h.Structs[name] = &layout.CStruct{Union: true, Size: 4, Align: 4, Members: layout.CMembers{{Name: "number", Size: 4, Sign: signOf(h, typ), Type: typ}}}
	}
	for _, text := range structs {
		name, members, _ := strings.Cut(text, ": ")
		s := &layout.CStruct{File: "small.h", Align: 1}
		for _, one := range strings.Split(members, "; ") {
			arms := strings.Split(one, " | ")
			size, align := int64(0), int64(1)
			var list []layout.CMember
			for _, arm := range arms {
				member, typ, _ := strings.Cut(arm, " ")
				m := layout.CMember{Name: member, Type: typ, Size: sizeHere(h, typ), Sign: signOf(h, typ)}
				list, size, align = append(list, m), max(size, m.Size), max(align, min(alignOf(h, typ), pack))
			}
			at := (s.Size + align - 1) / align * align
			size = (size + align - 1) / align * align
			if len(arms) > 1 {
				n := len(s.Members)
				s.Unnamed = append(s.Unnamed, layout.CUnnamed{Union: true, Offset: at, Size: size, First: n, End: n + len(arms)})
			}
			for _, m := range list {
				m.Offset = at
				s.Members = append(s.Members, m)
			}
			s.Size, s.Align = at+size, max(s.Align, align)
		}
		s.Size = (s.Size + s.Align - 1) / s.Align * s.Align
		h.Structs[name] = s
	}
	return h
}

// sizeHere is the size of a type of small headers.
func sizeHere(h *layout.Headers, typ string) int64 {
	if elem, n, ok := cutArray(behindTypedefs(h, typ)); ok {
		return n * sizeHere(h, elem)
	}
	if s := h.Struct(typ); s != nil {
		return s.Size
	}
	if strings.HasSuffix(typ, "*") {
		return pointerSize(h)
	}
	return sizeOf(h, typ)
}

func smallSets(pack int64, structs ...string) []*layout.Headers {
	return []*layout.Headers{small("amd64", pack, structs...), small("386", pack, structs...), small("arm64", pack, structs...)}
}

// One Go struct is right on three architectures, with padding where they need it, and each C type
// has its Go type.
func TestGenerateFromRecords(t *testing.T) {
	for _, test := range []struct {
		c    string
		want string // the fields, without tags
	}{
		{"a BYTE; b WORD; c DWORD; d UINT64", "A uint8; B uint16; C uint32; D uint64"},
		{"a SHORT; b LONG; c INT64; d float; e double", "A int16; B int32; C int64; D float32; _ [4]byte; E float64"},
		{"a SIZE_T; b LONG_PTR; c PVOID; d DWORD *", "A uintptr; B int; C uintptr; D uintptr"},
		{"a DWORD; b UINT64", "A uint32; _ [4]byte; B uint64"},
		{"a UINT64; b DWORD", "A uint64; B uint32; _ [4]byte"},
		{"a UINT64; b BYTE[3]", "A uint64; B [3]uint8; _ [5]byte"},
		{"p PVOID; a UINT64", "P uintptr; _ [8 - unsafe.Alignof(uint64(0))]byte; A uint64"},
		{"a BYTE[4]; p PVOID; b BYTE; c UINT64", "A [4]uint8; P uintptr; B uint8; _ [7]byte; C uint64"},
		{"a LARGE_INTEGER; b ALIAS", "A int64; B int64"},
		{"a FOUR; b DWORD[2][3]; c PVOID[2]", "A [4]uint32; B [2][3]uint32; C [2]uintptr"},
		{"a DWORD[1]", "A [1]uint32"},
		{"a EITHER; b EITHER[2]; c NUMBER", "A uint32; B [2]uint32; C int32"},
		{"a SIGNED", "A [1]uint32"},
		{"a DWORD | b LONG", "A uint32"},
		{"a DWORD | b UINT64; c DWORD", "B uint64; C uint32; _ [4]byte"},
		{"n DWORD; a BYTE[5] | b DWORD; c DWORD", "N uint32; A [5]uint8; C uint32"},
		{"a BYTE[16] | b UINT64; c DWORD", "Union [2]uint64; C uint32; _ [4]byte"},
		{"n DWORD; a BYTE[16] | b UINT64", "N uint32; _ [4]byte; Union [2]uint64"},
		{"dwState DWORD; cbSize DWORD; Size DWORD", "State uint32; CbSize uint32; Size uint32"},
		{"a INNER; b INNER[2]", "A Inner; B [2]Inner"},
		{"a DWORD; rest WORD[]", "A uint32"},
	} {
		sets := smallSets(8, "INNER: x DWORD; y UINT64", "S: "+test.c)
		text, err := generate("S", sets)
		require.NoError(t, err, test.c)
		_, body, _ := strings.Cut(text, "type S struct {\n")
		body, _, _ = strings.Cut(body, "\n}")
		var fields []string
		for line := range strings.Lines(body) {
			line, _, _ = strings.Cut(line, "`")
			if line = strings.Join(strings.Fields(line), " "); line != "_ structs.HostLayout" {
				fields = append(fields, line)
			}
		}
		assert.Equal(t, test.want, strings.Join(fields, "; "), test.c)
		_, err = generate("S", sets[:1])
		assert.NoError(t, err, "%s on one architecture", test.c)
	}
}

// A union becomes integers with its size and alignment on each architecture, even in a packed
// struct.
func TestGenerateUnions(t *testing.T) {
	for _, test := range []struct {
		pack  int64
		c     string
		align [2]int64 // of the union U, on 64-bit and on 32-bit architectures
		want  string
	}{
		{8, "a U", [2]int64{8, 8}, "A [2]uint64"},
		{8, "a U", [2]int64{4, 4}, "A [4]uint32"},
		{8, "a U", [2]int64{1, 1}, "A [16]uint8"},
		{8, "a U", [2]int64{8, 4}, "A [2 + 2*(8-unsafe.Sizeof(uintptr(0)))/4]uintptr"},
		{4, "n WORD[2]; a BYTE[16] | b UINT64", [2]int64{8, 8}, "Union [4]uint32"},
		{8, "a BYTE[9] | b UINT64", [2]int64{8, 8}, "Union [2]uint64"},
		{8, "a U", [2]int64{4, 2}, "no integer of Go is aligned to 4 bytes on amd64 and otherwise elsewhere as C has it"},
		{8, "a U", [2]int64{8, 2}, "no integer of Go is aligned to 2 bytes on 386 and otherwise elsewhere as C has it"},
		{8, "a U", [2]int64{16, 16}, "no integer of Go is aligned to 16 bytes on amd64 and otherwise elsewhere as C has it"},
	} {
		sets := smallSets(test.pack, "S: a DWORD")
		for i, h := range sets {
			align := test.align[0]
			if h.GOARCH == "386" {
				align = test.align[1]
			}
			u := &layout.CStruct{Union: true, Size: 16, Align: align, Members: layout.CMembers{{Name: "bytes", Size: 16, Type: "BYTE[16]"}}}
			s := small(h.GOARCH, test.pack, "S: "+test.c).Structs["S"]
			if test.c == "a U" {
				s = &layout.CStruct{Size: 16, Align: min(align, 8), Members: layout.CMembers{{Name: "a", Size: 16, Type: "U"}}}
			}
			sets[i].Structs["S"], sets[i].Structs["U"] = s, u
		}
		text, err := generate("S", sets)
		if strings.HasPrefix(test.want, "no ") {
			assert.ErrorContains(t, err, test.want)
			continue
		}
		if assert.NoError(t, err, test.want) {
			assert.Contains(t, strings.Join(strings.Fields(text), " "), " "+test.want+" ")
		}
	}
}

// A struct that C aligns more than its members begins with an array of no elements.
func TestGenerateAligned(t *testing.T) {
	for _, test := range []struct {
		align [2]int64 // on 64-bit and on 32-bit architectures
		want  string
	}{
		{[2]int64{1, 1}, "A [8]uint8"}, {[2]int64{4, 4}, "_ [0]uint32 A [8]uint8"}, {[2]int64{8, 8}, "_ [0]uint64 A [8]uint8"}, {[2]int64{8, 4}, "_ [0]uint64 A [8]uint8"},
	} {
		sets := smallSets(8, "S: a BYTE[8]")
		for _, h := range sets {
			h.Structs["S"].Align = test.align[0]
			if h.GOARCH == "386" {
				h.Structs["S"].Align = test.align[1]
			}
		}
		text, err := generate("S", sets)
		if assert.NoError(t, err, test.want) {
			assert.Contains(t, strings.Join(strings.Fields(text), " "), "HostLayout `c:\"S\"` "+test.want+" `")
		}
	}
}

// What one Go struct cannot be is refused, with the reason.
func TestGenerateRefusesFromRecords(t *testing.T) {
	for _, test := range []struct {
		pack    int64
		c, want string
	}{
		{1, "a BYTE; b DWORD", "is packed"},
		{1, "a DWORD; b BYTE", "is packed"},
		{8, "a half", "half has 2 bytes, and Go has no such number"},
		{8, "a wide", "wide has 16 bytes, and Go has no such number"},
		{8, "a odd", "odd has 9 bytes, and Go has no such number"},
		{8, "rest WORD[]", "S has no members"},
	} {
		sets := smallSets(test.pack, "S: "+test.c)
		for _, some := range [][]*layout.Headers{sets, sets[:1]} {
			_, err := generate("S", some)
			assert.ErrorContains(t, err, test.want, test.c)
		}
	}
	aligned := small("amd64", 8, "S: a UINT64; b UINT64")
	_, err := generate("S", []*layout.Headers{aligned})
	assert.NoError(t, err)
	aligned.Structs["S"].Align = 16
	_, err = generate("S", []*layout.Headers{aligned})
	assert.EqualError(t, err, "S is aligned to 16 bytes on amd64, and nothing in Go to more than 8")
	_, err = generate("S", []*layout.Headers{small("amd64", 8, "S: a DWORD"), small("386", 8, "T: a DWORD")})
	assert.EqualError(t, err, "the headers for 386 declare no struct S: use -goarch for the others")
	_, err = generate("U", []*layout.Headers{small("amd64", 8, "S: a DWORD"), small("386", 8, "T: a DWORD")})
	assert.EqualError(t, err, "the headers for amd64 declare no struct U", "no architecture has it")
	_, err = generate("S", []*layout.Headers{small("amd64", 8, "S: a DWORD"), small("386", 8, "S: a LONG")})
	assert.ErrorContains(t, err, "S.a: it is DWORD on amd64 and LONG on 386: use -goarch for one of them, and a file for each")
	_, err = generate("S", []*layout.Headers{small("amd64", 8, "S: a DWORD"), small("386", 8, "S: a DWORD; b DWORD")})
	assert.EqualError(t, err, "S has the member b on 386 and not on amd64: use -goarch for one of them, and a file for each")
	_, err = generate("S", []*layout.Headers{small("amd64", 8, "S: a DWORD; b DWORD"), small("386", 8, "S: a DWORD")})
	assert.EqualError(t, err, "S has the member b on amd64 and not on 386: use -goarch for one of them, and a file for each")
	_, err = generate("S", []*layout.Headers{small("amd64", 8, "S: a DWORD; b DWORD"), small("386", 8, "S: b DWORD; a DWORD")})
	assert.EqualError(t, err, "S.b: the members are in another order on 386 than on amd64: use -goarch for one of them, and a file for each")
}

// A name that is used already gets a number.
func TestUnused(t *testing.T) {
	used := map[string]bool{}
	for _, want := range []string{"A", "A2", "A3"} {
		assert.Equal(t, want, unused("A", used))
	}
	assert.Equal(t, map[string]bool{"A": true, "A2": true, "A3": true}, used)
}

// Of a union's alternatives -gen writes the first of the longest, or the one with the alignment of
// the struct, after the members before the union. An alternative may have several members, some of
// them bit-fields of one unit.
func TestAlternatives(t *testing.T) {
	member := func(name string, offset, size int64, typ string) layout.CMember {
		return layout.CMember{Name: name, Offset: offset, Size: size, Sign: "unsigned", Type: typ}
	}
	bits := func(name string) layout.CMember {
		return layout.CMember{Name: name, Size: 4, Bits: 3, Sign: "unsigned", Type: "DWORD"}
	}
	lo, hi, bytes, words := member("lo", 0, 4, "DWORD"), member("hi", 4, 4, "DWORD"), member("bytes", 0, 8, "BYTE[8]"), member("words", 0, 8, "WORD[4]")
	for _, test := range []struct {
		members layout.CMembers
		want    string
	}{
		{layout.CMembers{lo, hi, words}, "Lo uint32 lo; Hi uint32 hi"},
		{layout.CMembers{bytes, lo, hi}, "Lo uint32 lo; Hi uint32 hi"},
		{layout.CMembers{bytes, words, lo, hi}, "Lo uint32 lo; Hi uint32 hi"},
		{layout.CMembers{lo, member("small", 4, 2, "WORD"), hi, bytes}, "Lo uint32 lo; Hi uint32 hi"},
		{layout.CMembers{lo, member("half", 0, 2, "WORD"), member("small", 4, 2, "WORD"), hi, bytes}, "Lo uint32 lo; Hi uint32 hi"},
		{layout.CMembers{bits("a"), bits("b"), hi, bytes}, "A uint32 a|b; Hi uint32 hi"},
		{layout.CMembers{bits("a"), bits("b"), bits("c"), hi, bytes}, "A uint32 a|b|c; Hi uint32 hi"},
	} {
		h := small("amd64", 8)
		h.Structs["S"] = &layout.CStruct{File: "small.h", Size: 8, Align: 4, Members: test.members,
			Unnamed: []layout.CUnnamed{{Union: true, Size: 8, End: len(test.members)}}}
		text, err := generate("S", []*layout.Headers{h})
		require.NoError(t, err, test.want)
		_, body, _ := strings.Cut(text, "HostLayout `c:\"S\"`\n")
		body, _, _ = strings.Cut(body, "}")
		body = strings.NewReplacer("`c:\"", "", "\"`", "").Replace(body)
		var fields []string
		for line := range strings.Lines(body) {
			fields = append(fields, strings.Join(strings.Fields(line), " "))
		}
		assert.Equal(t, test.want, strings.Join(fields, "; "))
	}
}

// A length may depend on the size of a pointer, and on nothing else.
func TestLength(t *testing.T) {
	arches := func(list string) *generator {
		g := &generator{}
		for _, goarch := range strings.Fields(list) {
			g.sets = append(g.sets, &layout.Headers{GOARCH: goarch})
		}
		return g
	}
	for _, test := range []struct {
		arches  string
		numbers []int64
		want    string
	}{
		{"amd64 386 arm64", []int64{3, 3, 3}, "3"},
		{"amd64 386 arm64", []int64{0, 0, 0}, "0"},
		{"386", []int64{5}, "5"},
		{"amd64 arm64", []int64{6, 6}, "6"},
		{"amd64 386 arm64", []int64{0, 4, 0}, "8 - unsafe.Alignof(uint64(0))"},
		{"amd64 386 arm64", []int64{4, 0, 4}, "(unsafe.Sizeof(uintptr(0)) - 4)"},
		{"amd64 386 arm64", []int64{6, 2, 6}, "2 + (unsafe.Sizeof(uintptr(0)) - 4)"},
		{"amd64 386 arm64", []int64{16, 4, 16}, "4 + 3*(unsafe.Sizeof(uintptr(0)) - 4)"},
		{"amd64 386 arm64", []int64{3, 1, 3}, "1 + 2*(unsafe.Sizeof(uintptr(0)) - 4)/4"},
		{"amd64 386 arm64", []int64{1, 5, 1}, "1 + (8 - unsafe.Sizeof(uintptr(0)))"},
		{"amd64 386 arm64", []int64{0, 8, 0}, "2*(8 - unsafe.Sizeof(uintptr(0)))"},
	} {
		got, err := arches(test.arches).length(test.numbers)
		assert.NoError(t, err)
		assert.Equal(t, test.want, got, "%v", test.numbers)
	}
	for first, want := range []string{"0 and 3", "1 and 3"} {
		_, err := arches("amd64 386 arm64").length([]int64{int64(first), 2, 3})
		assert.EqualError(t, err, "amd64 and arm64 differ ("+want+"): use -goarch for one of them, and a file for each")
	}
}

// Sizes, signs and alignments of types are found by name, also behind typedefs. A circle of
// typedefs has an end.
func TestTypesByName(t *testing.T) {
	for _, goarch := range []string{"amd64", "386"} {
		h := small(goarch, 8, "INNER: x WORD; y DWORD", "OPEN: x BYTE; y UINT64")
		h.Enums = map[string]*layout.CEnum{"KIND": {Size: 4, Sign: "signed"}}
		h.Structs["OPEN"].Align = 0 // nobody asked
		for name, want := range map[string][3]any{
			"DWORD": {int64(4), "unsigned", int64(4)}, "PVOID": {pointerSize(h), "", pointerSize(h)}, "KIND": {int64(4), "signed", int64(4)},
			"ROUND": {int64(0), "", int64(1)}, "NUMBER": {int64(4), "signed", int64(4)}, "INNER": {int64(0), "", int64(4)}, "OPEN": {int64(0), "", int64(8)}, "wide": {int64(16), "unsigned", int64(8)},
			"FOUR": {int64(0), "", int64(4)}, "void *": {pointerSize(h), "", pointerSize(h)}, "int (void)": {pointerSize(h), "", pointerSize(h)}, "WORD[3]": {int64(0), "", int64(2)},
		} {
			assert.Equal(t, want, [3]any{sizeOf(h, name), signOf(h, name), alignOf(h, name)}, "%s on %s", name, goarch)
		}
		assert.Empty(t, wholeNumber(h, "ROUND"))
		assert.Equal(t, "ROUND", behindTypedefs(h, "ROUND"))
	}
	for _, test := range []struct {
		pack, want int64
		members    string
	}{
		{4, 4, "x WORD[2]; y UINT64"}, {2, 2, "x UINT64; y WORD"}, {1, 1, "x WORD; y BYTE"}, {1, 1, "x BYTE; y WORD; z BYTE"}, {1, 1, "x BYTE; y DWORD; z BYTE[3]"},
	} {
		packed := small("amd64", test.pack, "OPEN: "+test.members)
		packed.Structs["OPEN"].Align = 0 // not known
		assert.Equal(t, test.want, alignOf(packed, "OPEN"), test.members)
	}
	assert.EqualValues(t, 1, alignOf(small("amd64", 1, "KNOWN: x DWORD"), "KNOWN"))
	for c, want := range map[string]string{"WORD[2][3]": "WORD[3] 2", "WORD[]": "WORD 0", "WORD [4]": "WORD 4", "WORD[2] *": " 0", "WORD": " 0"} {
		elem, n, _ := cutArray(c)
		assert.Equal(t, want, elem+" "+strconv.FormatInt(n, 10), c)
	}
}

// Nothing leaves -gen that the headers refute, not even by one field.
func TestProve(t *testing.T) {
	h := small("amd64", 8, "S: a DWORD; b DWORD")
	text := func(b string) string {
		return "package generated\n\nimport \"structs\"\n\ntype S struct {\n\t_ structs.HostLayout `c:\"S\"`\n\tA uint32\n\tB " + b + "\n}\n"
	}
	assert.NoError(t, prove(text("uint32"), h))
	assert.ErrorContains(t, prove(text("int32"), h), "what was tried is wrong on amd64: S.b: sign: it is unsigned in C and signed in Go")
	assert.Error(t, prove("package", h))
}

// What a name is a typedef of is followed a hundred times at most.
func TestNamesOfType(t *testing.T) {
	h := &layout.Headers{GOARCH: "amd64", Typedefs: map[string]string{"A": "B", "B": "C[2]", "ROUND": "CIRCLE", "CIRCLE": "ROUND"}}
	assert.Equal(t, []string{"A", "B", "C[2]"}, slices.Collect(namesOfType(h, "A")))
	assert.Equal(t, []string{"D"}, slices.Collect(namesOfType(h, "D")))
	assert.Len(t, slices.Collect(namesOfType(h, "ROUND")), 100)
	assert.Equal(t, "C[2]", behindTypedefs(h, "A"))
}

// Bit-fields of one bit are in one unit with their neighbours, and a union of bytes is aligned as
// bytes are.
func TestGenerateSmallMembers(t *testing.T) {
	for _, goarch := range []string{"amd64", "386"} {
		h := small(goarch, 8, "S: a BYTE; b BYTE | c BYTE; d BYTE | e BYTE[3]; f DWORD")
		bits := layout.CMember{Name: "low", Offset: 12, Size: 4, Sign: "unsigned", Type: "DWORD", Bits: 1}
		high := bits
		high.Name, high.Bit, high.Bits = "high", 1, 31
		s := h.Structs["S"]
		s.Members, s.Size = append(s.Members, bits, high), 16
		text, err := generate("S", []*layout.Headers{h})
		require.NoError(t, err)
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		want := []string{"A uint8 `c:\"a\"`", "B uint8 `c:\"b\"`", "E [3]uint8 `c:\"e\"`", "F uint32 `c:\"f\"`", "Low uint32 `c:\"low|high\"`"}
		for _, line := range want {
			assert.Contains(t, lines, line, "%s", text)
		}
	}
}
