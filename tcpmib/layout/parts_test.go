package layout

import (
	"debug/dwarf"
	"fmt"
	"go/constant"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A header set has the name of its kind and version, or that of the SDKs that say the same.
func TestName(t *testing.T) {
	for want, h := range map[string]*Headers{
		"MinGW-w64 10.2":          {Set: SetMinGW, Version: "10.2"},
		"Wine":                    {Set: SetWine},
		"SDK 10.0.26100":          {Set: "SDK", Version: "NTDDI", SDKs: []string{"10.0.26100"}},
		"SDK 10.0.10240 to 15063": {Set: "SDK", SDKs: []string{"10.0.10240", "10.0.15063"}},
		"SDK 10.0.10240 to 16299": {Set: "SDK", SDKs: []string{"10.0.10240", "10.0.15063", "10.0.16299"}},
	} {
		assert.Equal(t, want, h.Name())
	}
}

// Two structs are one declaration if package, name and place are the same, and they have a name.
func TestSameDeclaration(t *testing.T) {
	one := GoStruct{Name: "p.Row", Path: "e.com/p", Pos: token.Position{Filename: "a.go", Line: 1}}
	assert.True(t, one.Same(&one))
	for name, change := range map[string]func(s *GoStruct){
		"name": func(s *GoStruct) { s.Name = "p.Cell" }, "package": func(s *GoStruct) { s.Path = "e.com/q/p" }, "place": func(s *GoStruct) { s.Pos.Line = 2 },
		"type": func(s *GoStruct) { s.typ = Struct[unit]("").Go() },
	} {
		other := one
		change(&other)
		assert.False(t, one.Same(&other), name)
		assert.False(t, other.Same(&one), name)
	}
	unnamed := GoStruct{Name: "struct"}
	assert.False(t, unnamed.Same(&unnamed))
}

// A text is an expression if its brackets are closed and it is nothing else for C.
func TestBalanced(t *testing.T) {
	for _, text := range []string{"1", "(1)", "a[1]", "((a)[b(c)])", "'a'", "'(' + 1", "f('(', ')')", "a ? b : c", "-1"} {
		assert.True(t, balanced(text), text)
	}
	for _, text := range []string{"", "(", ")", "(]", "[)", "(()", "a)(", "1;", "{1}", "{", "}", `"a"`, "#", `\`, "'", "''", "'a", `'\''`, "'a' + '", "a]", "(a"} {
		assert.False(t, balanced(text), text)
	}
}

// The expansion of a macro may have several lines, among those that say where a line is.
func TestExpansionsOf(t *testing.T) {
	text := "before\n" + askWord + " 0 1 + 2\n# 3 \"a.h\"\n" + askWord + " 1\n  3\n\n#pragma once\n  + 4  \n" + askWord + " 2 \n" + askWord + " 12 x\n" + endWord + "\n" + askWord + " 3 no\n"
	assert.Equal(t, map[int]string{0: "1 + 2", 1: "3 + 4", 2: "", 12: "x"}, expansionsOf(text))
	assert.Equal(t, map[int]string{0: "1 + 2"}, expansionsOf(askWord+" 0 1\n+ 2\n"), "the first one goes on")
	assert.Empty(t, expansionsOf(""))

	before, after, found := cutWord("a\nword 1\nword 2\n", "word")
	assert.Equal(t, []any{"a\n", "word 1\nword 2\n", true}, []any{before, after, found})
	before, after, found = cutWord("\nword", "word")
	assert.Equal(t, []any{"\n", "word", true}, []any{before, after, found})
	before, after, found = cutWord("a word", "word")
	assert.Equal(t, []any{"a word", "", false}, []any{before, after, found})
}

// A chain of includes is that of the errors after it, until there is another.
func TestChainsOfIncludes(t *testing.T) {
	errs, first := parseErrors(strings.Join([]string{
		"In file included from /tmp/inner.h:1:",
		"                 from /tmp/" + sourceName + ":21:",
		"/tmp/deep.h:3:1: error: one",
		"/tmp/deep.h:4:1: warning: not one",
		"/tmp/deep.h:5: fatal error: two",
		"In file included from /tmp/other.h:7:",
		"/tmp/more.h:9:9: error: three",
		"In file included from /tmp/" + sourceName + ":23:",
		"/tmp/last.h:11:2: error: four",
		"",
	}, "\n"))
	var got []string
	for _, e := range errs {
		got = append(got, fmt.Sprintf("%s:%d from %d: %s", e.file, e.line, e.include, e.message))
	}
	assert.Equal(t, []string{"deep.h:3 from 21: one", "deep.h:5 from 21: two", "more.h:9 from 0: three", "last.h:11 from 23: four"}, got)
	assert.Equal(t, "/tmp/deep.h:3:1: error: one", first)
	errs, first = parseErrors("cc: Error: no such thing\ncc: error: and more\n")
	assert.Empty(t, errs)
	assert.Equal(t, "cc: Error: no such thing", first)
}

// The header of an error is that whose directive led to it, each of which has two lines. An error
// of a directive itself, or of no header, leaves nothing out.
func TestLeaveOut(t *testing.T) {
	at := strings.Count(preamble, "\n") + 1 // the line of the first directive
	for name, c := range map[string]struct {
		e    sourceError
		want string // the header that is left out
	}{
		"in the first":              {sourceError{file: "a.h", include: at}, "a.h"},
		"in the second":             {sourceError{file: "x.h", include: at + 2}, "b.h"},
		"behind the first":          {sourceError{file: sourceName, line: at + 1}, "a.h"},
		"behind the last":           {sourceError{file: sourceName, line: at + 7}, "c.h"},
		"no file":                   {sourceError{file: sourceName, line: at + 2}, ""},
		"no directive that reads":   {sourceError{file: "x.h", include: at + 4}, ""},
		"before all":                {sourceError{file: "x.h", include: at - 1}, ""},
		"behind all":                {sourceError{file: "x.h", include: at + 8}, ""},
		"of a file without a chain": {sourceError{file: "x.h", line: at + 1}, ""},
	} {
		r := &headerReader{cc: &compiler{target: Target{CC: []string{"cc"}}}, lines: []string{"#include <a.h>", "# include \"b.h\"", "#define C", "#include <c.h>"}}
		c.e.text = "x.h:1: error: no"
		err := r.leaveOut(&c.e)
		if c.want == "" {
			assert.ErrorContains(t, err, "x.h:1: error: no", name)
			assert.Empty(t, r.notes, name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, []string{c.want + " is left out, because it does not compile after the headers before it: x.h:1: error: no"}, r.notes, name)
		left := 0
		for _, line := range r.lines {
			if isInclude(line) {
				left++
			}
		}
		assert.Equal(t, 2, left, name)
	}
	last := &headerReader{cc: &compiler{}, lines: []string{"#define A", "#include <a.h>"}}
	assert.Error(t, last.leaveOut(&sourceError{include: at + 2}), "nothing would be left")
}

// A macro may stand for a macro, ten times at most, and for another name of a struct alone.
func TestSetAliases(t *testing.T) {
	macros := map[string]string{"E": "EX", "EX": "EXW", "N": "NUMBERW", "INTERFACE": "EXW", "ROUND": "ROUNDW", "ROUNDW": "ROUND", "SELF": "SELF"}
	for i := range 12 {
		macros["T"+strings.Repeat("A", i)] = "T" + strings.Repeat("A", i+1)
	}
	h := &Headers{GOARCH: "386", Structs: map[string]*CStruct{"EXW": {}, "TAAAAAAAAAAA": {}, "TAAAAAAAAAAAA": {}}}
	h.setAliases(macros)
	got := h.Aliases
	assert.Equal(t, "EXW", got["E"])
	assert.Equal(t, "EXW", got["EX"])
	assert.Equal(t, "TAAAAAAAAAAA", got["T"], "the eleventh")
	assert.Equal(t, "TAAAAAAAAAAAA", got["TA"])
	for _, name := range []string{"N", "INTERFACE", "ROUND", "SELF"} {
		assert.NotContains(t, got, name)
	}
}

// An unnamed member of a record has members that the struct has.
func TestRecordsOfUnnamedMembers(t *testing.T) {
	for text, right := range map[string]bool{
		`"first": 0, "end": 2`: true, `"first": 1, "end": 1`: true, `"first": 2, "end": 2`: true,
		`"first": -1, "end": 1`: false, `"first": 2, "end": 1`: false, `"first": 0, "end": 3`: false,
	} {
		_, err := ReadRecord(strings.NewReader(`{"goarch": "386", "structs": {"S": {"size": 8, "members": {"a": {"size": 4}, "b": {"size": 4}}, "unnamed": [{` + text + `}]}}}`))
		if right {
			assert.NoError(t, err, text)
			continue
		}
		assert.ErrorContains(t, err, "layout: the record gives struct S an unnamed member of members", text)
	}
	// Another witness may write members in any order, if they are alone.
	for unnamed, want := range map[string]string{"": "a b", `{"first": 0, "end": 2}`: "b a"} {
		h, err := ReadRecord(strings.NewReader(`{"goarch": "386", "structs": {"S": {"size": 8, "members": {"b": {"offset": 4}, "a": {}}, "unnamed": [` + unnamed + `]}}}`))
		require.NoError(t, err)
		members := h.Structs["S"].Members
		assert.Equal(t, want, members[0].Name+" "+members[1].Name, unnamed)
	}
}

// A record puts no struct into itself, though a pointer may lead there, and two structs may have
// one that is the same.
func TestRecordsThatAreEndless(t *testing.T) {
	for members, right := range map[string]bool{
		`"a": {"type": "S"}`: false, `"a": {"type": "S[2][3]"}`: false, `"a": {"type": "T"}`: false, `"a": {"type": "S *"}`: true,
		`"a": {"type": "U"}, "b": {"type": "U"}, "c": {"type": "V"}`: true,
	} {
		_, err := ReadRecord(strings.NewReader(`{"goarch": "386", "structs": {"S": {"members": {` + members + `}},
			"T": {"members": {"a": {"type": "S"}}}, "U": {"members": {"a": {"type": "int"}}}, "V": {"members": {"a": {"type": "U"}}}}}`))
		assert.Equal(t, right, err == nil, "%s: %v", members, err)
	}
}

// A pointer points to the C type that the Go type stands for; bytes, and void, may be anything.
func TestPointsTo(t *testing.T) {
	h := byHand(t, "amd64", "ROW 8 4: a 0 DWORD; b 4 DWORD", "CELL 8 4: a 0 DWORD; b 4 DWORD", "typedef OTHER ROW")
	h.Functions = map[string]*CFunc{}
	number := func(kind GoKind, size int64) *GoType {
		return &GoType{Name: "number", Kind: kind, Size: size, Align: size}
	}
	row := &GoType{Name: "p.Row", Kind: GoStructKind, Size: 8, Align: 4, Struct: &GoStruct{Name: "p.Row", C: "ROW", Size: 8, Align: 4}}
	for _, c := range []struct {
		c    string
		elem *GoType
		want string // a part of the finding
	}{
		{"void", number(GoSigned, 4), ""}, {"void", row, ""}, {"ROW", number(GoUnsigned, 1), ""},
		{"ROW", row, ""}, {"OTHER", row, ""}, {"CELL", row, "it points to CELL in C and to p.Row in Go, which mirrors ROW"}, {"DWORD", row, "which mirrors ROW"},
		{"DWORD", number(GoUnsigned, 4), ""}, {"DWORD", number(GoSigned, 4), "it points to DWORD in C and to number in Go"}, {"DWORD", number(GoUnsigned, 2), "size is 4 in C and 2 in Go"},
		{"BYTE", number(GoSigned, 1), "it points to BYTE in C and to number in Go"}, {"LONG", number(GoSigned, 4), ""},
	} {
		h.Functions["f"] = &CFunc{Type: "void (" + c.c + " *)"}
		pointer := GoType{Name: "*T", Kind: GoPointer, Size: 8, Align: 8, Elem: c.elem}
		r := Compare(&Go{GOARCH: "amd64", Funcs: []GoFunc{{Name: "F", C: "f", Params: []GoType{pointer}}}}, h, Rules{})
		if c.want == "" {
			assert.Empty(t, r.Findings, "%s %s", c.c, c.elem.Name)
			continue
		}
		if assert.Len(t, r.Findings, 1, "%s %s", c.c, c.elem.Name) {
			assert.Contains(t, r.Findings[0].Detail, "parameter 1: ")
			assert.Contains(t, r.Findings[0].Detail, c.want)
		}
	}
}

// A union of arrays without a length has no bytes, though Microsoft's compiler gives it those of an
// element.
func TestUnionsWithoutALength(t *testing.T) {
	for size, want := range map[int64]int64{0: 0, 4: 4} { // of one of the members
		decl := &CStruct{Size: 8, Align: 4, Unnamed: []CUnnamed{{Union: true, Offset: 4, Size: 4, First: 1, End: 3}}, Members: CMembers{
			{Name: "n", Size: 4}, {Name: "a", Offset: 4, Type: "int[]"}, {Name: "b", Offset: 4, Size: size, Type: "int"},
		}}
		c := &comparison{slotsOf: map[*CStruct][]slot{}}
		slots := c.slots(decl)
		require.Len(t, slots, 2)
		assert.Equal(t, want, slots[1].Size)
	}
}

// Entries need not be in a compilation unit, and more of them may be closed than were opened.
func TestEntriesOfOtherUnits(t *testing.T) {
	abbrev := []byte{
		1, byte(dwarf.TagPartialUnit), 1, 0, 0,
		2, byte(dwarf.TagBaseType), 0, byte(dwarf.AttrName), 8, 0, 0, // DW_FORM_string
		0,
	}
	entries := []byte{1, 2, 'a', 0, 2, 'b', 0, 0, 0, 2, 'c', 0}
	info := append([]byte{byte(7 + len(entries)), 0, 0, 0, 4, 0, 0, 0, 0, 0, 8}, entries...) // DWARF 4
	data, err := dwarf.New(abbrev, nil, nil, info, nil, nil, nil, nil)
	require.NoError(t, err)
	r := &dwarfReader{data: data, dies: map[dwarf.Offset]*die{}}
	require.NoError(t, r.readDIEs())
	names := func(list []*die) string {
		var all []string
		for _, e := range list {
			all = append(all, e.name)
		}
		return strings.Join(all, " ")
	}
	require.NotEmpty(t, r.order)
	assert.Equal(t, " a b c", names(r.order))
	assert.Equal(t, "a b", names(r.order[0].children))
}

// entryOf is an entry of debug information.
func entryOf(tag dwarf.Tag, numbers map[dwarf.Attr]int64, children ...*die) *die {
	e := &dwarf.Entry{Tag: tag}
	for attr, n := range numbers {
		e.Field = append(e.Field, dwarf.Field{Attr: attr, Val: n})
	}
	return &die{Entry: e, children: children}
}

// A member of a struct has the bytes up to the next one behind it, or to the end, and one of a
// union has all.
func TestRoom(t *testing.T) {
	at := func(tag dwarf.Tag, offset int64) *die {
		return entryOf(tag, map[dwarf.Attr]int64{dwarf.AttrDataMemberLoc: offset})
	}
	members := []*die{at(dwarf.TagMember, 0), at(dwarf.TagMember, 0), at(dwarf.TagInheritance, 2), at(dwarf.TagMember, 4), at(dwarf.TagMember, 12), entryOf(dwarf.TagMember, nil)}
	size := map[dwarf.Attr]int64{dwarf.AttrByteSize: 16}
	for k, want := range []int64{4, 4, 0, 8, 4, 0} {
		if want > 0 {
			offset, _ := members[k].number(dwarf.AttrDataMemberLoc)
			assert.Equal(t, want, room(entryOf(dwarf.TagStructType, size, members...), k, offset), k)
			assert.Equal(t, 16-offset, room(entryOf(dwarf.TagUnionType, size, members...), k, offset), k)
		}
	}
}

// Bits are counted from the lowest one, or in DWARF 2 and 3 from the highest of a unit.
func TestFirstBit(t *testing.T) {
	for _, c := range []struct {
		numbers    map[dwarf.Attr]int64
		size, want int64
	}{
		{map[dwarf.Attr]int64{dwarf.AttrDataBitOffset: 37, dwarf.AttrBitSize: 3}, 4, 37},
		{map[dwarf.Attr]int64{dwarf.AttrDataMemberLoc: 4, dwarf.AttrByteSize: 4, dwarf.AttrBitOffset: 24, dwarf.AttrBitSize: 3}, 8, 37},
		{map[dwarf.Attr]int64{dwarf.AttrDataMemberLoc: 4, dwarf.AttrBitOffset: 24, dwarf.AttrBitSize: 3}, 4, 37},
		{map[dwarf.Attr]int64{dwarf.AttrByteSize: 2, dwarf.AttrBitOffset: 0, dwarf.AttrBitSize: 16}, 4, 0},
	} {
		assert.Equal(t, c.want, firstBit(entryOf(dwarf.TagMember, c.numbers), c.size), c)
	}
}

// Enums are unsigned if no value is below zero, unless they name a type.
func TestEnumSign(t *testing.T) {
	value := func(n int64) *die { return entryOf(dwarf.TagEnumerator, map[dwarf.Attr]int64{dwarf.AttrConstValue: n}) }
	number := entryOf(dwarf.TagBaseType, map[dwarf.Attr]int64{dwarf.AttrByteSize: 4, dwarf.AttrEncoding: 5})
	number.name = "int"
	r := &dwarfReader{h: &Headers{Scalars: map[string]CScalar{}}, dies: map[dwarf.Offset]*die{1: number}}
	for _, c := range []struct {
		values []*die
		typ    dwarf.Offset
		want   string
	}{
		{[]*die{value(0), value(1)}, 0, unsigned}, {[]*die{value(0), value(-1)}, 0, signed}, {nil, 0, unsigned}, {[]*die{value(1)}, 1, signed},
	} {
		e := entryOf(dwarf.TagEnumerationType, nil, c.values...)
		e.typ = c.typ
		assert.Equal(t, c.want, r.enumSign(e), c)
	}
}

// The values of an enum are its enumerators that have one.
func TestValuesOfEnums(t *testing.T) {
	value := map[dwarf.Attr]int64{dwarf.AttrConstValue: 3}
	one, without, other := entryOf(dwarf.TagEnumerator, value), entryOf(dwarf.TagEnumerator, nil), entryOf(dwarf.TagTemplateValueParameter, value)
	one.name, without.name, other.name = "ONE", "WITHOUT", "OTHER"
	c := (&dwarfReader{}).enumOf(entryOf(dwarf.TagEnumerationType, map[dwarf.Attr]int64{dwarf.AttrByteSize: 4}, one, without, other))
	assert.Equal(t, map[string]CValue{"ONE": {Bits: 3, Size: 4}}, c.Values)
}

// A Go constant may have the 32 bits of a C constant, and one of type uintptr those of a number
// below zero.
func TestEqualBits(t *testing.T) {
	for _, c := range []struct {
		goValue  string
		v        CValue
		modulo32 bool
	}{
		{"4294967295", CValue{1<<64 - 1, true, 4}, true}, {"-1", CValue{1<<32 - 1, false, 4}, true}, {"-1", CValue{1<<32 - 1, false, 8}, false},
		{"-2147483648", CValue{1 << 31, false, 4}, true}, {"-2147483649", CValue{1<<31 - 1, false, 4}, false}, {"4294967296", CValue{0, false, 4}, false},
		{"5", CValue{6, false, 4}, false}, {"0", CValue{0, false, 5}, false}, {"99999999999999999999", CValue{0, false, 4}, false},
	} {
		value := constant.MakeFromLiteral(strings.TrimPrefix(c.goValue, "-"), token.INT, 0)
		if strings.HasPrefix(c.goValue, "-") {
			value = constant.UnaryOp(token.SUB, value, 0)
		}
		assert.Equal(t, c.modulo32, c.v.equalModulo32(value), c)
	}
	minus := CValue{1<<64 - 1, true, 4}
	for _, c := range []struct {
		bits   uint64
		kind   GoKind
		v      CValue
		goarch string
		want   bool
	}{
		{1<<32 - 1, GoUintptr, minus, "386", true}, {1<<64 - 1, GoUintptr, minus, "amd64", true}, {1<<64 - 1, GoUintptr, minus, "386", false}, {1<<32 - 1, GoUintptr, minus, "amd64", false},
		{1<<32 - 1, GoUnsigned, minus, "386", false}, {1<<64 - 1, GoUnsigned, minus, "amd64", false},
		{1<<32 - 1, GoUintptr, CValue{1<<32 - 1, false, 4}, "386", false}, {1<<64 - 1, GoUintptr, CValue{1<<64 - 1, false, 8}, "amd64", false}, {1<<32 - 2, GoUintptr, minus, "386", false}, {1<<64 - 2, GoUintptr, minus, "amd64", false},
	} {
		k := &GoConst{Kind: c.kind, Value: constant.MakeUint64(c.bits)}
		assert.Equal(t, c.want, c.v.equalPointer(k, c.goarch), "%+v", c)
	}
	assert.False(t, minus.equalPointer(&GoConst{Kind: GoUintptr, Value: constant.MakeInt64(-1)}, "amd64"))
}

// A gap of older SDKs excuses what no report of the newer ones proves, and another set's does not.
func TestAcrossGaps(t *testing.T) {
	reports := []*Report{{Set: SetSDK, GOARCH: "386", Structs: []StructReport{{C: "S", Status: Absent}}}}
	for name, c := range map[string]struct {
		gap     Gap
		excused bool
	}{
		"older SDKs":  {Gap{Set: SetSDK, Name: "S", Before: 1}, true},
		"all SDKs":    {Gap{Set: SetSDK, Name: "S"}, false},
		"another set": {Gap{Set: SetWine, Name: "S", Before: 1}, false},
		"another":     {Gap{Set: SetSDK, Name: "T", Before: 1}, false},
	} {
		assert.Equal(t, c.excused, len(Across(Rules{Gaps: []Gap{c.gap}}, reports)) == 0, name)
	}
	omitted := []Omission{{Name: "S", Reason: "no"}}
	assert.Empty(t, UnusedOmissions(Rules{Omitted: omitted}, reports), "nothing has to be complete")
	for _, rules := range []Rules{{Omitted: omitted, Complete: []string{"a.h"}}, {Omitted: omitted, CompleteFunctions: []Prototypes{{}}}, {Omitted: omitted, Complete: []string{"a.h"}, CompleteFunctions: []Prototypes{{}}}} {
		assert.Len(t, UnusedOmissions(rules, reports), 1)
	}
}

// Other names of what a set lacks are asked for as well.
func TestOtherNames(t *testing.T) {
	rules := Rules{Gaps: []Gap{{Name: "A", As: "B"}, {Name: "A"}, {Name: "C", As: "D"}, {Name: "A", As: "E"}}}
	assert.Equal(t, []string{"B", "E"}, otherNames(rules, "A"))
	assert.Equal(t, []string{"D"}, otherNames(rules, "C"))
	assert.Empty(t, otherNames(rules, "B"))
}

// A name of more than 24 characters is cut in the columns for which that is said.
func TestColumns(t *testing.T) {
	for n, want := range map[int]string{23: strings.Repeat("ä", 23), 24: strings.Repeat("ä", 24), 25: strings.Repeat("ä", 23) + "…"} {
		long := strings.Repeat("ä", n)
		assert.Equal(t, "  "+want+"  x\n", columns([][]string{{long, "x"}}, "Ll"))
		assert.Equal(t, "  "+long+"  x\n", columns([][]string{{long, "x"}}, "ll"))
	}
}

// A pointer has the size of the architecture's, unless it says another.
func TestSizeOfPointers(t *testing.T) {
	for goarch, size := range map[string]int64{"amd64": 8, "386": 4} {
		h := byHand(t, goarch)
		for name, want := range map[string]int64{"DWORD *": size, "DWORD * __ptr32": 4, "DWORD * __ptr64": 8, "void * *": size, "DWORD * __ptr32[3]": 12, "DWORD": 4} {
			assert.Equal(t, want, h.typeOf(name).size, "%s on %s", name, goarch)
		}
		assert.Equal(t, "DWORD", h.typeOf("DWORD * __ptr32").elem)
	}
}

// A prefix says the type of a member, or the struct that it is in.
func TestPrefixesOfNames(t *testing.T) {
	for name, want := range map[string]string{
		"dwState": "State", "sin_port": "port", "abcdef_x": "x", "abcdefg_x": "", "_x": "", "Ab_x": "", "a_x": "x", "low_": "", "low_2": "", "dw": "", "State": "",
		"numItems": "", "pszA": "A", "pszZ": "Z", "psz1": "",
	} {
		assert.Equal(t, want, withoutPrefix(name), name)
	}
	for name, want := range map[string]bool{"A": true, "Z": true, "Mz": true, "a": false, "z": false, "@": false, "[": false, "": false} {
		assert.Equal(t, want, upper(name), name)
	}
	for names, want := range map[string]string{"": "", "dmA": "", "dmA dmB": "dm", "dmA dmB xC": "dm", "dmA dmB xC yD": "", "dmA xC yD dmB dmE": "dm", "A B": "", "dma dmb": ""} {
		assert.Equal(t, want, ownPrefix(strings.Fields(names)), names)
	}
}

// A Go name finds a member as it is written, then without its capitals, then without its prefix,
// unless two members have the same rest.
func TestNamesOfMembers(t *testing.T) {
	var list []slot
	for _, name := range []string{"dwState", "STATE_ID", "stateid", "cData", "pData", "", "abA", "abB", "abC", "abD", "abE"} {
		list = append(list, slot{CMember: CMember{Name: name}})
	}
	n := newNames(list)
	for goName, want := range map[string][3]string{
		"dwState": {"dwState", "dwState", ""}, "State": {"", "", "dwState"}, "StateID": {"", "STATE_ID", ""}, "stateid": {"stateid", "STATE_ID", ""},
		"Data": {}, "A": {"", "", "abA"}, "AbA": {"", "abA", ""}, "": {},
	} {
		assert.Equal(t, want, [3]string{n.at(0, goName), n.at(1, goName), n.at(2, goName)}, goName)
	}
	in := newInnerNames([]slot{{CMember: CMember{Name: "ptFrom.dwX"}}, {CMember: CMember{Name: "ptFrom.y"}}}, "ptFrom")
	for goName, want := range map[string][3]string{
		"dwX": {"ptFrom.dwX", "ptFrom.dwX", ""}, "DwX": {"", "ptFrom.dwX", ""}, "X": {"", "", "ptFrom.dwX"}, "FromDwX": {"", "ptFrom.dwX", ""}, "ptFromy": {"ptFrom.y", "ptFrom.y", ""},
		"PtFromY": {"", "ptFrom.y", ""}, "y": {"ptFrom.y", "ptFrom.y", "ptFrom.y"}, "Y": {"", "ptFrom.y", "ptFrom.y"}, "FromY": {"", "ptFrom.y", ""},
	} {
		assert.Equal(t, want, [3]string{in.at(0, goName), in.at(1, goName), in.at(2, goName)}, goName)
	}
}

// Of more than four names a report shows the first three, or as many as fit forty bytes, and never
// none.
func TestJoined(t *testing.T) {
	long, half := strings.Repeat("a", 41), strings.Repeat("h", 18)
	for want, c := range map[string]struct {
		relation relation
		names    string
	}{
		"a": {relOne, "a"}, "a+b": {relBytes, "a b"}, "a|b": {relBoth, "a b"}, "a+b+c+d": {relMerge, "a b c d"},
		"a+b+c+...": {relBytes, "a b c d e"}, "a|b|c|...": {relBoth, "a b c d e"},
		long + "+b+c+d":               {relBytes, long + " b c d"},
		long + "+...":                 {relBytes, long + " b c d e"},
		half + "+" + half + "+cc+...": {relBytes, half + " " + half + " cc d e"}, // of 40 bytes
		half + "+" + half + "+...":    {relBytes, half + " " + half + " ccc d e"},
	} {
		q := &pair{field: &GoField{Name: "F", Type: GoType{Kind: GoUnsigned, Size: 8}}, relation: c.relation}
		for _, name := range strings.Fields(c.names) {
			q.members = append(q.members, CMember{Name: name, Size: 1})
		}
		assert.Equal(t, want, (&differences{}).joined(q))
	}
}

// Structs that the text did not show are asked for once, if C can name them and none of their names
// has an answer.
func TestUnasked(t *testing.T) {
	h := &Headers{
		Structs:  map[string]*CStruct{"struct A": {}, "B": {}, "struct C": {}, "B.u": {}, "Gone": nil},
		Typedefs: map[string]string{"TypeOfC": "struct C", "TypeOfB": "B"},
	}
	p := &probe{answers: map[question]answer{{kind: askType, name: "struct A"}: {}, {kind: askType, name: "TypeOfC"}: {absent: true}, {kind: askMacro, name: "B"}: {}}}
	unknown := question{kind: askType, name: "B"}
	assert.Equal(t, []question{unknown}, p.unasked(h))
	p.answers[unknown] = answer{absent: true}
	assert.Empty(t, p.unasked(h))
}

// A macro that is no longer defined, or has become something else, is no other name of a struct.
func TestWithoutMacros(t *testing.T) {
	aliases := map[string]string{}
	text := withoutMacros("#define A ROWA\n#define B ROWB\n#define C ROWC\nint a;\n#undef A\n#define B (1 + 2)\n", aliases)
	assert.Equal(t, "\n\n\nint a;\n\n\n", text)
	assert.Equal(t, map[string]string{"C": "ROWC"}, aliases)
}

// A text may end within a string, an escape or a line of the preprocessor.
func TestTokensEnd(t *testing.T) {
	for _, text := range []string{"a \"b", "a 'b", `a "b\`, "a #b", "a ", "a"} {
		tokens := tokens{text: text}
		assert.Equal(t, []string{"a", ""}, []string{tokens.next(), tokens.next()}, text)
	}
}

// The debug information and the numbers of the compiler have to agree about an enum.
func TestFillEnum(t *testing.T) {
	h := &Headers{GOARCH: "amd64", Enums: map[string]*CEnum{"STATE": {Size: 4}}}
	require.NoError(t, h.fillEnum("STATE", []int64{4, 4, 0}))
	require.Error(t, h.fillEnum("STATE", []int64{8, 4, 0}))
	require.NoError(t, h.fillEnum("OTHER", []int64{8, 4, 0}))
}
